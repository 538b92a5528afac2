"""Statements as their acts say them: what was stated is sealed, what was decided of it stands in the acts themselves.

The chain of an obligation tells which statement was presented and what became of it, who decided and when, and with
which remark: what is kept of a decision is compared with that, also of acts from before seals were kept.
"""

from collections.abc import Collection
from collections.abc import Iterator
from collections.abc import Sequence
from typing import Any
from typing import NamedTuple

from sqlalchemy import String
from sqlalchemy import select
from sqlalchemy import type_coerce
from sqlalchemy.orm import Session

from db import seals
from db.history import UNREADABLE
from db.history import HistoryRow
from notifications.ledger import obligation_chain
from notifications.models import Statement
from notifications.models import StatementStatus

PRESENTED = "statement.presented"
ACCEPTED = "statement.accepted"
RETURNED = "statement.returned"
TAKEN_BACK = "statement.taken_back"
WITHDRAWN = "statement.withdrawn"

_LEAVES = {
    PRESENTED: StatementStatus.PRESENTED, ACCEPTED: StatementStatus.ACCEPTED, RETURNED: StatementStatus.RETURNED,
    TAKEN_BACK: StatementStatus.RETURNED, WITHDRAWN: StatementStatus.RETURNED,
}  # fmt: skip
"""Act → where it leaves the statement."""

_STATED = (
    Statement.id, Statement.obligation_id, Statement.text, Statement.happened_on, Statement.evidence_file,
    Statement.evidence_link, Statement.presented_at, Statement.presented_by,
)  # fmt: skip


def seal(row: Statement) -> str:
    """The seal of what was stated."""
    return seals.seal(*(getattr(row, column.key) for column in _STATED))


@seals.sealed(PRESENTED)
def _sealed(session: Session, acts: Sequence[HistoryRow]) -> dict[int, str]:
    told = {act.details.get("statement"): act.id for act in acts}
    statement = select(*_STATED).where(Statement.id.in_(list(told)))
    return {told[row.id]: seals.text(*row) for row in session.execute(statement)}


class _Decision(NamedTuple):
    """What became of a statement. `status` as it is stored: what is none of its values is told, not refused."""

    status: Any
    remark: Any
    decided_by: Any
    decided_at: Any


@seals.compared(obligation_chain(0).kind)
def _as_left(session: Session, acts: Sequence[HistoryRow]) -> Iterator[tuple[HistoryRow, str]]:
    """The last act about each statement that is not as it left it."""
    left = _last_acts(acts)
    stands = _stand(session, list(left))
    for key, act in left.items():
        if key not in stands:
            if act.action != PRESENTED:  # else its seal says so
                yield act, "gone"
        elif stands[key] != _told(act):
            yield act, "decision"


def _last_acts(acts: Sequence[HistoryRow]) -> dict[int, HistoryRow]:
    """Statement → the last act about it. Older acts do not name theirs: it is the one that waited for a decision."""
    left: dict[int, HistoryRow] = {}
    waiting: tuple[int, int] | None = None  # obligation and statement
    for act in acts:
        if act.action not in _LEAVES or not isinstance(act.details, dict):
            continue
        named = act.details.get("statement")
        before = waiting[1] if waiting is not None and waiting[0] == act.subject_id else None
        key = named if isinstance(named, int) else before
        if key is not None:
            left[key] = act
        waiting = (act.subject_id, key) if act.action == PRESENTED and key is not None else None
    return left


def _told(act: HistoryRow) -> _Decision:
    status = _LEAVES[act.action].name
    if act.action == PRESENTED:
        return _Decision(status, "", None, None)
    return _Decision(status, act.reason, act.actor_id, act.at)


def _stand(session: Session, ids: Collection[int]) -> dict[int, _Decision | None]:
    """Statement → what is kept of its decision; None where that cannot be read."""
    columns = type_coerce(Statement.status, String), Statement.remark, Statement.decided_by, Statement.decided_at
    try:
        found = session.execute(select(Statement.id, *columns).where(Statement.id.in_(ids)))
        return {key: _Decision(*values) for key, *values in found}
    except UNREADABLE:
        if len(ids) == 1:
            return dict.fromkeys(ids, None)
        return {key: told for one in ids for key, told in _stand(session, [one]).items()}
