"""Milestones that wait to be verified: reported by somebody else, in plans whose entity agreed to be followed up."""

from collections.abc import Collection
from dataclasses import dataclass
from dataclasses import fields
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy import Select
from sqlalchemy import Text
from sqlalchemy import cast
from sqlalchemy import exists
from sqlalchemy import func
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import aliased

from db import paging
from directory import access
from directory.principal import Principal
from tracking import consent
from tracking import trace
from tracking import work_plans
from tracking.milestone_acts import REPORTS
from tracking.models import MilestoneRecord
from tracking.models import MilestoneStatus
from tracking.models import PlanMilestone
from tracking.models import WorkPlan

OLDEST_FIRST = (paging.Key(PlanMilestone.reported_at), paging.Key(PlanMilestone.id))


@dataclass(frozen=True, slots=True)
class Filters:
    """Which of them to list; what is empty does not filter. `reported_by` said it was done, `before` an instant.

    `milestone` is a number or words of the name; `evidence` is `with` or `without`.
    """

    text: str = ""
    product_id: int | None = None
    entity_id: int | None = None
    advisor_id: int | None = None
    region_id: int | None = None
    department_code: str = ""
    vigencia: int | None = None
    reported_by: int | None = None
    before: datetime | None = None
    milestone: str = ""
    evidence: str = ""


_OF_PLANS = {one.name for one in fields(Filters)} - {"reported_by", "before", "milestone", "evidence"}


@dataclass(frozen=True, slots=True)
class Offered:
    """By what the list can be narrowed: the ids among what waits, and how many wait with each."""

    regions: dict[int, int]
    products: dict[int, int]
    people: dict[int, int]


def listing(
    session: Session, by: Principal, filters: Filters, *, limit: int = paging.DEFAULT_LIMIT, cursor: str = ""
) -> paging.Page[PlanMilestone]:
    """What `by` may verify, what waits longest first. Raises InvalidData for a bad limit or cursor."""
    return paging.page(session, _waiting(select(PlanMilestone), by, filters), OLDEST_FIRST, limit=limit, cursor=cursor)


def count(session: Session, by: Principal, filters: Filters | None = None, *, most: int | None = None) -> int:
    """How many milestones `listing` has, counted up to `most`."""
    statement = _waiting(select(PlanMilestone.id), by, filters or Filters()).limit(most)
    return session.scalar(select(func.count()).select_from(statement.subquery())) or 0


def among(session: Session, by: Principal, milestone_ids: Collection[int]) -> list[PlanMilestone]:
    """Those of `milestone_ids` that `by` may verify, what waits longest first."""
    statement = _waiting(select(PlanMilestone), by, Filters()).where(PlanMilestone.id.in_(milestone_ids))
    return list(session.scalars(statement.order_by(PlanMilestone.reported_at, PlanMilestone.id)))


def offered(session: Session, by: Principal) -> Offered:
    """The regions, the products and those who reported, of all that `by` may verify."""
    columns: tuple[Any, ...] = (WorkPlan.region_id, WorkPlan.product_id, PlanMilestone.reported_by)
    return Offered(*(_counted(session, by, column) for column in columns))


def reports(session: Session, milestone_ids: Collection[int]) -> dict[int, MilestoneRecord]:
    """Milestone → its last report, with the evidence that it has."""
    statement = select(MilestoneRecord).where(
        MilestoneRecord.milestone_id.in_(milestone_ids), MilestoneRecord.act.in_(REPORTS)
    )
    found = session.scalars(statement.order_by(MilestoneRecord.sequence))
    return {row.milestone_id: row for row in found}


def _counted(session: Session, by: Principal, column: Any) -> dict[int, int]:
    columns: tuple[Any, ...] = (column, func.count())
    statement = _waiting(select(*columns).select_from(PlanMilestone), by, Filters())
    return {key: count for key, count in session.execute(statement.group_by(column)) if key is not None}


def _said(statement: Select[Any], filters: Filters) -> Select[Any]:
    """Narrowed by what the milestone is and how it was reported."""
    number = filters.milestone.strip()
    if number.isdecimal() and len(number) < 10:
        statement = statement.where(PlanMilestone.number == int(number))
    elif number:
        statement = statement.where(PlanMilestone.name.icontains(number, autoescape=True))
    if filters.evidence:
        bare = _bare()
        statement = statement.where(bare if filters.evidence == "without" else ~bare)
    return statement


def _bare() -> ColumnElement[bool]:
    """Whether the last report of a milestone has no evidence."""
    later, record = aliased(MilestoneRecord), aliased(MilestoneRecord)
    replaced = exists().where(
        later.milestone_id == record.milestone_id, later.sequence > record.sequence, later.act.in_(REPORTS)
    )
    return exists().where(
        record.milestone_id == PlanMilestone.id, record.act.in_(REPORTS), cast(record.files, Text) == "[]", ~replaced
    )


def _waiting(statement: Select[Any], by: Principal, filters: Filters) -> Select[Any]:
    of_plans = work_plans.Filters(**{name: getattr(filters, name) for name in _OF_PLANS})
    statement = work_plans.matching(statement.join(WorkPlan, WorkPlan.id == PlanMilestone.plan_id), of_plans)
    statement = statement.where(
        PlanMilestone.status == MilestoneStatus.REPORTED,
        PlanMilestone.retired_at.is_(None),
        WorkPlan.status.in_(trace.RUNNING),
        consent.counted(),
        _of_others({by.person_id}),
    )
    if filters.reported_by is not None:
        statement = statement.where(PlanMilestone.reported_by == filters.reported_by)
    if filters.before is not None:
        statement = statement.where(PlanMilestone.reported_at < filters.before)
    return _in_sight(_said(statement, filters), by)


def _in_sight(statement: Select[Any], by: Principal) -> Select[Any]:
    """What `by` may verify in their own right, and in the name of others what these did not report."""
    lenders = by.stands_for() - {by.person_id}
    if not lenders or by.has_role("administrator"):
        return access.visible(statement, by, "milestone.verify", work_plans.SCOPE)
    ways = [_ids(by, None)]
    ways += [_ids(by, person).where(_of_others({person})) for person in sorted(lenders)]
    return statement.where(or_(*(PlanMilestone.id.in_(way) for way in ways)))


def _ids(by: Principal, author: int | None) -> Select[Any]:
    """The milestones that `by` may verify with what they hold, or with what `author` lends them."""
    holding = replace(by, grants=tuple(grant for grant in by.grants if grant.on_behalf_of == author))
    rows = select(PlanMilestone.id).join(WorkPlan, WorkPlan.id == PlanMilestone.plan_id)
    return access.visible(rows, holding, "milestone.verify", work_plans.SCOPE)


def _of_others(people: Collection[int]) -> ColumnElement[bool]:
    """Nobody verifies what they reported, nor what was reported by whom they act for."""
    return or_(PlanMilestone.reported_by.is_(None), PlanMilestone.reported_by.not_in(people))
