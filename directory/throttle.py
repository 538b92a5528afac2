"""Failures to log in, counted three ways, and the pauses they bring.

Guessing must be slow and must not keep others out (OWASP ASVS 5.0, 6.1.1 and 6.3.1: anti-automation that prevents
malicious lockout). So the low limit is that of one username at one address: who mistypes pauses only themselves, there.
What others can use up has a much higher limit: a username from anywhere, against guesses from many addresses, and an
address over all its usernames, against one password tried on everybody. A whole municipality, or the DNP, stands
behind one address; so these two are forgotten bit by bit, and neither keeps out who entered from that address before.
"""

import hashlib
from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from datetime import timedelta

from sqlalchemy import Select
from sqlalchemy import delete
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.once import insert_new
from directory.models import LoginAttempt

FORGOTTEN_AFTER = timedelta(hours=24)
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Limit:
    """After `free` failures each further one brings a pause of at most `longest`; one is forgotten every `fades`."""

    free: int
    longest: timedelta = LONGEST_PAUSE
    fades: timedelta | None = None


HERE = Limit(5)
"""A username from one address."""

ANYWHERE = Limit(50, fades=timedelta(seconds=36))
"""A username, wherever it is tried: 100 an hour in the long run, the most that ASVS 4.0 (2.2.1) allows."""

ADDRESS = Limit(100, FIRST_PAUSE, fades=timedelta(seconds=36))
"""An address, whoever is tried."""


@dataclass(frozen=True, slots=True)
class Counter:
    """What failures are counted for."""

    name: str
    limit: Limit


def counters(username_key: str, address: str, *, known: bool) -> list[Counter]:
    """What an attempt counts for; only the username there when it is `known`: its person entered from that address."""
    username = _subject(username_key)
    here = Counter(f"{username}@{address}", HERE)
    if known:
        return [here]
    return [here, Counter(username, ANYWHERE), *([Counter(f"address:{address}", ADDRESS)] if address else [])]


def blocked_until(
    session: Session, counted: Sequence[Counter], *, now: datetime, hold: bool = False
) -> datetime | None:
    """Until when nobody may try again under any of `counted`; None when they may now.

    `hold` locks what is counted until the transaction ends: no failure comes in between.
    """
    rows = _held(session, counted) if hold else session.scalars(_named(counted)).all()
    return _pause_of(rows, now)


def failed(session: Session, counted: Sequence[Counter], *, now: datetime) -> datetime | None:
    """Count a failure for each of `counted`; those of the same moment one after the other, so that none is lost.

    Returns until when the pause lasts that others brought meanwhile, if they did: nothing is counted in a pause.
    """
    names = sorted(one.name for one in counted)  # the order in which all lock several
    first = [{"subject": name, "failures": 0, "last_at": now, "blocked_until": None} for name in names]
    insert_new(session, LoginAttempt, first, "subject")
    rows = {row.subject: row for row in _held(session, counted)}
    began = _pause_of(rows.values(), now)
    if began is not None:
        return began
    for counter in counted:
        row = rows[counter.name]
        row.failures = _remembered(row, counter.limit, now) + 1
        row.last_at = now
        row.blocked_until = now + pause(row.failures, counter.limit) if row.failures >= counter.limit.free else None
    session.flush()
    return None


def succeeded(session: Session, username_key: str, address: str) -> None:
    """Forget the failures of a username at an address. Others stay, or one good account would cover for guessing."""
    session.execute(delete(LoginAttempt).where(LoginAttempt.subject == f"{_subject(username_key)}@{address}"))


def forget(session: Session, counted: Sequence[Counter]) -> None:
    """Forget the failures of `counted`."""
    session.execute(delete(LoginAttempt).where(LoginAttempt.subject.in_([counter.name for counter in counted])))


def forgive(session: Session, username_key: str) -> None:
    """Forget every failure of a username."""
    session.execute(delete(LoginAttempt).where(LoginAttempt.subject.startswith(_subject(username_key))))


def purge(session: Session, *, limit: datetime) -> int:
    """Delete failures before `limit`. Returns how many."""
    old = LoginAttempt.last_at < limit
    return len(session.scalars(delete(LoginAttempt).where(old).returning(LoginAttempt.last_at)).all())


def pause(failures: int, limit: Limit = HERE) -> timedelta:
    """The pause after this many failures in a row: 1, 2, 4, 8, then 15 minutes, as far as `limit` goes."""
    doublings = min(max(failures - limit.free, 0), 10)
    return min(FIRST_PAUSE * (1 << doublings), limit.longest)


def _subject(username_key: str) -> str:
    """A username as it is counted, of one length whatever was typed."""
    return f"username:{hashlib.sha256(username_key.encode(errors='replace')).hexdigest()[:32]}"


def _remembered(row: LoginAttempt, limit: Limit, now: datetime) -> int:
    """How many of the failures of `row` still count; one that is dated later, by a clock that was set back, does."""
    since = max(now - row.last_at, timedelta())
    if since > FORGOTTEN_AFTER:
        return 0
    return max(row.failures - since // limit.fades, 0) if limit.fades else row.failures


def _pause_of(rows: Iterable[LoginAttempt], now: datetime) -> datetime | None:
    """Until when the longest pause lasts. None is as long as one that a clock left which was set back since."""
    ends = [row.blocked_until for row in rows if row.blocked_until is not None]
    return max((end for end in ends if now < end <= now + LONGEST_PAUSE), default=None)


def _held(session: Session, counted: Sequence[Counter]) -> Sequence[LoginAttempt]:
    """What is counted so far, as it stands now and until the transaction ends."""
    held = _named(counted).order_by(LoginAttempt.subject).with_for_update()
    return session.scalars(held.execution_options(populate_existing=True)).all()


def _named(counted: Sequence[Counter]) -> Select[LoginAttempt]:
    return select(LoginAttempt).where(LoginAttempt.subject.in_([counter.name for counter in counted]))
