"""Open tasks that meet something owed follow the date that it has in the ledger."""

from collections.abc import Collection
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import joinedload

from db import SYSTEM
from db import history
from db.clock import local_date
from engine import definitions
from engine import owing
from engine import state
from engine import undated
from engine.instances import subject
from engine.models import Instance
from engine.models import Task
from engine.models import TaskStatus
from notifications.calendar import in_words
from notifications.owing import Owed

BATCH = 200


def batch(session: Session, *, after: int, now: datetime) -> tuple[int | None, int]:
    """Give some open tasks the date of what they meet.

    Returns where the next batch begins (None at the end) and how many due dates moved.
    """
    statement = (
        select(Task)
        .where(Task.status == TaskStatus.OPEN, owing.meeting(), Task.id > after)
        .order_by(Task.id)
        .limit(BATCH)
        .options(joinedload(Task.instance))
    )
    rows = session.scalars(statement).all()
    owed = owing.of_tasks(session, rows, now=now)
    moved = sum(_moved(session, row, owed[row.id], now) for row in rows if row.id in owed and _differs(row, owed))
    return (rows[-1].id if len(rows) == BATCH else None), moved


def follow(session: Session, instance_ids: Collection[int], *, now: datetime) -> int:
    """Give the open tasks of these instances the date of what they meet, as `batch` does; returns how many moved."""
    statement = (
        select(Task)
        .where(Task.status == TaskStatus.OPEN, owing.meeting(), Task.instance_id.in_(sorted(instance_ids)))
        .order_by(Task.instance_id, Task.id)
        .options(joinedload(Task.instance))
    )
    rows = session.scalars(statement).all()
    owed = owing.of_tasks(session, rows, now=now)
    return sum(_moved(session, row, owed[row.id], now) for row in rows if row.id in owed and _differs(row, owed))


def _differs(task: Task, owed: Mapping[int, Owed]) -> bool:
    return task.due_at != owed[task.id].at or task.term != ""


def _moved(session: Session, task: Task, owed: Owed, now: datetime) -> bool:
    instance = state.lock(session, task.instance_id)
    session.refresh(task)
    if task.status != TaskStatus.OPEN:
        return False
    before = task.due_at
    task.due_at, task.due_sort = owed.at, owed.at or _undated(session, instance, task)
    task.due_reason, task.term = owed.reason, ""
    session.flush()
    if before == owed.at:
        return False
    history.record(
        session, subject(task.instance_id), "task.due_moved", by=SYSTEM, now=now, element=task.element,
        summary=_told(task, before, owed.at),
        details={"task": task.id, "before": before.isoformat() if before else "",
                 "after": owed.at.isoformat() if owed.at else ""},
    )  # fmt: skip
    return True


def _told(task: Task, before: datetime | None, after: datetime | None) -> str:
    if after is None:
        return f"«{task.name}» ya no tiene plazo: se dispensó la obligación que cumple."
    was = f"del {in_words(local_date(before))} " if before is not None else ""
    on = in_words(local_date(after))
    return f"El plazo de «{task.name}» pasó {was}al {on}, el de la obligación que cumple."


def _undated(session: Session, instance: Instance, task: Task) -> datetime:
    bundle = definitions.bundle(session, instance.definition)
    element = bundle.find(task.process_key, task.element)
    assert element is not None, "the step of an open task stands in its diagram"
    return undated.place(session, task.instance_id, element, bundle.elements[task.process_key], task.created_at)
