"""The preventive, corrective and improvement actions of the plans in sight: of a region, of the country."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import paging
from directory import access
from directory.models import Entity
from directory.principal import Principal
from directory.searching import holding
from tracking import work_plans
from tracking.models import CorrectiveAction
from tracking.models import Product
from tracking.models import WorkPlan

NEWEST_FIRST = (paging.Key(CorrectiveAction.id, descending=True),)


@dataclass(frozen=True, slots=True)
class Filters:
    """Which actions to list; what is empty does not filter. `overdue_on`: open ones whose day went by before it."""

    text: str = ""
    status: str = ""
    kind: str = ""
    product_id: int | None = None
    entity_id: int | None = None
    advisor_id: int | None = None
    region_id: int | None = None
    department_code: str = ""
    vigencia: int | None = None
    overdue_on: date | None = None
    since: date | None = None  # to be done from this day on
    until: date | None = None


_OF_PLANS = {"product_id", "entity_id", "advisor_id", "region_id", "department_code", "vigencia"}


def listing(
    session: Session, by: Principal, filters: Filters, *, limit: int = paging.DEFAULT_LIMIT, cursor: str = ""
) -> paging.Page[CorrectiveAction]:
    """The actions of the plans that `by` may read, the newest first. Raises InvalidData for a bad limit or cursor."""
    found = _matching(select(CorrectiveAction), by, filters)
    return paging.page(session, found, NEWEST_FIRST, limit=limit, cursor=cursor)


def count(session: Session, by: Principal, filters: Filters) -> int:
    """How many actions `listing` has."""
    return session.scalar(_matching(select(func.count(CorrectiveAction.id)), by, filters)) or 0


def _matching(statement: Select[Any], by: Principal, filters: Filters) -> Select[Any]:
    of_plans = work_plans.Filters(**{name: getattr(filters, name) for name in _OF_PLANS})
    statement = work_plans.matching(statement.join(WorkPlan, WorkPlan.id == CorrectiveAction.plan_id), of_plans)
    said = (CorrectiveAction.finding, CorrectiveAction.action, CorrectiveAction.responsible)
    statement = statement.where(*holding(filters.text, *said, also=(Entity.search_name, Product.search_name)))
    if filters.status:
        statement = statement.where(CorrectiveAction.status == filters.status)
    if filters.kind:
        statement = statement.where(CorrectiveAction.kind == filters.kind)
    if filters.overdue_on:
        statement = statement.where(CorrectiveAction.status == "open", CorrectiveAction.due_on < filters.overdue_on)
    if filters.since:
        statement = statement.where(CorrectiveAction.due_on >= filters.since)
    if filters.until:
        statement = statement.where(CorrectiveAction.due_on <= filters.until)
    return access.visible(statement, by, "plan.read", work_plans.SCOPE)
