"""Steps that only whom their case is about does: what somebody reports of themselves never changes hands.

Whoever acts for them by a delegation still may: it is theirs, and says on whose behalf it was sent.
"""

from sqlalchemy import ColumnElement
from sqlalchemy import and_
from sqlalchemy import false
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import registry
from engine.models import Definition
from engine.models import Task


def steps() -> ColumnElement[bool]:
    """Which tasks stand at such a step, as a condition on Task."""
    found = [
        and_(Task.process_key == one.key, Task.element.in_(sorted(one.personal)))
        for one in registry.processes()
        if one.personal
    ]
    return or_(false(), *found)


def is_one(task: Task) -> bool:
    """Whether a task stands at such a step."""
    return any(one.key == task.process_key and task.element in one.personal for one in registry.processes())


def definitions(session: Session) -> set[int]:
    """Ids of the definitions whose cases are about a person: nobody takes that person's part in them."""
    keys = [one.key for one in registry.processes() if one.personal]
    return set(session.scalars(select(Definition.id).where(Definition.key.in_(keys))))
