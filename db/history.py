"""Append-only history, one hash chain per subject.

A row's hash covers its content and the hash before it, so an edit, a deletion or a swap shows. Where each chain ends
is kept beside it, in the same transaction, so that acts missing at its end show too.
"""

import hashlib
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from datetime import UTC
from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy import UniqueConstraint
from sqlalchemy import bindparam
from sqlalchemy import func
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import Session
from sqlalchemy.orm import mapped_column

from db import paging
from db.actor import Actor
from db.base import Base
from db.base import BigId
from db.base import Id
from db.privacy import CONTENT
from db.privacy import NAME
from db.types import Json
from db.types import UtcDateTime
from db.types import dumps
from db.whole import Whole


@dataclass(frozen=True, slots=True)
class Subject:
    """What a chain is about: `kind` is the table's noun (`instance`, `work_plan`), `id` its row."""

    kind: str
    id: int


@dataclass(frozen=True, slots=True)
class Entry:
    """An act to be recorded; the words are those of `record`."""

    subject: Subject
    action: str
    summary: str = ""
    element: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""


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
    actor_name: Mapped[str] = mapped_column(info=NAME)
    capacity: Mapped[str] = mapped_column(info=NAME)
    on_behalf_of: Mapped[int | None] = mapped_column(BigId)
    action: Mapped[str]
    element: Mapped[str] = mapped_column(default="")
    summary: Mapped[str] = mapped_column(default="", info=CONTENT)
    details: Mapped[dict[str, Any]] = mapped_column(Json, info=CONTENT)
    reason: Mapped[str] = mapped_column(default="", info=CONTENT)
    previous_hash: Mapped[str]
    hash: Mapped[str]


class HistoryHead(Base):
    """Where a chain ends: the number and the hash of its newest act. Whoever records holds the lock of the subject."""

    __tablename__ = "history_head"
    __table_args__ = (UniqueConstraint("subject_kind", "subject_id"),)

    id: Mapped[Id]
    subject_kind: Mapped[str]
    subject_id: Mapped[int] = mapped_column(BigId)
    sequence: Mapped[int]
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
    entry = Entry(subject, action, summary, element, details or {}, reason)
    (head,) = _HEAD.first(session, {"kind": subject.kind, "id": subject.id}) or [_new_head(session, subject)]
    return _append(session, entry, head, by=by, now=now)


def record_all(session: Session, entries: Sequence[Entry], *, by: Actor, now: datetime) -> None:
    """Append many acts, in the order given, asking once for the ends of their chains. Its caller holds their locks."""
    ends = _heads(session, {entry.subject for entry in entries})
    for entry in entries:
        if entry.subject not in ends:
            ends[entry.subject] = _new_head(session, entry.subject)
        _append(session, entry, ends[entry.subject], by=by, now=now)


def _append(session: Session, entry: Entry, head: HistoryHead, *, by: Actor, now: datetime) -> HistoryRow:
    subject = entry.subject
    row = HistoryRow(
        subject_kind=subject.kind,
        subject_id=subject.id,
        sequence=head.sequence + 1,
        at=now,
        actor_id=by.person_id,
        actor_name=by.name,
        capacity=by.capacity,
        on_behalf_of=by.on_behalf_of,
        action=entry.action,
        element=entry.element,
        summary=entry.summary,
        details=dict(entry.details),
        reason=entry.reason,
        previous_hash=head.hash,
    )
    row.hash = digest(row)
    head.sequence, head.hash = row.sequence, row.hash
    session.add(row)
    return row


def _new_head(session: Session, subject: Subject) -> HistoryHead:
    head = HistoryHead(subject_kind=subject.kind, subject_id=subject.id, sequence=0, hash="")
    session.add(head)
    return head


def of(session: Session, subject: Subject) -> list[HistoryRow]:
    """The chain of `subject`, oldest first."""
    return list(session.scalars(_chain(subject).order_by(HistoryRow.sequence)))


def backwards(session: Session, subject: Subject) -> Iterator[HistoryRow]:
    """The chain of `subject`, newest first, read as far as it is asked for."""
    last = None
    while True:
        statement = _chain(subject).order_by(HistoryRow.sequence.desc()).limit(_STRIDE)
        rows = list(session.scalars(statement if last is None else statement.where(HistoryRow.sequence < last)))
        yield from rows
        if len(rows) < _STRIDE:
            return
        last = rows[-1].sequence


_STRIDE = 20


