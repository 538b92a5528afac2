"""Who is away because another person said so is told of it; nobody else is, and once."""

from datetime import date
from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import SYSTEM
from directory import absences
from directory import delegations
from directory import grants
from directory import people
from directory.models import Absence
from directory.models import Person
from directory.principal import load
from notifications import outbox
from notifications import reminders
from notifications.absence_notices import ABSENCE
from notifications.models import Reminder

SINCE, UNTIL = date(2026, 11, 24), date(2026, 12, 4)


@pytest.fixture
def away(session: Session, now: datetime) -> Person:
    """Somebody whose absence the administration registered, and who delegates in another."""
    admin, person, heir = (
        people.add(session, name, email=f"{name}@example.org".lower(), by=SYSTEM, now=now)
        for name in ("Ivan", "Julia", "Nora")
    )
    grants.add(session, admin.id, "administrator", by=SYSTEM, now=now)
    for one in (person, heir):
        grants.add(session, one.id, "der_reviewer", by=SYSTEM, now=now)
    delegations.add(session, person.id, heir.id, SINCE, UNTIL, by=load(session, person.id, now=now), now=now)
    by = load(session, admin.id, now=now)
    absences.register(session, person.id, "otra", SINCE, UNTIL, reason="Está hospitalizada", by=by, now=now)
    return person


def told(session: Session, now: datetime) -> list[int]:
    session.flush()
    turn = reminders.begin(session, now=now)
    assert turn is not None
    before = set(session.scalars(select(Reminder.id)))
    reminders.tell(session, turn, reminders.people(session, turn, after=0))
    fresh = session.scalars(select(Reminder).where(Reminder.source == ABSENCE))
    return [row.recipient_id for row in fresh if row.id not in before]


def test_the_person_is_told_once_and_not_who_stands_in(session: Session, now: datetime, away: Person) -> None:
    assert told(session, now) == [away.id]
    letters = [
        one.content.decode() for one in outbox.claim(session, outbox.due(session, "email", now=now, limit=9), now=now)
    ]
    assert [letter for letter in letters if "Ausencia registrada a su nombre" in letter and "hospitalizada" in letter]
    assert told(session, now.replace(day=25)) == []


def test_what_was_called_off_meanwhile_is_left_out(session: Session, now: datetime, away: Person) -> None:
    told(session, now)
    row = session.scalars(select(Absence)).one()
    absences.cancel(session, row.id, by=load(session, away.id, now=now).actor(), now=now)
    letters = outbox.claim(session, outbox.due(session, "email", now=now, limit=9), now=now)
    assert not [one for one in letters if b"Ausencia registrada" in one.content]
