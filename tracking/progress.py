"""How far technical assistance has come: sums in the database, by where, what and who.

Only plans that count enter the percentages (`consent.counted`): their mean gives every plan the same weight. Whoever
advises is measured by `attainable`, which leaves out what entities block.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy import Select
from sqlalchemy import case
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.errors import InvalidData
from directory import access
from directory.models import Department
from directory.models import Entity
from directory.models import Person
from directory.models import Region
from directory.models import Unit
from directory.principal import Principal
from tracking import consent
from tracking import work_plans
from tracking.models import MilestoneStatus
from tracking.models import MilestoneTemplate
from tracking.models import PlanMilestone
from tracking.models import PlanStatus
from tracking.models import Product
from tracking.models import Strategy
from tracking.models import TemplateMilestone
from tracking.models import WorkPlan
from tracking.percent import STEP
from tracking.percent import ZERO
from tracking.percent import share
from tracking.rollup import REPORTED


@dataclass(frozen=True, slots=True)
class Dimension:
    """By what plans are gathered: the column of its key, the table that names it, and the name."""

    key: Any
    table: Any
    table_key: Any
    name: Any


DIMENSIONS: Mapping[str, Dimension] = {
    "entity": Dimension(WorkPlan.entity_id, None, None, Entity.name),
    "department": Dimension(WorkPlan.department_code, Department, Department.code, Department.name),
    "region": Dimension(WorkPlan.region_id, Region, Region.id, Region.name),
    "product": Dimension(WorkPlan.product_id, None, None, Product.name),
    "strategy": Dimension(Product.strategy_id, Strategy, Strategy.id, Strategy.name),
    "advisor": Dimension(WorkPlan.advisor_id, Person, Person.id, Person.name),
    "unit": Dimension(WorkPlan.unit_id, Unit, Unit.id, Unit.name),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a board. Percentages to six decimals; `name` is empty for what has none (no advisor, no region)."""

    key: int | str | None
    name: str
    plans: int
    counted: int
    reported: Decimal
    verified: Decimal
    attainable: Decimal
    without_advisor: int


@dataclass(frozen=True, slots=True)
class MilestoneLine:
    """How many of the plans that count stand in each state of a milestone."""

    number: int
    name: str
    group: str
    moment: str
    states: dict[str, int]
    reported: Decimal
    verified: Decimal


@dataclass(frozen=True, slots=True)
class GroupLine:
    """How far a group of milestones is, over what applies of it in the plans that count."""

    position: int
    name: str
    reported: Decimal
    verified: Decimal


def by_dimension(
    session: Session, by: Principal, dimension: str, filters: work_plans.Filters | None = None
) -> list[Line]:
    """Progress of the plans that `by` may read, gathered by one of DIMENSIONS, by name. Cancelled plans are left out.

    Raises InvalidData (`dimension`).
    """
    if dimension not in DIMENSIONS:
        raise InvalidData({"dimension": [f"Agrupe por uno de estos: {', '.join(DIMENSIONS)}."]})
    gathered = DIMENSIONS[dimension]
    statement = work_plans.matching(
        select(gathered.key, gathered.name, *_sums()).select_from(WorkPlan), filters or work_plans.Filters()
    )
    if gathered.table is not None:
        statement = statement.outerjoin(gathered.table, gathered.table_key == gathered.key)
    statement = statement.where(WorkPlan.status != PlanStatus.CANCELLED)
    statement = access.visible(statement, by, "plan.read", work_plans.SCOPE)
    rows = session.execute(statement.group_by(gathered.key, gathered.name).order_by(gathered.name, gathered.key))
    return [_line(*row) for row in rows]


def total(session: Session, by: Principal, filters: work_plans.Filters | None = None) -> Line:
    """All the plans that `by` may read, in one line."""
    statement = work_plans.matching(select(*_sums()).select_from(WorkPlan), filters or work_plans.Filters())
    statement = statement.where(WorkPlan.status != PlanStatus.CANCELLED)
    row = session.execute(access.visible(statement, by, "plan.read", work_plans.SCOPE)).one()
    return _line(None, "", *row)


def by_milestone(
    session: Session, by: Principal, product_id: int, filters: work_plans.Filters | None = None
) -> list[MilestoneLine]:
    """How each milestone of a product stands, in the order of work; versions of the template meet by number."""
    statement = _milestones(by, product_id, filters, TemplateMilestone.number, PlanMilestone.status, func.count())
    rows = session.execute(statement.group_by(TemplateMilestone.number, PlanMilestone.status))
    states: dict[int, dict[str, int]] = {}
    for number, status, count in rows:
        states.setdefault(number, {})[status] = count
    return [_milestone_line(row, states.get(row.number, {})) for row in _latest_milestones(session, product_id, states)]


