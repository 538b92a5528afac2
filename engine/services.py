"""Service tasks: each runs in a transaction of its own, after the person's step is safe."""

from collections.abc import Mapping
from datetime import datetime
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import SYSTEM
from db import Actor
from db import history
from db.errors import AttError
from db.errors import DefinitionError
from db.errors import InvalidData
from db.history import HistoryRow
from engine import definitions
from engine import narration
from engine import registry
from engine import state
from engine.context import Context
from engine.instances import subject
from engine.models import Incident
from engine.models import IncidentStatus
from engine.models import Instance
from engine.models import InstanceStatus
from engine.spiff import Work

FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=6)


def due(session: Session, now: datetime) -> list[int]:
    """Instances whose services are to run: those left by a crash, and those whose incident is to be retried."""
    failing = select(Incident.instance_id).where(Incident.status == IncidentStatus.OPEN, Incident.retry_at > now)
    statement = select(Instance.id).where(Instance.awaits_service.is_(True), Instance.id.not_in(failing))
    return list(session.scalars(statement.order_by(Instance.id).limit(1000)))


def run_next(session: Session, instance_id: int, *, now: datetime) -> bool:
    """Run the next service task of the instance and move on. Returns whether there was one.

    What the handler raises passes through: the caller rolls back and calls `fail` in another transaction.
    """
    instance = state.lock(session, instance_id)
    work = _next(session, instance, now)
    if work is None:
        return False
    handler = registry.handler(work.element.operation)
    if handler is None:
        raise DefinitionError(
            f"El servicio «{work.element.operation}» no existe.", element=work.element.id, code="handler"
        )
    cause = _cause(session, instance_id, work.id)
    by = _author(cause)
    context = Context(session, instance, work.element.id, cause.details.get("task") if cause else None)
    changed = handler(session, context, by=by, now=now) or {}
    _assigned(instance, changed, work)
    loaded = state.load(session, instance)
    loaded.run.complete(work.id)
    state.save(session, loaded, now=now)
    history.record(
        session, subject(instance_id), "service.completed", by=SYSTEM, now=now, element=work.element.id,
        summary=_told(session, instance, work, cause),
        details={"process": work.process_key, "work": work.id, "cause": cause.sequence if cause else None,
                 **loaded.run.account()},
    )  # fmt: skip
    _resolve(session, work.id, now)
    return True


def fail(session: Session, instance_id: int, error: Exception, *, now: datetime) -> Incident:
    """Write down that the next service task failed and when it will be tried again. Returns the incident."""
    instance = state.lock(session, instance_id)
    work = _next(session, instance, now)
    assert work is not None, "a failure without a service"
    statement = select(Incident).where(Incident.work_id == work.id, Incident.status == IncidentStatus.OPEN)
    incident = session.scalars(statement).one_or_none()
    if incident is None:
        incident = Incident(
            instance_id=instance_id,
            work_id=work.id,
            element=work.element.id,
            operation=work.element.operation,
            status=IncidentStatus.OPEN,
            attempts=0,
            first_at=now,
        )
        session.add(incident)
    incident.attempts += 1
    incident.message = _in_words(error)
    incident.error = type(error).__name__
    incident.last_at = now
    incident.retry_at = now + min(FIRST_PAUSE * 2 ** (incident.attempts - 1), LONGEST_PAUSE)
    session.flush()
    return incident


def _next(session: Session, instance: Instance, now: datetime) -> Work | None:
    """The first service that waits, but for those that failed and whose pause is not over: they stop no other."""
    if instance.status != InstanceStatus.OPEN:
        return None
    pausing = select(Incident.work_id).where(
        Incident.instance_id == instance.id, Incident.status == IncidentStatus.OPEN, Incident.retry_at > now
    )
    stopped = set(session.scalars(pausing))
    waiting = state.load(session, instance).run.services() if instance.awaits_service else []
    return next((work for work in waiting if work.id not in stopped), None)


def _in_words(error: Exception) -> str:
    """What people read: for wrong data, which data and why."""
    if isinstance(error, InvalidData):
        wrong = "; ".join(f"{path or 'en conjunto'}: {' '.join(said)}" for path, said in error.errors.items())
        return f"{error.message} {wrong}"
    return error.message if isinstance(error, AttError) else "Ocurrió un error inesperado."


def _assigned(instance: Instance, changed: Mapping[str, Any], work: Work) -> None:
    """Keep what a service says, when it is among what its process declares: the gate counted on that."""
    can = registry.supplies(work.element.operation)
    declared = instance.variables.keys()
    wrong = {name for name, value in changed.items() if name not in declared or value not in can.get(name, ())}
    if wrong:
        raise DefinitionError(
            f"El servicio dejó dicho de «{min(wrong)}» algo que no está declarado.",
            element=work.element.id,
            code="variable",
        )
    if changed:
        instance.variables = {**instance.variables, **changed}


def _cause(session: Session, instance_id: int, work_id: str) -> HistoryRow | None:
    """The act that brought a service about, whatever happened in other branches since.

    Services that follow one another have the cause of the first. Instances that waited here when causes began to be
    kept name none: then it is the last person who acted.
    """
    for row in history.backwards(session, subject(instance_id)):
        if work_id not in row.details.get("services", ()):
            continue
        if row.action != "service.completed":
            return row
        work_id = row.details["work"]
    return history.last_by_person(session, subject(instance_id))


def _author(cause: HistoryRow | None) -> Actor:
    """Whoever did the act, in the same capacity: a person, or the system when a term ran out."""
    return Actor(cause.actor_id, cause.actor_name, cause.capacity, cause.on_behalf_of) if cause else SYSTEM


def _told(session: Session, instance: Instance, work: Work, cause: HistoryRow | None) -> str:
    """What the service did, and after which step of whom."""
    told = narration.done(work.element.name)
    if cause is None or cause.action != "task.completed":
        return f"{told}."
    step = definitions.bundle(session, instance.definition).find(cause.details["process"], cause.element)
    return f"{told}, tras «{step.name}» de {cause.actor_name}." if step else f"{told}."


def _resolve(session: Session, work_id: str, now: datetime) -> None:
    statement = select(Incident).where(Incident.work_id == work_id, Incident.status == IncidentStatus.OPEN)
    for incident in session.scalars(statement):
        incident.status, incident.resolved_at, incident.retry_at = IncidentStatus.RESOLVED, now, None
