"""What somebody who may write in the database can do to the history: seven kinds, each at random places.

Whoever does it knows the program: where a hash, the end of a chain or a seal would tell, most put that right too.
"""

from collections.abc import Callable
from collections.abc import Sequence
from datetime import datetime
from datetime import timedelta
from itertools import pairwise
from random import Random
from typing import Any

from sqlalchemy import delete
from sqlalchemy import select
from sqlalchemy import update
from sqlalchemy.orm import Session
from sqlalchemy.orm import undefer

from db import SYSTEM
from db import history
from db import seals
from db.history import HistoryHead
from db.history import HistoryRow
from db.history import Subject
from engine import submissions
from engine.models import Submission

Tampering = Callable[[Session, Random], None]

_SAYS = (
    "at",
    "actor_id",
    "actor_name",
    "capacity",
    "on_behalf_of",
    "action",
    "element",
    "summary",
    "details",
    "reason",
)


def edit(session: Session, rng: Random) -> None:
    """Something is changed in an act, in what was sent with it, or in where a chain ends."""
    place = rng.choice(("act", "act", "act", "sent", "end"))
    if place == "act":
        row = _any(session, rng, HistoryRow)
        column = rng.choice((*_SAYS, "subject_id", "sequence", "previous_hash", "hash"))
        setattr(row, column, _other(getattr(row, column), rng))
    elif place == "sent":
        column = rng.choice(("author_id", "capacity", "at", "data", "receipt"))
        row = _any(session, rng, Submission)
        if column == "author_id":
            others = set(session.scalars(select(HistoryRow.actor_id).distinct())) - {row.author_id, None}
            row.author_id = rng.choice(sorted(one for one in others if one is not None))
        else:
            setattr(row, column, _other(getattr(row, column), rng))
    else:
        row = _any(session, rng, HistoryHead)
        column = rng.choice(("sequence", "hash"))
        setattr(row, column, _other(getattr(row, column), rng))


def delete_something(session: Session, rng: Random) -> None:
    """An act is taken out, or what was sent with it; those after it stay, or move up."""
    if rng.random() < 0.2:
        session.execute(delete(Submission).where(Submission.id == _any(session, rng, Submission).id))
        return
    row = _any(session, rng, HistoryRow)
    after = _after(session, row)
    session.execute(delete(HistoryRow).where(HistoryRow.id == row.id))
    if rng.random() < 0.5:
        _shift(session, after, -1)


def swap(session: Session, rng: Random) -> None:
    """Two acts change places, or say what the other said; or two forms that were sent hold each other's answers."""
    how = rng.choice(("places", "words", "answers"))
    if how == "answers":
        one, other = rng.sample(list(session.scalars(select(Submission).options(undefer(Submission.data)))), 2)
        one.data, other.data = other.data, one.data
    elif how == "words":
        rows = list(session.scalars(select(HistoryRow).order_by(HistoryRow.id)))
        one, other = rng.choice([pair for pair in pairwise(rows) if _words(pair[0]) != _words(pair[1])])
        for name in _SAYS:
            mine, theirs = getattr(one, name), getattr(other, name)
            setattr(one, name, theirs)
            setattr(other, name, mine)
    else:
        rows = _long_chain(session, rng, 2)
        one, other = rng.sample(rows, 2)
        first, second = one.sequence, other.sequence
        for row, number in ((one, 10_000), (other, first), (one, second)):
            row.sequence = number
            session.flush()


def insert(session: Session, rng: Random) -> None:
    """An act that never was: in the middle, after the end, or put right in everything and dated back."""
    how = rng.choice(("middle", "loose", "dated back", "chain"))
    rows = _long_chain(session, rng, 1)
    place = rng.randrange(len(rows))
    if how == "middle":
        _shift(session, rows[place:], 1)
        session.add(_forged(rows[place], rows[place].sequence - 1, rng))
    elif how == "loose":
        last = rows[-1]
        row = _forged(last, last.sequence + 1, rng)
        row.previous_hash = last.hash
        row.hash = history.digest(row)
        session.add(row)
    else:
        last = rows[-1]
        subject = Subject(last.subject_kind, last.subject_id if how == "dated back" else 777_000 + rng.randrange(999))
        at = last.at - timedelta(hours=rng.randrange(2, 2000))
        history.record(session, subject, "plan.changed", by=SYSTEM, now=at, summary="Aprobó el plan.")


def truncate(session: Session, rng: Random) -> None:
    """The end of a chain is cut, or all of it; the note of where it ends is put right."""
    rows = _long_chain(session, rng, 1)
    kept = rng.randrange(len(rows))
    session.execute(delete(HistoryRow).where(HistoryRow.id.in_([row.id for row in rows[kept:]])))
    _end(session, rows[0], rows[kept - 1] if kept else None)


