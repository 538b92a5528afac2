"""What people may have to be told: every room that has something registers a source of notices.

A source is asked twice. When a round is made it names, for some people, what is open and which rungs have come; when a
message is composed it says in words what of it is still open.
"""

from collections.abc import Callable
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from datetime import datetime
from enum import StrEnum
from typing import Any
from typing import Protocol
from typing import TypeVar

from sqlalchemy.orm import Session

from notifications.calendar import WorkingDays
from notifications.models import Reminder


@dataclass(frozen=True, slots=True)
class Round:
    """One telling: its instant, its day, and the working days by which rungs are counted (those of the whole country).

    `memo` is where a source keeps what it looks up once for the whole round.
    """

    now: datetime
    today: date
    days: WorkingDays
    memo: dict[Any, Any] = field(default_factory=dict)

    def rung_day(self, due_on: date, count: int) -> date:
        """The day of the rung `count` of what is due on `due_on`: that day, or the count-th working day from it."""
        key = ("rung_day", due_on, count)
        if key not in self.memo:
            self.memo[key] = self.days.add(due_on, count) if count else self.days.backward(due_on)
        day: date = self.memo[key]
        return day

    def last_due(self, count: int) -> date:
        """A day after which nothing can be due whose rung `count` has come."""
        return self.days.add(self.today, abs(count) + 1)


@dataclass(frozen=True, slots=True)
class Notice:
    """Something open, for one person: `rungs` are those whose day has come, the highest last.

    `role` is the role in which it is theirs, empty when that does not matter: it decides which delegate is told. Nobody
    else is told of what is `personal`.
    """

    source: str
    source_id: int
    version: int
    holder_id: int
    rungs: tuple[str, ...]
    role: str = ""
    overdue: bool = False
    personal: bool = False


class Part(StrEnum):
    """What a line is to its reader, in the order in which a digest tells them."""

    OWN = "own"  # theirs to do or to decide
    OTHERS = "others"  # somebody else owes it, and they look after it
    NEWS = "news"  # nothing is to be done about it


@dataclass(frozen=True, slots=True)
class Item:
    """A line of a message: what, about what, until when, and why this person is told."""

    title: str
    about: str
    link: str
    why: str
    due_at: datetime | None = None
    due_on: date | None = None
    explanation: str = ""
    moved: str = ""  # a sentence: when it was due before, and what moved it
    whose: str = ""  # a sentence that says who owes it, when that is not the reader
    debtor: str = ""  # the name of who owes it, whoever reads
    kind: str = ""  # what it is one of («Registro de la asesoría»)
    listing: str = ""  # path of the list of those of its kind
    entity_id: int | None = None
    part: Part = Part.OWN
    within: str = ""  # path of another line that says all of this: where that one is told, this one is not


class Source(Protocol):
    """What a room has to tell."""

    def due(self, session: Session, turn: Round, holders: Collection[int]) -> Iterable[Notice]:
        """What is open for `holders` and has a rung that has come, as a stream."""

    def items(self, session: Session, reminders: Sequence[Reminder], *, now: datetime) -> dict[int, Item]:
        """Reminder id → its line, for those whose matter is still open as it was."""


_SOURCES: dict[str, Source] = {}
Kind = TypeVar("Kind", bound=type[Any])


def notice_source(name: str) -> Callable[[Kind], Kind]:
    """Register a class, made without arguments, as the source `name`; a second one of that name takes its place."""

    def registered(kind: Kind) -> Kind:
        _SOURCES[name] = kind()
        return kind

    return registered


def sources() -> dict[str, Source]:
    """Every source by name."""
    return dict(_SOURCES)
