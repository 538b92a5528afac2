"""Usernames, passwords, and what too many failures bring."""

from datetime import datetime
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy.orm import Session

from db import SYSTEM
from db import transaction
from db.errors import InvalidData
from db.errors import NotAllowed
from directory import accounts
from directory import people
from directory import sessions
from directory import throttle
from directory.models import Person
from tests.directory.conftest import AddPerson

PASSWORD = "una clave bien larga"


@pytest.fixture
def ana(session: Session, add_person: AddPerson, now: datetime) -> Person:
    person = add_person("Ana Ruiz")
    accounts.create(session, person.id, "Ana", PASSWORD, by=SYSTEM, now=now)
    return person


def fail(session: Session, times: int, *, now: datetime, username: str = "ana", address: str = "") -> str:
    message = ""
    for _ in range(times):
        message = accounts.authenticate(session, username, "equivocada", address=address, now=now).message
    return message


@pytest.mark.parametrize("username", ["Ana", "ana", " ANA "])
def test_lets_in_whatever_the_case(session: Session, ana: Person, now: datetime, username: str) -> None:
    assert accounts.authenticate(session, username, PASSWORD, now=now).person_or_refuse() is ana


def test_keeps_argon2id_and_not_the_password(session: Session, ana: Person) -> None:
    account = accounts.of(session, ana.id)
    assert account
    assert account.password_hash.startswith("$argon2id$")


@pytest.mark.parametrize(("username", "password"), [("ana", "otra clave larga"), ("nadie", PASSWORD), ("ana", "")])
def test_refuses_in_the_same_words(session: Session, ana: Person, now: datetime, username: str, password: str) -> None:
    attempt = accounts.authenticate(session, username, password, now=now)
    with pytest.raises(NotAllowed, match=accounts.REFUSED[:-1]):
        attempt.person_or_refuse()


def test_refuses_disabled_people(session: Session, ana: Person, now: datetime) -> None:
    people.disable(session, ana.id, by=SYSTEM, now=now)
    assert accounts.authenticate(session, "ana", PASSWORD, now=now).message == accounts.REFUSED


