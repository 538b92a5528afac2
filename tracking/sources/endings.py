"""What ended before its time: cancelled plans, and withdrawn products with their indicators. Nothing is owed of it."""

from collections.abc import Collection
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from notifications.sources import ended
from tracking.models import PlanStatus
from tracking.models import Product
from tracking.models import ProductStatus
from tracking.models import WorkPlan
from tracking.sources import indicators

WITHDRAWN = "El producto se retiró."
CANCELLED = "El plan de trabajo se canceló."


@ended("plan")
def plans(session: Session, ids: Collection[int]) -> Mapping[int, str]:
    """The cancelled ones: those of a withdrawn product say so."""
    statement = select(WorkPlan.id, Product.status).join(Product, Product.id == WorkPlan.product_id)
    rows = session.execute(statement.where(WorkPlan.id.in_(ids), WorkPlan.status == PlanStatus.CANCELLED))
    return {key: WITHDRAWN if status == ProductStatus.WITHDRAWN else CANCELLED for key, status in rows}


@ended("product")
def products(session: Session, ids: Collection[int]) -> Mapping[int, str]:
    """The withdrawn ones."""
    statement = select(Product.id).where(Product.id.in_(ids), Product.status == ProductStatus.WITHDRAWN)
    return dict.fromkeys(session.scalars(statement), WITHDRAWN)


@ended("indicator")
def of_products(session: Session, ids: Collection[int]) -> Mapping[int, str]:
    """Those of withdrawn products."""
    over = products(session, {key // indicators.MOST for key in ids})
    return {key: over[key // indicators.MOST] for key in ids if key // indicators.MOST in over}
