"""Products and strategies: whoever leads them owes."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.clock import local_date
from notifications.sources import Subject
from notifications.sources import source
from tracking.models import Product
from tracking.models import ProductStage
from tracking.models import ProductStatus
from tracking.models import Strategy
from tracking.sources.since import first_years
from tracking.sources.since import owed_since

GIVING = (ProductStage.ACTIVATION, ProductStage.FOLLOW_UP)
"""Stages in which a product is given to entities."""


@source("products", "Productos y servicios en operación", about="product")
def products(session: Session, on: date) -> Iterable[Subject]:
    """Active products that are given to entities, since they were published and are given."""
    years = first_years(session)
    active = select(Product).where(Product.status == ProductStatus.ACTIVE, Product.stage.in_(GIVING))
    for row in session.scalars(active.order_by(Product.id)):
        yield Subject(
            kind="product", id=row.id, label=row.name, debtor_id=row.lead_id,
            since=owed_since(row, years.get(row.id)), unit_id=row.unit_id, product_id=row.id,
        )  # fmt: skip


@source("strategies", "Estrategias", about="strategy")
def strategies(session: Session, on: date) -> Iterable[Subject]:
    """Every strategy."""
    for row in session.scalars(select(Strategy).order_by(Strategy.id)):
        yield Subject(
            kind="strategy", id=row.id, label=row.name, debtor_id=row.lead_id, since=local_date(row.created_at),
            unit_id=row.unit_id,
        )  # fmt: skip
