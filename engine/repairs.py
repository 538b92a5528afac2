"""Repairing a case: what it waits for by its stored state, and a step of it restarted, with the reason.

The sealed state says what a case waits for. The rows of tasks, timers and incidents are made from it, so a row that is
missing, or stands otherwise, is made anew from there. Nothing here decides anything that the process leaves to people.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import history
from db.errors import Conflict
from db.history import HistoryRow
from directory import access
from directory import reasons
from directory.principal import Principal
from engine import instances
from engine import state
from engine import tasks
from engine.instances import subject
from engine.models import Incident
from engine.models import IncidentStatus
from engine.models import InstanceStatus
from engine.models import Task
from engine.models import TaskStatus
from engine.models import Timer
from engine.spiff import Run
from engine.spiff import Work

TASK, SERVICE, TIMER = "task", "service", "timer"

ACTS = frozenset({"incident.retried", "step.restarted", "task.assigned", "instance.cancelled"})
"""What people do to repair a case, as its history calls it."""

WHY = "Escriba por qué: queda en la historia del trámite."


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that a case waits for, with its row; without one, nobody sees that it waits."""

    kind: str
    work_id: str
    element: str
    name: str
    task: Task | None = None
    timer: Timer | None = None
    incident: Incident | None = None

    @property
    def sound(self) -> bool:
        """Whether its row stands as the state says; what runs by itself has none while nothing failed."""
        if self.kind == TASK:
            return self.task is not None and self.task.status == TaskStatus.OPEN
        return self.kind == SERVICE or (self.timer is not None and self.timer.fired_at is None)


def waiting(session: Session, instance_id: int) -> list[Waiting]:
    """What a case waits for by its stored state, people first; nothing once it ended.

    Raises NotFound, and DefinitionError when the state was altered.
    """
    instance = state.look(session, instance_id)
    if instance.status != InstanceStatus.OPEN:
        return []
    run = state.load(session, instance).run
    return [_waiting(session, kind, work) for kind, works in _works(run).items() for work in works]


def restart(session: Session, instance_id: int, work_id: str, reason: str, *, by: Principal, now: datetime) -> Waiting:
    """Begin a step that waits anew, from what is stored.

    A person's step goes back to whom the process gives it, open, with its date and its draft; an automatic one is done
    again as if for the first time; a term runs again. Rows of the case that are missing or closed and for which it
    waits come back with it. Settle the instance afterwards. Raises NotFound, NotAllowed, InvalidData (`reason`),
    Conflict when the case ended, the step waits no more, or was sent.
    """
    actor = access.demand(by, "step.restart")
    reason = reasons.demand(reason, WHY)
    instance = state.lock(session, instance_id)
    if instance.status != InstanceStatus.OPEN:
        raise Conflict(f"«{instance.title}» ya terminó.", code="ended")
    loaded = state.load(session, instance)
    kind, work = _found(loaded.run, work_id)
    if kind == SERVICE:
        _resolve(session, work_id, by.person_id, now)
    for other in loaded.run.tasks():
        _reopen(session, loaded, other, now, always=other.id == work_id)
    _revive_timers(session, loaded.run)
    _drop_incidents(session, loaded, now)
    loaded.waited = _known(session, loaded)
    state.save(session, loaded, now=now)
    history.record(
        session, subject(instance_id), "step.restarted", by=actor, now=now, element=work.element.id,
        summary=f"Reinició el paso «{work.element.name}».", reason=reason,
        details={"process": work.process_key, "work": work_id},
    )  # fmt: skip
    session.flush()
    return _waiting(session, kind, work)


def reassign(session: Session, task_id: int, person_id: int, reason: str, *, by: Principal, now: datetime) -> Task:
    """Give a task to somebody who may do it, with the reason. Raises as `tasks.assign`, and InvalidData (`reason`)."""
    return tasks.assign(session, task_id, person_id, by=by, now=now, reason=reasons.demand(reason, WHY))


def cancel(session: Session, instance_id: int, reason: str, *, by: Principal, now: datetime) -> None:
    """End a case by an act, with the reason.

    Raises NotFound, NotAllowed, InvalidData (`reason`), and Conflict when it ended, or ends with what it is about.
    """
    instance = instances.get(session, instance_id)
    actor = access.demand(by, "instance.cancel", instances.place_of(instance))
    if not ends_alone(instance.refs):
        raise Conflict("Este proceso termina con su producto o su plan; retírelos a ellos.", code="not-alone")
    instances.cancel(session, instance_id, reasons.demand(reason, WHY), by=actor, now=now)