def page(
    session: Session, subject: Subject, *, limit: int = paging.DEFAULT_LIMIT, cursor: str = ""
) -> paging.Page[HistoryRow]:
    """A page of the chain of `subject`, oldest first. Raises InvalidData for a bad cursor or limit."""
    return paging.page(session, _chain(subject), [paging.Key(HistoryRow.sequence)], limit=limit, cursor=cursor)


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
    instant = row.at.astimezone(UTC).isoformat(timespec="microseconds")  # as it is read back, whatever zone it came in
    content = [
        row.previous_hash, row.subject_kind, row.subject_id, row.sequence, instant,
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
    """Recompute every chain and yield the places where one does not hold, then those whose end is missing."""
    statement = select(HistoryRow.id).order_by(HistoryRow.subject_kind, HistoryRow.subject_id, HistoryRow.sequence)
    yield from broken(read(session, session.scalars(statement).all()))
    yield from cut_short(session)


def heads(session: Session, *, after: int, limit: int, kind: str = "") -> list[HistoryHead]:
    """The ends of some chains, of one kind where it is given, by the order in which these began.

    `after` is the id of the last one seen.
    """
    statement = select(HistoryHead).where(HistoryHead.id > after).order_by(HistoryHead.id).limit(limit)
    return list(session.scalars(statement.where(HistoryHead.subject_kind == kind) if kind else statement))


def count_chains(session: Session) -> int:
    """How many chains there are."""
    return session.scalar(select(func.count()).select_from(HistoryHead)) or 0


def chains_of(session: Session, ends: Sequence[HistoryHead]) -> list[HistoryRow]:
    """Every act of the chains that end so, chain by chain, oldest first."""
    rows: list[HistoryRow] = []
    for kind in sorted({one.subject_kind for one in ends}):
        ids = sorted(one.subject_id for one in ends if one.subject_kind == kind)
        ours = HistoryRow.subject_kind == kind, HistoryRow.subject_id.in_(ids)
        statement = select(HistoryRow.id).where(*ours).order_by(HistoryRow.subject_id, HistoryRow.sequence)
        rows += read(session, session.scalars(statement).all())
    return rows


UNREADABLE = (LookupError, ValueError, TypeError, ArithmeticError)
"""What reading raises where a column holds what nobody writes there: such a row was altered, and hides no other one."""

_AT_ONCE = 1000


def read(session: Session, ids: Sequence[int]) -> Iterator[HistoryRow]:
    """These acts, in the order given; what cannot be read stands as far as it can be, and so does not hold."""
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        try:
            found = {row.id: row for row in session.scalars(select(HistoryRow).where(HistoryRow.id.in_(some)))}
        except UNREADABLE:
            found = {key: _as_far_as_read(session, key) for key in some}
        yield from (found[key] for key in some if key in found)


def _as_far_as_read(session: Session, key: int) -> HistoryRow:
    """One act; where a column of it cannot be read, what places it in its chain, and nothing of what it says."""
    try:
        return session.get_one(HistoryRow, key)
    except UNREADABLE:
        places = [getattr(HistoryRow, name) for name in _PLACES]
        values = session.execute(select(*places).where(HistoryRow.id == key)).one()
        return HistoryRow(**dict(zip(_PLACES, values, strict=True)), at=_NEVER, details={})


_PLACES = ("id", "subject_kind", "subject_id", "sequence", "action", "previous_hash", "hash")
_NEVER = datetime.min.replace(tzinfo=UTC)


def broken(rows: Iterable[HistoryRow]) -> Iterator[Break]:
    """The places where whole chains, given one after the other, do not hold."""
    before: HistoryRow | None = None
    for row in rows:
        here = Subject(row.subject_kind, row.subject_id)
        if before is not None and here != Subject(before.subject_kind, before.subject_id):
            before = None
        try:
            problem = _problem(row, before)
        except UNREADABLE:  # a column holds what nobody writes there
            problem = "altered"
        if problem:
            yield Break(here, row.sequence, problem)
        before = row


def _problem(row: HistoryRow, before: HistoryRow | None) -> str:
    if row.sequence != (before.sequence + 1 if before else 1):
        return "missing"
    if row.previous_hash != (before.hash if before else ""):
        return "unchained"
    return "altered" if row.hash != digest(row) else ""


def cut_short(session: Session) -> Iterator[Break]:
    """The chains that do not end with the act with which it was written that they end."""
    last = (HistoryRow.subject_kind == HistoryHead.subject_kind) & (HistoryRow.subject_id == HistoryHead.subject_id)
    told = (
        select(HistoryHead.subject_kind, HistoryHead.subject_id, HistoryHead.sequence, HistoryRow.id)
        .outerjoin(HistoryRow, last & (HistoryRow.sequence == HistoryHead.sequence))
        .where(or_(HistoryRow.id.is_(None), HistoryRow.hash != HistoryHead.hash))
    )
    for kind, key, sequence, found in session.execute(told.order_by(HistoryHead.subject_kind, HistoryHead.subject_id)):
        yield Break(Subject(kind, key), sequence, "cut" if found is None else "replaced")
    ends = (
        select(HistoryRow.subject_kind, HistoryRow.subject_id, func.max(HistoryRow.sequence).label("last"))
        .group_by(HistoryRow.subject_kind, HistoryRow.subject_id)
        .subquery()
    )
    same = (HistoryHead.subject_kind == ends.c.subject_kind) & (HistoryHead.subject_id == ends.c.subject_id)
    loose = select(ends).outerjoin(HistoryHead, same & (HistoryHead.sequence >= ends.c.last))
    beyond = loose.where(HistoryHead.id.is_(None)).order_by(ends.c.subject_kind, ends.c.subject_id)
    for kind, key, sequence in session.execute(beyond):
        yield Break(Subject(kind, key), sequence, "loose")


def _chain(subject: Subject) -> Any:
    return select(HistoryRow).where(HistoryRow.subject_kind == subject.kind, HistoryRow.subject_id == subject.id)


_HEAD = Whole(
    HistoryHead,
    narrow=lambda heads: heads.where(
        HistoryHead.subject_kind == bindparam("kind"), HistoryHead.subject_id == bindparam("id")
    ),
)


def _heads(session: Session, subjects: set[Subject]) -> dict[Subject, HistoryHead]:
    """The ends of several chains, a thousand per query; subjects without an act are left out."""
    found: dict[Subject, HistoryHead] = {}
    for kind in sorted({subject.kind for subject in subjects}):
        ids = sorted(subject.id for subject in subjects if subject.kind == kind)
        for start in range(0, len(ids), 1000):
            some = HistoryHead.subject_id.in_(ids[start : start + 1000])
            for head in session.scalars(select(HistoryHead).where(HistoryHead.subject_kind == kind, some)):
                found[Subject(kind, head.subject_id)] = head
    return found
