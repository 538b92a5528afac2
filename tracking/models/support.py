"""What is asked of the thematic experts for a work plan, and what they did."""

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
from db.types import Json
from db.types import UtcDateTime


class SupportStatus(StrEnum):
    """Where a request stands."""

    PREPARING = "preparing"
    WAITING = "waiting"  # for an expert to answer
    DECLINED = "declined"  # until it is asked anew or withdrawn
    ACCEPTED = "accepted"
    GIVEN = "given"  # until whoever asked confirms it
    ATTENDED = "attended"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"  # with its plan


class SupportRequest(Base):
    """The support of a thematic expert, asked for in a work plan. What its steps said last."""

    __tablename__ = "support_request"
    __table_args__ = (Index("ix_support_request_status_id", "status", "id"),)

    id: Mapped[Id]
    plan_id: Mapped[int] = mapped_column(ForeignKey("work_plan.id"), index=True)
    asker_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    expert_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)  # none: whoever takes it
    theme: Mapped[str] = mapped_column(default="")  # empty until it is asked, as what follows
    other_theme: Mapped[str] = mapped_column(default="")
    need: Mapped[str] = mapped_column(default="")
    modality: Mapped[str] = mapped_column(default="")
    wanted_on: Mapped[date | None]
    agreed_on: Mapped[date | None]
    decline_reason: Mapped[str] = mapped_column(default="")
    suggested_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    outcome: Mapped[str] = mapped_column(default="")
    given_on: Mapped[date | None]
    files: Mapped[list[str]] = mapped_column(Json, default=list)
    status: Mapped[str]
    since: Mapped[datetime] = mapped_column(UtcDateTime)  # when it came to this status
    instance_id: Mapped[int | None] = mapped_column(ForeignKey("instance.id"), index=True)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_by: Mapped[int | None] = mapped_column(BigId)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closing_reason: Mapped[str] = mapped_column(default="")

    shown_by: Mapped[list["SupportAdvisory"]] = relationship(
        lazy="selectin", order_by="SupportAdvisory.advisory_id", cascade="all, delete-orphan"
    )

    @property
    def advisories(self) -> list[int]:
        """Ids of the advisories by which the support was given."""
        return [one.advisory_id for one in self.shown_by]


class SupportAdvisory(Base):
    """An advisory of the plan by which the support was given."""

    __tablename__ = "support_advisory"

    request_id: Mapped[int] = mapped_column(ForeignKey("support_request.id"), primary_key=True)
    advisory_id: Mapped[int] = mapped_column(ForeignKey("advisory.id"), primary_key=True, index=True)
