"""All that is kept about somebody, for themselves and for whoever answers them (Ley 1581 de 2012, arts. 8 and 14)."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from db.clock import local
from directory import kept
from directory import people
from directory import readings
from directory.kept import Part
from directory.kept import Row
from edge import personal_reads


def read(session: Session, person_id: int, *, purpose: str = "") -> list[tuple[Part, list[Row]]]:
    """Every kind of data with its rows; of somebody else it is written down, with what for. Raises NotFound."""
    personal_reads.note(readings.PERSON_FILE, [person_id], purpose=purpose)
    return kept.of(session, person_id)


def as_json(session: Session, person_id: int, *, purpose: str = "") -> dict[str, Any]:
    """The same for programs: kinds of data by key, each a list of rows with the words people read."""
    return {
        "person_id": person_id,
        "name": people.get(session, person_id).name,
        "parts": [
            {"key": part.key, "title": part.title, "rows": [dict(_plain(row)) for row in rows]}
            for part, rows in read(session, person_id, purpose=purpose)
        ],
    }


def _plain(row: Row) -> Iterator[tuple[str, Any]]:
    for label, value in row.items():
        yield label, local(value).isoformat(timespec="seconds") if isinstance(value, datetime) else value