def test_verifies_something_for_unknown_users_too(
    session: Session, ana: Person, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    verified = []
    original = PasswordHasher.verify
    monkeypatch.setattr(PasswordHasher, "verify", lambda *args: verified.append(1) or original(*args))
    for username in ("ana", "nadie"):
        accounts.authenticate(session, username, "equivocada", now=now)
    assert len(verified) == 2


@pytest.mark.parametrize(
    ("username", "password", "path"),
    [
        ("luis", "corta", "password"),
        ("luis.mora.gil", "LUIS.mora.gil", "password"),
        ("luis", "aaaaaaaaaaaaaaa", "password"),
        ("luis", "x" * 100 + "yz" * 60, "password"),
        ("", PASSWORD, "username"),
        ("luis mora", PASSWORD, "username"),
        ("ANA", PASSWORD, "username"),
    ],
)
def test_rules_of_accounts(
    session: Session, ana: Person, add_person: AddPerson, now: datetime, username: str, password: str, path: str
) -> None:
    with pytest.raises(InvalidData) as caught:
        accounts.create(session, add_person("Luis").id, username, password, by=SYSTEM, now=now)
    assert list(caught.value.errors) == [path]


def test_one_account_a_person(session: Session, ana: Person, now: datetime) -> None:
    with pytest.raises(InvalidData):
        accounts.create(session, ana.id, "otra", PASSWORD, by=SYSTEM, now=now)


def test_a_new_password_ends_other_sessions(session: Session, ana: Person, now: datetime) -> None:
    here, elsewhere = (sessions.open(session, ana.id, now=now) for _ in range(2))
    accounts.change_password(session, ana.id, PASSWORD, "otra clave muy larga", keep=here, by=SYSTEM, now=now)
    session.expire_all()
    assert sessions.find(session, here, now=now)
    assert not sessions.find(session, elsewhere, now=now)
    assert accounts.authenticate(session, "ana", "otra clave muy larga", now=now).person


@pytest.mark.parametrize(
    ("current", "new", "path"), [("no es", "otra clave muy larga", "current"), (PASSWORD, "x", "new")]
)
def test_a_wrong_change_of_password(
    session: Session, ana: Person, now: datetime, current: str, new: str, path: str
) -> None:
    with pytest.raises(InvalidData) as caught:
        accounts.change_password(session, ana.id, current, new, by=SYSTEM, now=now)
    assert list(caught.value.errors) == [path]


def test_a_reset_lets_in_again(session: Session, ana: Person, now: datetime) -> None:
    fail(session, throttle.FREE_FAILURES, now=now)
    accounts.reset_password(session, ana.id, "clave puesta de nuevo", by=SYSTEM, now=now)
    assert accounts.authenticate(session, "ana", "clave puesta de nuevo", now=now).person


def test_old_hashes_are_renewed(session: Session, ana: Person, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    account = accounts.of(session, ana.id)
    assert account
    before = account.password_hash
    monkeypatch.setattr(accounts._Hashing, "hasher", PasswordHasher(time_cost=2, memory_cost=8, parallelism=1))
    accounts.authenticate(session, "ana", PASSWORD, now=now)
    assert account.password_hash != before
    assert "t=2" in account.password_hash


# --- Throttling ---


@pytest.mark.parametrize(("failures", "minutes"), [(5, 1), (6, 2), (7, 4), (8, 8), (9, 15), (500, 15)])
def test_pauses_grow(failures: int, minutes: int) -> None:
    assert throttle.pause(failures) == timedelta(minutes=minutes)


def test_after_five_failures_the_right_password_waits_too(session: Session, ana: Person, now: datetime) -> None:
    fail(session, 5, now=now)
    attempt = accounts.authenticate(session, "ana", PASSWORD, now=now)
    assert attempt.person is None
    assert attempt.message == "Hubo varios intentos fallidos. Intente de nuevo a partir de las 9:01 a. m."


def test_the_minute_in_the_message_is_late_enough(session: Session, ana: Person, now: datetime) -> None:
    fail(session, 5, now=now + timedelta(seconds=20))
    message = accounts.authenticate(session, "ana", PASSWORD, now=now + timedelta(seconds=30)).message
    assert "9:02" in message
    assert accounts.authenticate(session, "ana", PASSWORD, now=now + timedelta(minutes=2)).person


def test_four_failures_bring_no_pause(session: Session, ana: Person, now: datetime) -> None:
    fail(session, 4, now=now)
    assert accounts.authenticate(session, "ana", PASSWORD, now=now).person


def test_a_success_forgets_the_failures_of_the_username(session: Session, ana: Person, now: datetime) -> None:
    for _ in range(3):
        fail(session, 4, now=now)
        assert accounts.authenticate(session, "ana", PASSWORD, now=now).person


def test_an_address_is_paused_for_every_username(session: Session, ana: Person, now: datetime) -> None:
    for number in range(5):
        fail(session, 1, username=f"nadie{number}", address="10.0.0.1", now=now)
    assert not accounts.authenticate(session, "ana", PASSWORD, address="10.0.0.1", now=now).person
    assert accounts.authenticate(session, "ana", PASSWORD, address="10.0.0.2", now=now).person


def test_failures_are_forgotten_after_a_day(session: Session, ana: Person, now: datetime) -> None:
    fail(session, 4, now=now)
    later = now + throttle.FORGOTTEN_AFTER + timedelta(seconds=1)
    fail(session, 1, now=later)
    assert accounts.authenticate(session, "ana", PASSWORD, now=later).person


def test_failures_outlive_the_transaction(database: None, now: datetime) -> None:
    with transaction() as session:
        person = people.add(session, "Ana", by=SYSTEM, now=now)
        accounts.create(session, person.id, "ana", PASSWORD, by=SYSTEM, now=now)
    for _ in range(5):
        with transaction() as session:
            attempt = accounts.authenticate(session, "ana", "equivocada", now=now)
        with pytest.raises(NotAllowed):
            attempt.person_or_refuse()
    with transaction() as session:
        assert "Intente de nuevo" in accounts.authenticate(session, "ana", PASSWORD, now=now).message


def test_purge_keeps_what_counts(session: Session, now: datetime) -> None:
    fail(session, 5, now=now)
    throttle.purge(session, now=now)
    assert throttle.blocked_until(session, ["username:ana"], now=now)
    throttle.purge(session, now=now + timedelta(days=2))
    assert throttle.blocked_until(session, ["username:ana"], now=now) is None
