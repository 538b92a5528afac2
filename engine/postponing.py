"""Due dates of open tasks under a newer calendar: what moves, and what history says of it."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import contains_eager

from db import SYSTEM
from db import history
from db.clock import local_date
from engine import state
from engine.instances import subject
from engine.models import Task
from engine.models import TaskStatus
from notifications import calendar
from notifications import days
from notifications.calendar import in_words
from notifications.causes import Causes
from notifications.foreseen import Move
from notifications.foreseen import mover
from notifications.places import Places

BATCH = 200
TASKS = "Tareas de los procesos"


def batch(session: Session, *, after: int, now: datetime) -> tuple[int | None, int]:
    """Compute the due dates of some open tasks anew, where the calendar is newer than they are.

    The term stays that with which the task began. Returns where the next batch begins (None at the end) and how many
    due dates moved.
    """
    older = Task.calendar_version < days.current(session)
    statement = (
        select(Task.id, Task.instance_id)
        .where(Task.status == TaskStatus.OPEN, Task.term != "", older, Task.id > after)
        .order_by(Task.id)
        .limit(BATCH)
    )
    rows = session.execute(statement).all()
    for instance_id in sorted({row.instance_id for row in rows}):  # the order in which all lock several instances
        state.lock(session, instance_id)
    causes = Causes(session, Places(session))
    moved = sum(_moved(session, row.id, causes, now) for row in rows)
    return (rows[-1].id if len(rows) == BATCH else None), moved


@mover("task")
def foreseen(session: Session, places: Places) -> Iterator[Move]:
    """The open tasks that would be due at another instant under a calendar as it would be."""
    statement = (
        select(Task)
        .join(Task.instance)
        .where(Task.status == TaskStatus.OPEN, Task.term != "")
        .options(contains_eager(Task.instance))
        .order_by(Task.id)
        .execution_options(yield_per=BATCH)
    )
    present = Places(session)
    for task in session.scalars(statement):
        after, before = _due(task, places), task.due_at
        if before is not None and task.calendar_version != present.version:
            before = _due(task, present)  # what an earlier change still moves is not of this one
        if before is not None and after != before:
            yield Move(TASKS, task.name, task.instance.title, f"/tareas/{task.id}", before, after)


def _due(task: Task, places: Places) -> datetime:
    place = places.of(entity_id=task.entity_id, region_id=task.region_id)
    return calendar.due(task.term, task.created_at, place).at


def _moved(session: Session, task_id: int, causes: Causes, now: datetime) -> bool:
    """Compute the due date of a task anew, its instance locked; returns whether it is another one."""
    task = session.get_one(Task, task_id, populate_existing=True)
    if task.status != TaskStatus.OPEN:
        return False
    place = causes.places.of(entity_id=task.entity_id, region_id=task.region_id)
    due, before, version = calendar.due(task.term, task.created_at, place), task.due_at, task.calendar_version
    task.due_at = task.due_sort = due.at
    task.due_reason, task.calendar_version = due.reason, place.version
    session.flush()
    if before is None or due.at == before:
        return False
    old, new = in_words(local_date(before)), in_words(local_date(due.at))
    term, since = task.term, task.created_at
    why = causes.since(
        version, lambda days: calendar.due(term, since, days).at, entity_id=task.entity_id, region_id=task.region_id
    )
    history.record(
        session, subject(task.instance_id), "task.due_moved", by=SYSTEM, now=now, element=task.element,
        summary=f"El plazo de «{task.name}» pasó del {old} al {new}. {why}",
        details={"task": task.id, "before": before.isoformat(), "after": due.at.isoformat(), "version": place.version},
    )  # fmt: skip
    return True
