"""Comparing the history with the checkpoints of this installation.

What a log says of every chain is read once for a whole look through the history, however many batches it takes.
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import history
from db import settings
from db.actor import SYSTEM
from db.checkpoints import keys
from db.checkpoints import log as logs
from db.checkpoints.coverage import Coverage
from db.checkpoints.log import Checkpoint
from db.checkpoints.log import Log
from db.errors import Unavailable
from db.history import Break
from db.history import HistoryHead
from db.history import Subject

KIND = "checkpoint"
"""The kind of subject of what is wrong with the log itself; its id is the number of the line."""
LAST = "checkpoint_last"
"""Where the database keeps the number and the hash of the newest checkpoint: a log that was cut shows too."""

_STRIDE = 200


class _InUse:
    log: Log | None = None
    read: tuple[Path, int, Coverage] | None = None  # of which file, how long it was, and what it says


def keep_under(folder: Path, key_path: Path) -> Log:
    """Keep checkpoints in `folder` from now on, signed with the key in the file `key_path`. Returns the log."""
    _InUse.log, _InUse.read = Log(folder, key_path), None
    return _InUse.log


def in_use() -> Log:
    """The log of this installation. Raises Unavailable before `keep_under`."""
    if _InUse.log is None:
        raise Unavailable("No se ha dicho dónde se guardan los puntos de control.")
    return _InUse.log


def remember(session: Session, line: Checkpoint, *, now: datetime) -> None:
    """Keep in the database which checkpoint is the newest."""
    settings.put(session, LAST, {"number": line.number, "hash": line.hash}, by=SYSTEM, now=now)


def coverage() -> Coverage:
    """What the log says now; of one that does not read, nothing: `finish` tells so.

    It is asked before the history is read: a checkpoint that is taken in between covers acts that were not there yet.
    """
    log = in_use()
    here = (log.path, log.size())
    if _InUse.read is None or _InUse.read[:2] != here:
        try:
            found = Coverage.of(log)
        except ValueError:
            found = Coverage()
        _InUse.read = (*here, found)
    return _InUse.read[2]


def finish(session: Session, told: Coverage) -> Iterator[Break]:
    """What is looked at once: whole chains that are not there any more, and the log itself. Forgets what was read."""
    _InUse.read = None
    heads = select(HistoryHead.subject_kind, HistoryHead.subject_id)
    there = {Subject(kind, key) for kind, key in session.execute(heads)}
    for subject in sorted(told.held.keys() - there, key=lambda one: (one.kind, one.id)):
        yield from told.breaks_of(subject, [])
    yield from _log_breaks(session, in_use())


def verify(session: Session, told: Coverage) -> Iterator[Break]:
    """The whole history compared with what was told before it was read, and the log looked at itself."""
    last = 0
    while ends := history.heads(session, after=last, limit=_STRIDE):
        yield from told.breaks(history.chains_of(session, ends))
        last = ends[-1].id
    yield from finish(session, told)


def _log_breaks(session: Session, log: Log) -> Iterator[Break]:
    """A line that was altered, taken out or signed by others; a log that ends before its newest checkpoint."""
    told = settings.get(session, LAST, None)  # before the log is read, which may go on meanwhile
    hashes: dict[int, str] = {}
    problem, number, key = "", 0, keys.load(log.key_path)
    for line, raw in _lines(log):
        number += 1
        problem = _line_problem(line, raw, number, hashes.get(number - 1, ""), key.public if key else "")
        if problem:
            yield Break(Subject(KIND, number), number, problem)
            return
        assert line is not None
        hashes[number] = line.hash
    if isinstance(told, dict) and hashes.get(told.get("number", 0)) != told.get("hash"):
        yield Break(Subject(KIND, int(told.get("number", 0))), number, "log_cut")


def _lines(log: Log) -> Iterator[tuple[Checkpoint | None, bytes]]:
    """Every line, and as it is written; without the first where it does not read."""
    if log.path.exists():
        with log.path.open("rb") as file:
            for raw in file:
                if raw.endswith(b"\n"):  # else it was cut off being written
                    yield logs.read(raw), raw


def _line_problem(line: Checkpoint | None, raw: bytes, number: int, previous: str, key: str) -> str:
    if line is None or line.number != number or line.previous != previous:
        return "log_altered"
    if line.key != key:
        return "log_key"
    return "" if logs.is_signed(raw, key) else "log_altered"
