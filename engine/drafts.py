"""Drafts: what was typed and not yet sent."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import joinedload

from db.errors import Conflict
from db.errors import InvalidData
from db.errors import NotFound
from db.types import dumps
from directory import access
from directory.models import Person
from directory.principal import Principal
from engine.models import Draft
from engine.models import Task
from engine.models import TaskStatus
from engine.tasks import subject_of

MAX_BYTES = 1_000_000


def save(
    session: Session,
    task_id: int,
    data: Mapping[str, Any],
    *,
    by: Principal,
    now: datetime,
    revision: int | None = None,
) -> Draft:
    """Keep `data` as the draft of a task, unchecked but for its size.

    `revision` is that of the draft which was being edited. Raises NotFound, NotAllowed, InvalidData when it is too
    large, and Conflict when the task is open no more or somebody else saved since.
    """
    task = session.scalars(select(Task).where(Task.id == task_id).options(joinedload(Task.instance))).one_or_none()
    if task is None:
        raise NotFound("la tarea", task_id)
    access.demand(by, "task.complete", subject_of(task))
    if task.status != TaskStatus.OPEN:
        raise Conflict("La tarea ya se envió; el borrador no se guardó.", code="completed")
    if len(dumps(dict(data))) > MAX_BYTES:
        raise InvalidData({"": ["El borrador es demasiado grande para guardarse."]})
    statement = select(Draft).where(Draft.task_id == task_id).with_for_update()
    draft = session.scalars(statement.execution_options(populate_existing=True)).one_or_none()
    if draft is None:
        draft = Draft(task_id=task_id, revision=0)
        session.add(draft)
    elif revision is not None and revision != draft.revision:
        raise _overtaken(session, draft)
    draft.data, draft.saved_at, draft.saved_by = dict(data), now, by.person_id
    draft.revision += 1
    session.flush()
    return draft


def find(session: Session, task_id: int) -> Draft | None:
    """The draft of a task, if there is one."""
    return session.get(Draft, task_id)


def discard(session: Session, task_id: int, *, by: Principal, now: datetime) -> None:
    """Throw a draft away."""
    task = session.scalars(select(Task).where(Task.id == task_id).options(joinedload(Task.instance))).one_or_none()
    if task is None:
        raise NotFound("la tarea", task_id)
    access.demand(by, "task.complete", subject_of(task))
    draft = find(session, task_id)
    if draft is not None:
        session.delete(draft)
        session.flush()


def _overtaken(session: Session, draft: Draft) -> Conflict:
    name = session.scalar(select(Person.name).where(Person.id == draft.saved_by))
    return Conflict(
        f"{name} guardó este borrador después de que usted lo abrió; lo que escribió se conserva.", code="stale"
    )
