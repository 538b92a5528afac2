"""Step 2 of the procedure: the milestones of a plan, dated and adapted to the entity."""

from collections.abc import Mapping
from collections.abc import Sequence
from datetime import date
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from db.actor import Actor
from db.errors import InvalidData
from tracking import milestones
from tracking import trace
from tracking.milestone_acts import DONE
from tracking.milestone_acts import IN_WORDS
from tracking.milestone_acts import Details
from tracking.milestone_acts import apply
from tracking.models import MilestoneAct
from tracking.models import MilestoneStatus
from tracking.models import PlanMilestone
from tracking.models import WorkPlan

PATH = "plan_milestones"


def schedule(
    session: Session, plan_id: int, rows: Sequence[Mapping[str, Any]], *, by: Actor, now: datetime
) -> WorkPlan:
    """Date and adapt the milestones of a plan; may be done again when the plan is adjusted.

    `rows` are those of the table `plan_milestones` of the form `programacion_asistencia`: `number, name, target,
    due_date, applies, reason`. Milestones that no row names stay as they are. Raises NotFound, Conflict when the plan
    ended, InvalidData at `plan_milestones/<row>/<field>`.
    """
    plan = trace.running_plan(session, plan_id)
    present = {milestone.number: milestone for milestone in milestones.of_plan(session, plan_id)}
    _check(rows, present)
    changes: dict[str, Any] = {}
    for row in rows:
        milestone = present[int(row["number"])]
        changed = _adapt(milestone, row)
        if changed:
            changes[str(milestone.number)] = changed
        _decide(session, plan, milestone, row, by, now)
    plan.scheduled_at = now
    session.flush()
    summary = f"Programó {len(rows)} hitos del plan de trabajo."
    trace.record(session, plan, "plan.scheduled", summary, by=by, now=now, details={"milestones": changes})
    return plan


def check(session: Session, plan_id: int, rows: Sequence[Mapping[str, Any]]) -> None:
    """Raise InvalidData for rows that `schedule` would refuse: asked before a form is sent."""
    present = {milestone.number: milestone for milestone in milestones.of_plan(session, plan_id)}
    _check(rows, present)
    missing = sorted(present.keys() - {int(row["number"]) for row in rows})
    if missing:
        raise InvalidData({PATH: [_missing(present[missing[0]])]})


def check_states(session: Session, plan_id: int, rows: Sequence[Mapping[str, Any]], path: str) -> None:
    """Raise InvalidData when `rows` (`number, name, state`) are not the milestones of a plan as their records say.

    Nobody says in a form that a milestone was reached or verified: that is an act on it, with its evidence.
    """
    present = {milestone.number: milestone for milestone in milestones.of_plan(session, plan_id)}
    errors: dict[str, list[str]] = {}
    for index, row in enumerate(rows):
        milestone = present.pop(int(row["number"]), None)
        if milestone is None:
            errors[f"{path}/{index}/number"] = [f"El plan no tiene un hito {row['number']}."]
        elif row.get("name") != milestone.name:
            errors[f"{path}/{index}/name"] = [_renamed(milestone)]
        elif row.get("state") != milestone.status:
            said = IN_WORDS[MilestoneStatus(milestone.status)]
            errors[f"{path}/{index}/state"] = [
                f"El hito {milestone.number} está {said}. Su estado se cambia en la página del hito."
            ]
    for milestone in list(present.values())[:1]:
        errors[path] = [_missing(milestone)]
    if errors:
        raise InvalidData(errors)


def _missing(milestone: PlanMilestone) -> str:
    return f"Falta el hito {milestone.number}, «{milestone.name}»: ninguno se puede quitar."


def _renamed(milestone: PlanMilestone) -> str:
    return f"El hito {milestone.number} se llama «{milestone.name}»; su nombre lo fija la plantilla del producto."


def _check(rows: Sequence[Mapping[str, Any]], present: Mapping[int, PlanMilestone]) -> None:
    errors: dict[str, list[str]] = {}
    for index, row in enumerate(rows):
        milestone = present.get(int(row["number"]))
        if milestone is None:
            errors[f"{PATH}/{index}/number"] = [f"El plan no tiene un hito {row['number']}."]
        elif (row.get("name") or milestone.name) != milestone.name:
            errors[f"{PATH}/{index}/name"] = [_renamed(milestone)]
        elif not row.get("applies", True):
            if milestone.status in DONE:
                errors[f"{PATH}/{index}/applies"] = ["Este hito ya se reportó; anule antes su reporte."]
            if not str(row.get("reason") or "").strip():
                errors[f"{PATH}/{index}/reason"] = ["Escriba por qué no aplica."]
    if errors:
        raise InvalidData(errors)


def _adapt(milestone: PlanMilestone, row: Mapping[str, Any]) -> dict[str, list[str | None]]:
    """Take over date and target; returns old and new of what changed."""
    due = row.get("due_date") or None
    wanted = {
        "planned_on": date.fromisoformat(due) if isinstance(due, str) else due or milestone.planned_on,
        "target": str(row.get("target") or "").strip() or milestone.target,
    }
    changed: dict[str, list[str | None]] = {}
    for name, value in wanted.items():
        before = getattr(milestone, name)
        if value != before:
            changed[name] = [None if before is None else str(before), str(value)]
            setattr(milestone, name, value)
    return changed


def _decide(
    session: Session, plan: WorkPlan, milestone: PlanMilestone, row: Mapping[str, Any], by: Actor, now: datetime
) -> None:
    applies = bool(row.get("applies", True))
    left_out = milestone.status == MilestoneStatus.NOT_APPLICABLE
    if applies == left_out:
        act = MilestoneAct.APPLICABLE if applies else MilestoneAct.NOT_APPLICABLE
        reason = str(row.get("reason") or "").strip()
        apply(session, plan, milestone, act, Details(reason=reason), by=by, now=now)
