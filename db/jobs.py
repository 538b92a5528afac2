"""The heartbeat of the automatic jobs: when each last ran and what came of it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import Session
from sqlalchemy.orm import mapped_column

from db.base import Base
from db.once import insert_new
from db.types import UtcDateTime


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run of a job found, how many rows it dealt with, and how many it could not."""

    found: int = 0
    done: int = 0
    failed: int = 0
    error: str = ""


class JobRun(Base):
    """The last run of a job; one row per job.

    A job that started after it last finished is running, or was cut off.
    """

    __tablename__ = "job_run"

    name: Mapped[str] = mapped_column(primary_key=True)
    last_started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    found: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(default="")


def started(session: Session, name: str, *, now: datetime) -> None:
    """Note that the job `name` begins; the figures of its last run stay until it ends."""
    if not insert_new(session, JobRun, [{"name": name, "last_started_at": now}], "name"):
        session.get_one(JobRun, name).last_started_at = now


def finished(session: Session, name: str, outcome: Outcome, *, now: datetime) -> None:
    """Note that the job `name`, noted before with `started`, came to its end."""
    row = session.get_one(JobRun, name)
    row.last_finished_at = now
    row.found, row.done, row.failed, row.error = outcome.found, outcome.done, outcome.failed, outcome.error


def every(session: Session) -> list[JobRun]:
    """The last run of every job that ever ran, by name."""
    return list(session.scalars(select(JobRun).order_by(JobRun.name)))
