"""A corrective, preventive or improvement action (PT-ED-05), followed until somebody else verifies its closing."""

from collections.abc import Mapping
from datetime import date
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from db import Actor
from engine.context import Context
from engine.registry import Process
from tracking import corrective_actions
from tracking import life
from workflows import diagrams


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


def update_corrective_action(session: Session, context: Context, *, by: Actor, now: datetime) -> None:
    """Keep how the action was formulated, and this look at how it goes."""
    plan = context.answers("Activity_FormularAccion")
    action_id = context.ref("action_id")
    corrective_actions.formulate(
        session,
        action_id,
        kind=plan["kind"],
        finding=plan["finding"],
        cause=plan["cause"],
        action=plan["action"],
        responsible=plan["responsible"],
        due_date=date.fromisoformat(plan["due_date"]),
        by=by,
        now=now,
    )
    followed = context.answers("Activity_SeguirAccion")
    corrective_actions.follow(
        session,
        action_id,
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
    files=diagrams.files(life.CORRECTIVE_ACTION),
    forms=diagrams.forms(life.CORRECTIVE_ACTION),
    handlers={
        "tracking.update_corrective_action": update_corrective_action,
        "tracking.close_corrective_action": close_corrective_action,
    },
    prefills={"corrective_action": what_monitoring_said},
)
