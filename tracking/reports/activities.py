"""What somebody did in a period, read from what was registered: each activity with its day, its words and evidence."""

from collections import Counter
from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy import and_
from sqlalchemy import func
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy import true
from sqlalchemy.orm import Session
from sqlalchemy.orm import joinedload

from db.clock import local_date
from db.files import StoredFile
from directory.models import Entity
from engine.models import Submission
from engine.models import Task
from engine.models import TaskStatus
from forms.words import listed
from notifications.models import Obligation
from notifications.models import Statement
from notifications.models import StatementStatus
from notifications.periods import Period
from notifications.periods import bounds
from notifications.words import counted
from tracking import life
from tracking import lineage
from tracking.advisories import MODALITIES
from tracking.contacts import CHANNELS
from tracking.milestone_acts import stands
from tracking.models import Advisory
from tracking.models import AdvisoryStatus
from tracking.models import Consent
from tracking.models import MilestoneAct
from tracking.models import MilestoneRecord
from tracking.models import PlanMilestone
from tracking.models import QuickContact
from tracking.models import WorkPlan
from tracking.reports import contract

Registered = tuple[datetime | None, datetime | None]
"""After which instant, and before which, something was registered; None where that does not matter."""

LONGEST = 300  # letters of a summary; the rest is behind its link

ELEMENTS = {
    "Activity_IdentificarNecesidad": contract.PLANNING,
    "Activity_ProgramarAsistencia": contract.PLANNING,
    "Activity_SocializarPlan": contract.SOCIALISATION,
    "Activity_EjecutarAsistencia": contract.EXECUTION,
    "Activity_MonitorearAsistencia": contract.MONITORING,
    "Activity_EvaluarAsistencia": contract.EVALUATION,
    "Activity_GestionarConocimiento": contract.KNOWLEDGE,
    "Activity_SistematizarResultados": contract.KNOWLEDGE,
}
PROCESSES = {
    life.CORRECTIVE_ACTION: contract.CORRECTIVE,
    life.STRATEGY_GOVERNANCE: contract.PRODUCT,
    "comunicaciones": contract.COMMUNICATIONS,
    **dict.fromkeys(("prediseno", "diseno", "activacion", "seguimiento", "modificacion_protocolo"), contract.PRODUCT),
}
"""Which kind of activity a step is: by its element, else by its diagram, else another task. The map is ours."""
TOLD_OTHERWISE = frozenset(
    {"Activity_RegistrarConsentimiento", "Activity_PrepararInforme", "Activity_PrepararInformeParaDer"}
)
"""Steps whose fact is an activity of its own, and the report itself."""

