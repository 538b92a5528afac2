"""Statements that wait to be accepted or returned by `by`."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from directory import people
from directory.principal import Principal
from notifications import statements
from tracking.reviewing.rows import Kind
from tracking.reviewing.rows import Place
from tracking.reviewing.rows import Waiting
from tracking.reviewing.rows import some

STATEMENTS = "statements"


def _rows(session: Session, by: Principal, text: str, *, after: Place, limit: int, now: datetime) -> Sequence[Waiting]:
    found = statements.to_decide(session, by=by, now=now)
    names = people.many(session, {row.debtor_id for _, row in found if row.debtor_id is not None})
    rows = []
    for one, row in found:
        owner = names[row.debtor_id].name if row.debtor_id in names else ""
        about = " · ".join(dict.fromkeys(filter(None, (row.subject_label, owner))))
        rows.append(
            Waiting(STATEMENTS, one.id, row.title, about, f"/plazos/{row.id}", one.presented_at, one.presented_by)
        )
    return some(rows, text, after, limit)


def _count(session: Session, by: Principal, most: int, now: datetime) -> int:
    return statements.count_to_decide(session, by=by, most=most, now=now)


KINDS = (Kind(STATEMENTS, "Constancias", _rows, _count),)
