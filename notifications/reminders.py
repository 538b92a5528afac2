"""Who is told today, of what: at most one digest per person and working day.

A round goes through the people whose hour has come, some at a time. What is recorded of them – reminders and the
message that carries them – is written together, so that a round that is cut off can simply be made again.
"""

from collections import defaultdict
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import String
from sqlalchemy import and_
from sqlalchemy import cast
from sqlalchemy import literal
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy import update
from sqlalchemy.orm import Session

from db.clock import local
from db.once import insert_new
from directory import absences
from directory.models import Delegation
from directory.models import Person
from directory.periods import active_on
from notifications import days
from notifications import notices
from notifications import outbox
from notifications import preferences
from notifications.compose import DIGEST
from notifications.models import Message
from notifications.models import MessageStatus
from notifications.models import Reminder
from notifications.models import ReminderStatus
from notifications.notices import Notice
from notifications.notices import Round
from notifications.preferences import Route

NIGHT = 18  # no digest is made from this hour on: it waits for the next working day
AT_ONCE = 200  # people in one batch, and notices looked at together
FRESH_DAYS = 3  # working days after which a digest that could not be delivered is no longer sent


@dataclass(frozen=True, slots=True)
class Told:
    """What a batch wrote."""

    messages: int = 0
    reminders: int = 0


def begin(session: Session, *, now: datetime) -> Round | None:
    """The round of this moment; None outside the working hours of working days."""
    working, moment = days.load(session), local(now)
    if not preferences.EARLIEST <= moment.hour < NIGHT or not working.is_working(moment.date()):
        return None
    return Round(now, moment.date(), working)


def people(session: Session, turn: Round, *, after: int, limit: int = AT_ONCE) -> list[int]:
    """The next people, from the id `after` on, whose hour has come and who have no digest of today."""
    written = select(Message.id).where(Message.key == _key_of(turn)).exists()
    waiting = and_(preferences.digest_hour() <= local(turn.now).hour, ~written)
    return [person for person, _ in preferences.routes(session, waiting, after=after, limit=limit)]


def tell(session: Session, turn: Round, ids: Collection[int]) -> Told:
    """Write the digest of each of these people, with the reminders in it; nothing for who has nothing to be told.

    Nobody is told who cannot be reached, and nothing of theirs is recorded: they are told once they can be.
    """
    routes = {
        person: route
        for person, route in preferences.routes(session, Person.id.in_(ids), after=0, limit=len(ids))
        if route is not None
    }
    if not routes:
        return Told()
    duties = _Duties(session, turn, routes)
    batch = _Batch(session, turn, routes)
    for name, source in notices.sources().items():
        for some in _chunks(source.due(session, turn, duties.holders)):
            batch.take(name, [(notice, duties.recipient(notice)) for notice in some])
    return batch.finish()


class _Duties:
    """Whose matters these people are told of: their own, unless a delegate stands in, and those they stand in for."""

    def __init__(self, session: Session, turn: Round, routes: Collection[int]) -> None:
        lending = select(Delegation.from_id).where(Delegation.to_id.in_(routes), active_on(Delegation, turn.today))
        lenders = set(session.scalars(lending))
        absent = absences.absent(session, lenders | set(routes), turn.today)
        self.holders = set(routes) | (lenders & absent)
        self._delegates = _delegates(session, absent, turn)

    def recipient(self, notice: Notice) -> int:
        """Who is told: the holder, or the delegate who has their role while they are away."""
        if notice.personal:
            return notice.holder_id
        found = [
            (notice.role != role if notice.role else role is not None, delegate)
            for role, delegate in self._delegates.get(notice.holder_id, ())
            if role is None or not notice.role or role == notice.role
        ]
        return min(found)[1] if found else notice.holder_id


def _delegates(session: Session, absent: set[int], turn: Round) -> dict[int, list[tuple[str | None, int]]]:
    """Absent person → role and delegate of each of their delegations, as far as the delegate is there."""
    if not absent:
        return {}
    statement = (
        select(Delegation.from_id, Delegation.role, Delegation.to_id)
        .join(Person, Person.id == Delegation.to_id)
        .where(Delegation.from_id.in_(absent), active_on(Delegation, turn.today), Person.disabled_at.is_(None))
    )
    rows = session.execute(statement).all()
    away = absences.absent(session, {row.to_id for row in rows}, turn.today)
    found: dict[int, list[tuple[str | None, int]]] = defaultdict(list)
    for row in rows:
        if row.to_id not in away:
            found[row.from_id].append((row.role, row.to_id))
    return found


