"""What the indicators of a protocol were measured to be, period by period."""

from datetime import date
from datetime import datetime
from decimal import Decimal

from sqlalchemy import ForeignKey
from sqlalchemy import Index
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import mapped_column

from db.base import Base
from db.base import BigId
from db.base import Id
from db.types import ExactDecimal
from db.types import Json
from db.types import UtcDateTime


class IndicatorCapture(Base):
    """The value of an indicator in a period. An annulled one stays; at most one stands per indicator and period.

    The indicator goes by its name, as targets do: a modification may give it another place in the protocol.
    """

    __tablename__ = "indicator_capture"
    __table_args__ = (Index("ix_indicator_capture_product_id_period_start", "product_id", "period_start"),)

    id: Mapped[Id]
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    indicator: Mapped[str]
    subject_id: Mapped[int] = mapped_column(BigId)  # the number by which obligations knew it then
    period: Mapped[str]  # its key: 2026-Q3
    period_start: Mapped[date]
    value: Mapped[Decimal] = mapped_column(ExactDecimal)
    captured_on: Mapped[date]
    source: Mapped[str]
    note: Mapped[str]
    files: Mapped[list[str]] = mapped_column(Json)
    captured_by: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    registered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revision: Mapped[int]
    annulled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    annulment_reason: Mapped[str] = mapped_column(default="")
