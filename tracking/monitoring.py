"""What the system knows of a product when its results are measured: the figures of its plan in each entity."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import case
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.chunks import chunks
from tracking.models import Advisory
from tracking.models import AdvisoryEntity
from tracking.models import AdvisoryStatus
from tracking.models import MilestoneStatus
from tracking.models import PlanMilestone
from tracking.models import WorkPlan


@dataclass(frozen=True, slots=True)
class Figures:
    """A plan with its milestones that apply, how many of them are verified, the last term, and its advisories."""

    plan: WorkPlan
    milestones: int
    verified: int
    last_term: date | None
    advisories: int


def of_product(session: Session, product_id: int) -> list[Figures]:
    """The figures of the latest plan of a product in each entity, by entity. A cancelled one is there too."""
    statement = select(WorkPlan).where(WorkPlan.product_id == product_id).order_by(WorkPlan.vigencia, WorkPlan.id)
    latest = {plan.entity_id: plan for plan in session.scalars(statement)}
    ids = [plan.id for plan in latest.values()]
    counted, advised = _milestones(session, ids), _advisories(session, ids)
    return [
        Figures(plan, *counted.get(plan.id, (0, 0, None)), advised.get(plan.id, 0))
        for _, plan in sorted(latest.items())
    ]


def _milestones(session: Session, plan_ids: Collection[int]) -> dict[int, tuple[int, int, date | None]]:
    """Plan → milestones that apply, those verified, and the last day planned."""
    verified = func.sum(case((PlanMilestone.status == MilestoneStatus.VERIFIED, 1), else_=0))
    statement = (
        select(PlanMilestone.plan_id, func.count(), verified, func.max(PlanMilestone.planned_on))
        .where(PlanMilestone.retired_at.is_(None), PlanMilestone.status != MilestoneStatus.NOT_APPLICABLE)
        .group_by(PlanMilestone.plan_id)
    )
    found: dict[int, tuple[int, int, date | None]] = {}
    for ids in chunks(sorted(plan_ids)):
        rows: Any = session.execute(statement.where(PlanMilestone.plan_id.in_(ids)))
        found.update({plan_id: (count, int(done or 0), last) for plan_id, count, done, last in rows})
    return found


def _advisories(session: Session, plan_ids: Collection[int]) -> dict[int, int]:
    """Plan → advisories that stand, in all its time."""
    statement = (
        select(AdvisoryEntity.plan_id, func.count())
        .join(Advisory, Advisory.id == AdvisoryEntity.advisory_id)
        .where(Advisory.status != AdvisoryStatus.ANNULLED)
        .group_by(AdvisoryEntity.plan_id)
    )
    found: dict[int, int] = {}
    for ids in chunks(sorted(plan_ids)):
        rows: Any = session.execute(statement.where(AdvisoryEntity.plan_id.in_(ids)))
        found.update(dict(rows.all()))
    return found
