"""What must always hold, looked at again and again: each by a small check with a name, whose last result is kept.

The rooms above say what must hold with `@invariant`. A check asks one question where it can, so that it sees one
instant of the database and no act half done, and it names at most MOST rows that break it.
"""

from collections.abc import Callable
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from datetime import timedelta

from sqlalchemy import Index
from sqlalchemy import UniqueConstraint
from sqlalchemy import delete
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import Session
from sqlalchemy.orm import mapped_column

from db.base import Base
from db.base import BigId
from db.base import Id
from db.paging import DEFAULT_LIMIT
from db.paging import Key
from db.paging import Page
from db.paging import page
from db.types import UtcDateTime

MOST = 100
"""How many rows a check names: whoever repairs begins with these, and the next sweep names the others."""

KEPT = timedelta(days=90)
"""How long what was found stays to be read once it holds again."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A row that breaks an invariant: a noun and an id, in words, and the case to which it belongs, if any."""

    kind: str
    id: int
    text: str
    instance_id: int | None = None


Look = Callable[[Session, datetime], Sequence[Finding]]


@dataclass(frozen=True, slots=True)
class Check:
    """An invariant: what must hold, in a sentence; what it means that it does not, and what to do; how it is asked."""

    key: str
    title: str
    meaning: str
    remedy: str
    look: Look


CHECKS: dict[str, Check] = {}
"""Every invariant, by its name, in the order in which the rooms registered them."""


def invariant(key: str, title: str, *, meaning: str, remedy: str) -> Callable[[Look], Look]:
    """Register a function that gives at most MOST rows that break an invariant as the check `key`."""

    def register(look: Look) -> Look:
        CHECKS[key] = Check(key, title, meaning, remedy, look)
        return look

    return register


class InvariantState(Base):
    """What came of the last look at an invariant. `since` is when it was first found broken, None while it holds."""

    __tablename__ = "invariant_state"

    key: Mapped[str] = mapped_column(primary_key=True)
    looked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seconds: Mapped[float]
    found: Mapped[int]
    since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str] = mapped_column(default="")  # why it could not be looked at; its figures are older then


class InvariantFinding(Base):
    """A row that broke an invariant; `cleared_at` when a look did not find it any more."""

    __tablename__ = "invariant_finding"
    __table_args__ = (
        UniqueConstraint("key", "kind", "subject_id"),
        Index("ix_invariant_finding_key_cleared_at_id", "key", "cleared_at", "id"),
    )

    id: Mapped[Id]
    key: Mapped[str]
    kind: Mapped[str]
    subject_id: Mapped[int] = mapped_column(BigId)
    instance_id: Mapped[int | None] = mapped_column(BigId)  # no foreign key: that table lives in a room above
    text: Mapped[str]
    first_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)
    cleared_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def keep(session: Session, key: str, found: Sequence[Finding], *, seconds: float, now: datetime) -> None:
    """Keep what a look at the invariant `key`, which took `seconds`, found; what it found no more is cleared."""
    known = _known(session, key)
    named = {(one.kind, one.id): one for one in found}
    for place, one in named.items():
        row = known.get(place)
        if row is None:
            row = InvariantFinding(key=key, kind=one.kind, subject_id=one.id)
            session.add(row)
        if row.cleared_at is not None or row.first_at is None:
            row.first_at = now
        row.instance_id, row.text, row.last_at, row.cleared_at = one.instance_id, one.text, now, None
    if len(named) < MOST:  # else what is not named may only have found no place
        for place, row in known.items():
            if place not in named and row.cleared_at is None:
                row.cleared_at = now
    state = _state(session, key, now)
    state.looked_at, state.seconds, state.found, state.error = now, seconds, len(named), ""
    state.since = (state.since or now) if named else None


def failed(session: Session, key: str, error: str, *, now: datetime) -> None:
    """Keep that the invariant `key` could not be looked at; what was known of it stays."""
    state = _state(session, key, now)
    state.looked_at, state.error = now, error


def forget(session: Session, *, now: datetime) -> int:
    """Delete what holds again since long ago. Returns how many rows."""
    old = delete(InvariantFinding).where(InvariantFinding.cleared_at <= now - KEPT)
    return int(session.execute(old).rowcount)  # type: ignore[attr-defined]


def states(session: Session) -> dict[str, InvariantState]:
    """What came of the last look at each invariant that the program knows, by its name."""
    found = session.scalars(select(InvariantState).where(InvariantState.key.in_(CHECKS)))
    return {row.key: row for row in found}


def findings(
    session: Session, key: str = "", *, cleared: bool = False, limit: int = DEFAULT_LIMIT, cursor: str = ""
) -> Page[InvariantFinding]:
    """What breaks the invariant `key` (any, without one), or what broke it and was `cleared`; the newest first."""
    statement = select(InvariantFinding).where(InvariantFinding.key.in_([key] if key else list(CHECKS)))
    gone = InvariantFinding.cleared_at.is_not(None)
    statement = statement.where(gone if cleared else ~gone)
    return page(session, statement, [Key(InvariantFinding.id, descending=True)], limit=limit, cursor=cursor)


def of_instance(session: Session, instance_id: int) -> list[InvariantFinding]:
    """What the last look found broken in a case."""
    broken = select(InvariantFinding).where(
        InvariantFinding.instance_id == instance_id, InvariantFinding.cleared_at.is_(None)
    )
    return list(session.scalars(broken.where(InvariantFinding.key.in_(CHECKS)).order_by(InvariantFinding.id)))


def last_look(session: Session) -> datetime | None:
    """When an invariant was last looked at; None when none ever was."""
    return session.scalar(select(func.max(InvariantState.looked_at)))


def _known(session: Session, key: str) -> dict[tuple[str, int], InvariantFinding]:
    rows = session.scalars(select(InvariantFinding).where(InvariantFinding.key == key))
    return {(row.kind, row.subject_id): row for row in rows}


def _state(session: Session, key: str, now: datetime) -> InvariantState:
    state = session.get(InvariantState, key)
    if state is None:
        state = InvariantState(key=key, looked_at=now, seconds=0.0, found=0, since=None)
        session.add(state)
    return state
