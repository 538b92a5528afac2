"""The eight-step procedure of ATT, one instance per product, entity and vigencia."""

from collections.abc import Mapping
from datetime import date
from datetime import datetime
from textwrap import shorten
from typing import Any

from sqlalchemy.orm import Session

from db import Actor
from db.clock import local_date
from db.errors import InvalidData
from engine import instances
from engine.context import Context
from engine.demands import END
from engine.demands import Mandatory
from engine.instances import Links
from engine.models import Task
from engine.registry import Hint
from engine.registry import Process
from forms.words import long_date
from notifications import periods
from notifications.calendar import in_words
from tracking import consent
from tracking import corrective_actions
from tracking import facts
from tracking import life
from tracking import milestones
from tracking import owed_steps
from tracking import products
from tracking import schedule
from tracking import trace
from tracking import work_plans
from tracking.models import MilestoneStatus
from workflows import diagrams
from workflows import left_open
from workflows import plan_dates
from workflows import recorded

TITLE = 60  # letters of a finding that tell one action from another in a list
STEP_1 = "Activity_IdentificarNecesidad"
STEP_2 = "Activity_ProgramarAsistencia"
CONSENT = "Activity_RegistrarConsentimiento"
STEP_3 = "Activity_SocializarPlan"
STEP_5 = "Activity_MonitorearAsistencia"
STEP_6 = "Activity_EvaluarAsistencia"


def plan_from_product(session: Session, context: Context, *, now: datetime) -> Mapping[str, Any]:
    """Steps 1 and 2 as the product's ficha and protocol already say them; the advisor adds what differs."""
    product = products.get(session, context.ref("product_id"))
    protocol, ficha = product.protocol, product.predesign
    return {
        "needs": protocol.get("problems") or ficha.get("problems", []),
        "products_and_services": [product.name],
        "work_objectives": protocol.get("capacity_objectives", []),
        "modalities": protocol.get("modalities", []),
        "plan_start": protocol.get("horizon_start"),
        "plan_end": protocol.get("horizon_end"),
        "plan_milestones": plan_milestones(session, context.ref("plan_id")),
    }


def plan_milestones(session: Session, plan_id: int) -> list[dict[str, Any]]:
    """The milestones of a plan as rows of the table of step 2."""
    return [
        {
            "number": milestone.number,
            "name": milestone.name,
            "target": milestone.target,
            "due_date": milestone.planned_on.isoformat() if milestone.planned_on else None,
            "applies": milestone.status != MilestoneStatus.NOT_APPLICABLE,
            "reason": milestone.reason,
        }
        for milestone in milestones.of_plan(session, plan_id)
    ]


def milestones_of_plan(session: Session, context: Context, *, now: datetime) -> Mapping[str, Any]:
    """Step 2 again: the milestones as the plan has them now, which may not be as they were sent before."""
    return {"plan_milestones": plan_milestones(session, context.ref("plan_id"))}


def milestone_states(session: Session, context: Context, *, now: datetime) -> Mapping[str, Any]:
    """The quarter whose monitoring is owed, and the state of each milestone as reported."""
    found = milestones.of_plan(session, context.ref("plan_id"))
    return {
        **_quarter_owed(session, context, now),
        "milestone_states": [
            {"number": one.number, "name": one.name, "state": str(one.status), "note": one.reason} for one in found
        ],
    }


def _quarter_owed(session: Session, context: Context, now: datetime) -> dict[str, str]:
    """First and last day of the quarter to be monitored, as far as it went by; nothing while it has not begun."""
    owed, today = owed_steps.monitoring(session, [context.instance], now=now).get(context.instance.id), local_date(now)
    quarter = periods.of(periods.QUARTERLY, local_date(owed.at) if owed and owed.at else today)
    if quarter.start > today:
        return {}
    return {"period_start": quarter.start.isoformat(), "period_end": min(quarter.end, today).isoformat()}


def demand_known_milestones(session: Session, context: Context, data: Mapping[str, Any], *, now: datetime) -> None:
    """The milestones dated in step 2 are those of the product's template."""
    schedule.check(session, context.ref("plan_id"), data.get("plan_milestones", ()))


