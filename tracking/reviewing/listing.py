"""The one list of all that waits for somebody's review: what waits longest first, whatever its kind."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from db.errors import InvalidData
from db.paging import DEFAULT_LIMIT
from db.paging import MAX_LIMIT
from db.paging import Page
from db.paging import decoded
from db.paging import demand_limit
from db.paging import encoded
from directory.principal import Principal
from tracking.reviewing import of_milestones
from tracking.reviewing import of_statements
from tracking.reviewing import of_tasks
from tracking.reviewing import of_units
from tracking.reviewing.rows import FIRST
from tracking.reviewing.rows import Kind
from tracking.reviewing.rows import Place
from tracking.reviewing.rows import Waiting

MOST_COUNTED = 99
"""What waits in a kind is counted no further: the counts stand on every page."""

KINDS: dict[str, Kind] = {
    kind.key: kind for kind in (*of_tasks.KINDS, *of_statements.KINDS, *of_milestones.KINDS, *of_units.KINDS)
}
TASK_KINDS = {kind.key for kind in of_tasks.KINDS}
LABELS = {key: kind.label for key, kind in KINDS.items()}

_LAST_ID = 2**62

Position = tuple[datetime, str, int]
"""Where a row stands in the whole list: since when it waits, its kind, its id."""


def listing(
    session: Session, by: Principal, *, kind: str = "", text: str = "", now: datetime, limit: int = DEFAULT_LIMIT,
    cursor: str = "",
) -> Page[Waiting]:  # fmt: skip
    """What `by` is to review, what waits longest first; of one `kind`, or with `text` in its words.

    Raises InvalidData (`kind`, `limit`, `cursor`).
    """
    demand_limit(limit)
    if kind and kind not in KINDS:
        raise InvalidData({"kind": ["Elija un tipo de la lista."]})
    after = _position(cursor) if cursor else (FIRST[0], "", FIRST[1])
    asked = min(limit + 1, MAX_LIMIT)
    rows: list[Waiting] = []
    for key in [kind] if kind else KINDS:
        rows += KINDS[key].rows(session, by, text, after=_in_kind(key, after), limit=asked, now=now)
    rows.sort(key=lambda row: (row.since, row.kind, row.id))
    page = rows[:limit]
    more = len(rows) > limit or len(rows) == MAX_LIMIT
    return Page(page, encoded([page[-1].since, page[-1].kind, page[-1].id]) if more else "")


def counts(session: Session, by: Principal, *, now: datetime) -> dict[str, int]:
    """How much waits in each kind; MOST_COUNTED + 1 where there is more."""
    return {key: kind.count(session, by, MOST_COUNTED + 1, now) for key, kind in KINDS.items()}


def total(session: Session, by: Principal, *, now: datetime) -> int:
    """How much waits of all kinds together, for every page: at least MOST_COUNTED + 1 where there is more."""
    most = MOST_COUNTED + 1
    others = [kind for key, kind in KINDS.items() if key not in TASK_KINDS]
    return of_tasks.count_all(session, by, most) + sum(kind.count(session, by, most, now) for kind in others)


def _in_kind(key: str, after: Position) -> Place:
    """After which of its own rows a kind goes on, when the whole list goes on after `after`."""
    since, kind, row_id = after
    if key == kind:
        return since, row_id
    return since, 0 if key > kind else _LAST_ID


def _position(cursor: str) -> Position:
    values: list[Any] = decoded(cursor, 3)
    since, kind, row_id = values
    known = isinstance(since, datetime) and since.tzinfo is not None and isinstance(kind, str) and type(row_id) is int
    if not known or abs(row_id) > _LAST_ID:
        raise InvalidData({"cursor": ["El cursor no corresponde a esta lista."]})
    return since, kind, row_id
