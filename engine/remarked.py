"""Where a remark stands in a later version of what it was written on: a row is followed wherever it went."""

from collections.abc import Iterable
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from engine import submissions
from engine.models import Observation
from forms import pairing
from forms import spelling
from forms.declaration import Form
from forms.declaration import Kind


def places(
    session: Session, remarks: Iterable[Observation], form: Form, data: Mapping[str, Any]
) -> dict[int, str]:  # fmt: skip
    """Paths by the id of the remark, in answers `data` to `form`, which may be a draft.

    A row that was moved or edited is the same row (forms/pairing.py). One that is gone leaves its remark at the table.
    """
    found: dict[int, str] = {}
    known: dict[tuple[int, str], dict[int, int]] = {}
    for remark in remarks:
        name, *rest = remark.path.split("/")
        found[remark.id] = remark.path
        if rest and rest[0].isdecimal():
            rows = known.setdefault(
                (remark.submission_id, name), _rows(session, remark.submission_id, name, form, data)
            )
            place = rows.get(int(rest[0]))
            found[remark.id] = name if place is None else "/".join((name, str(place), *rest[1:]))
    return found


def _rows(session: Session, submission_id: int, name: str, form: Form, data: Mapping[str, Any]) -> dict[int, int]:
    """Where each row of a table of what was sent stands in `data`."""
    table = next((field for field in form.fields() if field.name == name and field.kind is Kind.TABLE), None)
    if table is None:
        return {}
    old, new = (
        spelling.answer(table, source.get(name)) for source in (submissions.get(session, submission_id).data, data)
    )
    return {i: j for i, j in pairing.pairs(table, old, new) if i is not None and j is not None}