ACTS = {
    MilestoneAct.ADVANCED: "Avance del hito",
    MilestoneAct.REPORTED: "Cumplimiento del hito",
    MilestoneAct.RECTIFIED: "Corrección del reporte del hito",
    MilestoneAct.VERIFIED: "Verificación del hito",
    MilestoneAct.REJECTED: "Devolución del reporte del hito",
    MilestoneAct.BLOCKED: "Bloqueo, por la entidad, del hito",
    MilestoneAct.UNBLOCKED: "Fin del bloqueo del hito",
    MilestoneAct.NOT_APPLICABLE: "«No aplica», en el hito",
    MilestoneAct.APPLICABLE: "Vuelve a aplicar el hito",
}
DECISIONS = {
    "given": "Consentimiento otorgado por", "refused": "Consentimiento negado por",
    "withdrawn": "Consentimiento retirado por",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where an activity can be seen: a page of the system or an attached file."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Activity:
    """One thing done; `kind` is one of `contract.ACTIVITIES`, `key` tells it from every other one of the person."""

    kind: str
    on: date
    text: str
    evidence: tuple[Evidence, ...] = ()
    key: str = ""


def of_person(
    session: Session, person_id: int, period: Period, *, after: datetime | None = None, until: datetime | None = None
) -> list[Activity]:
    """The activities of a person in a period, kind by kind and then by day; only those registered `after` an instant
    and before `until`, when they are given."""
    registered = (after, until)
    found = [
        *_advisories(session, person_id, period, registered),
        *_contacts(session, person_id, period, registered),
        *_milestones(session, person_id, period, registered),
        *_consents(session, person_id, period, registered),
        *_statements(session, person_id, period, registered),
        *(_tasks(session, person_id, period) if after is None else ()),  # a step is done when it is sent
    ]
    order = list(contract.ACTIVITIES)
    return sorted(found, key=lambda one: (order.index(one.kind), one.on))


def _within(column: Any, registered: Registered) -> ColumnElement[bool]:
    after, until = registered
    return and_(true() if after is None else column > after, true() if until is None else column < until)


def shortened(text: str) -> str:
    """`text` in one line, cut at a word when it is long."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[:LONGEST].rsplit(' ', 1)[0]}…"


def entity_names(session: Session, ids: Iterable[int]) -> dict[int, str]:
    """Entity id → name."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    return {key: name for key, name in session.execute(select(Entity.id, Entity.name).where(Entity.id.in_(wanted)))}  # noqa: C416 - rows


def entities_of_plans(session: Session, ids: Iterable[int]) -> dict[int, str]:
    """Plan id → name of its entity."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    statement = select(WorkPlan.id, Entity.name).join(Entity, Entity.id == WorkPlan.entity_id)
    return {key: name for key, name in session.execute(statement.where(WorkPlan.id.in_(wanted)))}  # noqa: C416 - rows


def files_of(session: Session, tokens: Iterable[str]) -> dict[str, Evidence]:
    """Token → the attached file as evidence."""
    wanted = sorted(set(tokens))
    if not wanted:
        return {}
    rows = session.scalars(select(StoredFile).where(StoredFile.token.in_(wanted)))
    return {row.token: Evidence(row.name, f"/archivos/{row.token}") for row in rows}


def _advisories(session: Session, person_id: int, period: Period, registered: Registered) -> Iterator[Activity]:
    statement = (
        select(Advisory)
        .where(
            Advisory.advisor_id == person_id,
            Advisory.occurred_on.between(period.start, period.end),
            Advisory.status != AdvisoryStatus.ANNULLED,
            _within(Advisory.registered_at, registered),
        )
        .order_by(Advisory.occurred_on, Advisory.id)
    )
    rows = session.scalars(statement).all()
    names = entity_names(session, (one.entity_id for row in rows for one in row.entities))
    files = files_of(session, (token for row in rows for token in (row.minutes_file, row.attendance_file) if token))
    for row in rows:
        to = listed([names.get(one.entity_id, "") for one in row.entities])
        attached = [files[token] for token in (row.minutes_file, row.attendance_file) if token in files]
        page = Evidence(f"Asesoría n.º {row.id}", f"/asesorias/{row.id}")
        words = f"{MODALITIES.get(row.modality, row.modality)} a {to}: {shortened(row.summary)}"
        yield Activity(contract.ADVISORY, row.occurred_on, words, (page, *attached), f"advisory:{row.id}")


def _contacts(session: Session, person_id: int, period: Period, registered: Registered) -> Iterator[Activity]:
    """Quick contacts together, as effort: they move no milestone."""
    statement = select(QuickContact).where(
        QuickContact.advisor_id == person_id,
        QuickContact.occurred_on.between(period.start, period.end),
        QuickContact.annulled_at.is_(None),
        _within(QuickContact.registered_at, registered),
    )
    rows = session.scalars(statement.order_by(QuickContact.occurred_on, QuickContact.id)).all()
    if not rows:
        return
    minutes, places = sum(row.minutes for row in rows), len({row.entity_id for row in rows})
    channels = [CHANNELS.get(name, name).lower() for name, _ in Counter(row.channel for row in rows).most_common()]
    words = (
        f"{counted(len(rows), 'interacción corta', 'interacciones cortas')} ({listed(channels)}) con "
        f"{counted(places, 'entidad', 'entidades')}: {duration(minutes)} de trabajo que no mueve hitos"
    )
    page = Evidence("Interacciones", "/interacciones")
    yield Activity(contract.CONTACT, rows[-1].occurred_on, words, (page,), f"contacts:{period.key}")


def duration(minutes: int) -> str:
    """«3 h 20 min»."""
    hours, rest = divmod(minutes, 60)
    parts = (f"{hours} h" if hours else "", f"{rest} min" if rest or not hours else "")
    return " ".join(part for part in parts if part)


def _milestones(session: Session, person_id: int, period: Period, registered: Registered) -> Iterator[Activity]:
    since, until = bounds(period)
    in_time = or_(
        MilestoneRecord.occurred_on.between(period.start, period.end),
        MilestoneRecord.occurred_on.is_(None) & (MilestoneRecord.at >= since) & (MilestoneRecord.at < until),
    )
    whose = func.coalesce(MilestoneRecord.on_behalf_of, MilestoneRecord.author_id) == person_id
    statement: Any = (
        select(MilestoneRecord, lineage.number_said(), PlanMilestone.name)
        .join(PlanMilestone, PlanMilestone.id == MilestoneRecord.milestone_id)
        .where(whose, in_time, MilestoneRecord.act.in_(list(ACTS)), stands())
        .where(_within(MilestoneRecord.at, registered))
        .order_by(MilestoneRecord.at, MilestoneRecord.id)
    )
    rows = session.execute(statement).all()
    places = entities_of_plans(session, (row.plan_id for row, _, _ in rows))
    files = files_of(session, (token for row, _, _ in rows for token in row.files))
    for row, number, name in rows:
        attached = [files[token] for token in row.files if token in files]
        page = Evidence(f"Hito {number}", f"/hitos/{row.milestone_id}")
        note = f". {shortened(row.note or row.reason)}" if row.note or row.reason else ""
        words = f"{ACTS[MilestoneAct(row.act)]} {number} «{name}», {places.get(row.plan_id, '')}{note}"
        day = row.occurred_on or local_date(row.at)
        yield Activity(contract.MILESTONE, day, words, (page, *attached), f"milestone:{row.id}")


def _consents(session: Session, person_id: int, period: Period, registered: Registered) -> Iterator[Activity]:
    statement = select(Consent).where(
        Consent.recorded_by == person_id,
        Consent.decided_on.between(period.start, period.end),
        _within(Consent.recorded_at, registered),
    )
    rows = session.scalars(statement.order_by(Consent.decided_on, Consent.id)).all()
    places = entities_of_plans(session, (row.plan_id for row in rows))
    files = files_of(session, (token for row in rows for token in row.files))
    for row in rows:
        attached = [files[token] for token in row.files if token in files]
        page = Evidence("Consentimiento", f"/planes/{row.plan_id}?parte=consentimiento")
        words = f"{DECISIONS.get(row.decision, 'Consentimiento de')} {places.get(row.plan_id, '')}"
        yield Activity(contract.CONSENT, row.decided_on, words, (page, *attached), f"consent:{row.id}")


def _statements(session: Session, person_id: int, period: Period, registered: Registered) -> Iterator[Activity]:
    """What the person stated to have done outside the system, but for what was returned, or taken back."""
    statement = (
        select(Statement, Obligation.title, Obligation.subject_label)
        .join(Obligation, Obligation.id == Statement.obligation_id)
        .where(
            Statement.presented_by == person_id,
            Statement.happened_on.between(period.start, period.end),
            Statement.status != StatementStatus.RETURNED,
            _within(Statement.presented_at, registered),
        )
    )
    rows: Any = session.execute(statement.order_by(Statement.happened_on, Statement.id)).all()
    files = files_of(session, (row.evidence_file for row, _, _ in rows if row.evidence_file))
    for row, title, label in rows:
        attached = [files[row.evidence_file]] if row.evidence_file in files else []
        page = Evidence("Constancia", f"/plazos/{row.obligation_id}")
        words = f"{title} ({label}): {shortened(row.text)}"
        yield Activity(contract.TASK, row.happened_on, words, (page, *attached), f"statement:{row.id}")


def _tasks(session: Session, person_id: int, period: Period) -> Iterator[Activity]:
    """Steps of processes that the person completed, reviews of the reports of others and forms of a region too."""
    since, until = bounds(period)
    statement = (
        select(Task, Submission)
        .join(Submission, Submission.task_id == Task.id)
        .options(joinedload(Task.instance))
        .where(
            Task.ended_by == person_id, Task.status == TaskStatus.COMPLETED, Task.ended_at >= since,
            Task.ended_at < until, Task.element.not_in(sorted(TOLD_OTHERWISE)),
        )
        .order_by(Task.ended_at, Task.id)
    )  # fmt: skip
    for task, sent in session.execute(statement):
        kind = ELEMENTS.get(task.element) or PROCESSES.get(task.process_key, contract.TASK)
        page = Evidence(f"Radicado {sent.receipt}", f"/envios/{sent.id}")
        words = f"{task.name}: {task.instance.title}"
        yield Activity(kind, local_date(sent.at), words, (page,), f"task:{task.id}")
