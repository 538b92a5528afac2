"""Taking a checkpoint: with which act each chain ends that went on since the checkpoint before."""

from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from datetime import datetime
from datetime import timedelta
from typing import Any

from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.checkpoints.log import AS_OF
from db.checkpoints.log import RESTORED
from db.checkpoints.log import TAKEN
from db.checkpoints.log import Checkpoint
from db.checkpoints.log import End
from db.checkpoints.log import Log
from db.errors import Unavailable
from db.history import HistoryRow
from db.history import Subject

LATE = timedelta(hours=1)
"""No transaction takes longer. One that began before a checkpoint may end after it, with acts that look older."""

ACTS = 1000
"""How many acts a line covers at most."""


@dataclass(slots=True)
class _Turn:
    """One run: what the log says so far, from which act on it is gone through, and what was covered from there on."""

    last: Checkpoint | None = None
    after: int = 0
    since: datetime | None = None
    covered: dict[Subject, int] = field(default_factory=dict)


def take(session: Session, log: Log, *, now: datetime, as_of: str = "") -> list[Checkpoint]:
    """Add what was recorded since the last checkpoint, in as many lines as it needs; returns them.

    `as_of` says in words why these acts say an earlier instant than that at which they were written, if they do. Raises
    Unavailable when the log cannot be written, does not read, or was begun with another key.
    """
    with log.held():
        turn = _turn(log)
        event, since = (AS_OF, None) if as_of else (TAKEN, turn.since)
        lines = []
        for rows in _new(session, turn):
            ends = _ends(rows)
            told = Checkpoint(
                number=_number(turn.last), at=now, event=event, told=as_of, since=since, ends=ends,
                through=max(rows[-1].id, _count(turn.last, "through")), acts=_count(turn.last, "acts") + len(rows),
                chains=_count(turn.last, "chains") + sum(end[1] == 1 for some in ends.values() for end in some),
            )  # fmt: skip
            turn.last = log.add(turn.last, told)
            lines.append(turn.last)
    return lines


def _turn(log: Log) -> _Turn:
    """Goes back as far as a transaction may have been under way when the newest checkpoint was taken."""
    turn = _Turn(log.last())
    if turn.last is None:
        return turn
    earlier = turn.last.at - LATE
    turn.since = None if turn.last.event == RESTORED else earlier
    try:
        for line in log.backwards():
            if line.at <= earlier or line.event == RESTORED:
                turn.after = line.through
                break
            for kind, ends in line.ends.items():
                for key, _, last, _ in ends:
                    subject = Subject(kind, key)
                    turn.covered[subject] = max(turn.covered.get(subject, 0), last)
    except ValueError as error:
        raise Unavailable(f"El registro de puntos de control {log.path} está dañado.") from error
    return turn


def _new(session: Session, turn: _Turn) -> Iterator[Sequence[Any]]:
    """The acts that the log does not cover, some at a time."""
    columns = HistoryRow.id, HistoryRow.subject_kind, HistoryRow.subject_id, HistoryRow.sequence, HistoryRow.hash
    while rows := session.execute(
        select(*columns).where(HistoryRow.id > turn.after).order_by(HistoryRow.id).limit(ACTS)
    ).all():
        turn.after = rows[-1].id
        fresh = [row for row in rows if row.sequence > turn.covered.get(Subject(row.subject_kind, row.subject_id), 0)]
        if fresh:
            yield fresh


def _ends(rows: Iterable[Any]) -> dict[str, list[End]]:
    found: dict[Subject, End] = {}
    for row in rows:
        subject = Subject(row.subject_kind, row.subject_id)
        first = found[subject][1] if subject in found else row.sequence
        found[subject] = (row.subject_id, first, row.sequence, row.hash)
    ends = defaultdict(list)
    for subject, end in sorted(found.items(), key=lambda one: (one[0].kind, one[0].id)):
        ends[subject.kind].append(end)
    return dict(ends)


def _number(last: Checkpoint | None) -> int:
    return last.number + 1 if last else 1


def _count(last: Checkpoint | None, what: str) -> int:
    return int(getattr(last, what)) if last else 0


def newest_act(session: Session) -> int:
    """The highest id of an act; 0 when there is none."""
    return session.scalar(select(func.max(HistoryRow.id))) or 0