def demand_recorded_states(session: Session, context: Context, data: Mapping[str, Any], *, now: datetime) -> None:
    """The states of step 5 are those that reports and verifications left."""
    schedule.check_states(session, context.ref("plan_id"), data.get("milestone_states", ()), "milestone_states")


def demand_one_quarter(session: Session, context: Context, data: Mapping[str, Any], *, now: datetime) -> None:
    """Step 5 is of a quarter, as is what it meets: one that reached over two would leave the first without its own."""
    plan_dates.demand_begun(data, now)
    start, end = (date.fromisoformat(data[name]) for name in ("period_start", "period_end"))
    quarter = periods.of(periods.QUARTERLY, start)
    if not quarter.start <= end <= quarter.end:
        text = f"El periodo empieza en el {quarter.label}: termínelo a más tardar el {in_words(quarter.end)}. "
        raise InvalidData({"period_end": [text + "Cada trimestre se registra en un monitoreo aparte."]})
    demand_recorded_states(session, context, data, now=now)


def schedule_plan(session: Session, context: Context, *, by: Actor, now: datetime) -> None:
    """Date and adapt the milestones as step 2 says."""
    schedule.schedule(session, context.ref("plan_id"), context.answers(STEP_2)["plan_milestones"], by=by, now=now)


def record_meeting(session: Session, context: Context, task: Task, *, by: Actor, now: datetime) -> None:
    """Keep the day on which the plan was made known, which may not be the one on which it was written down."""
    day = context.answers(STEP_3).get("meeting_date")
    if day:
        _recorded(session, context, "plan.made_known", f"Socializó el plan el {long_date(day)}.", "", by, now)


def record_meeting_rectified(
    session: Session, context: Context, changes: Mapping[str, tuple[Any, Any]], *, reason: str, by: Actor, now: datetime
) -> None:
    """Keep in the history of the plan that it was made known on another day than was said."""
    if "meeting_date" in changes:
        before, after = (long_date(day) for day in changes["meeting_date"])
        summary = f"Rectificó el día en que socializó el plan: fue el {after}, no el {before}."
        _recorded(session, context, "plan.made_known", summary, reason, by, now)


def record_consent(session: Session, context: Context, *, by: Actor, now: datetime) -> None:
    """Keep who consented, or refused, when, in which post, with what evidence."""
    answers = context.answers(CONSENT)
    consent.record(
        session,
        context.ref("plan_id"),
        given=bool(answers["consent"]),
        name=answers["name"],
        post=answers["post"],
        date=date.fromisoformat(answers["date"]),
        evidence_files=answers.get("evidence", ()),
        reason=str(answers.get("reason") or ""),
        by=by,
        now=now,
    )


def record_consent_rectified(
    session: Session, context: Context, changes: Mapping[str, tuple[Any, Any]], *, reason: str, by: Actor, now: datetime
) -> None:
    """Let the consent in the plan say who answered, in which post and with what support, as it was rectified."""
    said = context.answers(CONSENT)
    before = {**said, **{path: old for path, (old, _) in changes.items()}}
    after = {path: new for path, (_, new) in changes.items()}
    consent.rectify(session, context.ref("plan_id"), before, after, reason=reason, by=by, now=now)


def skip_monitoring(session: Session, context: Context, *, by: Actor, now: datetime) -> None:
    """Record that there is no follow-up, and why (Cuadro 5, step 5: only who consents is followed up)."""
    reason = str(context.answers(CONSENT).get("reason") or "La entidad no dio su consentimiento.")
    _recorded(session, context, "plan.not_monitored", "No se hará seguimiento a esta entidad.", reason, by, now)


def withdraw_consent(session: Session, context: Context, *, by: Actor, now: datetime) -> None:
    """Record that follow-up ended because the entity took its consent back."""
    reason = context.reason(life.CONSENT_WITHDRAWAL)
    _recorded(session, context, "plan.monitoring_ended", "Terminó el seguimiento a esta entidad.", reason, by, now)


def begin_monitoring(session: Session, context: Context, *, by: Actor, now: datetime) -> None:
    """Record that follow-up begins because the entity agreed after all; the consent itself says who, when and how."""
    _recorded(session, context, "plan.monitoring_begun", "Empezó el seguimiento a esta entidad.", "", by, now)


