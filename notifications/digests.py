"""What stands in the digests of people: what their reminders are about and is still open, the most urgent first.

What is theirs comes first, what others owe apart, and news, which ask for nothing, last. A long digest tells ten things
in full; the rest is counted by what it is and by entity, with the list of just those.
"""

from collections import Counter
from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.clock import local_date
from directory import entities
from directory import people
from notifications import days
from notifications import letterhead
from notifications import standing_in
from notifications import words
from notifications.calendar import WorkingDays
from notifications.models import Message
from notifications.models import Reminder
from notifications.models import ReminderStatus
from notifications.notices import Item
from notifications.notices import Part
from notifications.notices import sources

WHOLE = 15  # a digest of so many lines is read to its end
MOST = 10  # lines that a longer one tells in full
ALIKE = 30  # lines of the summary of a longer one; with more it does not tell entities apart
GROUPS = {
    "overdue": "Vencido",
    "today": "Vence hoy",
    "soon": "Por vencer",
    "undated": "Sin fecha límite",
    "news": "Novedades",
}
Counts = Mapping[tuple[Part, str], int]
TITLES = {Part.OWN: "", Part.OTHERS: "Lo que deben otros", Part.NEWS: ""}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a digest as it is read; `source_id` is the row that it is about."""

    item: Item
    source_id: int
    group: str
    due: str
    url: str
    on_behalf_of: str = ""
    standing_in: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Lines that are as urgent as each other, of `count` that there are."""

    key: str
    title: str
    lines: list[Line]
    count: int


@dataclass(frozen=True, slots=True)
class Section:
    """The groups of one part; without `title` they stand for themselves."""

    key: Part
    title: str
    groups: list[Group]


@dataclass(frozen=True, slots=True)
class Alike:
    """What a long digest does not tell in full: how many of the same kind and entity, and the list of just those."""

    title: str
    count: int
    counts: str
    url: str


class Digests:
    """What stands in some digests: everything is asked once for all of them."""

    def __init__(self, session: Session, rows: Sequence[Message], now: datetime) -> None:
        self._now, self._today = now, local_date(now)
        self._days: WorkingDays = days.load(session) if rows else WorkingDays()
        self._reminders: dict[int, list[Reminder]] = defaultdict(list)
        self._items: dict[int, Item] = {}
        self._names: dict[int, str] = {}
        self._standing_in: dict[int, str] = {}
        self._entities: dict[int, str] = {}
        self._read(session, [row.id for row in rows])

    def _read(self, session: Session, ids: Sequence[int]) -> None:
        if not ids:
            return
        statement = select(Reminder).where(Reminder.message_id.in_(ids), Reminder.status == ReminderStatus.QUEUED)
        for reminder in session.scalars(statement.order_by(Reminder.id)):
            self._reminders[reminder.message_id or 0].append(reminder)
        by_source: dict[str, list[Reminder]] = defaultdict(list)
        for rows in self._reminders.values():
            for reminder in _latest(rows):
                by_source[reminder.source].append(reminder)
        known = sources()
        for name, wanted in by_source.items():
            if name in known:
                self._items |= known[name].items(session, wanted, now=self._now)
        given = [row for rows in self._reminders.values() for row in rows if row.on_behalf_of is not None]
        absent = {row.on_behalf_of for row in given if row.on_behalf_of}
        self._names = {key: person.name for key, person in people.many(session, absent).items()}
        self._standing_in = standing_in.sentences(session, given)
        self._entities = entities.names(session, {item.entity_id for item in self._items.values() if item.entity_id})

    def of(self, row: Message) -> dict[str, Any] | None:
        """What the templates of a digest need; None when nothing in it is open any more. Settles its reminders."""
        open_ones = [self._items[one.id] for one in self._reminders[row.id] if one.id in self._items]
        told, met = {item.link for item in open_ones}, {item.within for item in open_ones}
        lines = []
        for reminder in self._reminders[row.id]:
            item = self._items.get(reminder.id)
            item = None if item is not None and item.within in told else item
            reminder.status = ReminderStatus.TOLD if item else ReminderStatus.DROPPED
            if item is not None:
                mine = item.link in met  # a task that they have meets it, whoever owes it
                lines.append(self._line(replace(item, part=Part.OWN) if mine else item, reminder))
        if not lines:
            return None
        lines.sort(key=_urgency)
        full = lines if len(lines) <= WHOLE else lines[:MOST]
        counts = Counter((line.item.part, line.group) for line in lines)
        day = words.day_of(self._today, today=self._today)
        return {
            "subject": _subject(counts), "sections": _sections(full, counts), "day": day, "shown": len(full),
            "counts": _told(counts), "total": len(lines), "rest": self._rest(row, full, lines[len(full) :]),
        }  # fmt: skip

    def _line(self, item: Item, reminder: Reminder) -> Line:
        due = words.due(item.due_at, now=self._now, days=self._days) if item.due_at else ""
        url = letterhead.current().link(item.link)
        name = self._names.get(reminder.on_behalf_of or 0, "")
        why = self._standing_in.get(reminder.id, "")
        return Line(item, reminder.source_id, self._group(item), due, url, name, why)

    def _group(self, item: Item) -> str:
        if item.part is Part.NEWS:
            return "news"
        if item.due_at is None:
            return "undated"
        if item.due_at < self._now:
            return "overdue"
        return "today" if local_date(item.due_at) == self._today else "soon"

    def _rest(self, row: Message, full: Sequence[Line], rest: Sequence[Line]) -> list[Alike]:
        """What is not told in full, the most numerous first; with too many kinds and entities, by kind alone."""
        apart: dict[tuple[str, str, int | None], list[Line]] = defaultdict(list)
        for by_entity in (True, False):
            apart.clear()
            for line in rest:
                apart[line.item.kind, line.item.listing, (line.item.entity_id or 0) if by_entity else None].append(line)
            if len(apart) <= ALIKE:
                break
        ordered = sorted(apart.items(), key=lambda pair: (-len(pair[1]), pair[0][0], pair[0][2] or 0))
        return [self._alike(row, key, some, full) for key, some in ordered]

    def _alike(
        self, row: Message, key: tuple[str, str, int | None], lines: Sequence[Line], full: Sequence[Line]
    ) -> Alike:
        kind, listing, entity_id = key
        place = self._entities.get(entity_id or 0, "")
        told = [line.source_id for line in full if line.item.listing == listing]
        query = f"aviso={row.id}" + (f"&entidad={entity_id}" if entity_id is not None else "")
        query += f"&menos={'.'.join(map(str, told))}" if told else ""
        address = f"{listing}{'&' if '?' in listing else '?'}{query}"
        return Alike(
            f"{kind} · {place}" if place else kind, len(lines),
            _told(Counter((line.item.part, line.group) for line in lines)), letterhead.current().link(address),
        )  # fmt: skip


