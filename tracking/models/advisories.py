"""What advisors do in territory: advisories with minutes and attendance, and contacts of one line."""

from datetime import date
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy import Index
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import mapped_column
from sqlalchemy.orm import relationship

from db.base import Base
from db.base import BigId
from db.base import Id
from db.privacy import CONTACT
from db.privacy import NAME
from db.types import UtcDateTime


class AdvisoryStatus(StrEnum):
    """Where an advisory stands."""

    OPEN = "open"  # its minutes or its attendance list are missing
    CLOSED = "closed"  # complete: its milestones were moved
    ANNULLED = "annulled"  # it should not have been registered; with a reason


class Effect(StrEnum):
    """What an advisory does to a milestone."""

    ADVANCED = "advanced"
    ACHIEVED = "achieved"


class Advisory(Base):
    """Assistance given on a day to one entity, or to several at once (mass event).

    `registered_at` stands apart from `occurred_on`: the days between them (`lag_days`) show late registration.
    """

    __tablename__ = "advisory"
    __table_args__ = (
        Index("ix_advisory_advisor_id_occurred_on_id", "advisor_id", "occurred_on", "id"),
        Index("ix_advisory_occurred_on_id", "occurred_on", "id"),
    )

    id: Mapped[Id]
    occurred_on: Mapped[date]
    registered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    registered_by: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    lag_days: Mapped[int]
    advisor_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    modality: Mapped[str]
    place: Mapped[str] = mapped_column(default="")
    summary: Mapped[str]
    mass_event: Mapped[bool]
    minutes_file: Mapped[str] = mapped_column(default="")  # token of db.files
    attendance_file: Mapped[str] = mapped_column(default="")
    status: Mapped[str] = mapped_column(index=True)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    annulment_reason: Mapped[str] = mapped_column(default="")
    revision: Mapped[int]

    entities: Mapped[list["AdvisoryEntity"]] = relationship(lazy="selectin", order_by="AdvisoryEntity.entity_id")


class AdvisoryEntity(Base):
    """An entity that an advisory was given to, and the plan it belongs to when it has one."""

    __tablename__ = "advisory_entity"

    advisory_id: Mapped[int] = mapped_column(ForeignKey("advisory.id"), primary_key=True)
    entity_id: Mapped[int] = mapped_column(ForeignKey("entity.id"), primary_key=True, index=True)
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("work_plan.id"), index=True)
    region_id: Mapped[int | None] = mapped_column(ForeignKey("region.id"), index=True)


class AdvisoryPerson(Base):
    """Somebody who attended. Personal data (Ley 1581 de 2012)."""

    __tablename__ = "advisory_person"

    id: Mapped[Id]
    advisory_id: Mapped[int] = mapped_column(ForeignKey("advisory.id"), index=True)
    entity_id: Mapped[int | None] = mapped_column(ForeignKey("entity.id"), index=True)
    name: Mapped[str] = mapped_column(info=NAME)
    position: Mapped[str] = mapped_column(default="", info=NAME)
    email: Mapped[str] = mapped_column(default="", info=CONTACT)
    phone: Mapped[str] = mapped_column(default="", info=CONTACT)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # a rectification took them off the list
    forgotten_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # when who they were was removed


class AdvisoryMilestone(Base):
    """A milestone that an advisory moves when it is closed; `record_id` is the act that moved it."""

    __tablename__ = "advisory_milestone"

    advisory_id: Mapped[int] = mapped_column(ForeignKey("advisory.id"), primary_key=True)
    milestone_id: Mapped[int] = mapped_column(ForeignKey("plan_milestone.id"), primary_key=True, index=True)
    effect: Mapped[str]
    record_id: Mapped[int | None] = mapped_column(ForeignKey("milestone_record.id"), index=True)


class QuickContact(Base):
    """A call, a message, a question answered: one line that shows workload and never moves a milestone."""

    __tablename__ = "quick_contact"
    __table_args__ = (Index("ix_quick_contact_advisor_id_occurred_on_id", "advisor_id", "occurred_on", "id"),)

    id: Mapped[Id]
    channel: Mapped[str]
    topic: Mapped[str]
    entity_id: Mapped[int] = mapped_column(ForeignKey("entity.id"), index=True)
    region_id: Mapped[int | None] = mapped_column(ForeignKey("region.id"), index=True)
    minutes: Mapped[int]
    occurred_on: Mapped[date]
    registered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    advisor_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    annulled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    annulled_by: Mapped[int | None] = mapped_column(BigId)
    annulment_reason: Mapped[str] = mapped_column(default="")
