"""Tasks are told of when they appear, when they come back, and when they are about to fall due."""

from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import engine.notices  # noqa: F401 - registers its source
from db import SYSTEM
from directory import grants
from directory.models import Person
from directory.principal import Principal
from engine import tasks
from engine.models import Instance
from engine.models import Task
from notifications import outbox
from notifications import reminders
from notifications.models import Message
from notifications.models import MessageStatus
from notifications.models import Reminder
from notifications.models import ReminderStatus
from tests.engine import conftest

TUESDAY = date(2026, 11, 24)


def at(day: date, hour: int = 9) -> datetime:
    return datetime(day.year, day.month, day.day, hour + 5, tzinfo=UTC)


def told(session: Session, now: datetime) -> list[tuple[str, str]]:
    """One round: rung and name of everybody who was told something in it."""
    session.flush()
    before = session.scalars(select(Reminder.id)).all()
    turn = reminders.begin(session, now=now)
    assert turn is not None
    reminders.tell(session, turn, reminders.people(session, turn, after=0))
    fresh = Reminder.id.not_in(before), Reminder.status == ReminderStatus.QUEUED
    statement = select(Reminder.rung, Person.name).join(Person, Person.id == Reminder.recipient_id)
    return [(rung, name) for rung, name in session.execute(statement.where(*fresh).order_by(Reminder.id))]


@pytest.fixture(autouse=True)
def addresses(session: Session, ana: Principal, rosa: Principal) -> None:
    """Everybody has an address."""
    for number, person in enumerate(session.scalars(select(Person))):
        person.email = f"persona.{number}@example.org"


@pytest.fixture
def writing(session: Session, case: Instance) -> Task:
    return session.scalars(select(Task).where(Task.instance_id == case.id)).one()


@pytest.fixture
def reviewing(session: Session, writing: Task, ana: Principal, rosa: Principal, now: datetime) -> Task:
    """A free task of reviewers, due in three working days."""
    return tasks.complete(session, writing.id, {"text": "Hola"}, by=ana, now=now).opened[0]


def test_a_new_task_is_told_once(session: Session, writing: Task) -> None:
    assert told(session, at(TUESDAY)) == [("new", "Ana Ruiz")]
    assert told(session, at(date(2026, 11, 25))) == []


def test_a_free_task_is_told_to_everybody_who_could_take_it(session: Session, reviewing: Task) -> None:
    assert told(session, at(TUESDAY)) == [("new", "Rosa Díaz")]


def test_a_task_that_is_about_to_fall_due(session: Session, reviewing: Task) -> None:
    found = {}
    for offset in range(8):
        day = TUESDAY + timedelta(days=offset)
        if day.weekday() < 5 and (rows := told(session, at(day))):
            found[day.day] = [rung for rung, _ in rows]
    assert reviewing.due_at == at(date(2026, 11, 27), 17)
    assert found == {24: ["new"], 25: ["due-2"], 27: ["due0"]}


def test_taking_a_task_tells_nothing_again(session: Session, reviewing: Task, rosa: Principal, now: datetime) -> None:
    told(session, at(TUESDAY))
    tasks.claim(session, reviewing.id, by=rosa, now=now)
    assert told(session, at(date(2026, 11, 25))) == [("due-2", "Rosa Díaz")]


def test_a_task_that_came_back_says_so(session: Session, reviewing: Task, rosa: Principal, now: datetime) -> None:
    tasks.complete(session, reviewing.id, {"text": "Falta", "again": True}, by=rosa, now=now)
    assert told(session, at(TUESDAY)) == [("returned", "Ana Ruiz")]


def test_a_step_repeated_without_a_review_of_it_is_new_again(
    session: Session, reviewing: Task, ana: Principal, rosa: Principal, now: datetime
) -> None:
    (writing,) = tasks.complete(session, reviewing.id, {"text": "Falta", "again": True}, by=rosa, now=now).opened
    (repeated,) = tasks.complete(session, writing.id, {"text": "Hola"}, by=ana, now=now).opened
    assert repeated.round == 2
    assert told(session, at(TUESDAY)) == [("new", "Rosa Díaz")]


def test_a_completed_task_is_left_out_of_a_message_that_waits(
    session: Session, writing: Task, ana: Principal, now: datetime
) -> None:
    told(session, at(TUESDAY))
    tasks.complete(session, writing.id, {"text": "Hola"}, by=ana, now=now)
    session.flush()
    ids = outbox.due(session, "email", now=at(TUESDAY, 10), limit=20)
    assert outbox.claim(session, ids, now=at(TUESDAY, 10)) == []
    assert session.scalars(select(Message.status)).one() == MessageStatus.CANCELLED


def test_a_task_that_somebody_else_took_is_left_out(
    session: Session, reviewing: Task, ana: Principal, now: datetime
) -> None:
    told(session, at(TUESDAY))
    reviewing.assignee_id = ana.person_id
    session.flush()
    assert outbox.claim(session, outbox.due(session, "email", now=at(TUESDAY), limit=20), now=at(TUESDAY)) == []


def test_the_message_leads_to_the_task(session: Session, reviewing: Task, now: datetime) -> None:
    told(session, at(date(2026, 11, 27)))
    ids = outbox.due(session, "email", now=at(date(2026, 11, 27)), limit=20)
    (parcel,) = outbox.claim(session, ids, now=at(date(2026, 11, 27)))
    text = parcel.content.decode()
    assert f"/tareas/{reviewing.id}" in text
    assert "Vence hoy a las 5:00" in text


def test_a_task_of_who_may_no_longer_act_is_told_to_whoever_supervises(
    session: Session, writing: Task, ana: Principal, now: datetime
) -> None:
    follows = conftest.person(session, "Mónica Vera", "der_monitoring", now)
    session.get_one(Person, follows.person_id).email = "monica@example.org"
    assert told(session, at(TUESDAY)) == [("new", "Ana Ruiz")]
    (grant,) = grants.of(session, ana.person_id)
    grants.revoke(session, grant.id, reason="Pasó a otra entidad.", by=SYSTEM, now=at(TUESDAY, 10))
    assert told(session, at(date(2026, 11, 25))) == [("unattended", "Mónica Vera")]
    day = at(date(2026, 11, 25), 10)
    parcels = outbox.claim(session, outbox.due(session, "email", now=day, limit=20), now=day)
    (text,) = (parcel.content.decode() for parcel in parcels)
    assert "monica@example.org" in text
    assert told(session, at(date(2026, 11, 26))) == []
