"""What happens in technical assistance that meets obligations: the kinds of facts, recorded by the acts themselves.

Their table stands in docs/obligations.md.
"""

from datetime import date
from datetime import datetime

from sqlalchemy.orm import Session

from db.actor import Actor
from db.clock import local_date
from notifications import events
from notifications import facts
from notifications.facts import NewFact
from notifications.kinds import declare
from tracking.models import Advisory
from tracking.models import IndicatorCapture
from tracking.models import PlanMilestone
from tracking.sources import advisories as sources
from tracking.sources import offices

ADVISORY_REGISTERED = declare("advisory.registered", "registrar la asesoría", about="advisory")
ADVISORY_CLOSED = declare(
    "advisory.closed", "completar la asesoría con acta y planilla de asistencia", about="advisory"
)
MONITORING_RECORDED = declare("monitoring.recorded", "registrar el monitoreo del plan (paso 5)", about="plan")
EVALUATION_RECORDED = declare("evaluation.recorded", "registrar la evaluación del plan (paso 6)", about="plan")
MILESTONE_REPORTED = declare("milestone.reported", "reportar un hito del plan", about="plan")
MILESTONE_VERIFIED = declare("milestone.verified", "verificar un hito del plan", about="plan")
GATE_COMPLETED = declare("gate.completed", "completar la tarea de la compuerta", about="task")
CONTENT_SCHEDULED = declare(
    "content_schedule.sent", "enviar la parrilla de contenidos", about=offices.about(offices.COMMUNICATIONS)
)
CUT_TAKEN = declare("cut.taken", "hacer el corte", about=offices.about(offices.MONITORING))
SETA_REPORTED = declare("seta_report.presented", "presentar el reporte mensual en SETA", about="person")
ACTIVITIES_REPORTED = declare(
    "activity_report.presented", "presentar el informe mensual de actividades", about="person"
)
ACTIVITIES_ACCEPTED = declare(
    "activity_report.accepted", "lograr que acepten el informe mensual de actividades", about="person"
)
PLAN_REPORTED = declare("plan_report.presented", "presentar el reporte del Plan de Convergencia", about="region")
FORM_SENT = declare("regional_form.presented", "enviar el formulario de desempeño de la región", about="region")
FINAL_REPORTED = declare(
    "final_report.presented", "enviar la sistematización con el informe final del producto", about="product"
)
INDICATOR_CAPTURED = declare("indicator.captured", "capturar el valor del indicador", about="indicator")
BALANCE_PRESENTED = declare("regional_balance.presented", "presentar el balance de la región", about="region")


def advisory_registered(session: Session, row: Advisory, *, by: Actor, now: datetime) -> None:
    """An advisory was registered."""
    _of_advisory(session, ADVISORY_REGISTERED, row, "Asesoría registrada", by, now)


def advisory_closed(session: Session, row: Advisory, *, by: Actor, now: datetime) -> None:
    """An advisory has its minutes and its attendance list."""
    _of_advisory(session, ADVISORY_CLOSED, row, "Asesoría completa", by, now)


def advisory_redated(session: Session, row: Advisory, reason: str, *, by: Actor, now: datetime) -> None:
    """An advisory was given on another day than was written: what is owed for it falls due accordingly."""
    label = sources.label(row.occurred_on)
    events.moved(session, sources.KIND, row.id, row.occurred_on, label, reason, by=by, now=now)


def advisory_annulled(session: Session, row: Advisory, *, by: Actor, now: datetime) -> None:
    """An advisory should not have been registered: nothing is owed for it."""
    for kind in (ADVISORY_REGISTERED, ADVISORY_CLOSED):
        facts.void(session, kind, str(row.id), by=by, now=now)
    events.annulled(session, sources.KIND, row.id, row.annulment_reason, now=now)


def milestone_reported(session: Session, milestone: PlanMilestone, on: date, *, by: Actor, now: datetime) -> None:
    """A milestone was reported as done on a day."""
    _of_milestone(session, MILESTONE_REPORTED, milestone, on, f"Reportó el hito {milestone.number}", by, now)


def milestone_verified(session: Session, milestone: PlanMilestone, *, by: Actor, now: datetime) -> None:
    """Somebody else confirmed a milestone."""
    label = f"Verificó el hito {milestone.number}"
    _of_milestone(session, MILESTONE_VERIFIED, milestone, local_date(now), label, by, now)


def milestone_unverified(session: Session, milestone: PlanMilestone, *, by: Actor, now: datetime) -> None:
    """The verification of a milestone does not stand any more; its report does."""
    facts.void(session, MILESTONE_VERIFIED, str(milestone.id), by=by, now=now)


