"""Append-only history, one hash chain per subject.

A row's hash covers its content and the hash before it, so an edit, a deletion or a swap shows.
"""

import hashlib
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy import UniqueConstraint
from sqlalchemy import bindparam
from sqlalchemy import select
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import Session
from sqlalchemy.orm import mapped_column

from db.actor import Actor
from db.base import Base
from db.base import BigId
from db.base import Id
from db.types import Json
from db.types import UtcDateTime
from db.types import dumps


@dataclass(frozen=True, slots=True)
class Subject:
    """What a chain is about: `kind` is the table's noun (`instance`, `work_plan`), `id` its row."""

    kind: str
    id: int


class HistoryRow(Base):
    """One act. Never updated, never deleted."""

    __tablename__ = "history"
    __table_args__ = (
        UniqueConstraint("subject_kind", "subject_id", "sequence"),
        Index("ix_history_actor_id_at", "actor_id", "at"),
    )

    id: Mapped[Id]
    subject_kind: Mapped[str]
    subject_id: Mapped[int] = mapped_column(BigId)
    sequence: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[int | None] = mapped_column(BigId)
    actor_name: Mapped[str]
    capacity: Mapped[str]
    on_behalf_of: Mapped[int | None] = mapped_column(BigId)
    action: Mapped[str]
    element: Mapped[str] = mapped_column(default="")
    summary: Mapped[str] = mapped_column(default="")
    details: Mapped[dict[str, Any]] = mapped_column(Json)
    reason: Mapped[str] = mapped_column(default="")
    previous_hash: Mapped[str]
    hash: Mapped[str]


def record(
    session: Session,
    subject: Subject,
    action: str,
    *,
    by: Actor,
    now: datetime,
    summary: str = "",
    element: str = "",
    details: Mapping[str, Any] | None = None,
    reason: str = "",
) -> HistoryRow:
    """Append an act to the chain of `subject` and return its row.

    `action` is a fixed English verb phrase (`task.completed`), `summary` the Spanish sentence
    people read, `details` old and new values. The caller holds the lock of the subject.
    """
    sequence, previous_hash = _head(session, subject)
    row = HistoryRow(
        subject_kind=subject.kind,
        subject_id=subject.id,
        sequence=sequence + 1,
        at=now,
        actor_id=by.person_id,
        actor_name=by.name,
        capacity=by.capacity,
        on_behalf_of=by.on_behalf_of,
        action=action,
        element=element,
        summary=summary,
        details=dict(details or {}),
        reason=reason,
        previous_hash=previous_hash,
    )
    row.hash = digest(row)
    session.add(row)
    return row


def of(session: Session, subject: Subject) -> list[HistoryRow]:
    """The chain of `subject`, oldest first."""
    return list(session.scalars(_chain(subject).order_by(HistoryRow.sequence)))


def last_by_person(session: Session, subject: Subject, *, action: str = "", element: str = "") -> HistoryRow | None:
    """The newest act of a person on `subject`, of one `action` and on one `element` where they are given."""
    statement = _chain(subject).where(HistoryRow.actor_id.is_not(None))
    if action:
        statement = statement.where(HistoryRow.action == action)
    if element:
        statement = statement.where(HistoryRow.element == element)
    return session.scalars(statement.order_by(HistoryRow.sequence.desc()).limit(1)).first()


def digest(row: HistoryRow) -> str:
    """The SHA-256 of everything `row` says, chained to the row before."""
    content = [
        row.previous_hash, row.subject_kind, row.subject_id, row.sequence, row.at.isoformat(timespec="microseconds"),
        row.actor_id, row.actor_name, row.capacity, row.on_behalf_of, row.action, row.element, row.summary,
        row.details, row.reason,
    ]  # fmt: skip
    return hashlib.sha256(dumps(content).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Break:
    """A place where a chain does not hold."""

    subject: Subject
    sequence: int
    problem: str


def verify(session: Session) -> Iterator[Break]:
    """Recompute every chain and yield the places where one does not hold."""
    subject, expected, previous = None, 1, ""
    statement = select(HistoryRow).order_by(HistoryRow.subject_kind, HistoryRow.subject_id, HistoryRow.sequence)
    for row in session.scalars(statement.execution_options(yield_per=1000)):
        here = Subject(row.subject_kind, row.subject_id)
        if here != subject:
            subject, expected, previous = here, 1, ""
        if row.sequence != expected:
            yield Break(here, row.sequence, "missing")
        elif row.previous_hash != previous:
            yield Break(here, row.sequence, "unchained")
        elif row.hash != digest(row):
            yield Break(here, row.sequence, "altered")
        expected, previous = row.sequence + 1, row.hash


def _chain(subject: Subject) -> Any:
    return select(HistoryRow).where(HistoryRow.subject_kind == subject.kind, HistoryRow.subject_id == subject.id)


_HEAD = (
    select(HistoryRow.sequence, HistoryRow.hash)
    .where(HistoryRow.subject_kind == bindparam("kind"), HistoryRow.subject_id == bindparam("id"))
    .order_by(HistoryRow.sequence.desc())
    .limit(1)
)


def _head(session: Session, subject: Subject) -> tuple[int, str]:
    """Sequence and hash of the newest row of the chain; 0 and nothing before the first."""
    row = session.execute(_HEAD, {"kind": subject.kind, "id": subject.id}).one_or_none()
    return (row.sequence, row.hash) if row else (0, "")
