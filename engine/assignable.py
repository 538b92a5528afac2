"""The open tasks that a person may give to somebody else: what whoever organises the work of a place looks at."""

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy import Select
from sqlalchemy import and_
from sqlalchemy import func
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import contains_eager

from db.clock import local_date
from db.paging import DEFAULT_LIMIT
from db.paging import Key
from db.paging import Page
from db.paging import page
from directory import access
from directory import acting
from directory import coverage
from directory import principal
from directory.models import Person
from directory.principal import Principal
from directory.searching import standing
from directory.searching import words
from engine import personal
from engine.inbox import TASK_COLUMNS
from engine.models import Instance
from engine.models import Task
from engine.models import TaskStatus
from engine.tasks import subject_of


@dataclass(frozen=True, slots=True)
class TeamFilter:
    """Which tasks to show; what is empty does not filter. `text` looks in task, case and who holds it."""

    text: str = ""
    holder_id: int | None = None
    free: bool = False  # those that nobody holds
    unattended: bool = False  # those of somebody who may no longer act
    overdue: bool = False


@dataclass(frozen=True, slots=True)
class Totals:
    """How many tasks there are, how many are overdue, how many nobody holds, and how many whose holder may not act."""

    tasks: int
    overdue: int
    free: int
    unattended: int


def listed(
    session: Session, by: Principal, filters: TeamFilter, *, now: datetime, limit: int = DEFAULT_LIMIT, cursor: str = ""
) -> Page[Task]:
    """Open tasks that `by` may assign, the soonest due first."""
    statement = _fitting_rows(select(Task).options(contains_eager(Task.instance)), by, filters, now)
    return page(session, statement, [Key(Task.due_sort), Key(Task.id)], limit=limit, cursor=cursor)


def totals(session: Session, by: Principal, filters: TeamFilter, *, now: datetime) -> Totals:
    """How many tasks `listed` has."""
    late = func.count().filter(Task.due_sort < now)
    counted: tuple[Any, ...] = (func.count(), late, func.count().filter(Task.assignee_id.is_(None)),
                               func.count().filter(_unattended(now)))  # fmt: skip
    row = session.execute(_fitting_rows(select(*counted).select_from(Task), by, filters, now)).one()
    return Totals(*row)


def holders(session: Session, by: Principal, *, now: datetime) -> list[tuple[int, str, int]]:
    """Who holds tasks that `by` may assign: id, name, and how many; by name."""
    told: tuple[Any, ...] = (Person.id, Person.name, func.count())
    statement = _fitting_rows(select(*told).select_from(Task), by, TeamFilter(), now).join(
        Person, Person.id == Task.assignee_id
    )
    grouped = statement.group_by(Person.id, Person.name, Person.search_name).order_by(Person.search_name, Person.id)
    return [(key, name, count) for key, name, count in session.execute(grouped)]


def fitting(session: Session, chosen: Sequence[Task], *, now: datetime) -> dict[int, str]:
    """Id and name of who could do every one of these tasks today, but for who holds them all already."""
    if not chosen or any(not _passes(task) for task in chosen):
        return {}
    entity_ids = {task.entity_id for task in chosen if task.entity_id is not None}
    found = {
        row.id: row
        for role in sorted({task.role for task in chosen})
        for row in coverage.candidates(session, role, entity_ids, now=now)
    }
    known = principal.load_many(session, found, now=now)
    free = [replace(subject_of(task), assignee_id=None) for task in chosen]
    return {
        row.id: row.name
        for row in sorted(found.values(), key=lambda one: (one.search_name, one.id))
        if any(task.assignee_id != row.id for task in chosen)
        and all(access.allowed(known[row.id], "task.complete", subject) for subject in free)
    }


def givable(session: Session, rows: Sequence[Task], *, now: datetime) -> set[int]:
    """Ids of those of `rows` that somebody else than who holds them could do today: the others cannot be given."""
    open_rows = [task for task in rows if _passes(task)]
    entity_ids = {task.entity_id for task in open_rows if task.entity_id is not None}
    by_role = {
        role: [row.id for row in coverage.candidates(session, role, entity_ids, now=now)]
        for role in sorted({task.role for task in open_rows})
    }
    known = principal.load_many(session, {key for keys in by_role.values() for key in keys}, now=now)
    return {
        task.id
        for task in open_rows
        if any(
            key != task.assignee_id
            and access.allowed(known[key], "task.complete", replace(subject_of(task), assignee_id=None))
            for key in by_role[task.role]
        )
    }


def _passes(task: Task) -> bool:
    """Whether a task is one that others could be given: open, of a role, and not about whoever holds it."""
    return task.status == TaskStatus.OPEN and bool(task.role) and not personal.is_one(task)


def _fitting_rows(statement: Select[Any], by: Principal, filters: TeamFilter, now: datetime) -> Select[Any]:
    statement = statement.join(Instance, Instance.id == Task.instance_id).where(Task.status == TaskStatus.OPEN)
    statement = access.visible(statement, by, "task.assign", TASK_COLUMNS)
    if filters.holder_id is not None:
        statement = statement.where(Task.assignee_id == filters.holder_id)
    if filters.free:
        statement = statement.where(Task.assignee_id.is_(None))
    if filters.unattended:
        statement = statement.where(_unattended(now))
    if filters.overdue:
        statement = statement.where(Task.due_sort < now)
    for word in words(filters.text):
        held = Task.assignee_id.in_(select(Person.id).where(Person.search_name.contains(word, autoescape=True)))
        statement = statement.where(or_(held, standing(word, Task.name, Instance.title)))
    return statement


def _unattended(now: datetime) -> ColumnElement[bool]:
    """Held by somebody who may not act today."""
    return and_(Task.assignee_id.is_not(None), Task.assignee_id.not_in(acting.able(local_date(now))))
