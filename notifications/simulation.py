"""Who would be reminded of what and when, if nothing were done meanwhile: the real sweeps, day after day.

The session must be one whose work is not kept (`db.rehearsal`).
"""

from collections.abc import Callable
from collections.abc import Collection
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import time
from datetime import timedelta

from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.clock import BOGOTA
from db.errors import InvalidData
from directory import people
from directory.chunks import chunks
from notifications import chains
from notifications import departures
from notifications import ledger
from notifications import notices
from notifications import policies
from notifications import preferences
from notifications import reminders
from notifications import sources
from notifications import steps
from notifications.models import Obligation
from notifications.models import Preference
from notifications.models import Reminder
from notifications.models import ReminderStatus
from notifications.notices import Item
from notifications.obligation_notices import OBLIGATION
from notifications.places import Places

LONGEST = timedelta(days=366)
MORNING, NOON, EVENING = time(0, 5), time(12), time(preferences.LATEST)
"""What falls due is opened before anybody is told; by the evening hour everybody's own hour has come."""


@dataclass(frozen=True, slots=True)
class Told:
    """One line of somebody's digest of a day."""

    day: date
    hour: int
    person_id: int
    name: str
    source: str
    source_id: int
    rung: str
    item: Item


def run(
    session: Session, since: date, until: date, *, policy: str = "",
    meanwhile: Callable[[datetime], object] | None = None,
) -> Iterator[Told]:  # fmt: skip
    """What would be told from `since` to `until`, both included, day by day and person by person.

    With the key of a `policy`, only what it asks for. `meanwhile` is called at noon of each day, to do what is to
    happen on it. Raises NotFound; InvalidData (`since`, `until`) when the days are in disorder or more than a year.
    """
    if until < since:
        raise InvalidData({"until": ["El último día va después del primero."]})
    if until - since > LONGEST:
        raise InvalidData({"until": ["Simule un año a lo sumo."]})
    only = _with_steps(session, policy) if policy else ()
    return _days(session, since, until, only, meanwhile or (lambda _: None))


def _days(
    session: Session, since: date, until: date, only: Sequence[int], meanwhile: Callable[[datetime], object]
) -> Iterator[Told]:
    last = session.scalar(select(func.max(Reminder.id))) or 0
    day = since
    while day <= until:
        _fall_due(session, _instant(day, MORNING), only)
        meanwhile(_instant(day, NOON))
        _tell(session, _instant(day, EVENING))
        session.flush()
        told = _new(session, last)
        last = max((row.id for row in told), default=last)
        wanted = _of_policy(session, told, only[0]) if only else told
        yield from _in_words(session, wanted, _instant(day, EVENING))
        session.expire_all()
        day += timedelta(days=1)


def _with_steps(session: Session, policy: str) -> tuple[int, ...]:
    """The policy with this key and those of the steps before it, for which it waits. Raises NotFound."""
    keys = {held.key: held.id for held in policies.every(session)}
    asked = policies.get(session, policy).id
    return asked, *(keys[key] for key in chains.earlier(policy) if key in keys)


def _fall_due(session: Session, now: datetime, only: Collection[int]) -> None:
    places = Places(session)
    for policy in policies.enabled_parts(session):
        if only and policy.id not in only:
            continue
        listed: set[tuple[str, int]] = set()
        for batch in chunks(list(sources.subjects(session, policy.spec.subjects, now.astimezone(BOGOTA).date()))):
            listed.update((subject.kind, subject.id) for subject in batch)
            ledger.open_batch(session, policy, batch, places, now=now)
        departures.let_go(session, list(departures.leaving(session, policy, listed, now=now)), now=now)
    steps.sweep(session, now=now)
    while ledger.overdue_batch(session, now=now):
        continue


def _tell(session: Session, now: datetime) -> None:
    turn, after = reminders.begin(session, now=now), 0
    while turn is not None:
        ids = reminders.people(session, turn, after=after)
        if not ids:
            return
        reminders.tell(session, turn, ids)
        after = ids[-1]


def _new(session: Session, last: int) -> list[Reminder]:
    statement = select(Reminder).where(Reminder.id > last, Reminder.status == ReminderStatus.QUEUED)
    return list(session.scalars(statement.order_by(Reminder.recipient_id, Reminder.id)))


def _of_policy(session: Session, told: list[Reminder], policy_id: int) -> list[Reminder]:
    ids = [row.source_id for row in told if row.source == OBLIGATION]
    found: set[int] = set()
    for some in chunks(ids):
        found |= set(
            session.scalars(select(Obligation.id).where(Obligation.id.in_(some), Obligation.policy_id == policy_id))
        )
    return [row for row in told if row.source == OBLIGATION and row.source_id in found]


def _in_words(session: Session, told: list[Reminder], now: datetime) -> Iterator[Told]:
    known = people.many(session, {row.recipient_id for row in told})
    wanted = select(Preference.person_id, Preference.digest_hour).where(Preference.person_id.in_(known))
    hours = {row.person_id: row.digest_hour for row in session.execute(wanted)}
    lines: dict[int, Item] = {}
    for name, source in notices.sources().items():
        lines |= source.items(session, [row for row in told if row.source == name], now=now)
    for row in told:
        if row.id in lines:
            hour = hours.get(row.recipient_id, preferences.USUAL)
            person = known[row.recipient_id].name
            yield Told(row.day, hour, row.recipient_id, person, row.source, row.source_id, row.rung, lines[row.id])


def _instant(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, BOGOTA).astimezone(UTC)
