"""Who takes part in an instance, and to which unit it belongs, when that changes."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import Actor
from db import history
from directory.chunks import chunks
from directory.models import Person
from engine import state
from engine.instances import subject
from engine.models import Instance
from engine.models import InstanceStatus
from engine.models import Task
from engine.models import TaskStatus


def appoint(session: Session, instance_id: int, part: str, person_id: int, *, by: Actor, now: datetime) -> int:
    """Give the part `part` of an instance to a person, with the open tasks of whoever had it.

    Tasks that waited for somebody in that part go to the person too. An instance that ended is left as it is.
    Returns how many tasks changed hands. Raises NotFound.
    """
    instance = state.lock(session, instance_id)
    if instance.status != InstanceStatus.OPEN:
        return 0
    former = instance.people.get(part)
    instance.people = {**instance.people, part: person_id}
    statement = select(Task).where(Task.instance_id == instance_id, Task.status == TaskStatus.OPEN)
    bundle = state.load(session, instance).run.specs.bundle
    moved = 0
    for task in session.scalars(statement):
        element = bundle.find(task.process_key, task.element)
        waits = task.assignee_id is None and element is not None and element.properties.get("participant") == part
        if waits or (former is not None and task.assignee_id == former):
            task.previous_holder_id, task.assignee_id, task.revision = task.assignee_id, person_id, task.revision + 1
            moved += 1
    name = session.scalar(select(Person.name).where(Person.id == person_id))
    history.record(
        session, subject(instance_id), "participant.appointed", by=by, now=now, summary=f"El caso pasó a {name}.",
        details={"part": part, "people": [former, person_id], "tasks": moved},
    )  # fmt: skip
    return moved


def put(instance: Instance, part: str, person_id: int | None) -> None:
    """Say who has `part` in a locked instance, for the steps that open from now on.

    Nobody: they are for whoever holds their role.
    """
    others = {name: person for name, person in instance.people.items() if name != part}
    instance.people = others if person_id is None else {**others, part: person_id}


def move(session: Session, instance_ids: Sequence[int], unit_id: int) -> None:
    """Let cases that are open belong to another unit, with the tasks that wait in them."""
    for ids in chunks(sorted(instance_ids)):
        open_ones = select(Instance).where(Instance.id.in_(ids), Instance.status == InstanceStatus.OPEN)
        for instance in session.scalars(open_ones.with_for_update()):
            instance.unit_id = unit_id
        waiting = select(Task).where(Task.instance_id.in_(ids), Task.status == TaskStatus.OPEN)
        for task in session.scalars(waiting):
            task.unit_id, task.revision = unit_id, task.revision + 1
