"""What moved a plan in a period besides its milestones: consents, steps of its procedure, actions, its closing, and
advisories that no earlier report could tell."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.models import Task
from engine.models import TaskStatus
from notifications.calendar import in_words
from notifications.periods import Period
from notifications.periods import bounds
from tracking.models import Advisory
from tracking.models import AdvisoryEntity
from tracking.models import AdvisoryStatus
from tracking.models import Consent
from tracking.models import CorrectiveAction
from tracking.models import PlanStatus
from tracking.models import WorkPlan
from tracking.reports import earlier
from tracking.reports import kinds
from tracking.reports.activities import TOLD_OTHERWISE

Moves = dict[int, list[str]]
DECISIONS = {
    "given": "Consentimiento otorgado", "refused": "Consentimiento negado", "withdrawn": "Consentimiento retirado",
}  # fmt: skip
ACTIONS = {
    CorrectiveAction.opened_at: "Acción de mejora abierta", CorrectiveAction.closed_at: "Acción de mejora cerrada",
}  # fmt: skip
ENDED = {PlanStatus.CLOSED: "Plan cerrado", PlanStatus.CANCELLED: "Plan cancelado"}


def of_plans(session: Session, plans: Collection[int], period: Period, person_id: int) -> Moves:
    """Plan → what moved it in the period, in words, in the order in which a plan goes through it."""
    ids, found = sorted(plans), defaultdict[int, list[str]](list)
    for part in (_consents, _steps, _actions, _ended):
        part(session, ids, period, found)
    for plan_id, on in _late_advisories(session, ids, period, person_id):
        found[plan_id].append(f"Asesoría del {in_words(on)}, registrada después de su mes")
    return found


def _consents(session: Session, ids: list[int], period: Period, found: Moves) -> None:
    since, until = bounds(period)
    rows = select(Consent).where(Consent.plan_id.in_(ids), Consent.recorded_at >= since, Consent.recorded_at < until)
    for row in session.scalars(rows.order_by(Consent.id)):
        found[row.plan_id].append(DECISIONS[row.decision])


def _steps(session: Session, ids: list[int], period: Period, found: Moves) -> None:
    """Steps of the plan's own procedure; the consent is told as what it is."""
    since, until = bounds(period)
    statement: Any = (
        select(WorkPlan.id, Task.name)
        .join(Task, Task.instance_id == WorkPlan.instance_id)
        .where(
            WorkPlan.id.in_(ids), Task.status == TaskStatus.COMPLETED, Task.ended_at >= since, Task.ended_at < until,
            Task.element.not_in(sorted(TOLD_OTHERWISE)),
        )
        .order_by(Task.ended_at, Task.id)
    )  # fmt: skip
    for plan_id, name in session.execute(statement):
        found[plan_id].append(name)


def _actions(session: Session, ids: list[int], period: Period, found: Moves) -> None:
    since, until = bounds(period)
    for column, words in ACTIONS.items():
        rows = select(CorrectiveAction).where(CorrectiveAction.plan_id.in_(ids), column >= since, column < until)
        for row in session.scalars(rows.order_by(column, CorrectiveAction.id)):
            found[row.plan_id].append(words)


def _ended(session: Session, ids: list[int], period: Period, found: Moves) -> None:
    since, until = bounds(period)
    statement = select(WorkPlan).where(
        WorkPlan.id.in_(ids), WorkPlan.status.in_(ENDED), WorkPlan.closed_at >= since, WorkPlan.closed_at < until
    )
    for row in session.scalars(statement):
        found[row.id].append(ENDED[PlanStatus(row.status)])


def _late_advisories(session: Session, ids: list[int], period: Period, person_id: int) -> list[tuple[int, date]]:
    """Plan and day of what was registered in the period about an earlier month whose report did not wait for it."""
    since, until = bounds(period)
    statement: Any = (
        select(AdvisoryEntity.plan_id, Advisory.occurred_on, Advisory.registered_at)
        .join(Advisory, Advisory.id == AdvisoryEntity.advisory_id)
        .where(
            AdvisoryEntity.plan_id.in_(ids), Advisory.status != AdvisoryStatus.ANNULLED,
            Advisory.occurred_on < period.start, Advisory.registered_at >= since, Advisory.registered_at < until,
        )
        .order_by(Advisory.occurred_on, Advisory.id)
    )  # fmt: skip
    rows = [tuple(row) for row in session.execute(statement)]
    told = earlier.Reports(session, kinds.SETA, person_id)
    return [(plan_id, on) for plan_id, on, at in rows if not told.tells(on, at)]


def theirs(person_id: int, period: Period) -> Any:
    """Which plans somebody reports on who gave them to another in the period: what they did there says so."""
    advised = (
        select(AdvisoryEntity.plan_id)
        .join(Advisory, Advisory.id == AdvisoryEntity.advisory_id)
        .where(Advisory.advisor_id == person_id, Advisory.status != AdvisoryStatus.ANNULLED)
        .where(Advisory.occurred_on.between(period.start, period.end))
    )
    since, until = bounds(period)
    walked = select(Task.instance_id).where(
        Task.ended_by == person_id, Task.status == TaskStatus.COMPLETED, Task.ended_at >= since, Task.ended_at < until
    )
    return or_(WorkPlan.advisor_id == person_id, WorkPlan.id.in_(advised), WorkPlan.instance_id.in_(walked))
