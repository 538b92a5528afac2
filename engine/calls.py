"""A process that a loop calls anew begins anew: its rounds and its remarks are those of this call.

The first step of each call has round 1, and no other task at that step has: with it a call begins. What was sent before
it belongs to an earlier one. Cases in which calls were not told apart go on as they were, as one call.
"""

from typing import Any

from sqlalchemy import bindparam
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import aliased

from engine.models import Task

_First = aliased(Task)
_ENTRY = (
    select(_First.element)
    .where(_First.instance_id == bindparam("instance_id"), _First.process_key == bindparam("process_key"))
    .order_by(_First.id)
    .limit(1)
    .scalar_subquery()
)
_BEGUN = select(func.max(Task.id)).where(
    Task.instance_id == bindparam("instance_id"),
    Task.process_key == bindparam("process_key"),
    Task.element == _ENTRY,
    Task.round == 1,
    Task.id <= bindparam("until"),
)
LAST = 2**62  # no task has this id


def begun(session: Session, instance_id: int, process_key: str, until: int = LAST) -> int:
    """The id of the task with which the call began to which the task `until` belongs; the last call without it.

    Tasks of the call have this id or a later one. 0 before the process was called.
    """
    place = {"instance_id": instance_id, "process_key": process_key, "until": until}
    return session.scalar(_BEGUN, place) or 0


def of_instance(session: Session, instance_id: int) -> dict[int, tuple[str, int]]:
    """Task → its process and the id of the task with which its call began, as `begun` tells it, for a whole case."""
    statement: Any = select(Task.id, Task.process_key, Task.element, Task.round).where(Task.instance_id == instance_id)
    entry: dict[str, str] = {}
    began: dict[str, int] = {}
    found: dict[int, tuple[str, int]] = {}
    for task_id, process, element, round_ in session.execute(statement.order_by(Task.id)):
        if element == entry.setdefault(process, element) and round_ == 1:
            began[process] = task_id
        found[task_id] = (process, began.get(process, 0))
    return found


def of_task(session: Session, task_id: int) -> int:
    """`begun` for the call to which a task belongs."""
    task = session.get_one(Task, task_id)
    return begun(session, task.instance_id, task.process_key, task.id)
