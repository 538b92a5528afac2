"""Preventive, corrective and improvement actions (PT-ED-05, APCM) that follow-up gives rise to."""

from collections.abc import Sequence
from datetime import date
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import rows
from db.actor import Actor
from db.errors import Conflict
from db.errors import InvalidData
from tracking import attachments
from tracking import evidence
from tracking import trace
from tracking.models import ActionKind
from tracking.models import ActionStatus
from tracking.models import CorrectiveAction
from tracking.models import CorrectiveFollowUp

IN_WORDS = {
    ActionKind.PREVENTIVE: "preventiva",
    ActionKind.CORRECTIVE: "correctiva",
    ActionKind.IMPROVEMENT: "de mejora",
}


def open_action(
    session: Session, plan_id: int, *, kind: str, finding: str, action: str = "", responsible: str = "",
    due: date | None = None, by: Actor, now: datetime,
) -> CorrectiveAction:  # fmt: skip
    """Open an action on a plan, as the table `corrective_actions` of the form `monitoreo_asistencia` says it.

    Raises NotFound for the plan, InvalidData (`kind`, `finding`).
    """
    plan = trace.plan(session, plan_id)
    row = CorrectiveAction(
        plan_id=plan_id, kind=_kind(kind), finding=trace.required(finding, "finding", "Escriba el hallazgo."),
        action=action.strip(), responsible=responsible.strip(), due_on=due, status=ActionStatus.OPEN, opened_at=now,
        opened_by=by.person_id,
    )  # fmt: skip
    session.add(row)
    session.flush()
    summary = f"Abrió una acción {IN_WORDS[ActionKind(kind)]}: {row.finding}"
    trace.record(session, plan, "action.opened", summary, by=by, now=now, details={"action_id": row.id})
    return row


def formulate(
    session: Session, action_id: int, *, kind: str, finding: str, cause: str, action: str, responsible: str,
    due_date: date, by: Actor, now: datetime,
) -> CorrectiveAction:  # fmt: skip
    """Say what will be done, by whom and until when (form `formulacion_accion`); again when it proved ineffective.

    Raises NotFound, Conflict when it is closed, InvalidData at the fields of the form.
    """
    row = _open(session, action_id)
    row.kind = _kind(kind)
    row.finding = trace.required(finding, "finding", "Escriba el hallazgo.")
    row.cause = trace.required(cause, "cause", "Escriba la causa.")
    row.action = trace.required(action, "action", "Escriba la acción.")
    row.responsible = trace.required(responsible, "responsible", "Escriba quién responde por la acción.")
    row.due_on = due_date
    session.flush()
    _record(session, row, "action.formulated", f"Formuló la acción: {row.action}", by, now)
    return row


def follow(
    session: Session, action_id: int, *, progress: str, effective: bool | None = None, files: Sequence[str] = (),
    reason: str = "", by: Actor, now: datetime,
) -> CorrectiveFollowUp:  # fmt: skip
    """Keep how an action goes (form `seguimiento_accion`). `reason` says why it was not effective.

    Raises NotFound, Conflict when it is closed, InvalidData (`progress`, `evidence`, `ineffective_reason`).
    """
    row = _open(session, action_id)
    if effective is False:
        reason = trace.required(reason, "ineffective_reason", "Escriba por qué no fue eficaz.")
    note = trace.required(progress, "progress", "Escriba el avance de la acción.")
    entry = CorrectiveFollowUp(
        action_id=action_id, at=now, author_id=by.person_id, note=note, effective=effective,
        files=evidence.check_files(session, files, "evidence"),
    )  # fmt: skip
    session.add(entry)
    row.effective = effective
    session.flush()
    attachments.of_plan(session, row.plan_id, entry.files, now=now)
    _record(session, row, "action.followed", f"Hizo seguimiento a la acción: {note}", by, now, reason)
    return entry


def close(session: Session, action_id: int, *, note: str = "", by: Actor, now: datetime) -> CorrectiveAction:
    """End an action. Raises NotFound, or Conflict when it is closed already."""
    row = _open(session, action_id)
    row.status, row.closed_at, row.closed_by, row.closing_note = ActionStatus.CLOSED, now, by.person_id, note.strip()
    session.flush()
    _record(session, row, "action.closed", "Cerró la acción.", by, now)
    return row


def get(session: Session, action_id: int) -> CorrectiveAction:
    """The action with this id. Raises NotFound."""
    return rows.get(session, CorrectiveAction, action_id, "la acción")


def of_plan(session: Session, plan_id: int) -> list[CorrectiveAction]:
    """The actions of a plan, oldest first."""
    statement = select(CorrectiveAction).where(CorrectiveAction.plan_id == plan_id)
    return list(session.scalars(statement.order_by(CorrectiveAction.id)))


def cases(session: Session, plan_id: int) -> dict[int, str]:
    """Case → finding, of the actions of a plan that are open."""
    statement = select(CorrectiveAction.instance_id, CorrectiveAction.finding).where(
        CorrectiveAction.plan_id == plan_id, CorrectiveAction.status == ActionStatus.OPEN
    )
    return {case_id: finding for case_id, finding in session.execute(statement) if case_id is not None}


def follow_ups(session: Session, action_id: int) -> list[CorrectiveFollowUp]:
    """What was seen of an action, oldest first."""
    statement = select(CorrectiveFollowUp).where(CorrectiveFollowUp.action_id == action_id)
    return list(session.scalars(statement.order_by(CorrectiveFollowUp.id)))


def _kind(kind: str) -> ActionKind:
    if kind not in set(ActionKind):
        raise InvalidData({"kind": ["Elija el tipo de acción."]})
    return ActionKind(kind)


def _open(session: Session, action_id: int) -> CorrectiveAction:
    row = rows.held(session, CorrectiveAction, action_id, "la acción")
    if row.status != ActionStatus.OPEN:
        raise Conflict("Esta acción ya se cerró.", code="action_closed")
    return row


def _record(
    session: Session, row: CorrectiveAction, action: str, summary: str, by: Actor, now: datetime, reason: str = ""
) -> None:
    plan = trace.plan(session, row.plan_id)
    trace.record(session, plan, action, summary, by=by, now=now, details={"action_id": row.id}, reason=reason)
