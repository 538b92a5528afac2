"""Whether work given to somebody would be seen: a mark beside their name where one chooses, and what is confirmed."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory import ways_in
from directory.chunks import chunks
from directory.models import Absence
from directory.periods import overlapping
from web.filters import day


def marked(session: Session, people: Iterable[tuple[int, str]], today: date) -> list[tuple[int, str]]:
    """Id and name, with «sin cuenta» and the days on which each is away, from today on."""
    offered = list(people)
    ids = [key for key, _ in offered]
    able, away = ways_in.among(session, ids), _away(session, ids, today, None)
    return [(key, _label(name, key in able, away.get(key), today)) for key, name in offered]


def doubts(session: Session, person_id: int, name: str, since: date, until: date | None = None) -> list[str]:
    """Why what is given to somebody for these days (until None: for ever) may stay unattended; a sentence each."""
    told = []
    if not ways_in.has(session, person_id):
        told.append(f"{name} no tiene cuenta: no podrá entrar hasta que la administración se la cree.")
    away = _away(session, [person_id], since, until or since).get(person_id)
    if away is not None:
        told.append(f"{name} estará ausente del {day(away.since)} al {day(away.until or since)}.")
    return told


def _label(name: str, able: bool, away: Absence | None, today: date) -> str:
    marks = [] if able else ["sin cuenta"]
    if away is not None and away.since <= today:
        marks.append("ausente hoy")
    elif away is not None:
        marks.append(f"ausente desde el {day(away.since)}")
    return f"{name} ({', '.join(marks)})" if marks else name


def _away(session: Session, ids: Iterable[int], since: date, until: date | None) -> dict[int, Absence]:
    """Person → their first absence on some day between two."""
    found: dict[int, Absence] = {}
    for some in chunks(sorted(set(ids))):
        rows = select(Absence).where(Absence.person_id.in_(some), overlapping(Absence, since, until))
        for row in session.scalars(rows.order_by(Absence.since.desc())):
            found[row.person_id] = row
    return found
