"""Loading an instance under its lock, keeping its task rows true to its state, saving it sealed."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import bindparam
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy import update
from sqlalchemy.orm import Session
from sqlalchemy.orm import joinedload
from sqlalchemy.orm import undefer
from sqlalchemy.orm.attributes import set_committed_value

from db.errors import DefinitionError
from db.errors import NotFound
from db.ready import read
from db.whole import Whole
from engine import calls
from engine import definitions
from engine import owing
from engine import seal
from engine import separation
from engine import submissions
from engine import terms
from engine import undated
from engine.models import Definition
from engine.models import Incident
from engine.models import IncidentStatus
from engine.models import Instance
from engine.models import InstanceStatus
from engine.models import Task
from engine.models import TaskStatus
from engine.models import Timer
from engine.spiff import Run
from engine.spiff import Work


@dataclass(slots=True)
class Loaded:
    """A locked instance with its run, and the tasks that waited in it when it was read: those with an open row."""

    instance: Instance
    run: Run
    waited: frozenset[str] = frozenset()


# Statements that every step asks are built once: that is most of what they cost.
_LOOK = (
    select(Instance)
    .where(Instance.id == bindparam("instance_id"))
    .options(undefer(Instance.state), undefer(Instance.seal), joinedload(Instance.definition))
    .execution_options(populate_existing=True)
)
_LOCK = _LOOK.with_for_update(of=Instance)
_LOCK_TASK = Whole(
    Task, Instance, Definition,
    narrow=lambda tasks: tasks.join_from(Task, Instance, Instance.id == Task.instance_id)
    .join(Definition, Definition.id == Instance.definition_id)
    .where(Task.id == bindparam("task_id"))
    .with_for_update(of=[Instance, Task]),
    also=(Instance.state, Instance.seal),
    anew=True,
)  # fmt: skip
_OVER = (
    update(Incident)
    .where(Incident.status == IncidentStatus.OPEN)
    .values(status=IncidentStatus.RESOLVED, retry_at=None)
    .execution_options(synchronize_session="fetch")
)
_ROUND = select(func.max(Task.round)).where(
    Task.instance_id == bindparam("instance_id"),
    Task.process_key == bindparam("process_key"),
    Task.element == bindparam("element"),
    Task.id >= bindparam("since"),
)


def lock(session: Session, instance_id: int) -> Instance:
    """The instance, locked until the transaction ends. Raises NotFound."""
    found = session.scalars(_LOCK, {"instance_id": instance_id}).one_or_none()
    if found is None:
        raise NotFound("el proceso", instance_id)
    return found


def look(session: Session, instance_id: int) -> Instance:
    """The instance with its state, for whoever only looks. Raises NotFound."""
    found = session.scalars(_LOOK, {"instance_id": instance_id}).one_or_none()
    if found is None:
        raise NotFound("el proceso", instance_id)
    return found


def lock_task(session: Session, task_id: int) -> Task:
    """A task with its instance, both locked until the transaction ends. Raises NotFound."""
    found = _LOCK_TASK.first(session, {"task_id": task_id})
    if found is None:
        raise NotFound("la tarea", task_id)
    task, instance, definition = found
    set_committed_value(task, "instance", instance)
    set_committed_value(instance, "definition", definition)
    return cast(Task, task)


def load(session: Session, instance: Instance) -> Loaded:
    """The run of a locked instance. Raises DefinitionError when its seal is broken."""
    demand_sealed(instance)
    run = Run.load(definitions.specs(session, instance.definition), instance.state, instance.variables)
    return Loaded(instance, run, frozenset(work.id for work in run.tasks()))


def demand_sealed(instance: Instance) -> None:
    """Raise DefinitionError when the stored state, its revision or its definition are not those that were sealed."""
    if not seal.holds(instance.seal, instance.id, instance.revision, instance.definition.hash, instance.state):
        raise DefinitionError("El estado guardado del proceso fue alterado.", element=str(instance.id), code="seal")


def save(session: Session, loaded: Loaded, *, now: datetime) -> list[Task]:
    """Store the run, open and close task and timer rows to match it, and end the instance when it ended.

    Returns the tasks that were opened; they are written with the rest of the session.
    """
    instance, run = loaded.instance, loaded.run
    opened = _match_tasks(session, loaded, now)
    _match_timers(session, instance, run, now)
    if run.end:
        instance.status, instance.outcome, instance.ended_at = InstanceStatus.COMPLETED, run.end, now
    serving = {work.id for work in run.services()}
    _close_incidents(session, run.served - serving - run.completed, now)
    keep(instance, run, awaits_service=bool(serving))
    return opened


def keep(instance: Instance, run: Run, *, awaits_service: bool) -> None:
    """Store the run as the next revision of its instance, sealed."""
    instance.awaits_service = awaits_service
    instance.revision += 1
    instance.state = run.dump()
    instance.seal = seal.seal(instance.id, instance.revision, instance.definition.hash, instance.state)


def close_tasks(session: Session, instance_id: int, *, now: datetime) -> None:
    """Cancel whatever is open in an instance that ends by an act: what failed in it is to be done no more."""
    session.execute(
        update(Task)
        .where(Task.instance_id == instance_id, Task.status == TaskStatus.OPEN)
        .values(status=TaskStatus.CANCELLED, ended_at=now, revision=Task.revision + 1)
    )
    session.execute(
        update(Timer).where(Timer.instance_id == instance_id, Timer.fired_at.is_(None)).values(fired_at=now)
    )
    session.execute(_OVER.where(Incident.instance_id == instance_id).values(resolved_at=now))


def _close_incidents(session: Session, gone: frozenset[str], now: datetime) -> None:
    """Resolve what failed at services that wait no more, because the process went another way."""
    if gone:
        session.execute(_OVER.where(Incident.work_id.in_(gone)).values(resolved_at=now))


def _match_tasks(session: Session, loaded: Loaded, now: datetime) -> list[Task]:
    """Cancel the rows of what waits no more and open rows for what waits since now."""
    waiting = {work.id: work for work in loaded.run.tasks()}
    gone = loaded.waited - waiting.keys() - loaded.run.completed
    if gone:
        statement = select(Task).where(Task.work_id.in_(gone), Task.status == TaskStatus.OPEN)
        for task in session.scalars(statement):
            task.status, task.ended_at, task.revision = TaskStatus.CANCELLED, now, task.revision + 1
    fresh = [work for work_id, work in waiting.items() if work_id not in loaded.waited]
    opened = [task_for(session, loaded, work, now) for work in fresh]
    session.add_all(opened)
    return opened


def _round(session: Session, loaded: Loaded, work: Work) -> int:
    """A review has the round of what it reviews, so that both sides count alike; another step, how often it came.

    Both count since the process was called: one that is called anew begins with round 1.
    """
    instance = loaded.instance
    if loaded.run.called_now(work.process_key):
        return 1
    reviewed = work.element.words("reviews")
    if reviewed and (last := submissions.newest(session, instance.id, reviewed)):
        return max(one.round for one in last.values())
    place = {"instance_id": instance.id, "process_key": work.process_key, "element": work.element.id, "since": 0}
    ((last,),) = read(session, _ROUND, place)
    if last is not None:
        place["since"] = calls.begun(session, instance.id, work.process_key)
        ((last,),) = read(session, _ROUND, place)
    return (last or 0) + 1


def task_for(session: Session, loaded: Loaded, work: Work, now: datetime) -> Task:
    """The row of what waits for a person, as it is when that comes to wait now; it is not added to the session."""
    instance, properties = loaded.instance, work.element.properties
    owed = owing.of_step(session, properties["form"], instance, now)
    dated = terms.dated(session, properties.get("term", ""), instance, now) if owed is None else None
    due_at = owed.at if owed else dated.due.at if dated else None
    return Task(
        instance_id=instance.id,
        work_id=work.id,
        process_key=work.process_key,
        element=work.element.id,
        name=work.element.name,
        form_hash=definitions.specs(session, instance.definition).bundle.forms[properties["form"]],
        role=role_of(session, instance, work, now),
        unit_id=instance.unit_id,
        entity_id=instance.entity_id,
        region_id=instance.region_id,
        assignee_id=instance.people.get(properties.get("participant", "")),
        status=TaskStatus.OPEN,
        round=_round(session, loaded, work),
        due_at=due_at,
        due_sort=due_at or _undated(session, loaded, work, now),
        due_reason=owed.reason if owed else dated.due.reason if dated else "",
        term=dated.term if dated else "",
        calendar_version=dated.calendar_version if dated else 0,
        revision=1,
        created_at=now,
    )


def _undated(session: Session, loaded: Loaded, work: Work, now: datetime) -> datetime:
    instance = loaded.instance
    among = definitions.specs(session, instance.definition).bundle.elements[work.process_key]
    if loaded.run.called_now(work.process_key):
        among = []  # nothing of an earlier call comes back in this one
    return undated.place(session, instance.id, work.element, among, now)


def role_of(session: Session, instance: Instance, work: Work, now: datetime) -> str:
    """The role to which a step goes: that of its diagram, unless all who hold it wrote what it decides on."""
    role = terms.setting(session, work.element.properties["role"])
    return separation.role_that_may(session, role, instance, work.element.words("separate_from"), now=now)


def _match_timers(session: Session, instance: Instance, run: Run, now: datetime) -> None:
    if not run.specs.bundle.has_timers:
        return
    waiting = {work.id: work for work in run.timers()}
    statement = select(Timer).where(Timer.instance_id == instance.id, Timer.fired_at.is_(None))
    known = {timer.work_id: timer for timer in session.scalars(statement)}
    for work_id, timer in known.items():
        if work_id not in waiting:
            timer.fired_at = now
    for work_id, work in waiting.items():
        if work_id not in known:
            dated = terms.dated(session, work.element.properties.get("term", ""), instance, now)
            assert dated is not None, f"{work.element.id} has no term"
            session.add(
                Timer(
                    instance_id=instance.id,
                    work_id=work_id,
                    element=work.element.id,
                    due_at=dated.due.at,
                    due_reason=dated.due.reason,
                )
            )
