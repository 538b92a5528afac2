"""What an act is about, sealed with it: the act keeps the SHA-256 of what was sent, so that an altered one shows.

A room that records such acts says with `sealed` how what they are about is read back. Acts from before it was kept have
no seal, and are counted apart. What changes by several acts, each of which says what it made of it, needs none: the
room compares it with the whole chain (`compared`).
"""

import hashlib
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from datetime import UTC
from datetime import date
from datetime import datetime
from typing import Any

from sqlalchemy import Text
from sqlalchemy import cast
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import history
from db.history import UNREADABLE
from db.history import Break
from db.history import HistoryRow
from db.history import Subject
from db.types import dumps

NAME = "sha256"
"""Where the details of an act hold the seal."""

Reader = Callable[[Session, Sequence[HistoryRow]], Mapping[int, str]]
"""Id of each act → what it is about as it stands now, in the words of `text`; what is not there is left out."""

Comparer = Callable[[Session, Sequence[HistoryRow]], Iterable[tuple[HistoryRow, str]]]
"""Whole chains → the acts after which what they are about does not stand as they left it, with what is wrong there."""

_readers: dict[str, Reader] = {}
_comparers: dict[str, Comparer] = {}

_STRIDE = 200


def sealed(action: str) -> Callable[[Reader], Reader]:
    """Register how what the acts of this kind are about is read back."""

    def registered(reader: Reader) -> Reader:
        _readers[action] = reader
        return reader

    return registered


def compared(kind: str) -> Callable[[Comparer], Comparer]:
    """Register how what the chains of this kind of subject say is compared with what stands."""

    def registered(comparer: Comparer) -> Comparer:
        _comparers[kind] = comparer
        return comparer

    return registered


def seal(*content: Any) -> str:
    """The SHA-256 of `content`: the same for what was just written as for what is read back."""
    return _print_of(text(*content))


def text(*content: Any) -> str:
    """What is sealed, written out: its SHA-256 is the seal."""
    parts = ",".join([dumps(_plain(one)) for one in content])  # as the list of them, with what is written out already
    return f"[{parts}]"


def contents(session: Session, rows: Sequence[HistoryRow]) -> dict[int, str]:
    """Id of each act that seals → what it is about, written out, as far as it is there and can be read."""
    found: dict[int, str] = {}
    marked = _marked(rows)
    for action in sorted({row.action for row in marked}):
        found |= _as_they_stand(session, _readers[action], [row for row in marked if row.action == action])
    return found


def check(session: Session, rows: Sequence[HistoryRow]) -> Iterator[Break]:
    """Where whole chains do not say what stands.

    Acts whose subject matter is not what they sealed (`content`), or is not there any more (`gone`), and what stands
    otherwise than the last act about it left it (`decision`).
    """
    yield from _unlike(session, rows)
    yield from _undone(session, rows)


def verify(session: Session) -> Iterator[Break]:
    """The same of every chain."""
    last = 0
    while True:
        statement = select(HistoryRow.id).where(HistoryRow.action.in_(list(_readers)), HistoryRow.id > last)
        ids = session.scalars(statement.order_by(HistoryRow.id).limit(_STRIDE)).all()
        yield from _unlike(session, list(history.read(session, ids)))
        if len(ids) < _STRIDE:
            break
        last = ids[-1]
    for kind in sorted(_comparers):
        yield from _undone_of(session, kind)


def _undone_of(session: Session, kind: str) -> Iterator[Break]:
    last = 0
    while ends := history.heads(session, after=last, limit=_STRIDE, kind=kind):
        yield from _undone(session, history.chains_of(session, ends))
        last = ends[-1].id


def _undone(session: Session, rows: Sequence[HistoryRow]) -> Iterator[Break]:
    for kind in sorted({row.subject_kind for row in rows} & _comparers.keys()):
        for row, problem in _comparers[kind](session, [row for row in rows if row.subject_kind == kind]):
            yield Break(Subject(row.subject_kind, row.subject_id), row.sequence, problem)


def _unlike(session: Session, rows: Iterable[HistoryRow]) -> Iterator[Break]:
    marked = _marked(rows)
    for action in sorted({row.action for row in marked}):
        mine = [row for row in marked if row.action == action]
        found = _as_they_stand(session, _readers[action], mine)
        for row in mine:
            if row.id not in found or _print_of(found[row.id]) != row.details[NAME]:
                problem = "content" if row.id in found else "gone"
                yield Break(Subject(row.subject_kind, row.subject_id), row.sequence, problem)


def marks(row: HistoryRow) -> bool:
    """Whether an act carries a seal of what it is about."""
    return row.action in _readers and isinstance(row.details, dict) and NAME in row.details


def _marked(rows: Iterable[HistoryRow]) -> list[HistoryRow]:
    return [row for row in rows if marks(row)]


def _as_they_stand(session: Session, reader: Reader, acts: Sequence[HistoryRow]) -> Mapping[int, str]:
    """What the reader says; one row that cannot be read says nothing, and hides no other one."""
    try:
        return reader(session, acts)
    except UNREADABLE:
        if len(acts) == 1:
            return {acts[0].id: ""}
        return {key: told for act in acts for key, told in _as_they_stand(session, reader, [act]).items()}


def unsealed(session: Session) -> int:
    """How many acts of the kinds that seal have none: they are from before seals were kept."""
    marked = cast(HistoryRow.details, Text).contains(f'"{NAME}":', autoescape=True)
    statement = select(func.count()).where(HistoryRow.action.in_(list(_readers)), ~marked)
    return session.scalar(statement) or 0


def _print_of(written: str) -> str:
    return hashlib.sha256(written.encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value.isoformat() if isinstance(value, date) else value
