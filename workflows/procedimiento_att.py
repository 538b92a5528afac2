"""The eight-step procedure of ATT, one instance per product, entity and vigencia."""

from collections.abc import Mapping
from datetime import date
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from db import Actor
from db.clock import local_date
from db.errors import InvalidData
from directory import entities
from engine import instances
from engine.context import Context
from engine.instances import Links
from engine.registry import Process
from tracking import consent
from tracking import corrective_actions
from tracking import life
from tracking import milestones
from tracking import products
from tracking import schedule
from tracking import trace
from tracking import work_plans
from tracking.models import MilestoneStatus
from workflows import diagrams

STEP_1 = "Activity_IdentificarNecesidad"
STEP_2 = "Activity_ProgramarAsistencia"
CONSENT = "Activity_RegistrarConsentimiento"
STEP_5 = "Activity_MonitorearAsistencia"


def plan_from_product(session: Session, context: Context, *, now: datetime) -> Mapping[str, Any]:
    """Steps 1 and 2 as the product's ficha and protocol already say them; the advisor adds what differs."""
    product = products.get(session, context.ref("product_id"))
    protocol, ficha = product.protocol, product.predesign
    return {
        "needs": protocol.get("problems") or ficha.get("problems", []),
        "products_and_services": [product.name],
        "stakeholder_groups": [entities.get(session, work_plans.get(session, context.ref("plan_id")).entity_id).name],
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


def milestone_states(session: Session, context: Context, *, now: datetime) -> Mapping[str, Any]:
    """The state of each milestone as reported, for the quarterly monitoring."""
    found = milestones.of_plan(session, context.ref("plan_id"))
    return {
        "milestone_states": [
            {"number": one.number, "name": one.name, "state": str(one.status), "note": one.reason} for one in found
        ]
    }


def demand_known_milestones(session: Session, context: Context, data: Mapping[str, Any], *, now: datetime) -> None:
    """The milestones dated in step 2 are those of the product's template."""
    schedule.check(session, context.ref("plan_id"), data.get("plan_milestones", ()))


def demand_past_date(session: Session, context: Context, data: Mapping[str, Any], *, now: datetime) -> None:
    """A consent is recorded once it was given or refused."""
    if date.fromisoformat(data["date"]) > local_date(now):
        raise InvalidData({"date": ["Escriba una fecha que ya haya pasado, o la de hoy."]})


def schedule_plan(session: Session, context: Context, *, by: Actor, now: datetime) -> None:
    """Date and adapt the milestones as step 2 says."""
    schedule.schedule(session, context.ref("plan_id"), context.answers(STEP_2)["plan_milestones"], by=by, now=now)


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


def skip_monitoring(session: Session, context: Context, *, by: Actor, now: datetime) -> None:
    """Record that there is no follow-up, and why (Cuadro 5, step 5: only who consents is followed up)."""
    reason = str(context.answers(CONSENT).get("reason") or "La entidad no dio su consentimiento.")
    _recorded(session, context, "plan.not_monitored", "No se hará seguimiento a esta entidad.", reason, by, now)


def withdraw_consent(session: Session, context: Context, *, by: Actor, now: datetime) -> None:
    """Record that follow-up ended because the entity took its consent back."""
    reason = context.reason(life.CONSENT_WITHDRAWAL)
    _recorded(session, context, "plan.monitoring_ended", "Terminó el seguimiento a esta entidad.", reason, by, now)


def finish_execution(session: Session, context: Context, *, by: Actor, now: datetime) -> dict[str, bool]:
    """Execution ended: the monitoring that is open is the last one."""
    _recorded(session, context, "plan.executed", "Terminó la ejecución de la asistencia.", "", by, now)
    return {"execution_finished": True}


def record_monitoring(session: Session, context: Context, *, by: Actor, now: datetime) -> None:
    """Keep the monitoring and open a case for each corrective action it asks for (PT-ED-05)."""
    answers = context.answers(STEP_5)
    period = f"{answers['period_start']} a {answers['period_end']}"
    _recorded(session, context, "plan.monitored", f"Registró el monitoreo del periodo {period}.", "", by, now)
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
    links = Links(
        title=f"Acción de mejora · {context.instance.title}",
        unit_id=context.instance.unit_id,
        entity_id=context.instance.entity_id,
        region_id=context.instance.region_id,
        people=context.instance.people,
        refs={**context.instance.refs, "action_id": action.id},
    )
    instance = instances.start(session, life.CORRECTIVE_ACTION, f"AC-{action.id}", links=links, by=by, now=now)
    action.instance_id = instance.id
    session.flush()


def record_evaluation(session: Session, context: Context, *, by: Actor, now: datetime) -> None:
    """Record that the assistance was evaluated against what the plan expected."""
    _recorded(session, context, "plan.evaluated", "Registró la evaluación de la asistencia.", "", by, now)


def close_plan(session: Session, context: Context, *, by: Actor, now: datetime) -> None:
    """Close the plan, evaluated and systematised."""
    work_plans.close(session, context.ref("plan_id"), by=by, now=now)


def _recorded(
    session: Session, context: Context, action: str, summary: str, reason: str, by: Actor, now: datetime
) -> None:
    plan = trace.plan(session, context.ref("plan_id"))
    trace.record(session, plan, action, summary, by=by, now=now, reason=reason)


PROCESS = Process(
    key=life.PROCEDURE,
    title="Procedimiento de asistencia técnica territorial",
    files=diagrams.files(life.PROCEDURE),
    forms=diagrams.forms(life.PROCEDURE),
    handlers={
        "tracking.schedule_plan": schedule_plan,
        "tracking.record_consent": record_consent,
        "tracking.skip_monitoring": skip_monitoring,
        "tracking.withdraw_consent": withdraw_consent,
        "tracking.finish_execution": finish_execution,
        "tracking.record_monitoring": record_monitoring,
        "tracking.record_evaluation": record_evaluation,
        "tracking.close_plan": close_plan,
    },
    prefills={"plan_from_product": plan_from_product, "milestone_states": milestone_states},
    checks={"programacion_asistencia": demand_known_milestones, "consentimiento": demand_past_date},
)
