"""The requests for experts of the plans in sight: of an expert, of a region, of the country."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select
from sqlalchemy import and_
from sqlalchemy import func
from sqlalchemy import not_
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import paging
from directory import access
from directory.models import Entity
from directory.principal import Principal
from directory.searching import holding
from tracking import support
from tracking import work_plans
from tracking.models import Product
from tracking.models import SupportRequest
from tracking.models import SupportStatus
from tracking.models import WorkPlan

NEWEST_FIRST = (paging.Key(SupportRequest.id, descending=True),)


@dataclass(frozen=True, slots=True)
class Filters:
    """Which requests to list; what is empty does not filter.

    `open`: those that still wait for somebody; `returned`: whether they were given and sent back.
    """

    text: str = ""
    status: str = ""
    theme: str = ""
    open: bool = False
    returned: bool | None = None
    expert_id: int | None = None
    asker_id: int | None = None
    product_id: int | None = None
    entity_id: int | None = None
    region_id: int | None = None
    vigencia: int | None = None


_OF_PLANS = {"product_id", "entity_id", "region_id", "vigencia"}
_OWN = {"status", "theme", "expert_id", "asker_id"}


def listing(
    session: Session, by: Principal, filters: Filters, *, limit: int = paging.DEFAULT_LIMIT, cursor: str = ""
) -> paging.Page[SupportRequest]:
    """The requests of the plans that `by` may read, the newest first. Raises InvalidData for a bad limit or cursor."""
    found = _matching(select(SupportRequest), by, filters)
    shown = paging.page(session, found, NEWEST_FIRST, limit=limit, cursor=cursor)
    support.narrow(shown.items, by=by)
    return shown


def count(session: Session, by: Principal, filters: Filters) -> int:
    """How many requests `listing` has."""
    return session.scalar(_matching(select(func.count(SupportRequest.id)), by, filters)) or 0


def _matching(statement: Select[Any], by: Principal, filters: Filters) -> Select[Any]:
    of_plans = work_plans.Filters(**{name: getattr(filters, name) for name in _OF_PLANS})
    statement = work_plans.matching(statement.join(WorkPlan, WorkPlan.id == SupportRequest.plan_id), of_plans)
    said = (SupportRequest.need, SupportRequest.other_theme, SupportRequest.outcome)
    statement = statement.where(*holding(filters.text, *said, also=(Entity.search_name, Product.search_name)))
    for name in sorted(_OWN):
        if getattr(filters, name):
            statement = statement.where(getattr(SupportRequest, name) == getattr(filters, name))
    if filters.open:
        statement = statement.where(SupportRequest.status.in_(support.OPEN))
    if filters.returned is not None:
        back = and_(SupportRequest.status == SupportStatus.ACCEPTED, SupportRequest.given_on.is_not(None))
        statement = statement.where(back if filters.returned else not_(back))
    return access.visible(statement, by, "plan.read", work_plans.SCOPE)
