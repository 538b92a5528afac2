"""The progress of a plan: the sums that stand in its row, and the same from its records alone.

What does not apply is left out, and the weights that remain are taken as the whole (a plan with nothing left to do
stands at 0). What the entity blocks stays in the plan's whole, because it is not done, and is kept apart so that
whoever advises is measured without it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import ColumnElement
from sqlalchemy import Select
from sqlalchemy import and_
from sqlalchemy import bindparam
from sqlalchemy import case
from sqlalchemy import func
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import Session

from tracking.models import MilestoneAct
from tracking.models import MilestoneRecord
from tracking.models import MilestoneStatus
from tracking.models import PlanMilestone
from tracking.models import WorkPlan
from tracking.percent import ZERO
from tracking.percent import share

REPORTED = (MilestoneStatus.REPORTED, MilestoneStatus.VERIFIED)


@dataclass(frozen=True, slots=True)
class Rollup:
    """The exact sums of weights of a plan."""

    applicable: Decimal = ZERO
    blocked: Decimal = ZERO
    reported: Decimal = ZERO
    verified: Decimal = ZERO

    @property
    def reported_progress(self) -> Decimal:
        """Percentage of what applies that is reported as done."""
        return share(self.reported, self.applicable)

    @property
    def verified_progress(self) -> Decimal:
        """Percentage of what applies that somebody else verified."""
        return share(self.verified, self.applicable)


def refresh(session: Session, plan: WorkPlan) -> Rollup:
    """Bring the sums of `plan`, which the caller has locked, up to its milestones."""
    session.flush()
    rollup = _from_milestones(session, plan.id)
    plan.applicable_weight, plan.blocked_weight = rollup.applicable, rollup.blocked
    plan.reported_weight, plan.verified_weight = rollup.reported, rollup.verified
    plan.reported_progress, plan.verified_progress = rollup.reported_progress, rollup.verified_progress
    session.flush()
    return rollup


def of_plan(plan: WorkPlan) -> Rollup:
    """The sums that stand in the row of a plan."""
    return Rollup(plan.applicable_weight, plan.blocked_weight, plan.reported_weight, plan.verified_weight)


def recompute(session: Session, plan_id: int) -> Rollup:
    """The sums of a plan from its records alone: every act replayed, the present state not looked at."""
    milestones = select(PlanMilestone.id, PlanMilestone.weight).where(PlanMilestone.plan_id == plan_id)
    weights = {row.id: row.weight for row in session.execute(milestones)}
    states = dict.fromkeys(weights, MilestoneStatus.PENDING)
    retired: set[int] = set()
    records = select(MilestoneRecord).where(MilestoneRecord.plan_id == plan_id).order_by(MilestoneRecord.id)
    for record in session.scalars(records):
        states[record.milestone_id] = MilestoneStatus(record.status)
        if record.act == MilestoneAct.RETIRED:
            retired.add(record.milestone_id)
        elif record.act == MilestoneAct.RESTORED:
            retired.discard(record.milestone_id)
    kept = [(states[milestone_id], weight) for milestone_id, weight in weights.items() if milestone_id not in retired]
    return Rollup(
        applicable=sum((weight for status, weight in kept if status != MilestoneStatus.NOT_APPLICABLE), ZERO),
        blocked=sum((weight for status, weight in kept if status == MilestoneStatus.BLOCKED), ZERO),
        reported=sum((weight for status, weight in kept if status in REPORTED), ZERO),
        verified=sum((weight for status, weight in kept if status == MilestoneStatus.VERIFIED), ZERO),
    )


def mismatches(session: Session) -> Iterator[int]:
    """Ids of the plans whose sums differ from what their records say; empty when all is well."""
    for plan in session.scalars(select(WorkPlan).order_by(WorkPlan.id)).all():
        if of_plan(plan) != recompute(session, plan.id):
            yield plan.id


def differing() -> Select[int, int | None]:
    """The plans, with their cases, whose sums differ from those of their milestones as they stand: one question."""
    counted = and_(PlanMilestone.plan_id == WorkPlan.id, PlanMilestone.retired_at.is_(None))
    kept = (WorkPlan.applicable_weight, WorkPlan.blocked_weight, WorkPlan.reported_weight, WorkPlan.verified_weight)
    return (
        select(WorkPlan.id, WorkPlan.instance_id)
        .outerjoin(PlanMilestone, counted)
        .group_by(WorkPlan.id)
        .having(or_(*(column != func.coalesce(summed, 0) for column, summed in zip(kept, _WEIGHTS, strict=True))))
        .order_by(WorkPlan.id)
    )


def _from_milestones(session: Session, plan_id: int) -> Rollup:
    return Rollup(*(value or ZERO for value in session.execute(_SUMS, {"plan_id": plan_id}).one()))


def _weight_where(condition: ColumnElement[bool]) -> ColumnElement[Decimal]:
    return func.sum(case((condition, PlanMilestone.weight)))


_WEIGHTS = (
    _weight_where(PlanMilestone.status != MilestoneStatus.NOT_APPLICABLE),
    _weight_where(PlanMilestone.status == MilestoneStatus.BLOCKED),
    _weight_where(PlanMilestone.status.in_(REPORTED)),
    _weight_where(PlanMilestone.status == MilestoneStatus.VERIFIED),
)

# Every act on a milestone asks it: it is built once.
_SUMS = select(*_WEIGHTS).where(PlanMilestone.plan_id == bindparam("plan_id"), PlanMilestone.retired_at.is_(None))