@dataclass
class _Batch:
    """Writes what some people are told."""

    session: Session
    turn: Round
    routes: dict[int, Route]
    messages: dict[int, int | None] = field(default_factory=dict)  # person → digest; None: somebody else made it
    reminders: int = 0

    def take(self, source: str, found: Sequence[tuple[Notice, int]]) -> None:
        """Record what is new of these notices, each with who is told."""
        wanted = [(notice, person) for notice, person in found if self._wanted(notice, person)]
        recorded = self._recorded(source, wanted)
        fresh = [(notice, person) for notice, person in wanted if (*_row(notice), person) not in recorded]
        self._open({person for _, person in fresh})
        rows = [
            row
            for notice, person in fresh
            if self.messages[person] is not None
            for row in self._rows(notice, person, recorded)
        ]
        self.reminders += len(insert_new(self.session, Reminder, rows, "id"))

    def finish(self) -> Told:
        """Let today's digests carry what stands in earlier ones that wait or could not be delivered."""
        made = {person: message for person, message in self.messages.items() if message is not None}
        if made:
            self._absorb(made)
        return Told(len(made), self.reminders)

    def _wanted(self, notice: Notice, person: int) -> bool:
        route = self.routes.get(person)
        return route is not None and (notice.overdue or not route.only_overdue)

    def _recorded(self, source: str, found: Sequence[tuple[Notice, int]]) -> set[tuple[int, int, str, int]]:
        ids = {notice.source_id for notice, _ in found}
        statement = select(Reminder.source_id, Reminder.version, Reminder.rung, Reminder.recipient_id).where(
            Reminder.source == source, Reminder.source_id.in_(ids), Reminder.recipient_id.in_({to for _, to in found})
        )
        return {(row[0], row[1], row[2], row[3]) for row in self.session.execute(statement)} if ids else set()

    def _open(self, people: set[int]) -> None:
        """See that each of these people has a digest of today."""
        new = sorted(people - self.messages.keys())
        rows = [self._message(self.routes[person]) for person in new]
        made = insert_new(self.session, Message, rows, "recipient_id", "id")
        self.messages |= dict.fromkeys(new) | {row.recipient_id: row.id for row in made}

    def _message(self, route: Route) -> dict[str, Any]:
        today = self.turn.today
        stale = self.turn.days.at_cut_off(self.turn.days.add(today, FRESH_DAYS))
        return outbox.planned(
            f"{DIGEST}:{route.person_id}:{today}", DIGEST, route.channel, route.person_id, {"on": today.isoformat()},
            stale_at=stale, now=self.turn.now, webhook_id=route.webhook_id,
        )  # fmt: skip

    def _rows(self, notice: Notice, person: int, recorded: set[tuple[int, int, str, int]]) -> Iterator[dict[str, Any]]:
        """A reminder for the highest rung, and one that says it was dropped for every lower one never told."""
        on_behalf = notice.holder_id if notice.holder_id != person else None
        for rung in notice.rungs:
            if (notice.source_id, notice.version, rung, person) in recorded:
                continue
            highest = rung == notice.rungs[-1]
            yield {
                "source": notice.source, "source_id": notice.source_id, "version": notice.version, "rung": rung,
                "recipient_id": person, "on_behalf_of": on_behalf, "day": self.turn.today,
                "status": ReminderStatus.QUEUED if highest else ReminderStatus.DROPPED,
                "message_id": self.messages[person] if highest else None, "created_at": self.turn.now,
            }  # fmt: skip

    def _absorb(self, made: dict[int, int]) -> None:
        # What could not even be composed stays where it failed: it would spoil every digest to come.
        refused = and_(
            Message.status == MessageStatus.FAILED, or_(Message.subject != "", Message.error == outbox.NOWHERE)
        )
        undelivered = or_(Message.status == MessageStatus.QUEUED, refused)
        older = select(Message.id, Message.recipient_id, Message.status).where(
            Message.recipient_id.in_(made), Message.kind == DIGEST, undelivered,
            Message.id.not_in(made.values()),
        )  # fmt: skip
        for old, person, status in self.session.execute(older.with_for_update()).all():
            assert person is not None, "a digest has a reader"
            carried = update(Reminder).where(Reminder.message_id == old)
            self.session.execute(carried.values(message_id=made[person], status=ReminderStatus.QUEUED))
            if status == MessageStatus.QUEUED:
                values = {"status": MessageStatus.CANCELLED, "error": f"Lo lleva el resumen del {self.turn.today}."}
                self.session.execute(update(Message).where(Message.id == old).values(values))


def _row(notice: Notice) -> tuple[int, int, str]:
    return notice.source_id, notice.version, notice.rungs[-1]


def _key_of(turn: Round) -> Any:
    """The key of today's digest of each person of a statement."""
    return literal(f"{DIGEST}:") + cast(Person.id, String) + literal(f":{turn.today}")


def _chunks(found: Iterable[Notice]) -> Iterator[list[Notice]]:
    stream = iter(found)
    while some := list(islice(stream, AT_ONCE)):
        yield some
