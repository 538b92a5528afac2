"""Files in the answers of forms: what uses them, and who may therefore read them."""

from collections.abc import Mapping
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import joinedload

from db.errors import InvalidData
from db.files import tokens_in
from db.history import Subject
from directory import access
from directory.attachments import foreign
from directory.attachments import reads
from directory.attachments import use
from directory.principal import Principal
from engine import prefill
from engine import sight
from engine.inbox import TASK_COLUMNS
from engine.instances import subject
from engine.models import Instance
from engine.models import Task
from engine.models import TaskStatus


def demand_own(session: Session, task: Task, data: Mapping[str, Any], *, by: Principal, now: datetime) -> None:
    """Raise InvalidData for a file that `by` may not read and that the case did not offer: its token was told."""
    for name, answer in data.items():
        told = foreign(session, tokens_in(answer), by=by)
        if told and told - set(tokens_in(prefill.initial(session, task, now=now))):
            raise InvalidData({name: ["Adjunte de nuevo el archivo: usted no tiene permiso para usar el que indicó."]})


def sent(session: Session, task: Task, data: Mapping[str, Any], *, now: datetime) -> None:
    """Keep that the case of `task` uses the files in what was sent."""
    use(session, tokens_in(data), subject(task.instance_id), now=now)


def drafted(session: Session, task_id: int, data: Mapping[str, Any], *, by: Principal, now: datetime) -> None:
    """Keep that a draft uses its files, for whoever takes the task over; a token that was only told opens nothing."""
    tokens = set(tokens_in(data))
    use(session, tokens - foreign(session, tokens, by=by), Subject("task", task_id), now=now)


@reads("instance")
def _of_instances(session: Session, by: Principal, ids: Sequence[int]) -> bool:
    """What was sent is for whoever reads the case, and for whoever has a step to do in it and reads it there."""
    rows = session.scalars(select(Instance).where(Instance.id.in_(ids)).options(joinedload(Instance.definition)))
    if any(sight.may_read(row, by) for row in rows):
        return True
    steps = select(Task.id).where(Task.instance_id.in_(ids), Task.status == TaskStatus.OPEN)
    return session.scalar(access.visible(steps, by, "task.complete", TASK_COLUMNS).limit(1)) is not None


@reads("task")
def _of_drafts(session: Session, by: Principal, ids: Sequence[int]) -> bool:
    """What is not sent yet is for whoever may send it."""
    steps = select(Task.id).where(Task.id.in_(ids))
    return session.scalar(access.visible(steps, by, "task.complete", TASK_COLUMNS).limit(1)) is not None
