"""From which day a product owes what is owed of its assistance: not for the years before it is given."""

from datetime import date
from typing import Any

from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.clock import local_date
from tracking.models import PlanStatus
from tracking.models import Product
from tracking.models import WorkPlan


def first_years(session: Session) -> dict[int, int]:
    """Product → the first year for which a work plan was opened and not cancelled."""
    statement: Any = select(WorkPlan.product_id, func.min(WorkPlan.vigencia)).group_by(WorkPlan.product_id)
    return dict(session.execute(statement.where(WorkPlan.status != PlanStatus.CANCELLED)).all())


def owed_since(product: Product, first_year: int | None) -> date:
    """The day of its publication, or later that on which its horizon or the first year of its plans begins."""
    published = local_date(product.published_at or product.created_at)
    begins = [_day(product.protocol.get("horizon_start")), date(first_year, 1, 1) if first_year else None]
    return max(published, min((day for day in begins if day is not None), default=published))


def _day(written: object) -> date | None:
    try:
        return date.fromisoformat(str(written or ""))
    except ValueError:
        return None  # a protocol that was loaded from elsewhere may lack it, or hold anything