def finish_execution(session: Session, context: Context, *, by: Actor, now: datetime) -> dict[str, bool]:
    """Execution ended: the monitoring that is open is the last one."""
    _recorded(session, context, "plan.executed", "Terminó la ejecución de la asistencia.", "", by, now)
    return {"execution_finished": True}


def record_monitoring(session: Session, context: Context, *, by: Actor, now: datetime) -> None:
    """Keep the monitoring and open a case for each corrective action it asks for (PT-ED-05)."""
    answers = context.answers(STEP_5)
    period = f"{long_date(answers['period_start'])} a {long_date(answers['period_end'])}"
    _recorded(session, context, "plan.monitored", f"Registró el monitoreo del periodo {period}.", "", by, now)
    until = date.fromisoformat(answers["period_end"])
    facts.plan_monitored(session, context.ref("plan_id"), _reference(context, STEP_5), until, by=by, now=now)
    for row in answers.get("corrective_actions", ()):
        open_corrective_action(session, context, row, by=by, now=now)


def open_corrective_action(
    session: Session, context: Context, row: Mapping[str, Any], *, by: Actor, now: datetime
) -> None:
    """Open an action and the process that follows it to its closing."""
    action = corrective_actions.open_action(
        session,
        context.ref("plan_id"),
        kind=row["kind"],
        finding=row["finding"],
        action=str(row.get("action") or ""),
        responsible=str(row.get("responsible") or ""),
        due=date.fromisoformat(row["due"]) if row.get("due") else None,
        by=by,
        now=now,
    )
    monitored = context.submission(STEP_5)
    links = Links(
        title=f"Acción de mejora: {shorten(action.finding, TITLE, placeholder='…')} · {context.instance.title}",
        unit_id=context.instance.unit_id,
        entity_id=context.instance.entity_id,
        region_id=context.instance.region_id,
        people=context.instance.people,
        refs={
            **context.instance.refs, "action_id": action.id,
            **({instances.BEGUN_BY: monitored.task_id} if monitored is not None else {}),
        },
    )  # fmt: skip
    known = {"due_date": action.due_on.isoformat()} if action.due_on else {}
    instance = instances.start(
        session, life.CORRECTIVE_ACTION, f"AC-{action.id}", links=links, variables=known, by=by, now=now
    )
    action.instance_id = instance.id
    session.flush()


def record_evaluation(session: Session, context: Context, *, by: Actor, now: datetime) -> None:
    """Record that the assistance was evaluated against what the plan expected."""
    _recorded(session, context, "plan.evaluated", "Registró la evaluación de la asistencia.", "", by, now)
    facts.plan_evaluated(session, context.ref("plan_id"), _reference(context, STEP_6), by=by, now=now)


def close_plan(session: Session, context: Context, *, by: Actor, now: datetime) -> None:
    """Close the plan, evaluated and systematised; nobody is asked for anything in it any more."""
    life.end_supports(session, context.ref("plan_id"), "El plan de trabajo se cerró.", by=by, now=now)
    work_plans.close(session, context.ref("plan_id"), by=by, now=now)


def _reference(context: Context, element: str) -> str:
    """What tells apart the times that a step was done."""
    sent = context.submission(element)
    return f"submission:{sent.id}" if sent is not None else f"instance:{context.instance.id}"


def _recorded(
    session: Session, context: Context, action: str, summary: str, reason: str, by: Actor, now: datetime
) -> None:
    plan = trace.plan(session, context.ref("plan_id"))
    trace.record(session, plan, action, summary, by=by, now=now, reason=reason)


def asked_adjustments(session: Session, context: Context, data: Mapping[str, Any]) -> list[Hint]:
    """Step 2 again: what the entity asked to adjust when the plan was made known to it."""
    asked = context.answers(STEP_3)
    if not (asked.get("adjust") and asked.get("adjustments")):
        return []
    return [Hint("plan_milestones", f"Al socializar el plan se pidió ajustar: {asked['adjustments']}")]


