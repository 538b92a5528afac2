"""Failures to log in, counted per username and per address, and the pauses they bring."""

from collections.abc import Sequence
from datetime import datetime
from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.models import LoginAttempt

FREE_FAILURES = 5
"""Failures in a row after which each further one brings a pause."""

FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(hours=24)


def subjects(username_key: str, address: str) -> list[str]:
    """What failures are counted for; an unknown address is not counted."""
    return [f"username:{username_key}"] + ([f"address:{address}"] if address else [])


def blocked_until(session: Session, names: Sequence[str], *, now: datetime) -> datetime | None:
    """Until when `names` may not try again; None when they may now."""
    pauses = (row.blocked_until for row in _rows(session, names) if row.blocked_until and row.blocked_until > now)
    return max(pauses, default=None)


def failed(session: Session, names: Sequence[str], *, now: datetime) -> None:
    """Count a failure for each of `names`."""
    rows = {row.subject: row for row in _rows(session, names)}
    for name in names:
        row = rows.get(name) or LoginAttempt(subject=name, failures=0, last_at=now)
        row.failures = 1 if now - row.last_at > FORGOTTEN_AFTER else row.failures + 1
        row.last_at = now
        row.blocked_until = now + pause(row.failures) if row.failures >= FREE_FAILURES else None
        session.add(row)
    session.flush()


def succeeded(session: Session, username_key: str) -> None:
    """Forget the failures of a username. Those of the address stay, or one good account would cover for guessing."""
    session.execute(delete(LoginAttempt).where(LoginAttempt.subject == f"username:{username_key}"))


def purge(session: Session, *, now: datetime) -> None:
    """Delete what no longer counts."""
    session.execute(delete(LoginAttempt).where(LoginAttempt.last_at < now - FORGOTTEN_AFTER))


def pause(failures: int) -> timedelta:
    """The pause after this many failures in a row: 1, 2, 4, 8, then 15 minutes."""
    doublings = min(max(failures - FREE_FAILURES, 0), 10)
    return min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE)


def _rows(session: Session, names: Sequence[str]) -> list[LoginAttempt]:
    return list(session.scalars(select(LoginAttempt).where(LoginAttempt.subject.in_(names))))
