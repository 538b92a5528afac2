"""What must always hold of cases: whatever is open waits for somebody or something, and nothing waits for ever.

A case and its rows change in one transaction, so one question never sees them half done. Each begins at an index of
what is open or due, which is little whatever was done before; only that of completed steps goes through all of them.
"""

from collections.abc import Iterable
from collections.abc import Sequence
from datetime import datetime
from datetime import timedelta

from sqlalchemy import Select
from sqlalchemy import and_
from sqlalchemy import select
from sqlalchemy import union_all
from sqlalchemy.orm import Session
from sqlalchemy.orm import aliased

import db.checkpoints.watching  # noqa: F401 - whoever knows these checks knows that one
from db.history import HistoryHead
from db.history import HistoryRow
from db.invariants import MOST
from db.invariants import Finding
from db.invariants import invariant
from engine.models import Incident
from engine.models import IncidentStatus
from engine.models import Instance
from engine.models import InstanceStatus
from engine.models import Operation
from engine.models import OperationStatus
from engine.models import Submission
from engine.models import Task
from engine.models import TaskStatus
from engine.models import Timer

PATIENCE = timedelta(minutes=15)
"""How long after its time something automatic may still wait: a sweep before it takes minutes at most."""

REPAIR = "Abra el trámite y reinicie el paso que espera: el sistema rehace la fila que falta a partir de lo guardado."
JOBS = "Mire en «Trabajos automáticos» si el trabajo corre. Si corre, abra el trámite: allí está qué falla."


@invariant(
    "open_case_waits",
    "Todo trámite abierto espera algo",
    meaning="Un trámite abierto tiene al menos una tarea abierta, un plazo por cumplirse o un paso automático en "
    "curso. Uno sin nada de eso está varado: nadie lo ve y no termina nunca.",
    remedy=REPAIR,
)
def open_case_waits(session: Session, now: datetime) -> Sequence[Finding]:
    """Cases that are open, with neither an open task, nor a timer, nor a service."""
    tasks = select(Task.id).where(Task.instance_id == Instance.id, Task.status == TaskStatus.OPEN)
    timers = select(Timer.id).where(Timer.instance_id == Instance.id, Timer.fired_at.is_(None))
    stranded = _cases().where(
        Instance.status == InstanceStatus.OPEN, Instance.awaits_service.is_(False), ~tasks.exists(), ~timers.exists()
    )
    return _told(session, stranded, "{title}: está abierto y no espera nada")


@invariant(
    "ended_case_rests",
    "Nada espera en un trámite que terminó",
    meaning="Un trámite terminado o cancelado no tiene tareas abiertas, plazos vivos, pasos automáticos ni incidentes. "
    "Una tarea así le pide a alguien algo que ya no se puede completar.",
    remedy="Pida a quien opera el servidor que revise la historia del trámite: una tarea abierta de un trámite "
    "terminado sólo queda si alguien escribió en la base de datos.",
)
def ended_case_rests(session: Session, now: datetime) -> Sequence[Finding]:
    """Cases that ended in which something is open."""
    waiting = union_all(
        select(Task.instance_id).where(Task.status == TaskStatus.OPEN),
        select(Timer.instance_id).where(Timer.fired_at.is_(None)),
        select(Incident.instance_id).where(Incident.status == IncidentStatus.OPEN),
        select(Instance.id).where(Instance.awaits_service.is_(True)),
    ).subquery()
    ended = _cases().where(Instance.id.in_(select(waiting.c[0])), Instance.status != InstanceStatus.OPEN)
    return _told(session, ended, "{title}: terminó y algo sigue abierto en él")


@invariant(
    "completed_step_was_sent",
    "Cada paso completado tiene lo que se envió con él",
    meaning="Un paso completado tiene un envío, y un envío pertenece a un paso completado. Si no, falta la respuesta "
    "de alguien, o cuenta una que nadie dio.",
    remedy="Revise la historia en «Integridad de la historia» y recupere la fila del último respaldo.",
)
def completed_step_was_sent(session: Session, now: datetime) -> Sequence[Finding]:
    """Completed tasks without a submission, and submissions whose task is not completed."""
    sent = select(Submission.id).where(Submission.task_id == Task.id)
    done = Task.status == TaskStatus.COMPLETED
    unsent = select(Task.id, Task.name, Task.instance_id).where(done, ~sent.exists())
    loose = select(Task.id, Task.name, Task.instance_id).join(Submission, Submission.task_id == Task.id).where(~done)
    return [
        *_steps(session, unsent, "«{name}» está completado y no tiene lo que se envió"),
        *_steps(session, loose, "«{name}» tiene un envío y no está completado"),
    ][:MOST]