def expected_results(session: Session, context: Context, data: Mapping[str, Any]) -> list[Hint]:
    """Step 6: the results that the plan expects, and the capacities that it is to build, as steps 1 and 2 say them."""
    need, programme = context.answers(STEP_1), context.answers(STEP_2)
    pairs = [(row.get("capacity"), row.get("scope")) for row in need.get("capacities", ())]
    capacities = [": ".join(filter(None, pair)) for pair in pairs]
    told = (
        ("Resultados esperados", programme.get("expected_results", ())), ("Capacidades por lograr", capacities),
        ("Alcance de la evaluación", [programme.get("evaluation_scope") or ""]),
    )  # fmt: skip
    return [Hint("evaluation_results", f"{label}: {'; '.join(texts)}") for label, texts in told if any(texts)]


def what_is_left(session: Session, context: Context, data: Mapping[str, Any]) -> list[Hint]:
    """Step 4: it is the end of registering."""
    text = ("Al enviarlo termina la ejecución: después no se registran asesorías ni avances, ni siquiera de lo que se "
            "hizo antes. No se puede deshacer.")  # fmt: skip
    return [Hint("end_date", text, f"/planes/{context.ref('plan_id')}")]


def what_stays_undone(session: Session, context: Context, data: Mapping[str, Any]) -> list[Hint]:
    """Step 8: the plan is closed with it, and what was not reached stays so."""
    found = milestones.of_plan(session, context.ref("plan_id"))
    undone = any(one.status in left_open.UNDONE for one in found)
    text = "El plan se cierra con hitos sin cumplir. Diga aquí por qué no se cumplieron."
    return [Hint("systematised_results", text)] if undone else []


PROCESS = Process(
    key=life.PROCEDURE,
    title="Procedimiento de asistencia técnica territorial",
    read_with="plan.read",
    files=diagrams.files(life.PROCEDURE),
    forms=diagrams.forms(life.PROCEDURE),
    handlers={
        "tracking.schedule_plan": schedule_plan,
        "tracking.record_consent": record_consent,
        "tracking.skip_monitoring": skip_monitoring,
        "tracking.withdraw_consent": withdraw_consent,
        "tracking.begin_monitoring": begin_monitoring,
        "tracking.finish_execution": finish_execution,
        "tracking.record_monitoring": record_monitoring,
        "tracking.record_evaluation": record_evaluation,
        "tracking.close_plan": close_plan,
    },
    prefills={
        "plan_from_product": plan_from_product,
        "milestones_of_plan": milestones_of_plan,
        "milestone_states": milestone_states,
    },
    hints={
        "programacion_asistencia": asked_adjustments,
        "ejecucion_asistencia": what_is_left,
        "evaluacion_asistencia": expected_results,
        "sistematizacion_resultados": what_stays_undone,
    },
    consequences={
        "ejecucion_asistencia": left_open.by_end_of_execution,
        "sistematizacion_resultados": left_open.by_closing,
    },
    doubts={
        "socializacion_plan": plan_dates.meeting_doubts,
        "consentimiento": plan_dates.consent_doubts,
        "ejecucion_asistencia": plan_dates.execution_doubts,
        "monitoreo_asistencia": plan_dates.monitoring_doubts,
    },
    sent={"socializacion_plan": record_meeting},
    checks={
        "programacion_asistencia": demand_known_milestones,
        "socializacion_plan": plan_dates.demand_in_plan("meeting_date"),
        "consentimiento": plan_dates.demand_in_plan("date"),
        "ejecucion_asistencia": plan_dates.demand_in_plan("start_date", "end_date"),
        "monitoreo_asistencia": demand_one_quarter,
    },
    owed={"monitoreo_asistencia": owed_steps.monitoring, "evaluacion_asistencia": owed_steps.evaluation},
    rectified={"socializacion_plan": record_meeting_rectified, "consentimiento": record_consent_rectified},
    elsewhere=recorded.PROCEDURE,
    messages=frozenset({life.CONSENT_WITHDRAWAL, life.CONSENT_GIVING}),
    mandatory=tuple(
        Mandatory(life.PROCEDURE, step, (END, "tracking.close_plan"))
        for step in (
            "form:identificacion_necesidad", "form:programacion_asistencia", "form:socializacion_plan",
            "form:consentimiento", "form:ejecucion_asistencia", "does:tracking.finish_execution",
            "form:evaluacion_asistencia", "form:gestion_conocimiento", "form:sistematizacion_resultados",
        )
    ),
    supplies={"tracking.finish_execution": {"execution_finished": frozenset({True})}},
)  # fmt: skip
