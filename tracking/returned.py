"""Milestones that came back: their report was not accepted, and nobody reported them again since.

They are the matter of whoever reported them and of whoever accompanies the entity now.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy import Select
from sqlalchemy import and_
from sqlalchemy import exists
from sqlalchemy import func
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import aliased

from db import paging
from directory import access
from directory.principal import Principal
from tracking import trace
from tracking import work_plans
from tracking.milestone_acts import OPEN
from tracking.milestone_acts import REPORTS
from tracking.models import MilestoneAct
from tracking.models import MilestoneRecord
from tracking.models import PlanMilestone
from tracking.models import Product
from tracking.models import WorkPlan

OLDEST_FIRST = (paging.Key(MilestoneRecord.at), paging.Key(MilestoneRecord.id))
_Other = aliased(MilestoneRecord)


@dataclass(frozen=True, slots=True)
class Returned:
    """A milestone that came back: the act that says why, the milestone and its plan."""

    record: MilestoneRecord
    milestone: PlanMilestone
    plan: WorkPlan


def listing(
    session: Session, by: Principal, *, limit: int = paging.DEFAULT_LIMIT, cursor: str = ""
) -> paging.Page[MilestoneRecord]:
    """What came back to `by`, what waits longest first. Raises InvalidData for a bad limit or cursor."""
    return paging.page(session, _mine(select(MilestoneRecord), by), OLDEST_FIRST, limit=limit, cursor=cursor)


def count(session: Session, by: Principal) -> int:
    """How many `listing` has."""
    return session.scalar(_mine(select(func.count()).select_from(MilestoneRecord), by)) or 0


def of_plan(session: Session, plan_id: int) -> dict[int, MilestoneRecord]:
    """Milestone → the act by which it came back, for those of a plan that stand so."""
    found = session.scalars(standing(select(MilestoneRecord)).where(MilestoneRecord.plan_id == plan_id))
    return {row.milestone_id: row for row in found}


def whole(session: Session, record_ids: Collection[int] | None = None) -> list[Returned]:
    """What stands returned, of everybody, or of these acts."""
    columns: tuple[Any, ...] = (MilestoneRecord, PlanMilestone, WorkPlan)
    statement = standing(select(*columns))
    if record_ids is not None:
        statement = statement.where(MilestoneRecord.id.in_(record_ids))
    return [Returned(*row) for row in session.execute(statement.order_by(MilestoneRecord.id))]


def reporters(session: Session, milestone_ids: Collection[int]) -> dict[int, int]:
    """Milestone → who wrote its last report."""
    statement = select(MilestoneRecord.milestone_id, MilestoneRecord.author_id, MilestoneRecord.on_behalf_of).where(
        MilestoneRecord.milestone_id.in_(milestone_ids), MilestoneRecord.act.in_(REPORTS)
    )
    found: dict[int, int] = {}
    for milestone, author, behalf in session.execute(statement.order_by(MilestoneRecord.sequence)):
        person = behalf or author
        if person is not None:
            found[milestone] = person
    return found


def standing(statement: Select[Any]) -> Select[Any]:
    """`statement`, from acts on milestones, joined to milestone and plan and kept to what stands returned."""
    after = and_(_Other.milestone_id == MilestoneRecord.milestone_id, _Other.sequence > MilestoneRecord.sequence)
    over = (*REPORTS, MilestoneAct.NOT_APPLICABLE)
    return (
        statement.join(PlanMilestone, PlanMilestone.id == MilestoneRecord.milestone_id)
        .join(WorkPlan, WorkPlan.id == PlanMilestone.plan_id)
        .where(
            MilestoneRecord.act == MilestoneAct.REJECTED,
            PlanMilestone.status.in_(OPEN),
            PlanMilestone.retired_at.is_(None),
            WorkPlan.status.in_(trace.RUNNING),
            ~exists().where(after, _Other.act.in_(over)),
        )
    )


def _mine(statement: Select[Any], by: Principal) -> Select[Any]:
    people = sorted(by.stands_for())
    mine = or_(WorkPlan.advisor_id.in_(people), _reported_by(people))
    asked = standing(statement).join(Product, Product.id == WorkPlan.product_id).where(mine)
    return access.visible(asked, by, "plan.write", work_plans.SCOPE)


def _reported_by(people: Collection[int]) -> ColumnElement[bool]:
    return exists().where(
        _Other.milestone_id == MilestoneRecord.milestone_id, _Other.sequence < MilestoneRecord.sequence,
        _Other.act.in_(REPORTS), or_(_Other.author_id.in_(people), _Other.on_behalf_of.in_(people)),
    )  # fmt: skip
