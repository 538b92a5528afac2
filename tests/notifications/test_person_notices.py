"""Whose access somebody changed is told of it, once; what they did themselves and the installation did is no news."""

from datetime import datetime
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import SYSTEM
from db.actor import Actor
from directory import accounts
from directory import grants
from directory import identities
from directory import people
from directory.identities import Vouched
from directory.models import Person
from notifications import outbox
from notifications import reminders
from notifications.models import Reminder
from notifications.person_notices import ACCESS

ADMIN = Actor(99, "Iván Cruz", "Administración del sistema")


@pytest.fixture
def julia(session: Session, now: datetime) -> Person:
    person = people.add(session, "Julia", email="julia@example.org", by=SYSTEM, now=now)
    grants.add(session, person.id, "der_reviewer", by=SYSTEM, now=now)
    accounts.create(session, person.id, "julia", "una contraseña larga", by=SYSTEM, now=now)
    return person


def told(session: Session, now: datetime) -> list[int]:
    session.flush()
    turn = reminders.begin(session, now=now)
    assert turn is not None
    before = set(session.scalars(select(Reminder.id)))
    reminders.tell(session, turn, reminders.people(session, turn, after=0))
    fresh = session.scalars(select(Reminder).where(Reminder.source == ACCESS))
    return [row.recipient_id for row in fresh if row.id not in before]


def test_a_role_and_a_password_that_others_changed_are_told_once(
    session: Session, now: datetime, julia: Person
) -> None:
    assert told(session, now - timedelta(hours=1)) == []
    grants.add(session, julia.id, "der_monitoring", by=ADMIN, now=now)
    accounts.reset_password(session, julia.id, "otra contraseña larga", by=Actor(None, "raiz"), now=now)
    assert told(session, now) == [julia.id, julia.id]
    claimed = outbox.claim(session, outbox.due(session, "email", now=now, limit=9), now=now)
    (mail,) = (message_from_bytes(one.content, policy=default) for one in claimed)
    body = mail.get_body(("plain",))
    assert body is not None
    letter = " ".join(body.get_content().split())
    assert "el rol Monitoreo DER" in letter
    assert "Lo hizo Iván Cruz (Administración del sistema)" in letter
    assert told(session, now + timedelta(days=1)) == []


def test_what_one_did_oneself_or_long_ago_is_no_news(session: Session, now: datetime, julia: Person) -> None:
    grants.add(session, julia.id, "der_monitoring", by=ADMIN, now=now - timedelta(days=9))
    grants.add(session, julia.id, "support_liaison", by=Actor(julia.id, "Julia"), now=now)
    assert told(session, now) == []


def test_an_account_that_enters_for_somebody_is_told_to_them(session: Session, now: datetime, julia: Person) -> None:
    """Whoever links an account of their own to another's name would do it as that other."""
    identities.arrive(session, Vouched("https://cuentas.example", "x", "julia@example.org"), now=now)
    assert told(session, now) == [julia.id]
    identities.arrive(session, Vouched("https://cuentas.example", "x", "julia@example.org"), now=now)
    assert told(session, now) == []
