"""The same step for several instances at once: which tasks can go together.

Each instance keeps its own submission and history; the edge completes them one by one.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import joinedload

from directory import access
from directory.principal import Principal
from engine.inbox import TASK_COLUMNS
from engine.models import Instance
from engine.models import Task
from engine.models import TaskStatus
from engine.tasks import element_of

MOST = 200


def peers(session: Session, task: Task, *, by: Principal) -> list[Task]:
    """Open tasks of other instances at the same element, with the same form, that this person can complete with it.

    Empty when the diagram does not allow the element to be done for several at once.
    """
    if element_of(session, task).properties.get("batch") != "true":
        return []
    statement = (
        select(Task)
        .join(Task.instance)
        .where(
            Task.status == TaskStatus.OPEN,
            Task.process_key == task.process_key,
            Task.element == task.element,
            Task.form_hash == task.form_hash,
            Task.id != task.id,
        )
        .options(joinedload(Task.instance).joinedload(Instance.definition))
        .order_by(Instance.title)
        .limit(MOST)
    )
    found = session.scalars(access.visible(statement, by, "task.complete", TASK_COLUMNS))
    return [other for other in found if _same_subject(other.instance, task.instance)]


def _same_subject(one: Instance, other: Instance) -> bool:
    """Whether two instances are about the same product: what their refs share, but for their own plan."""
    shared = set(one.refs) & set(other.refs)
    return any(one.refs[name] == other.refs[name] for name in shared)