def _urgency(line: Line) -> tuple[int, int, Any, str]:
    return list(Part).index(line.item.part), list(GROUPS).index(line.group), line.item.due_at or 0, line.item.title


def _sections(lines: Iterable[Line], counts: Counts) -> list[Section]:
    found: dict[tuple[Part, str], list[Line]] = defaultdict(list)
    for line in lines:
        found[line.item.part, line.group].append(line)
    sections = []
    for part, title in TITLES.items():
        groups = [Group(key, GROUPS[key], found[part, key], counts[part, key]) for key in GROUPS if found[part, key]]
        if groups:
            sections.append(Section(part, title, groups))
    return sections


def _latest(rows: Sequence[Reminder]) -> list[Reminder]:
    """Of several rungs of the same thing, the one recorded last: after an outage a thing is told once."""
    last = {(row.source, row.source_id): row for row in rows}
    return list(last.values())


def _subject(counts: Counts) -> str:
    """«Sus pendientes: 2 vencidos; 72 de otras personas»: what is the reader's own is what it counts first."""
    own, others = _counted(counts, Part.OWN), _counted(counts, Part.OTHERS)
    if own:
        return f"Sus pendientes: {_told(counts)}"
    if others:
        return f"Pendientes de otras personas: {'; '.join(filter(None, [others, _news(counts)]))}"
    return f"Sus novedades: {counts[Part.NEWS, 'news']}"


def _told(counts: Counts) -> str:
    """How much there is of each part; of what others owe, how urgent it is only where nothing else is told."""
    own, others = _counted(counts, Part.OWN), _counted(counts, Part.OTHERS)
    total = sum(counts[Part.OTHERS, key] for key in GROUPS)
    short = words.counted(total, "de otra persona", "de otras personas") if total else ""
    return "; ".join(filter(None, [own, short if own else others and f"{others}, de otras personas", _news(counts)]))


def _news(counts: Counts) -> str:
    news = counts[Part.NEWS, "news"]
    return words.counted(news, "novedad", "novedades") if news else ""


def _counted(counts: Counts, part: Part) -> str:
    """«2 vencidos, 1 vence hoy y 3 por vencer»."""
    ways = {
        "overdue": ("vencido", "vencidos"), "today": ("vence hoy", "vencen hoy"), "soon": ("por vencer", "por vencer"),
        "undated": ("sin fecha límite", "sin fecha límite"),
    }  # fmt: skip
    parts = [words.counted(counts[part, key], *said) for key, said in ways.items() if counts[part, key]]
    return " y ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))