@invariant(
    "service_moves",
    "Ningún paso automático se queda esperando",
    meaning="Un paso automático se hace enseguida; si falla, queda un incidente que se reintenta solo. Uno que lleva "
    "más de quince minutos sin hacerse ni reintentarse detiene su trámite sin que nadie lo sepa.",
    remedy=JOBS,
)
def service_moves(session: Session, now: datetime) -> Sequence[Finding]:
    """Cases whose service nobody ran: without an incident since a while, or with one that was due and not tried.

    And those with an incident of a service that waits no more: trying it again does nothing.
    """
    head, act = aliased(HistoryHead), aliased(HistoryRow)
    same_head = and_(head.subject_kind == "instance", head.subject_id == Instance.id)
    newest = and_(act.subject_kind == "instance", act.subject_id == Instance.id, act.sequence == head.sequence)
    failing = select(Incident.id).where(Incident.instance_id == Instance.id, Incident.status == IncidentStatus.OPEN)
    trying = failing.where(Incident.retry_at > now - PATIENCE)
    still = _cases().join(head, same_head).join(act, newest).where(
        Instance.awaits_service.is_(True), Instance.status == InstanceStatus.OPEN, act.at < now - PATIENCE,
        ~trying.exists(),
    )  # fmt: skip
    loose = _cases().where(
        Instance.id.in_(select(Incident.instance_id).where(Incident.status == IncidentStatus.OPEN)),
        Instance.awaits_service.is_(False), Instance.status == InstanceStatus.OPEN,
    )  # fmt: skip
    return [
        *_told(session, still, "{title}: espera un paso automático que nadie hace"),
        *_told(session, loose, "{title}: tiene un incidente de un paso que ya no espera"),
    ][:MOST]


@invariant(
    "timer_goes_off",
    "Ningún plazo cumplido se queda sin efecto",
    meaning="Cuando llega la hora de un plazo de un proceso, el trámite sigue. Uno que venció hace más de quince "
    "minutos y no tuvo efecto lo tiene detenido.",
    remedy=JOBS,
)
def timer_goes_off(session: Session, now: datetime) -> Sequence[Finding]:
    """Timers whose time came and that did not go off."""
    late = (
        select(Timer.id, Timer.due_reason, Timer.instance_id)
        .where(Timer.fired_at.is_(None), Timer.due_at < now - PATIENCE)
        .order_by(Timer.due_at)
        .limit(MOST)
    )
    return [Finding("timer", key, f"Se cumplió y no tuvo efecto: {why}", case) for key, why, case in
            session.execute(late)]  # fmt: skip


@invariant(
    "operation_advances",
    "Ningún trabajo largo en curso se queda quieto",
    meaning="Una operación en curso avanza por partes cada pocos segundos. Una que no avanza hace más de quince "
    "minutos deja a medias, por ejemplo, la apertura de planes de trabajo.",
    remedy="Abra la operación: dice qué falla. Deténgala y reanúdela, o pida a quien opera el servidor que mire el "
    "registro de errores.",
)
def operation_advances(session: Session, now: datetime) -> Sequence[Finding]:
    """Long work that runs and did no batch since a while."""
    quiet = (
        select(Operation.id, Operation.title)
        .where(Operation.status == OperationStatus.RUNNING, Operation.advanced_at < now - PATIENCE)
        .order_by(Operation.id)
        .limit(MOST)
    )
    return [Finding("operation", key, f"{title}: no avanza") for key, title in session.execute(quiet)]


def _cases() -> Select[int, str]:
    return select(Instance.id, Instance.title).order_by(Instance.id).limit(MOST)


def _told(session: Session, cases: Select[int, str], sentence: str) -> list[Finding]:
    found = session.execute(cases)
    return [Finding("instance", key, sentence.format(title=title), key) for key, title in found]


def _steps(session: Session, steps: Select[int, str, int], sentence: str) -> Iterable[Finding]:
    found = session.execute(steps.order_by(Task.id).limit(MOST))
    return [Finding("task", key, sentence.format(name=name), case) for key, name, case in found]
