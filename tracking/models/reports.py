"""Reports that people present for a period, and the contract obligations by which their activities are told."""

from datetime import date
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy import Index
from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import mapped_column

from db.base import Base
from db.base import BigId
from db.base import Id
from db.privacy import CONTENT
from db.privacy import NAME
from db.types import Json
from db.types import UtcDateTime


class ReportStatus(StrEnum):
    """Where a report stands."""

    DRAFT = "draft"
    PRESENTED = "presented"  # frozen; where somebody reviews it, it waits for them
    RETURNED = "returned"  # with remarks; its author corrects it
    ACCEPTED = "accepted"


class Report(Base):
    """The report of one kind about one subject for one period.

    `subject_id` is a person or a region, as its kind says (`tracking.reports.kinds`). `content` is what the program
    composed: empty while it is a draft, because then it is read from what is registered, and frozen when it is
    presented; the one that is typed on its own page (SETA) keeps its draft there too, and the activity report
    which activities its author put under another obligation (`moves`).
    """

    __tablename__ = "report"
    __table_args__ = (
        UniqueConstraint("kind", "subject_id", "period"),
        Index("ix_report_person_id_id", "person_id", "id"),
        Index("ix_report_region_id_status_id", "region_id", "status", "id"),
    )

    id: Mapped[Id]
    kind: Mapped[str]
    subject_id: Mapped[int] = mapped_column(BigId)
    period: Mapped[str]  # its key: 2026-11, 2026-Q4
    period_start: Mapped[date]
    period_end: Mapped[date]
    title: Mapped[str] = mapped_column(info=NAME)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # None: nobody holds the post
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    region_id: Mapped[int | None] = mapped_column(ForeignKey("region.id"))
    instance_id: Mapped[int | None] = mapped_column(ForeignKey("instance.id"), index=True)
    status: Mapped[str]
    content: Mapped[dict[str, Any]] = mapped_column(Json, info=CONTENT)
    revision: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    presented_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    presented_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    receipt: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    remarks: Mapped[str] = mapped_column(default="")  # of whoever accepted or returned it


class ContractObligation(Base):
    """Something that a person's contract obliges them to, between two days; `activities` are those told under it."""

    __tablename__ = "contract_obligation"

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    number: Mapped[int]
    text: Mapped[str]
    since: Mapped[date | None]
    until: Mapped[date | None]
    activities: Mapped[list[str]] = mapped_column(Json)
