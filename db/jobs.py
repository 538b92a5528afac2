"""The heartbeat of the automatic jobs: when each last ran, what came of it, and what came of all its runs together.

It stands in the database, so that whoever serves can tell it, whichever process runs the jobs.
"""

from dataclasses import dataclass
from datetime import datetime
from datetime import timedelta

from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import Session
from sqlalchemy.orm import mapped_column

from db.base import Base
from db.base import BigId
from db.once import insert_new
from db.types import UtcDateTime


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run of a job found, how many rows it dealt with, and how many it could not."""

    found: int = 0
    done: int = 0
    failed: int = 0
    error: str = ""


PATIENCE = timedelta(minutes=5)
"""How late a job may begin, beyond the time between two of its runs: others run before it, or a process took over."""


class JobRun(Base):
    """The last run of a job, and the sum of its runs; one row per job.

    A job that started after it last finished is running, or was cut off. `every` is how many seconds lie between two
    runs, 0 where nobody runs it by the clock.
    """

    __tablename__ = "job_run"

    name: Mapped[str] = mapped_column(primary_key=True)
    last_started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    found: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(default="")
    every: Mapped[int] = mapped_column(default=0, server_default="0")
    runs: Mapped[int] = mapped_column(BigId, default=0, server_default="0")  # that came to their end
    broken_runs: Mapped[int] = mapped_column(BigId, default=0, server_default="0")  # of those, with something failed
    rows_done: Mapped[int] = mapped_column(BigId, default=0, server_default="0")
    rows_failed: Mapped[int] = mapped_column(BigId, default=0, server_default="0")
    seconds: Mapped[float] = mapped_column(default=0.0, server_default="0")  # that all of them took together

    @property
    def running(self) -> bool:
        """Whether it has begun and not ended: it is under way, or was cut off."""
        return self.last_finished_at is None or self.last_finished_at < self.last_started_at

    def late(self, now: datetime) -> bool:
        """Whether it ought to have begun again long ago."""
        return bool(self.every) and now - self.last_started_at > 3 * timedelta(seconds=self.every) + PATIENCE


def started(session: Session, name: str, *, now: datetime, every: int = 0) -> None:
    """Note that the job `name`, which runs `every` so many seconds, begins; the figures of its last run stay."""
    if not insert_new(session, JobRun, [{"name": name, "last_started_at": now, "every": every}], "name"):
        row = session.get_one(JobRun, name)
        row.last_started_at, row.every = now, every


def finished(session: Session, name: str, outcome: Outcome, *, now: datetime) -> None:
    """Note that the job `name`, noted before with `started`, came to its end."""
    row = session.get_one(JobRun, name)
    row.last_finished_at = now
    row.found, row.done, row.failed, row.error = outcome.found, outcome.done, outcome.failed, outcome.error
    row.runs, row.broken_runs = row.runs + 1, row.broken_runs + bool(outcome.failed)
    row.rows_done, row.rows_failed = row.rows_done + outcome.done, row.rows_failed + outcome.failed
    row.seconds += max((now - row.last_started_at).total_seconds(), 0.0)


def every(session: Session) -> list[JobRun]:
    """The last run of every job that ever ran, by name."""
    return list(session.scalars(select(JobRun).order_by(JobRun.name)))


def last_beat(session: Session) -> datetime | None:
    """When a job that runs by the clock last began; None when none ever did."""
    return session.scalar(select(func.max(JobRun.last_started_at)).where(JobRun.every > 0))
