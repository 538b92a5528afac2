"""Work plans: those that are monitored, and those to be evaluated."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.clock import local_date
from directory.models import Entity
from notifications.sources import Subject
from notifications.sources import source
from tracking import consent
from tracking.models import ConsentStatus
from tracking.models import PlanStatus
from tracking.models import Product
from tracking.models import WorkPlan

BATCH = 1000


@source("plans_in_execution", "Planes de trabajo en ejecución, con consentimiento", about="plan")
def in_execution(session: Session, on: date) -> Iterable[Subject]:
    """Open plans that were scheduled and whose entity agreed to be followed up, since it did."""
    agreed = (WorkPlan.consent == ConsentStatus.GIVEN, WorkPlan.scheduled_at.is_not(None))
    for plan, entity, product, agreed_on in _plans(session, *agreed):
        scheduled_on = local_date(plan.scheduled_at or plan.opened_at)
        yield _subject(plan, entity, product, since=max(scheduled_on, agreed_on or scheduled_on))


@source("plans_of_year", "Planes de trabajo de cada vigencia", about="plan")
def of_year(session: Session, on: date) -> Iterable[Subject]:
    """Open plans, each in its own year and in no other."""
    asked = WorkPlan.consent.in_((ConsentStatus.GIVEN, ConsentStatus.PENDING))
    for plan, entity, product, _ in _plans(session, asked):
        first, last = date(plan.vigencia, 1, 1), date(plan.vigencia, 12, 31)
        if local_date(plan.opened_at) <= last:
            yield _subject(plan, entity, product, since=max(first, local_date(plan.opened_at)), until=last)


def _plans(session: Session, *conditions: Any) -> Iterable[tuple[WorkPlan, str, str, date | None]]:
    """Open plans with the names of their entity and product, and the day on which the entity last agreed."""
    statement: Any = (
        select(WorkPlan, Entity.name, Product.name, consent.given_on())
        .join(Entity, Entity.id == WorkPlan.entity_id)
        .join(Product, Product.id == WorkPlan.product_id)
        .where(WorkPlan.status == PlanStatus.OPEN, *conditions)
        .order_by(WorkPlan.id)
    )
    rows: Iterable[tuple[WorkPlan, str, str, date | None]] = session.execute(
        statement.execution_options(yield_per=BATCH)
    )
    return rows


def _subject(plan: WorkPlan, entity: str, product: str, *, since: date, until: date | None = None) -> Subject:
    return Subject(
        kind="plan", id=plan.id, label=f"{product} · {entity}", debtor_id=plan.advisor_id, since=since, until=until,
        unit_id=plan.unit_id, region_id=plan.region_id, entity_id=plan.entity_id, product_id=plan.product_id,
        plan_id=plan.id,
    )  # fmt: skip
