"""Tasks that somebody held with a role that they lose: they go back to whoever holds it."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import joinedload

from db import Actor
from db import history
from directory import access
from directory import roles
from directory.principal import Principal
from engine import instances
from engine import participants
from engine import personal
from engine import tasks
from engine.models import Instance
from engine.models import Task
from engine.models import TaskStatus


def beyond(session: Session, holder: Principal, role: str, parts: Collection[str]) -> list[Task]:
    """The open tasks for `role` that a person holds and could not take with the grants that `holder` says.

    Those that are theirs for a part in the case stay, as they go with it, but for `parts`, which the role gives.
    """
    mine = (
        select(Task)
        .where(
            Task.assignee_id == holder.person_id, Task.status == TaskStatus.OPEN, Task.role == role, ~personal.steps()
        )
        .options(joinedload(Task.instance).joinedload(Instance.definition))
        .order_by(Task.instance_id, Task.id)
        .execution_options(populate_existing=True)
    )  # fmt: skip
    given = ("", *parts)
    return [
        task for task in session.scalars(mine)
        if _part(session, task) in given
        and access.allowed(holder, "task.complete", replace(tasks.subject_of(task), assignee_id=None)) is None
    ]  # fmt: skip


def free(
    session: Session, holder: Principal, role: str, parts: Collection[str], *, by: Actor, now: datetime
) -> list[Task]:
    """Give back what `beyond` tells, with the part in the case by which it was held. Returns the tasks."""
    for instance_id in sorted({task.instance_id for task in beyond(session, holder, role, parts)}):
        instances.hold(session, instance_id)
    found = beyond(session, holder, role, parts)  # as they stand once nobody moves them
    for task in found:
        if part := _part(session, task):
            participants.put(task.instance, part, None)
        task.previous_holder_id, task.assignee_id = holder.person_id, None
        task.claimed_at, task.revision = None, task.revision + 1
    history.record_all(session, [_entry(task, holder.name) for task in found], by=by, now=now)
    return found


def _part(session: Session, task: Task) -> str:
    """The part in its case for which a task is somebody's; empty for what a role alone gives."""
    return str(tasks.element_of(session, task).properties.get("participant", ""))


def _entry(task: Task, name: str) -> history.Entry:
    told = f"La tarea «{task.name}» volvió al grupo: {name} ya no tiene el rol {roles.label(task.role)}."
    details = {"task": task.id, "assignee": None}
    return history.Entry(instances.subject(task.instance_id), "task.released", told, task.element, details)
