"""What stands open in a plan when its execution ends or it is closed, told before it can no longer be put right."""

from collections.abc import Mapping
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from engine.context import Context
from engine.registry import Consequence
from engine.registry import Named
from tracking import advisories
from tracking import corrective_actions
from tracking import milestones
from tracking import support
from tracking import trace
from tracking.milestone_acts import OPEN
from tracking.models import ActionStatus
from tracking.models import ConsentStatus
from tracking.models import MilestoneStatus
from tracking.models import PlanMilestone

UNDONE = (*OPEN, MilestoneStatus.BLOCKED)
MONITORING = "Activity_MonitorearAsistencia"


def by_end_of_execution(
    session: Session, context: Context, data: Mapping[str, Any], *, now: datetime
) -> list[Consequence]:
    """Step 4: what was not registered by then cannot be registered afterwards."""
    plan_id = context.ref("plan_id")
    return _standing(_unreported(session, plan_id), _without_advisory(session, plan_id), _bare(session, plan_id))


def by_closing(session: Session, context: Context, data: Mapping[str, Any], *, now: datetime) -> list[Consequence]:
    """Step 8: the plan is closed with it, and what stands open stays so."""
    plan_id = context.ref("plan_id")
    return _standing(
        _unreported(session, plan_id), _unverified(session, plan_id), _without_advisory(session, plan_id),
        _bare(session, plan_id), _actions(session, plan_id), _supports(session, plan_id), _steps(session, context),
    )  # fmt: skip


def _standing(*found: Consequence | None) -> list[Consequence]:
    return [one for one in found if one is not None]


def _unreported(session: Session, plan_id: int) -> Consequence | None:
    rows = [one for one in milestones.of_plan(session, plan_id) if one.status in UNDONE]
    return _of_milestones("unreported", "Sin reportar como cumplidos", rows)


def _unverified(session: Session, plan_id: int) -> Consequence | None:
    rows = [one for one in milestones.of_plan(session, plan_id) if one.status == MilestoneStatus.REPORTED]
    return _of_milestones("unverified", "Reportados que nadie verificó, y que cerrado el plan ya no se verifican", rows)


def _of_milestones(kind: str, title: str, rows: Sequence[PlanMilestone]) -> Consequence | None:
    if not rows:
        return None
    named = [Named(f"{one.number}, «{one.name}»", f"/hitos/{one.id}") for one in rows]
    noun = "1 hito" if len(rows) == 1 else f"{len(rows)} hitos"
    return Consequence(kind, f"{title}: {noun}.", len(rows), named, warning=True)


def _without_advisory(session: Session, plan_id: int) -> Consequence | None:
    if advisories.given_in(session, plan_id):
        return None
    return Consequence("no_advisory", "No hay ninguna asesoría registrada en este plan.", warning=True)


def _bare(session: Session, plan_id: int) -> Consequence | None:
    count = advisories.incomplete_in(session, plan_id)
    if not count:
        return None
    text = "1 asesoría" if count == 1 else f"{count} asesorías"
    url = f"/planes/{plan_id}?parte=asesorias"
    return Consequence("incomplete", f"{text} sin acta o sin listado.", count, warning=True, url=url, link="Verlas")


def _actions(session: Session, plan_id: int) -> Consequence | None:
    rows = [one for one in corrective_actions.of_plan(session, plan_id) if one.status == ActionStatus.OPEN]
    if not rows:
        return None
    named = [Named(one.action or one.finding) for one in rows]
    noun = "1 acción de mejora abierta" if len(rows) == 1 else f"{len(rows)} acciones de mejora abiertas"
    return Consequence("actions", f"{noun}.", len(rows), named, warning=True)


def _supports(session: Session, plan_id: int) -> Consequence | None:
    rows = support.open_of(session, plan_id)
    if not rows:
        return None
    many = f"{len(rows)} solicitudes de apoyo experto sin terminar: terminarán con el plan."
    text = "1 solicitud de apoyo experto sin terminar: terminará con el plan." if len(rows) == 1 else many
    url = f"/planes/{plan_id}?parte=apoyos"
    return Consequence("supports", text, len(rows), warning=True, url=url, link="Verlas")


def _steps(session: Session, context: Context) -> Consequence | None:
    plan = trace.plan(session, context.ref("plan_id"))
    if plan.consent == ConsentStatus.PENDING:
        return Consequence("no_consent", "Nunca se registró la respuesta de la entidad al seguimiento.", warning=True)
    if plan.consent == ConsentStatus.GIVEN and context.submission(MONITORING) is None:
        return Consequence(
            "no_monitoring", "Nunca se registró un monitoreo, aunque la entidad lo aceptó.", warning=True
        )
    return None
