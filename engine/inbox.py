"""The inbox: open tasks that a person can do, by due date."""

from dataclasses import dataclass
from datetime import datetime
from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import contains_eager

from db.clock import local
from db.errors import InvalidData
from db.paging import DEFAULT_LIMIT
from db.paging import Page
from db.paging import decoded
from db.paging import demand_limit
from db.paging import encoded
from directory import access
from directory.access import ScopeColumns
from directory.principal import Principal
from engine import reserved
from engine import undated
from engine import walk
from engine.models import Task
from engine.models import TaskStatus
from engine.walk import Span

GROUPS = ("overdue", "today", "week", "later", "undated", "standing")
MOST_COUNTED = 99
"""A group with more than these is counted no further."""

TASK_COLUMNS = ScopeColumns(
    unit_id=Task.unit_id,
    entity_id=Task.entity_id,
    region_id=Task.region_id,
    assignee_id=Task.assignee_id,
    role=Task.role,
)


@dataclass(frozen=True, slots=True)
class InboxFilter:
    """What to show. `mine` keeps what this person can do; otherwise everything they may read.

    `entity_id` 0 is what is about no entity; `among` names the only tasks that come into it.
    """

    text: str = ""
    process: str = ""
    element: str = ""
    group: str = ""
    mine: bool = True
    entity_id: int | None = None
    among: tuple[int, ...] | None = None


def inbox(
    session: Session,
    by: Principal,
    filters: InboxFilter,
    *,
    now: datetime,
    limit: int = DEFAULT_LIMIT,
    cursor: str = "",
) -> Page[Task]:
    """Open tasks, the soonest due first; those without a date last, in an order of their own (engine/undated.py).

    Raises InvalidData for an unknown group and for a bad cursor or limit.
    """
    demand_limit(limit)
    span = _span(filters.group, now)
    if cursor:
        span = Span(max(span.after, _place(cursor)), span.until)
    (places,) = walk.walk(session, _ways(by, filters), [span], _wanted(filters), limit=limit + 1)
    following = encoded(list(places[limit - 1])) if len(places) > limit else ""
    return Page(_loaded(session, [task_id for _, task_id in places[:limit]]), following)


def counts(session: Session, by: Principal, *, now: datetime, filters: InboxFilter | None = None) -> dict[str, int]:
    """How many tasks wait in each group, whichever the filter names; MOST_COUNTED + 1 when there are more."""
    chosen = filters or InboxFilter()
    spans = [_span(group, now) for group in GROUPS]
    found = walk.walk(session, _ways(by, chosen), spans, _wanted(chosen), limit=MOST_COUNTED + 1)
    return {group: len(places) for group, places in zip(GROUPS, found, strict=True)}


def group_of(task: Task, now: datetime) -> str:
    """The group in which a task is listed and counted."""
    return next(group for group in reversed(GROUPS) if _begin(group, now) <= task.due_sort)


def _ways(by: Principal, filters: InboxFilter) -> list[access.Way]:
    return access.ways(by, reserved.DO) if filters.mine else reserved.ways(by)


def _wanted(filters: InboxFilter) -> walk.Wanted:
    among = filters.among if filters.among is None else filters.among or (0,)  # of an empty list, none
    return walk.Wanted(filters.text, filters.process, filters.element, filters.entity_id, among)


_LOAD = (
    select(Task)
    .join(Task.instance)
    .where(Task.id.in_(bindparam("ids", expanding=True)), Task.status == TaskStatus.OPEN)
    .order_by(Task.due_sort, Task.id)
    .options(contains_eager(Task.instance))
)


def _loaded(session: Session, ids: list[int]) -> list[Task]:
    return list(session.scalars(_LOAD, {"ids": ids})) if ids else []


def _span(group: str, now: datetime) -> Span:
    if not group:
        return Span()
    if group not in GROUPS:
        raise InvalidData({"group": [f"Elija uno de estos grupos: {', '.join(GROUPS)}."]})
    later = GROUPS[GROUPS.index(group) + 1 :]
    return Span((_begin(group, now), 0), _begin(later[0], now) if later else walk.END)


def _begin(group: str, now: datetime) -> datetime:
    """The instant at which a group begins; it ends where the next one begins. The week ends on Sunday night."""
    midnight = local(now).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    begins = {
        "overdue": walk.FIRST[0],
        "today": now,
        "week": midnight,
        "later": midnight + timedelta(days=(8 - midnight.isoweekday()) % 7),
        "undated": undated.BEGIN,
        "standing": undated.STANDING,
    }
    return begins[group]


def _place(cursor: str) -> walk.Place:
    values: list[Any] = decoded(cursor, 2)
    due, task_id = values
    if not isinstance(due, datetime) or due.tzinfo is None or type(task_id) is not int:
        raise InvalidData({"cursor": ["El cursor no corresponde a esta lista."]})
    return due, task_id
