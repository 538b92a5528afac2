"""What happens around plans: consent, corrective actions, modifications of the protocol, and handovers."""

from datetime import date
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy import Index
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import mapped_column

from db.base import Base
from db.base import BigId
from db.base import Id
from db.privacy import NAME
from db.privacy import SENSITIVE
from db.types import Json
from db.types import UtcDateTime


class ActionKind(StrEnum):
    """Kinds of action of PT-ED-05 (APCM)."""

    PREVENTIVE = "preventive"
    CORRECTIVE = "corrective"
    IMPROVEMENT = "improvement"


class ActionStatus(StrEnum):
    """Where a corrective action stands."""

    OPEN = "open"
    CLOSED = "closed"


class Consent(Base):
    """One decision of an entity about being followed up: who, in which post, when.

    Append-only, but for who, post and files as the step that recorded them was rectified: what they said stays there.
    """

    __tablename__ = "consent"

    id: Mapped[Id]
    plan_id: Mapped[int] = mapped_column(ForeignKey("work_plan.id"), index=True)
    decision: Mapped[str]  # given, refused or withdrawn
    reason: Mapped[str] = mapped_column(default="")
    person_name: Mapped[str] = mapped_column(info=NAME)  # personal data
    person_position: Mapped[str] = mapped_column(info=NAME)
    decided_on: Mapped[date]
    files: Mapped[list[str]] = mapped_column(Json)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_by: Mapped[int | None] = mapped_column(BigId)


class CorrectiveAction(Base):
    """A preventive, corrective or improvement action that follow-up gave rise to."""

    __tablename__ = "corrective_action"
    __table_args__ = (Index("ix_corrective_action_status_due_on", "status", "due_on"),)

    id: Mapped[Id]
    plan_id: Mapped[int] = mapped_column(ForeignKey("work_plan.id"), index=True)
    kind: Mapped[str]
    finding: Mapped[str]
    cause: Mapped[str] = mapped_column(default="")
    action: Mapped[str] = mapped_column(default="")  # empty until it is formulated, as responsible and due_on
    responsible: Mapped[str] = mapped_column(default="", info=NAME)  # name and post in words
    due_on: Mapped[date | None]
    status: Mapped[str]
    effective: Mapped[bool | None]
    instance_id: Mapped[int | None] = mapped_column(ForeignKey("instance.id"), index=True)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_by: Mapped[int | None] = mapped_column(BigId)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by: Mapped[int | None] = mapped_column(BigId)
    closing_note: Mapped[str] = mapped_column(default="")


class CorrectiveFollowUp(Base):
    """One look at how an action goes. Append-only."""

    __tablename__ = "corrective_follow_up"

    id: Mapped[Id]
    action_id: Mapped[int] = mapped_column(ForeignKey("corrective_action.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    author_id: Mapped[int | None] = mapped_column(BigId)
    note: Mapped[str]
    effective: Mapped[bool | None]
    files: Mapped[list[str]] = mapped_column(Json)


class Modification(Base):
    """A validated change of a product's protocol, and the template version that it made."""

    __tablename__ = "modification"

    id: Mapped[Id]
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), index=True)
    template_id: Mapped[int | None] = mapped_column(ForeignKey("milestone_template.id"), index=True)
    instance_id: Mapped[int | None] = mapped_column(ForeignKey("instance.id"), index=True)
    reason: Mapped[str]
    difference: Mapped[dict[str, Any]] = mapped_column(Json)  # what changed: before and after
    applied_at: Mapped[datetime] = mapped_column(UtcDateTime)
    applied_by: Mapped[int | None] = mapped_column(BigId)


class ModificationAdoption(Base):
    """Whether a plan took a modification over or stays as it was."""

    __tablename__ = "modification_adoption"

    modification_id: Mapped[int] = mapped_column(ForeignKey("modification.id"), primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("work_plan.id"), primary_key=True, index=True)
    adopted: Mapped[bool]
    reason: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by: Mapped[int | None] = mapped_column(BigId)


class Handover(Base):
    """All that somebody carries, given to another from a day on. Applied once, on or after that day."""

    __tablename__ = "handover"
    __table_args__ = (Index("ix_handover_applied_at_since", "applied_at", "since"),)

    id: Mapped[Id]
    from_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    to_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    since: Mapped[date]
    reason: Mapped[str] = mapped_column(info=SENSITIVE)
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    requested_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    applied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    result: Mapped[dict[str, int]] = mapped_column(Json)  # how many plans, entities and tasks changed hands
