"""The history as a file that can be checked without this program: a line of JSON each.

First what the file is and up to which checkpoint it can be held; then every act, chain by chain; then with which act
each chain ends; last how many lines there were and their SHA-256. docs/verificador/ has the program that checks it.
"""

import hashlib
from collections.abc import Iterator
from collections.abc import Mapping
from datetime import UTC
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import history
from db import seals
from db.checkpoints.log import Checkpoint
from db.history import HistoryRow
from db.types import dumps

FORMAT = "att-history-1"
_STRIDE = 200
_TOLD = (
    "sequence", "actor_id", "actor_name", "capacity", "on_behalf_of", "action", "element", "summary", "details",
    "reason", "previous_hash", "hash",
)  # fmt: skip


def lines(session: Session, last: Checkpoint | None, *, content: bool, now: datetime) -> Iterator[bytes]:
    """Every line of the file, in order.

    `session` sees one instant (`reading(still=True)`): an act recorded meanwhile would else be an end without its act.
    `last` is the newest checkpoint from before `session` read anything. With `content` the file also has what the acts
    sealed: the answers of forms, with the personal data in them. Without it, names of who acted are all there is.
    """
    found, count = hashlib.sha256(), 0
    for one in _told(session, last, content, now):
        line = f"{dumps(one)}\n".encode()
        found.update(line)
        count += 1
        yield line
    yield f"{dumps({'lines': count, 'sha256': found.hexdigest()})}\n".encode()


def _told(session: Session, last: Checkpoint | None, content: bool, now: datetime) -> Iterator[dict[str, Any]]:
    checkpoint = {"number": last.number, "hash": last.hash} if last else None
    yield {"format": FORMAT, "at": _written(now), "checkpoint": checkpoint, "content": content}
    statement = select(HistoryRow.id).order_by(HistoryRow.subject_kind, HistoryRow.subject_id, HistoryRow.sequence)
    ids = session.scalars(statement).all()
    for start in range(0, len(ids), _STRIDE):
        rows = list(history.read(session, ids[start : start + _STRIDE]))
        sealed = seals.contents(session, rows) if content else None
        yield from (_act(row, sealed) for row in rows)
    after = 0
    while ends := history.heads(session, after=after, limit=_STRIDE):
        yield from ({"end": [end.subject_kind, end.subject_id, end.sequence, end.hash]} for end in ends)
        after = ends[-1].id


def _act(row: HistoryRow, sealed: Mapping[int, str] | None) -> dict[str, Any]:
    told = {"kind": row.subject_kind, "id": row.subject_id, "at": _written(row.at)}
    told |= {name: getattr(row, name) for name in _TOLD}
    if sealed is not None and seals.marks(row):
        told["content"] = sealed.get(row.id)
    return told


def _written(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="microseconds")