def by_group(
    session: Session, by: Principal, product_id: int, filters: work_plans.Filters | None = None
) -> list[GroupLine]:
    """How each group of milestones of a product stands, in order."""
    position, name = TemplateMilestone.group_position, TemplateMilestone.group_name
    applies = PlanMilestone.status != MilestoneStatus.NOT_APPLICABLE
    statement = _milestones(
        by, product_id, filters, func.min(position), name,
        _weight(applies), _weight(PlanMilestone.status.in_(REPORTED)),
        _weight(PlanMilestone.status == MilestoneStatus.VERIFIED),
    )  # fmt: skip
    rows = session.execute(statement.group_by(name).order_by(func.min(position)))
    return [
        GroupLine(position, name, share(reported or ZERO, whole or ZERO), share(verified or ZERO, whole or ZERO))
        for position, name, whole, reported, verified in rows
    ]


def _sums() -> list[ColumnElement[Any]]:
    counted = consent.counted()
    sums = [
        func.sum(case((counted, column)))
        for column in (
            WorkPlan.reported_progress, WorkPlan.verified_progress, WorkPlan.reported_weight,
            WorkPlan.applicable_weight, WorkPlan.blocked_weight,
        )
    ]  # fmt: skip
    without_advisor = func.sum(case((WorkPlan.status == PlanStatus.WITHOUT_ADVISOR, 1), else_=0))
    return [func.count(), func.sum(case((counted, 1), else_=0)), *sums, without_advisor]


def _line(
    key: int | str | None, name: str | None, plans: int, counted: int | None, reported: Decimal | None,
    verified: Decimal | None, done: Decimal | None, applicable: Decimal | None, blocked: Decimal | None,
    without_advisor: int | None,
) -> Line:  # fmt: skip
    number = int(counted or 0)
    return Line(
        key=key,
        name=name or "",
        plans=plans,
        counted=number,
        reported=_mean(reported, number),
        verified=_mean(verified, number),
        attainable=share(done or ZERO, (applicable or ZERO) - (blocked or ZERO)),
        without_advisor=int(without_advisor or 0),
    )


def _mean(total: Decimal | None, count: int) -> Decimal:
    return (total / count).quantize(STEP) if total and count else ZERO


def _weight(condition: ColumnElement[bool]) -> ColumnElement[Any]:
    return func.sum(case((condition, PlanMilestone.weight)))


def _milestones(by: Principal, product_id: int, filters: work_plans.Filters | None, *columns: Any) -> Select[Any]:
    statement = select(*columns).select_from(WorkPlan)
    statement = work_plans.matching(statement, filters or work_plans.Filters())
    statement = statement.join(PlanMilestone, PlanMilestone.plan_id == WorkPlan.id)
    statement = statement.join(TemplateMilestone, TemplateMilestone.id == PlanMilestone.template_milestone_id)
    statement = statement.where(
        WorkPlan.product_id == product_id, PlanMilestone.retired_at.is_(None), consent.counted()
    )
    return access.visible(statement, by, "plan.read", work_plans.SCOPE)


def _latest_milestones(session: Session, product_id: int, numbers: Mapping[int, Any]) -> list[TemplateMilestone]:
    """For each number, the milestone of the latest template version that has it."""
    from_templates = (
        select(TemplateMilestone)
        .join(MilestoneTemplate, MilestoneTemplate.id == TemplateMilestone.template_id)
        .where(MilestoneTemplate.product_id == product_id)
        .order_by(MilestoneTemplate.version)
    )
    latest = {row.number: row for row in session.scalars(from_templates) if row.number in numbers}
    return sorted(latest.values(), key=lambda row: row.position)


def _milestone_line(row: TemplateMilestone, states: Mapping[str, int]) -> MilestoneLine:
    whole = sum(count for status, count in states.items() if status != MilestoneStatus.NOT_APPLICABLE)
    verified = states.get(MilestoneStatus.VERIFIED, 0)
    reported = verified + states.get(MilestoneStatus.REPORTED, 0)
    return MilestoneLine(
        number=row.number,
        name=row.name,
        group=row.group_name,
        moment=row.moment,
        states={status.value: states.get(status, 0) for status in MilestoneStatus},
        reported=share(Decimal(reported), Decimal(whole)),
        verified=share(Decimal(verified), Decimal(whole)),
    )
