"""The jobs that tell people: rounds of reminders, and the run that hands messages over."""

import threading
from collections.abc import Callable
from datetime import datetime
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func
from sqlalchemy import select

from att import election
from att import jobs
from att import post
from att.settings import Settings
from db import reading
from db import transaction
from db.jobs import Outcome
from directory.models import Person
from notifications import letterhead
from notifications import outbox
from notifications import reminders
from notifications.letterhead import Letterhead
from notifications.models import DeliveryAttempt
from notifications.models import Message
from notifications.models import MessageStatus
from notifications.models import Reminder
from tests.notifications import mailbox
from tests.notifications.mailbox import Mailbox
from tests.notifications.scene import Scene

Use = Callable[..., Settings]
FOLDER = "mail"


@pytest.fixture
def use(database: None, database_url: str, tmp_path: Path) -> Use:
    """Settle the post of this test's installation."""

    def settled(**env: str) -> Settings:
        settings = Settings.from_env({"ATT_VAR": str(tmp_path), "ATT_DATABASE_URL": database_url, **env})
        post.use(settings)
        return settings

    yield settled
    post._InUse.settings = None
    letterhead.use(Letterhead())


def people(count: int, now: datetime) -> None:
    """So many people, each owing something today."""
    with transaction() as session:
        scene = Scene(session, now)
        for number in range(count):
            scene.owes(scene.person(f"Persona {number}"), scene.today)


def count(model: type, *conditions: object) -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0


def ids_of(box: Mailbox) -> list[bytes]:
    """The Message-ID of everything that arrived."""
    return [line for _, content in box.received for line in content.split(b"\r\n") if line.startswith(b"Message-ID")]


def test_from_an_obligation_to_the_mailbox(use: Use, now: datetime) -> None:
    people(45, now)
    with mailbox.serving(Mailbox()) as box:
        use(ATT_SMTP_URL=f"smtp://127.0.0.1:{box.port}", ATT_BASE_URL="https://att.example.org")
        assert jobs.run("reminders", now) == Outcome(found=45, done=45)
        assert jobs.run("mail", now) == Outcome(found=45, done=45)
        assert jobs.run("mail", now) == Outcome()
    assert len(set(ids_of(box))) == len(box.received) == 45
    assert b"From: Sistema de asistencia" in box.received[0][1]
    assert b"avisos@att.example.org" in box.received[0][1]


def test_without_a_server_messages_become_files(use: Use, now: datetime) -> None:
    settings = use()
    people(3, now)
    jobs.run("reminders", now)
    assert jobs.run("mail", now) == Outcome(found=3, done=3)
    files = sorted((settings.var / FOLDER).glob("*.eml"))
    assert len(files) == 3
    assert b"Message-ID" in files[0].read_bytes()


def test_a_server_that_is_down_for_six_hours_loses_nothing(use: Use, now: datetime) -> None:
    people(30, now)
    box = Mailbox()
    with mailbox.serving(box):
        use(ATT_SMTP_URL=f"smtp://127.0.0.1:{box.port}")
    jobs.run("reminders", now)
    attempts = [jobs.run("mail", now + timedelta(minutes=minute)).found for minute in range(360)]
    assert sum(attempts) == 11  # after 0, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60 minutes
    with mailbox.serving(box):
        for minute in range(360, 421):
            jobs.run("mail", now + timedelta(minutes=minute))
    assert len(set(ids_of(box))) == len(box.received) == 30
    assert count(Message, Message.status != MessageStatus.SENT) == 0
    assert count(DeliveryAttempt, DeliveryAttempt.outcome == "sent") == 30


