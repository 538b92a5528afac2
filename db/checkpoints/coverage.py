"""What the checkpoints of a log hold the history to, chain by chain."""

from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from datetime import datetime
from itertools import groupby

from db.checkpoints.log import RESTORED
from db.checkpoints.log import Checkpoint
from db.checkpoints.log import Log
from db.checkpoints.taking import LATE
from db.history import Break
from db.history import HistoryRow
from db.history import Subject


@dataclass(frozen=True, slots=True)
class Held:
    """One thing that a chain is held to: act `last` has this hash, and none from `first` on is older than `since`."""

    first: int
    last: int
    hash: bytes
    since: datetime | None


@dataclass(slots=True)
class Coverage:
    """What a log says of every chain. `since` is for acts that it does not cover yet."""

    held: dict[Subject, list[Held]] = field(default_factory=dict)
    since: datetime | None = None

    @classmethod
    def of(cls, log: Log) -> "Coverage":
        """What `log` says. Raises ValueError when a line of it cannot be read."""
        coverage = cls()
        try:
            for line in log:
                coverage.add(line)
        except TypeError as error:
            raise ValueError("no checkpoint") from error
        return coverage

    def add(self, line: Checkpoint) -> None:
        """Hold the history to one more line."""
        for kind, ends in line.ends.items():
            for key, first, last, found in ends:
                told = Held(first, last, bytes.fromhex(found), line.since)
                self.held.setdefault(Subject(kind, key), []).append(told)
        for kind, cuts in line.cuts.items():
            for key, last, found in cuts:
                self._cut(Subject(kind, key), last, found)
        self.since = None if line.event == RESTORED else line.at - LATE

    def last(self, subject: Subject) -> int:
        """The last act of a chain that is covered; 0 when none is."""
        return max((held.last for held in self.held.get(subject, ())), default=0)

    def breaks(self, rows: Iterable[HistoryRow]) -> Iterator[Break]:
        """Where whole chains, one after the other, are not what the log says: vanished, rewritten or dated back."""
        for subject, chain in groupby(rows, key=lambda row: Subject(row.subject_kind, row.subject_id)):
            yield from self.breaks_of(subject, list(chain))

    def breaks_of(self, subject: Subject, rows: Sequence[HistoryRow]) -> Iterator[Break]:
        """The same of one chain, which may be empty."""
        there = {row.sequence: row for row in rows if isinstance(row.sequence, int)}
        for held in self.held.get(subject, ()):
            row = there.get(held.last)
            if row is None:
                yield Break(subject, held.last, "vanished")
                return  # and with it all that came after
            if row.hash != held.hash.hex():
                yield Break(subject, held.last, "rewritten")
            acts = (there.get(number) for number in range(held.first, held.last + 1))
            yield from _too_old(subject, [act for act in acts if act], held.since)
        covered = self.last(subject)
        yield from _too_old(subject, [row for number, row in there.items() if number > covered], self.since)

    def _cut(self, subject: Subject, last: int, found: str) -> None:
        """A back-up that was put back openly ends the chain earlier: what came later is not asked for any more."""
        kept = [held for held in self.held.get(subject, ()) if held.last <= last]
        if last:
            kept.append(Held(last, last, bytes.fromhex(found), None))
        self.held[subject] = kept


def _too_old(subject: Subject, rows: Sequence[HistoryRow], since: datetime | None) -> Iterator[Break]:
    """Acts that say they are from before a checkpoint that did not have them."""
    if since is not None:
        yield from (Break(subject, row.sequence, "backdated") for row in rows if row.at < since)
