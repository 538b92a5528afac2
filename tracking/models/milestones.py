"""Milestones: the template of a product, those of each plan, and every act on them."""

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
from db.base import BigId
from db.base import Id
from db.privacy import NAME
from db.types import Json
from db.types import UtcDateTime
from tracking.percent import Percent


class MilestoneStatus(StrEnum):
    """Where a milestone of a plan stands."""

    PENDING = "pending"
    IN_PROGRESS = "in_progress"  # worked on, or its report was rejected or annulled
    REPORTED = "reported"  # done, says who reported it
    VERIFIED = "verified"  # done, says somebody else too
    BLOCKED = "blocked"  # by the entity; it does not count against the advisor
    NOT_APPLICABLE = "not_applicable"  # to this entity; it does not count at all


class MilestoneAct(StrEnum):
    """What can happen to a milestone of a plan."""

    ADVANCED = "advanced"
    ADVANCE_ANNULLED = "advance_annulled"
    REPORTED = "reported"
    RECTIFIED = "rectified"
    ANNULLED = "annulled"
    VERIFIED = "verified"
    UNVERIFIED = "unverified"  # a verification taken back; the report waits again
    REJECTED = "rejected"
    BLOCKED = "blocked"
    UNBLOCKED = "unblocked"
    NOT_APPLICABLE = "not_applicable"
    APPLICABLE = "applicable"
    RETIRED = "retired"  # a modified template no longer has it
    RESTORED = "restored"


class MilestoneTemplate(Base):
    """The milestones of a product, in one version. Never changed: a modification makes the next version."""

    __tablename__ = "milestone_template"
    __table_args__ = (UniqueConstraint("product_id", "version"),)

    id: Mapped[Id]
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    version: Mapped[int]
    confirmed: Mapped[bool]  # False: the weights come from a doubtful source and somebody must confirm them
    note: Mapped[str] = mapped_column(default="")
    fixed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    fixed_by: Mapped[int | None] = mapped_column(BigId)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    confirmed_by: Mapped[int | None] = mapped_column(BigId)


class TemplateMilestone(Base):
    """A milestone of a template.

    `position` is the order of work and `number` what people call it: in the sources they differ. The weight of its
    group is the same in all rows of a group; `total_weight` is weight × group weight, exact.
    """

    __tablename__ = "template_milestone"
    __table_args__ = (UniqueConstraint("template_id", "number"),)

    id: Mapped[Id]
    template_id: Mapped[int] = mapped_column(ForeignKey("milestone_template.id"))
    number: Mapped[int]
    position: Mapped[int]
    name: Mapped[str]
    moment: Mapped[str] = mapped_column(default="")
    group_position: Mapped[int]
    group_name: Mapped[str] = mapped_column(default="")
    group_weight: Mapped[Decimal] = mapped_column(Percent)
    weight: Mapped[Decimal] = mapped_column(Percent)  # in its group
    total_weight: Mapped[Decimal] = mapped_column(Percent)
    target: Mapped[str] = mapped_column(default="")
    deadline: Mapped[date | None]
    conditional: Mapped[bool] = mapped_column(default=False)
    condition: Mapped[str] = mapped_column(default="")  # when it applies, in words
    note: Mapped[str] = mapped_column(default="")


class PlanMilestone(Base):
    """A milestone in one entity: dates and words adapted to it, and where it stands now."""

    __tablename__ = "plan_milestone"
    __table_args__ = (
        UniqueConstraint("plan_id", "number"),
        Index("ix_plan_milestone_template_milestone_id_status", "template_milestone_id", "status"),
        Index("ix_plan_milestone_status_planned_on", "status", "planned_on"),
    )

    id: Mapped[Id]
    plan_id: Mapped[int] = mapped_column(ForeignKey("work_plan.id"))
    template_milestone_id: Mapped[int] = mapped_column(ForeignKey("template_milestone.id"))
    number: Mapped[int]  # once retired, minus its id: its number may be that of another milestone now
    position: Mapped[int]
    name: Mapped[str]
    target: Mapped[str] = mapped_column(default="")
    weight: Mapped[Decimal] = mapped_column(Percent)  # in the whole template
    planned_on: Mapped[date | None]
    status: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")  # why it is blocked or does not apply
    achieved_on: Mapped[date | None]  # the day it was done, as reported
    reported_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reported_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    verified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    verified_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def called(self) -> str:
        """How a page names it: «2. Equipo», or its name alone once it was retired and has no number any more."""
        return f"{self.number}. {self.name}" if self.number > 0 else self.name


class MilestoneRecord(Base):
    """One act on a milestone of a plan. Never updated, never deleted; `corrects_id` says which one it corrects."""

    __tablename__ = "milestone_record"
    __table_args__ = (UniqueConstraint("milestone_id", "sequence"),)

    id: Mapped[Id]
    plan_id: Mapped[int] = mapped_column(ForeignKey("work_plan.id"), index=True)
    milestone_id: Mapped[int] = mapped_column(ForeignKey("plan_milestone.id"))
    sequence: Mapped[int]
    act: Mapped[str]
    status_before: Mapped[str]
    status: Mapped[str]
    occurred_on: Mapped[date | None]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    author_name: Mapped[str] = mapped_column(info=NAME)
    capacity: Mapped[str] = mapped_column(info=NAME)
    on_behalf_of: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    note: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    files: Mapped[list[str]] = mapped_column(Json)  # tokens of db.files
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("milestone_record.id"))
    advisory_id: Mapped[int | None] = mapped_column(ForeignKey("advisory.id"), index=True)