def test_a_refused_recipient_does_not_hold_up_the_others(use: Use, now: datetime) -> None:
    people(6, now)
    box = Mailbox(refusals={"persona.1@": "550 No existe", "persona.2@": "450 Ocupado"})
    with mailbox.serving(box):
        use(ATT_SMTP_URL=f"smtp://127.0.0.1:{box.port}")
        jobs.run("reminders", now)
        outcome = jobs.run("mail", now)
        assert (outcome.found, outcome.done, outcome.failed) == (6, 4, 2)
        box.refusals.clear()
        assert jobs.run("mail", now + timedelta(minutes=1)) == Outcome(found=1, done=1)
    assert count(Message, Message.status == MessageStatus.FAILED) == 1
    assert len(box.received) == 5


def test_a_message_that_cannot_be_composed_stops_nobody_else_s(use: Use, now: datetime) -> None:
    settings = use()
    people(3, now)
    with transaction() as session:
        person = session.scalars(select(Person.id)).first()
        broken = outbox.enqueue(session, "roto", "event", "email", person, {}, stale_at=None, now=now)
    jobs.run("reminders", now)
    outcome = jobs.run("mail", now)
    assert (outcome.found, outcome.done, outcome.failed) == (4, 3, 1)
    assert len(list((settings.var / FOLDER).glob("*.eml"))) == 3
    with reading() as session:
        assert session.get_one(Message, broken.id).status == MessageStatus.FAILED


def test_a_person_whose_round_fails_stops_nobody_else_s(
    use: Use, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    use()
    people(5, now)
    with reading() as session:
        bad = session.scalars(select(Person.id).order_by(Person.id)).all()[2]
    tell = reminders.tell

    def failing(session: object, turn: object, ids: list[int]) -> reminders.Told:
        told = tell(session, turn, ids)  # type: ignore[arg-type]
        if bad in ids:
            raise ValueError("mala fila")
        return told

    monkeypatch.setattr(reminders, "tell", failing)
    outcome = jobs.run("reminders", now)
    assert (outcome.done, outcome.failed) == (4, 1)
    assert count(Message) == 4


def test_two_senders_send_nothing_twice(use: Use, now: datetime) -> None:
    people(40, now)
    with mailbox.serving(Mailbox()) as box:
        use(ATT_SMTP_URL=f"smtp://127.0.0.1:{box.port}")
        jobs.run("reminders", now)
        both = [threading.Thread(target=post.deliver, args=(now,)) for _ in range(3)]
        for thread in both:
            thread.start()
        for thread in both:
            thread.join()
    assert len(set(ids_of(box))) == len(box.received) == 40


def test_while_another_process_sends_nothing_is_taken(use: Use, now: datetime) -> None:
    settings = use()
    people(2, now)
    jobs.run("reminders", now)
    with election.elected(settings.database_url, settings.var, election.MAIL):
        assert jobs.run("mail", now) == Outcome()
    assert jobs.run("mail", now).done == 2


def test_two_rounds_at_once_tell_nobody_twice(use: Use, now: datetime) -> None:
    use()
    people(60, now)
    both = [threading.Thread(target=jobs.remind, args=(now,)) for _ in range(3)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert count(Message) == 60
    assert count(Reminder, Reminder.rung == "D0") == 60
    assert count(Reminder, Reminder.rung == "D0", Reminder.message_id.is_(None)) == 0


def test_bytes_are_frozen_before_they_go_out(use: Use, now: datetime) -> None:
    """Between claim and record there is a moment in which a crash may leave a message sent and not recorded."""
    people(1, now)
    with mailbox.serving(Mailbox()) as box:
        settings = use(ATT_SMTP_URL=f"smtp://127.0.0.1:{box.port}")
        jobs.run("reminders", now)
        with transaction() as session:
            (parcel,) = outbox.claim(session, outbox.due(session, "email", now=now, limit=1), now=now)
        with post.senders(settings)["email"]() as sender:
            sender.send(parcel)  # and here the worker dies
        jobs.run("mail", now + timedelta(hours=1))
    first, second = box.received
    assert first == second
    assert count(Message, Message.status == MessageStatus.SENT) == 1
