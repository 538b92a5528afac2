"""A corrective, preventive or improvement action (PT-ED-05), followed until somebody else verifies its closing."""

from collections.abc import Mapping
from collections.abc import Sequence
from datetime import date
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from db import Actor
from db.clock import local_date
from engine.context import Context
from engine.demands import END
from engine.demands import Mandatory
from engine.models import Task
from engine.registry import Hint
from engine.registry import Process
from forms.words import long_date
from notifications import days
from tracking import corrective_actions
from tracking import life
from workflows import diagrams
from workflows import recorded


def what_monitoring_said(session: Session, context: Context, *, now: datetime) -> Mapping[str, Any]:
    """The action as the monitoring asked for it, to be formulated in full."""
    row = corrective_actions.get(session, context.ref("action_id"))
    return {
        "kind": row.kind,
        "finding": row.finding,
        "action": row.action,
        "responsible": row.responsible,
        "due_date": row.due_on.isoformat() if row.due_on else None,
    }


def what_was_sent_back(session: Session, context: Context, *, now: datetime) -> Mapping[str, Any]:
    """The follow-up that whoever verifies sent back, with its evidence; whether the action worked is said anew.

    A follow-up of an action that was formulated anew begins empty.
    """
    sent, verified = context.submission("Activity_SeguirAccion"), context.submission("Activity_VerificarCierre")
    if sent is None or verified is None or verified.id < sent.id:
        return {}
    said = context.answers("Activity_SeguirAccion")
    return {name: said[name] for name in ("progress", "evidence") if name in said}


def what_is_followed(session: Session, context: Context, data: Mapping[str, Any]) -> list[Hint]:
    """Which action this is: what was found, what is to be done, by whom and until when."""
    row = corrective_actions.get(session, context.ref("action_id"))
    until = long_date(row.due_on.isoformat()) if row.due_on else ""
    told = {"Hallazgo": row.finding, "Acción": row.action, "Responsable": row.responsible, "Fecha límite": until}
    return [Hint("progress", f"{label}: {text}") for label, text in told.items() if text]


def formulation_doubts(session: Session, context: Context, data: Mapping[str, Any], *, now: datetime) -> Sequence[str]:
    """A term that is today, once the hour at which days end went by: the action would be born overdue."""
    today, case = local_date(now), context.instance
    end = days.load(session, entity_id=case.entity_id, region_id=case.region_id).at_cut_off(today)
    if data.get("due_date") != today.isoformat() or now < end:
        return []
    return ["La fecha límite es hoy y la hora en que vence ya pasó: la acción nace vencida"]


def follow_up_doubts(session: Session, context: Context, data: Mapping[str, Any], *, now: datetime) -> Sequence[str]:
    """An action that worked leaves something to show."""
    if data.get("effective") is not True or data.get("evidence"):
        return []
    return ["La acción fue eficaz, aunque no adjunto evidencias"]


def closing_doubts(session: Session, context: Context, data: Mapping[str, Any], *, now: datetime) -> Sequence[str]:
    """As of a milestone without evidence, how it was checked is to be written."""
    shown = context.answers("Activity_SeguirAccion").get("evidence")
    if data.get("closed") is not True or shown or str(data.get("closing_note") or "").strip():
        return []
    return ["Cierro la acción sin evidencias en su seguimiento y sin escribir cómo la comprobé"]


def record_formulation(session: Session, context: Context, task: Task, *, by: Actor, now: datetime) -> None:
    """Keep how the action was formulated as soon as it is sent: its day is what the plan shows as overdue or not."""
    plan = context.answers("Activity_FormularAccion")
    corrective_actions.formulate(
        session,
        context.ref("action_id"),
        kind=plan["kind"],
        finding=plan["finding"],
        cause=plan["cause"],
        action=plan["action"],
        responsible=plan["responsible"],
        due_date=date.fromisoformat(plan["due_date"]),
        by=by,
        now=now,
    )


def update_corrective_action(session: Session, context: Context, *, by: Actor, now: datetime) -> None:
    """Keep this look at how the action goes."""
    followed = context.answers("Activity_SeguirAccion")
    corrective_actions.follow(
        session,
        context.ref("action_id"),
        progress=followed["progress"],
        effective=bool(followed["effective"]),
        files=followed.get("evidence", ()),
        reason=str(followed.get("ineffective_reason") or ""),
        by=by,
        now=now,
    )


def close_corrective_action(session: Session, context: Context, *, by: Actor, now: datetime) -> None:
    """Close the action as verified."""
    note = str(context.answers("Activity_VerificarCierre").get("closing_note") or "")
    corrective_actions.close(session, context.ref("action_id"), note=note, by=by, now=now)


PROCESS = Process(
    key=life.CORRECTIVE_ACTION,
    title="Acción preventiva, correctiva o de mejora",
    read_with="plan.read",
    files=diagrams.files(life.CORRECTIVE_ACTION),
    forms=diagrams.forms(life.CORRECTIVE_ACTION),
    handlers={
        "tracking.update_corrective_action": update_corrective_action,
        "tracking.close_corrective_action": close_corrective_action,
    },
    hints={"seguimiento_accion": what_is_followed},
    doubts={
        "formulacion_accion": formulation_doubts,
        "seguimiento_accion": follow_up_doubts,
        "cierre_accion": closing_doubts,
    },
    sent={"formulacion_accion": record_formulation},
    prefills={"corrective_action": what_monitoring_said, "returned_follow_up": what_was_sent_back},
    elsewhere=recorded.ACTION,
    begun_with=frozenset({"due_date"}),
    mandatory=(
        Mandatory(
            life.CORRECTIVE_ACTION,
            "form:cierre_accion",
            (END, "tracking.close_corrective_action"),
            roles=("regional_coordinator",),
            verdict="closed == True",
            apart=True,
        ),
    ),
)