def hash_anew(session: Session, rng: Random) -> None:
    """An act is changed, at times with what was sent, and every hash from there on is computed anew."""
    if rng.random() < 0.3:
        sent = _any(session, rng, Submission)
        sent.data = {**sent.data, "forged": rng.random()}
        acts = session.scalars(select(HistoryRow).where(HistoryRow.action == "task.completed"))
        row = next(act for act in acts if act.details.get("receipt") == sent.receipt)
        row.details = {**row.details, seals.NAME: submissions.seal(sent)}
    else:
        row = _any(session, rng, HistoryRow)
        name = rng.choice(_SAYS)
        setattr(row, name, _other(getattr(row, name), rng))
    _hash_from(session, row)


def old_copy(session: Session, rng: Random) -> None:
    """The database is as it was some time ago: nothing in it tells."""
    moments = sorted(set(session.scalars(select(HistoryRow.at))))
    rewind(session, rng.choice(moments[:-1]))


KINDS: dict[str, Tampering] = {
    "edits": edit, "deletions": delete_something, "swaps": swap, "insertions": insert, "truncations": truncate,
    "hashed anew": hash_anew, "old copies": old_copy,
}  # fmt: skip


def _any(session: Session, rng: Random, model: Any) -> Any:
    statement = select(model).order_by(model.id)
    if model is Submission:
        statement = statement.options(undefer(Submission.data))
    return rng.choice(list(session.scalars(statement)))


def _words(row: HistoryRow) -> list[Any]:
    return [getattr(row, name) for name in _SAYS]


def _other(value: Any, rng: Random) -> Any:
    """Something else of the same kind."""
    if isinstance(value, datetime):
        return value + timedelta(seconds=rng.choice((-86_400, -1, 1, 3600)))
    if isinstance(value, dict):
        return {**value, "forged": rng.randrange(1000)}
    if isinstance(value, int):
        return value + rng.choice((1, 5, 1000))
    return rng.randrange(1, 99) if value is None else f"{value}{rng.choice('aeiou')}"


def _long_chain(session: Session, rng: Random, least: int) -> list[HistoryRow]:
    """The acts of some chain that has at least so many."""
    chains: dict[Subject, list[HistoryRow]] = {}
    for row in session.scalars(select(HistoryRow).order_by(HistoryRow.id)):
        chains.setdefault(Subject(row.subject_kind, row.subject_id), []).append(row)
    return rng.choice([rows for rows in chains.values() if len(rows) >= least])


def _after(session: Session, row: HistoryRow) -> list[HistoryRow]:
    chain = history.of(session, Subject(row.subject_kind, row.subject_id))
    return [one for one in chain if one.sequence > row.sequence]


def _shift(session: Session, rows: Sequence[HistoryRow], step: int) -> None:
    """Number these acts of a chain up or down, so that no two ever have the same number."""
    for row in rows if step < 0 else list(reversed(rows)):
        row.sequence += step
        session.flush()


def _forged(like: HistoryRow, number: int, rng: Random) -> HistoryRow:
    row = HistoryRow(
        **{name: getattr(like, name) for name in ("subject_kind", "subject_id", *_SAYS, "previous_hash")},
        sequence=number,
    )
    row.summary = f"Nunca fue {rng.random()}"
    row.hash = history.digest(row)
    return row


def _hash_from(session: Session, row: HistoryRow) -> None:
    """Compute the hashes anew from an act to the end of its chain, and note that it ends so."""
    last = row
    for one in (row, *_after(session, row)):
        if one is not row:
            one.previous_hash = last.hash
        one.hash = history.digest(one)
        last = one
    _end(session, row, last)


def _end(session: Session, row: HistoryRow, last: HistoryRow | None) -> None:
    ours = HistoryHead.subject_kind == row.subject_kind, HistoryHead.subject_id == row.subject_id
    if last is None:
        session.execute(delete(HistoryHead).where(*ours))
    else:
        session.execute(update(HistoryHead).where(*ours).values(sequence=last.sequence, hash=last.hash))


def rewind(session: Session, moment: datetime) -> None:
    """Make the history what it was at `moment`."""
    session.execute(delete(Submission).where(Submission.at > moment))
    session.execute(delete(HistoryRow).where(HistoryRow.at > moment))
    ends: dict[Subject, HistoryRow] = {}
    for row in session.scalars(select(HistoryRow).order_by(HistoryRow.sequence)):
        ends[Subject(row.subject_kind, row.subject_id)] = row
    for head in session.scalars(select(HistoryHead)).all():
        last = ends.get(Subject(head.subject_kind, head.subject_id))
        if last is None:
            session.delete(head)
        else:
            head.sequence, head.hash = last.sequence, last.hash