def milestone_taken_back(session: Session, milestone: PlanMilestone, *, by: Actor, now: datetime) -> None:
    """The report of a milestone does not stand any more."""
    for kind in (MILESTONE_REPORTED, MILESTONE_VERIFIED):
        facts.void(session, kind, str(milestone.id), by=by, now=now)


def plan_monitored(session: Session, plan_id: int, reference: str, until: date, *, by: Actor, now: datetime) -> None:
    """The monitoring of a plan was recorded, for a time that ended on `until`."""
    on = min(until, local_date(now))
    _of_plan(session, MONITORING_RECORDED, plan_id, reference, on, "Monitoreo registrado", by, now)


def plan_evaluated(session: Session, plan_id: int, reference: str, *, by: Actor, now: datetime) -> None:
    """The evaluation of a plan was recorded."""
    on = local_date(now)
    _of_plan(session, EVALUATION_RECORDED, plan_id, reference, on, "Evaluación registrada", by, now)


def final_report_presented(
    session: Session, product_id: int, vigencia: int, submission_id: int, *, by: Actor, now: datetime
) -> None:
    """The final report of a product was handed in with its systematisation, for the year of its last plans."""
    new = NewFact(
        kind=FINAL_REPORTED, reference=f"submission:{submission_id}", subject_kind="product", subject_id=product_id,
        period=str(vigencia), on=local_date(now), label="Presentó el informe final de ejecución",
        link=f"/envios/{submission_id}",
    )  # fmt: skip
    facts.record(session, new, by=by, now=now)


def indicator_captured(session: Session, row: IndicatorCapture, code: str, *, by: Actor, now: datetime) -> None:
    """An indicator was measured for a period."""
    new = NewFact(
        kind=INDICATOR_CAPTURED, reference=str(row.id), subject_kind="indicator", subject_id=row.subject_id,
        period=row.period, on=row.captured_on, label=f"Capturó «{row.indicator}»",
        link=f"/productos/{code}?parte=indicadores",
    )  # fmt: skip
    facts.record(session, new, by=by, now=now)


def indicator_taken_back(session: Session, row: IndicatorCapture, *, by: Actor, now: datetime) -> None:
    """What was captured of an indicator does not stand any more."""
    facts.void(session, INDICATOR_CAPTURED, str(row.id), by=by, now=now)


def gate_completed(session: Session, task_id: int, name: str, *, by: Actor, now: datetime) -> None:
    """The task of a gate was completed: whoever did it owed it, although they never took it."""
    events.owed_by(session, "task", task_id, by.on_behalf_of or by.person_id, now=now)
    new = NewFact(
        kind=GATE_COMPLETED, reference=str(task_id), subject_kind="task", subject_id=task_id,
        period=f"E{task_id}", on=local_date(now), label=f"Completó «{name}»", link=f"/tareas/{task_id}",
    )  # fmt: skip
    facts.record(session, new, by=by, now=now)


def office_did(
    session: Session, kind: str, office_id: int, reference: str, label: str, *, period: str = "", link: str = "",
    on: date | None = None, by: Actor, now: datetime,
) -> None:  # fmt: skip
    """Something was done that an office owes: of `period`, or else of the period that holds `on` (today)."""
    new = NewFact(
        kind=kind, reference=reference, subject_kind="office", subject_id=office_id, period=period,
        on=on or local_date(now), label=label, link=link,
    )  # fmt: skip
    facts.record(session, new, by=by, now=now)


def _of_advisory(session: Session, kind: str, row: Advisory, label: str, by: Actor, now: datetime) -> None:
    new = NewFact(
        kind=kind, reference=str(row.id), subject_kind="advisory", subject_id=row.id, period=f"E{row.id}",
        on=row.occurred_on, label=label, link=f"/asesorias/{row.id}",
    )  # fmt: skip
    facts.record(session, new, by=by, now=now)


def _of_milestone(
    session: Session, kind: str, milestone: PlanMilestone, on: date, label: str, by: Actor, now: datetime
) -> None:
    new = NewFact(
        kind=kind, reference=str(milestone.id), subject_kind="plan", subject_id=milestone.plan_id, on=on, label=label,
        link=f"/planes/{milestone.plan_id}/hitos",
    )  # fmt: skip
    facts.record(session, new, by=by, now=now)


def _of_plan(
    session: Session, kind: str, plan_id: int, reference: str, on: date, label: str, by: Actor, now: datetime
) -> None:
    sent = reference.removeprefix("submission:")
    new = NewFact(
        kind=kind, reference=reference, subject_kind="plan", subject_id=plan_id, on=on, label=label,
        link=f"/envios/{sent}" if sent != reference else f"/planes/{plan_id}",
    )  # fmt: skip
    facts.record(session, new, by=by, now=now)