def ends_alone(refs: dict[str, int]) -> bool:
    """Whether a case about `refs` may end by itself: that of a product or a plan ends with it."""
    return not refs.keys() & {"product_id", "plan_id"}


def acts(session: Session, instance_id: int) -> list[HistoryRow]:
    """What people did to repair a case, the newest first."""
    return [row for row in reversed(history.of(session, subject(instance_id))) if row.action in ACTS]


def _works(run: Run) -> dict[str, Sequence[Work]]:
    return {TASK: run.tasks(), SERVICE: run.services(), TIMER: run.timers()}


def _found(run: Run, work_id: str) -> tuple[str, Work]:
    for kind, works in _works(run).items():
        for work in works:
            if work.id == work_id:
                return kind, work
    raise Conflict("El trámite ya no espera este paso.", code="not-waiting")


def _waiting(session: Session, kind: str, work: Work) -> Waiting:
    task = timer = incident = None
    if kind == TASK:
        task = session.scalars(select(Task).where(Task.work_id == work.id)).one_or_none()
    elif kind == TIMER:
        timer = session.scalars(select(Timer).where(Timer.work_id == work.id)).one_or_none()
    else:
        incident = session.scalars(_failing(work.id)).one_or_none()
    return Waiting(kind, work.id, work.element.id, work.element.name, task, timer, incident)


def _failing(work_id: str) -> Select[Incident]:
    return select(Incident).where(Incident.work_id == work_id, Incident.status == IncidentStatus.OPEN)


def _reopen(session: Session, loaded: state.Loaded, work: Work, now: datetime, *, always: bool) -> None:
    """Put the row of a person's step back to how the process opens it, if it is closed or the step meant.

    `state.save` makes one that is missing.
    """
    task = session.scalars(select(Task).where(Task.work_id == work.id)).one_or_none()
    if task is None or not (always or task.status == TaskStatus.CANCELLED):
        return
    if task.status == TaskStatus.COMPLETED:
        raise Conflict(f"«{task.name}» ya se envió; recupere el trámite de un respaldo.", code="sent")
    fresh = state.task_for(session, loaded, work, now)
    if task.assignee_id != fresh.assignee_id:
        task.previous_holder_id = task.assignee_id
    task.assignee_id, task.role, task.claimed_at = fresh.assignee_id, fresh.role, None
    task.unit_id, task.entity_id, task.region_id = fresh.unit_id, fresh.entity_id, fresh.region_id
    task.status, task.ended_at, task.ended_by = TaskStatus.OPEN, None, None
    task.revision += 1


def _resolve(session: Session, work_id: str, person_id: int, now: datetime) -> None:
    """Close what is known of the failures of a service: it begins anew, with its first attempt."""
    for incident in session.scalars(_failing(work_id)):
        incident.status, incident.retry_at = IncidentStatus.RESOLVED, None
        incident.resolved_at, incident.resolved_by = now, person_id


def _drop_incidents(session: Session, loaded: state.Loaded, now: datetime) -> None:
    """Close what failed at services for which the case waits no more: trying it again would do nothing."""
    waits = [work.id for work in loaded.run.services()]
    loose = select(Incident).where(Incident.instance_id == loaded.instance.id, Incident.work_id.not_in(waits))
    for incident in session.scalars(loose.where(Incident.status == IncidentStatus.OPEN)):
        incident.status, incident.resolved_at, incident.retry_at = IncidentStatus.RESOLVED, now, None


def _revive_timers(session: Session, run: Run) -> None:
    """Let the terms run again that are taken for over and that the case still waits for."""
    for timer in session.scalars(select(Timer).where(Timer.work_id.in_([work.id for work in run.timers()]))):
        timer.fired_at = None


def _known(session: Session, loaded: state.Loaded) -> frozenset[str]:
    """The work items that have a row, and those whose row is open: what `state.save` takes for what waited before."""
    waits = [work.id for work in loaded.run.tasks()]
    of_case = select(Task.work_id).where(Task.instance_id == loaded.instance.id)
    rows = of_case.where((Task.status == TaskStatus.OPEN) | Task.work_id.in_(waits))
    return frozenset(session.scalars(rows))
