"""How far technical assistance has come: sums in the database, by where, what and who.

Only plans that count enter the percentages (`consent.counted`): their mean gives every plan the same weight. Whoever
advises is measured by `attainable`, which leaves out what entities block.
"""

from collections.abc import Collection
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement
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
from tracking.models import PlanStatus
from tracking.models import Product
from tracking.models import Strategy
from tracking.models import WorkPlan
from tracking.percent import STEP
from tracking.percent import ZERO
from tracking.percent import share


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
    "vigencia": Dimension(WorkPlan.vigencia, None, None, WorkPlan.vigencia),
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


def of_products(session: Session, product_ids: Collection[int]) -> dict[int, tuple[int, Line]]:
    """Product → how many entities have a plan in it, and all its plans in one line; without plans, left out.

    Figures of whole products, whoever asks: they tell of nobody and of no entity.
    """
    entities = func.count(WorkPlan.entity_id.distinct())
    statement = select(WorkPlan.product_id, entities, *_sums()).where(WorkPlan.product_id.in_(sorted(product_ids)))
    statement = statement.where(WorkPlan.status != PlanStatus.CANCELLED).group_by(WorkPlan.product_id)
    rows = session.execute(statement).all() if product_ids else []
    return {key: (reached, _line(key, "", *sums)) for key, reached, *sums in rows}


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
    key: int | str | None, name: str | int | None, plans: int, counted: int | None, reported: Decimal | None,
    verified: Decimal | None, done: Decimal | None, applicable: Decimal | None, blocked: Decimal | None,
    without_advisor: int | None,
) -> Line:  # fmt: skip
    number = int(counted or 0)
    return Line(
        key=key,
        name=str(name or ""),
        plans=plans,
        counted=number,
        reported=_mean(reported, number),
        verified=_mean(verified, number),
        attainable=share(done or ZERO, (applicable or ZERO) - (blocked or ZERO)),
        without_advisor=int(without_advisor or 0),
    )


def _mean(total: Decimal | None, count: int) -> Decimal:
    return (total / count).quantize(STEP) if total and count else ZERO
