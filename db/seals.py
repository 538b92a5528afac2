"""What an act is about, sealed with it: the act keeps the SHA-256 of what was sent, so that an altered one shows.

A room that records such acts says with `sealed` how what they are about is read back. Acts from before it was kept have
no seal, and are counted apart.
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

from db.history import Break
from db.history import HistoryRow
from db.history import Subject
from db.types import dumps

NAME = "sha256"
"""Where the details of an act hold the seal."""

Reader = Callable[[Session, Sequence[HistoryRow]], Mapping[int, str]]
"""Id of each act → the seal of what it is about as it stands now; what is not there any more is left out."""

_readers: dict[str, Reader] = {}

_STRIDE = 200


def sealed(action: str) -> Callable[[Reader], Reader]:
    """Register how what the acts of this kind are about is read back."""

    def registered(reader: Reader) -> Reader:
        _readers[action] = reader
        return reader

    return registered


def seal(*content: Any) -> str:
    """The SHA-256 of `content`: the same for what was just written as for what is read back."""
    parts = ",".join([dumps(_plain(one)) for one in content])  # as the list of them, with what is written out already
    return hashlib.sha256(f"[{parts}]".encode()).hexdigest()


def check(session: Session, rows: Iterable[HistoryRow]) -> Iterator[Break]:
    """Those of the acts whose subject matter is not what they sealed (`content`), or is not there any more (`gone`)."""
    marked = [row for row in rows if row.action in _readers and NAME in row.details]
    for action in sorted({row.action for row in marked}):
        mine = [row for row in marked if row.action == action]
        found = _readers[action](session, mine)
        for row in mine:
            if found.get(row.id) != row.details[NAME]:
                problem = "content" if row.id in found else "gone"
                yield Break(Subject(row.subject_kind, row.subject_id), row.sequence, problem)


def verify(session: Session) -> Iterator[Break]:
    """Every act of the kinds that seal whose subject matter is not what it sealed."""
    last = 0
    while True:
        statement = select(HistoryRow).where(HistoryRow.action.in_(list(_readers)), HistoryRow.id > last)
        rows = list(session.scalars(statement.order_by(HistoryRow.id).limit(_STRIDE)))
        yield from check(session, rows)
        if len(rows) < _STRIDE:
            return
        last = rows[-1].id


def unsealed(session: Session) -> int:
    """How many acts of the kinds that seal have none: they are from before seals were kept."""
    marked = cast(HistoryRow.details, Text).contains(f'"{NAME}":', autoescape=True)
    statement = select(func.count()).where(HistoryRow.action.in_(list(_readers)), ~marked)
    return session.scalar(statement) or 0


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value.isoformat() if isinstance(value, date) else value
