"""Whether somebody may fill in and send a task."""

from sqlalchemy.orm import Session

from db.errors import NotAllowed
from directory import access
from directory.principal import Principal
from engine import separation
from engine.models import Task
from engine.models import TaskStatus
from engine.tasks import subject_of


def may_complete(session: Session, task: Task, by: Principal) -> bool:
    """Whether `by` may fill in and send this task now: it is open and theirs, and not about what they wrote."""
    grant = access.allowed(by, "task.complete", subject_of(task))
    if task.status != TaskStatus.OPEN or grant is None:
        return False
    try:
        separation.demand(session, task, by, by.actor(grant))
    except NotAllowed:
        return False
    return True
