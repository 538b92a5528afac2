"""Indicators of validated protocols, by how often each is measured."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from notifications import periods
from notifications.sources import Lister
from notifications.sources import Subject
from notifications.sources import source
from tracking.models import Product
from tracking.models import ProductStatus
from tracking.sources.since import first_years
from tracking.sources.since import owed_since

MOST = 1000  # indicators that a protocol may have; with the product's id their place is a number of their own

FREQUENCIES = {
    periods.FORTNIGHTLY: "quincenal",
    periods.MONTHLY: "mensual",
    periods.QUARTERLY: "trimestral",
    periods.HALF_YEARLY: "semestral",
    periods.YEARLY: "anual",
}


def number(product_id: int, position: int) -> int:
    """The number by which obligations know the indicator at `position` (from 0) of a protocol."""
    return product_id * MOST + position


def _measured(frequency: str) -> Lister:
    def list_indicators(session: Session, on: date) -> Iterable[Subject]:
        years = first_years(session)
        published = select(Product).where(Product.status == ProductStatus.ACTIVE, Product.published_at.is_not(None))
        for row in session.scalars(published.order_by(Product.id).execution_options(yield_per=200)):
            for position, indicator in enumerate(row.protocol.get("indicators") or ()):
                if indicator.get("frequency") == frequency:
                    yield Subject(
                        kind="indicator", id=number(row.id, position), debtor_id=row.lead_id,
                        label=f"{indicator.get('name') or 'Indicador'} · {row.name}",
                        since=owed_since(row, years.get(row.id)), unit_id=row.unit_id, product_id=row.id,
                    )  # fmt: skip

    return list_indicators


for _frequency, _word in FREQUENCIES.items():
    source(f"indicators_{_frequency}", f"Indicadores de medición {_word}", about="indicator")(_measured(_frequency))
