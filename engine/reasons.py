"""Why a task is in somebody's inbox."""

from dataclasses import dataclass
from enum import StrEnum

from directory import access
from directory.principal import Grant
from directory.principal import Principal
from engine import tasks
from engine.models import Task


class Why(StrEnum):
    """Why a task is in somebody's inbox."""

    OWN = "own"  # assigned to them
    LENT = "lent"  # assigned to somebody for whom they act
    FREE = "free"  # nobody has it, and they hold its role there
    FOLLOWED = "followed"  # others do it; they may read it


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a task is in an inbox, and the grant by which the person can do it; None when they only read it."""

    why: Why
    grant: Grant | None


def of(task: Task, by: Principal) -> Reason:
    """Why `task` is in the inbox of `by`; it was read with its instance."""
    grant = access.allowed(by, "task.complete", tasks.subject_of(task))
    if grant is None:
        return Reason(Why.FOLLOWED, None)
    if task.assignee_id is None:
        return Reason(Why.FREE, grant)
    return Reason(Why.OWN if task.assignee_id == by.person_id else Why.LENT, grant)
