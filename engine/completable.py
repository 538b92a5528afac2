"""Whether somebody may fill in and send a task, and what their own writing keeps from them."""

from collections.abc import Collection

from sqlalchemy import exists
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import contains_eager

from db.errors import NotAllowed
from directory import access
from directory.chunks import chunks
from directory.principal import Principal
from engine import separation
from engine import tasks
from engine.models import Instance
from engine.models import Submission
from engine.models import Task
from engine.models import TaskStatus


def may_complete(session: Session, task: Task, by: Principal) -> bool:
    """Whether `by` may fill in and send this task now: it is open and theirs, and not about what they wrote."""
    grant = access.allowed(by, "task.complete", tasks.subject_of(task))
    if task.status != TaskStatus.OPEN or grant is None:
        return False
    try:
        separation.demand(session, task, by, by.actor(grant))
    except NotAllowed:
        return False
    return True


def about_own(session: Session, by: Principal, action: str, task_ids: Collection[int]) -> set[int]:
    """Ids of those of some open tasks that decide on what `by`, or whoever they act for, wrote.

    `action` is what they would do: nobody does such a task (`task.complete`), nor says who does it (`task.assign`).
    """
    people = by.stands_for()
    wrote_there = exists().where(
        Submission.instance_id == Task.instance_id,
        or_(Submission.author_id.in_(people), Submission.on_behalf_of.in_(people)),
    )
    whole = contains_eager(Task.instance).joinedload(Instance.definition)
    found: set[int] = set()
    for ids in chunks(task_ids):
        some = select(Task).join(Task.instance).where(Task.status == TaskStatus.OPEN, Task.id.in_(ids), wrote_there)
        found |= {task.id for task in session.scalars(some.options(whole)) if _wrote(session, task, by, action)}
    return found


def _wrote(session: Session, task: Task, by: Principal, action: str) -> bool:
    grant = access.allowed(by, action, tasks.subject_of(task))
    return grant is not None and separation.wrote_as(session, task, by, grant)
