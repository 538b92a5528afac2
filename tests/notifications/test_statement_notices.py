"""Who decides a statement is told that it waits; who presented it, that it was returned."""

from datetime import UTC
from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import notifications.statement_notices  # noqa: F401 - registers its source
from directory.models import Person
from notifications import outbox
from notifications import reminders
from notifications import statements
from notifications.models import Reminder
from notifications.models import ReminderStatus
from notifications.statement_notices import STATEMENT
from tests.notifications.test_obligation_acts import Office
from tests.notifications.test_obligation_acts import first
from tests.notifications.test_obligation_acts import office
from tests.notifications.test_obligation_acts import said

__all__ = ["office"]


def at(day: int) -> datetime:
    """Nine in the morning."""
    return datetime(2026, 11, day, 14, tzinfo=UTC)


def told(session: Session, now: datetime) -> list[tuple[str, str]]:
    """One round: rung and name of everybody who was told something of a statement in it."""
    session.flush()
    before = session.scalars(select(Reminder.id)).all()
    turn = reminders.begin(session, now=now)
    assert turn is not None
    reminders.tell(session, turn, reminders.people(session, turn, after=0))
    fresh = Reminder.source == STATEMENT, Reminder.id.not_in(before), Reminder.status == ReminderStatus.QUEUED
    statement = select(Reminder.rung, Person.name).join(Person, Person.id == Reminder.recipient_id)
    return [(rung, name) for rung, name in session.execute(statement.where(*fresh).order_by(Reminder.id))]


@pytest.fixture(autouse=True)
def addresses(session: Session, office: Office) -> None:
    """Everybody has an address."""
    for number, person in enumerate(session.scalars(select(Person))):
        person.email = f"persona.{number}@example.org"


def test_it_is_told_once_to_who_supervises_and_back(session: Session, now: datetime, office: Office) -> None:
    row = first(session)
    one = statements.present(session, row.id, said(), by=office.advisor, now=now)
    assert told(session, at(24)) == [("presented", "Carla Coordinadora")]
    ids = outbox.due(session, "email", now=at(24), limit=20)
    letters = [parcel.content.decode() for parcel in outbox.claim(session, ids, now=at(24))]
    assert any("Constancia por revisar" in letter and f"/plazos/{row.id}" in letter for letter in letters)
    assert told(session, at(25)) == []
    statements.return_(session, one.id, "Falta el anexo", by=office.coordinator, now=now)
    assert told(session, at(26)) == [("returned", "Ana Asesora")]
    row.due_at = datetime(2026, 12, 3, 22, tzinfo=UTC)
    session.flush()
    letters = outbox.claim(session, outbox.due(session, "email", now=at(26), limit=20), now=at(26))
    text = next(letter.content.decode() for letter in letters if b"Constancia devuelta" in letter.content)
    assert "POR VENCER" in text
    assert "3 de diciembre" in text
    assert "SIN FECHA" not in text
    statements.present(session, row.id, said(), by=office.advisor, now=now)
    assert told(session, at(27)) == [("presented", "Carla Coordinadora")]


def test_what_the_coordinator_owes_is_for_the_der(session: Session, now: datetime, office: Office) -> None:
    row = first(session)
    row.debtor_id = office.coordinator.person_id
    session.flush()
    statements.present(session, row.id, said(), by=office.coordinator, now=now)
    assert told(session, at(24)) == [("presented", "Mario Monitor")]


def test_what_was_decided_meanwhile_is_left_out(session: Session, now: datetime, office: Office) -> None:
    one = statements.present(session, first(session).id, said(), by=office.advisor, now=now)
    told(session, at(24))
    statements.accept(session, one.id, by=office.coordinator, now=now)
    letters = outbox.claim(session, outbox.due(session, "email", now=at(24), limit=20), now=at(24))
    assert not [letter for letter in letters if b"Constancia por revisar" in letter.content]
