"""Work plans: a product in an entity during a year."""

from datetime import date
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy import Index
from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import mapped_column

from db.base import Base
from db.base import Id
from db.types import UtcDateTime
from tracking.percent import ZERO
from tracking.percent import Percent


class PlanStatus(StrEnum):
    """Where a work plan stands."""

    WITHOUT_ADVISOR = "without_advisor"  # nobody covers the entity yet; it waits
    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"  # with a reason


class ConsentStatus(StrEnum):
    """Whether the entity agrees to be followed up."""

    PENDING = "pending"
    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class WorkPlan(Base):
    """One product × entity × year (vigencia).

    The four weights are exact sums over its milestones, kept up to date by every act on them (`tracking.rollup`);
    the two progresses are those of `reported` and `verified` over `applicable`.
    """

    __tablename__ = "work_plan"
    __table_args__ = (
        UniqueConstraint("product_id", "entity_id", "vigencia"),
        Index("ix_work_plan_advisor_id_status_id", "advisor_id", "status", "id"),
        Index("ix_work_plan_region_id_status_id", "region_id", "status", "id"),
        Index("ix_work_plan_unit_id_status_id", "unit_id", "status", "id"),
        Index("ix_work_plan_entity_id_id", "entity_id", "id"),
    )

    id: Mapped[Id]
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    entity_id: Mapped[int] = mapped_column(ForeignKey("entity.id"))
    vigencia: Mapped[int]
    advisor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))  # the product's unit
    region_id: Mapped[int | None] = mapped_column(ForeignKey("region.id"))
    department_code: Mapped[str] = mapped_column(ForeignKey("department.code"), index=True)
    template_id: Mapped[int | None] = mapped_column(ForeignKey("milestone_template.id"), index=True)
    instance_id: Mapped[int | None] = mapped_column(ForeignKey("instance.id"), index=True)
    status: Mapped[str]
    consent: Mapped[str]
    applicable_weight: Mapped[Decimal] = mapped_column(Percent, default=ZERO)
    blocked_weight: Mapped[Decimal] = mapped_column(Percent, default=ZERO)
    reported_weight: Mapped[Decimal] = mapped_column(Percent, default=ZERO)
    verified_weight: Mapped[Decimal] = mapped_column(Percent, default=ZERO)
    reported_progress: Mapped[Decimal] = mapped_column(Percent, default=ZERO)
    verified_progress: Mapped[Decimal] = mapped_column(Percent, default=ZERO)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    scheduled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # closed or cancelled
    closing_reason: Mapped[str] = mapped_column(default="")
    given_on: Mapped[date | None]  # to its advisor on purpose, whoever attends the entity
    kept_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # although its entity was taken out
