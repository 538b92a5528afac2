"""The inbox: open tasks that a person can do, by due date."""

from dataclasses import dataclass
from datetime import datetime
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy import Select
from sqlalchemy import and_
from sqlalchemy import func
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import contains_eager

from db.clock import local
from db.errors import InvalidData
from db.paging import DEFAULT_LIMIT
from db.paging import Key
from db.paging import Page
from db.paging import page
from directory import access
from directory.access import ScopeColumns
from directory.principal import Principal
from engine.models import Instance
from engine.models import Task
from engine.models import TaskStatus

GROUPS = ("overdue", "today", "week", "later")
TASK_COLUMNS = ScopeColumns(
    unit_id=Task.unit_id,
    entity_id=Task.entity_id,
    region_id=Task.region_id,
    assignee_id=Task.assignee_id,
    role=Task.role,
)


@dataclass(frozen=True, slots=True)
class InboxFilter:
    """What to show. `mine` keeps what this person can do; otherwise everything they may read."""

    text: str = ""
    process: str = ""
    element: str = ""
    group: str = ""
    mine: bool = True


def inbox(
    session: Session,
    by: Principal,
    filters: InboxFilter,
    *,
    now: datetime,
    limit: int = DEFAULT_LIMIT,
    cursor: str = "",
) -> Page[Task]:
    """Open tasks, the soonest due first; those without a date last. Raises InvalidData for an unknown group."""
    statement = select(Task).join(Task.instance).options(contains_eager(Task.instance))
    statement = _filtered(_visible(statement, by, filters.mine), filters, now)
    return page(session, statement, [Key(Task.due_sort), Key(Task.id)], limit=limit, cursor=cursor)


def counts(session: Session, by: Principal, *, now: datetime, filters: InboxFilter | None = None) -> dict[str, int]:
    """How many tasks wait in each group."""
    chosen = filters or InboxFilter()
    base = _filtered(_visible(select(Task.due_sort).join(Task.instance), by, chosen.mine), chosen, now).subquery()
    due = base.c.due_sort
    columns = [func.count().filter(_in_group(due, group, now)).label(group) for group in GROUPS]
    row = session.execute(select(*columns).select_from(base)).one()
    return dict(row._mapping)


def _visible(statement: Select[Any], by: Principal, mine: bool) -> Select[Any]:
    action = "task.complete" if mine else "task.read"
    return access.visible(statement.where(Task.status == TaskStatus.OPEN), by, action, TASK_COLUMNS)


def _filtered(statement: Select[Any], filters: InboxFilter, now: datetime) -> Select[Any]:
    if filters.text:
        pattern = f"%{_escaped(filters.text)}%"
        found = or_(Task.name.ilike(pattern, escape="\\"), Instance.title.ilike(pattern, escape="\\"))
        statement = statement.where(found)
    if filters.process:
        statement = statement.where(Task.process_key == filters.process)
    if filters.element:
        statement = statement.where(Task.element == filters.element)
    if filters.group:
        if filters.group not in GROUPS:
            raise InvalidData({"group": [f"Elija uno de estos grupos: {', '.join(GROUPS)}."]})
        statement = statement.where(_in_group(Task.due_sort, filters.group, now))
    return statement


def _in_group(column: Any, group: str, now: datetime) -> ColumnElement[bool]:
    midnight = local(now).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    week = midnight + timedelta(days=7 - midnight.isoweekday() + 1 if midnight.isoweekday() > 1 else 0)
    conditions: dict[str, ColumnElement[bool]] = {
        "overdue": column < now,
        "today": and_(column >= now, column < midnight),
        "week": and_(column >= now, column >= midnight, column < week),
        "later": and_(column >= now, column >= max(midnight, week)),
    }
    return conditions[group]


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
