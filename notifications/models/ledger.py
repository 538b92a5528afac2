"""The ledger: what each person owes for each subject and period, what met it, and how its due date moved."""

from datetime import date
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy import ForeignKey
from sqlalchemy import Index
from sqlalchemy import UniqueConstraint
from sqlalchemy import and_
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import mapped_column

from db.base import Base
from db.base import BigId
from db.base import Id
from db.privacy import CONTENT
from db.privacy import NAME
from db.types import Json
from db.types import UtcDateTime


class ObligationStatus(StrEnum):
    """Where an obligation stands."""

    PENDING = "pending"
    OVERDUE = "overdue"  # the limit passed and nothing met it
    MET = "met"  # in time, grace included
    LATE = "late"  # met after its limit
    WAIVED = "waived"  # somebody excused it, with a reason


OPEN = (ObligationStatus.PENDING, ObligationStatus.OVERDUE)
"""What is still to be done."""


class StatementStatus(StrEnum):
    """Where a statement with evidence stands."""

    PRESENTED = "presented"
    ACCEPTED = "accepted"
    RETURNED = "returned"


class Obligation(Base):
    """One debt: unique by policy, subject and period.

    `subject_kind` and `subject_id` name what it is about (a person, a plan, a region, a product, a task); the room that
    registered the source knows them. `version` grows when its debtor or due date changes, so that reminders start anew.
    `limit_at` is the due instant with its grace. `product_id` and `plan_id` are for lists and rates; no foreign key,
    because those tables live in a room above.
    """

    __tablename__ = "obligation"
    __table_args__ = (
        UniqueConstraint("policy_id", "subject_kind", "subject_id", "period"),
        Index("ix_obligation_debtor_id_status_due_at_id", "debtor_id", "status", "due_at", "id"),
        Index("ix_obligation_status_due_at_id", "status", "due_at", "id"),
        Index("ix_obligation_status_limit_at_id", "status", "limit_at", "id"),
        Index("ix_obligation_region_id_status_due_at_id", "region_id", "status", "due_at", "id"),
        Index("ix_obligation_subject_kind_subject_id", "subject_kind", "subject_id"),
        Index("ix_obligation_due_at_id", "due_at", "id"),
    )

    id: Mapped[Id]
    policy_id: Mapped[int] = mapped_column(ForeignKey("policy.id"))
    policy_version: Mapped[int]
    subject_kind: Mapped[str]
    subject_id: Mapped[int] = mapped_column(BigId)
    period: Mapped[str]  # its key: 2026-11, 2026-Q4, 2026-W47…
    period_start: Mapped[date]
    period_end: Mapped[date]
    title: Mapped[str]  # what is owed, in words
    subject_label: Mapped[str] = mapped_column(info=NAME)
    debtor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # None: nobody holds the role at present
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    region_id: Mapped[int | None] = mapped_column(ForeignKey("region.id"))
    entity_id: Mapped[int | None] = mapped_column(ForeignKey("entity.id"))
    product_id: Mapped[int | None] = mapped_column(BigId)
    plan_id: Mapped[int | None] = mapped_column(BigId)
    due_on: Mapped[date]
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    limit_at: Mapped[datetime] = mapped_column(UtcDateTime)
    explanation: Mapped[str]
    calendar_version: Mapped[int]
    status: Mapped[ObligationStatus]
    version: Mapped[int] = mapped_column(default=1)
    met_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    met_by: Mapped[int | None] = mapped_column(ForeignKey("fact.id"))
    reason: Mapped[str] = mapped_column(default="", info=CONTENT)  # why it was waived or opened again
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Fact(Base):
    """Something that happened and may meet obligations, now or when they are opened later.

    `kind` is a fixed phrase (`activity_report.presented`); `reference` tells two facts of a kind apart, so that an
    act recorded twice counts once; `period` is empty where the day `on` decides. `voided_at` when it was annulled.
    """

    __tablename__ = "fact"
    __table_args__ = (
        UniqueConstraint("kind", "reference", "subject_kind", "subject_id"),
        Index("ix_fact_subject_kind_subject_id_kind_on", "subject_kind", "subject_id", "kind", "on"),
    )

    id: Mapped[Id]
    kind: Mapped[str]
    reference: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[int] = mapped_column(BigId)
    period: Mapped[str] = mapped_column(default="")
    on: Mapped[date]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    label: Mapped[str] = mapped_column(info=NAME)  # what happened, in words
    link: Mapped[str] = mapped_column(default="")  # path of its page
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    voided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class DueMove(Base):
    """A due date that moved, and why."""

    __tablename__ = "due_move"

    id: Mapped[Id]
    obligation_id: Mapped[int] = mapped_column(ForeignKey("obligation.id"), index=True)
    moved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    old_due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    new_due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    calendar_version: Mapped[int]
    policy_version: Mapped[int]
    reason: Mapped[str]


class Statement(Base):
    """«Ya lo hice»: a statement with evidence, for what happens outside this system; the supervisor accepts it."""

    __tablename__ = "statement"
    __table_args__ = (Index("ix_statement_status_id", "status", "id"),)

    id: Mapped[Id]
    obligation_id: Mapped[int] = mapped_column(ForeignKey("obligation.id"), index=True)
    text: Mapped[str]
    happened_on: Mapped[date]
    evidence_file: Mapped[str] = mapped_column(default="")  # token in the file store
    evidence_link: Mapped[str] = mapped_column(default="")
    presented_at: Mapped[datetime] = mapped_column(UtcDateTime)
    presented_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    status: Mapped[StatementStatus]
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    remark: Mapped[str] = mapped_column(default="")

    @hybrid_property
    def withdrawn(self) -> bool:
        """Whether who presented it took it back: it was returned by them, which nobody else than they may do so."""
        return self.status == StatementStatus.RETURNED and self.decided_by == self.presented_by

    @withdrawn.inplace.expression
    @classmethod
    def _withdrawn(cls) -> ColumnElement[bool]:
        return and_(cls.status == StatementStatus.RETURNED, cls.decided_by == cls.presented_by)


class Cut(Base):
    """Figures frozen at an instant. Registering late goes on; what was cut does not change."""

    __tablename__ = "cut"
    __table_args__ = (UniqueConstraint("kind", "period"),)

    id: Mapped[Id]
    kind: Mapped[str]  # whose figures: `obligations`, or what a room above registers
    period: Mapped[str]
    taken_at: Mapped[datetime] = mapped_column(UtcDateTime)
    taken_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    figures: Mapped[dict[str, Any]] = mapped_column(Json)
