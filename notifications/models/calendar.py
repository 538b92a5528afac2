"""The calendar as people changed it: extra non-working days, and a version for every change."""

from datetime import date
from datetime import datetime
from datetime import time

from sqlalchemy import ForeignKey
from sqlalchemy import Index
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import mapped_column

from db.base import Base
from db.base import Id
from db.types import UtcDateTime


class CalendarVersion(Base):
    """One change of the calendar. Its number stands on every due date that was computed under it.

    `cut_off` is the hour at which a working day ends since then.
    """

    __tablename__ = "calendar_version"

    id: Mapped[Id]
    number: Mapped[int] = mapped_column(unique=True)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    cut_off: Mapped[time]
    summary: Mapped[str]  # the change, in words


class NonWorkingDay(Base):
    """A day on which nobody works although no law says so: civic days, strikes, local feasts.

    `scope_kind` is `national`, `region`, `department` or `entity`; `scope_code` names the place (id of the region or of
    the entity, code of the department), empty when national. Never deleted: `removed_at` says since when it is void.
    """

    __tablename__ = "non_working_day"
    __table_args__ = (Index("ix_non_working_day_day", "day"),)

    id: Mapped[Id]
    day: Mapped[date]
    scope_kind: Mapped[str]
    scope_code: Mapped[str] = mapped_column(default="")
    reason: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    removed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
