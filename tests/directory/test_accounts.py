"""Usernames, passwords, and what too many failures bring."""

from datetime import datetime
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy.orm import Session

from db import SYSTEM
from db import reading
from db import transaction
from db.errors import InvalidData
from directory import accounts
from directory import people
from directory import sessions
from directory import throttle
from directory.models import Person
from tests.directory.conftest import AddPerson
from tests.entering import log_in

PASSWORD = "una clave bien larga"


@pytest.fixture
def ana(session: Session, add_person: AddPerson, now: datetime) -> Person:
    person = add_person("Ana Ruiz")
    accounts.create(session, person.id, "Ana", PASSWORD, by=SYSTEM, now=now)
    return person


@pytest.fixture
def enrolled(database: None, now: datetime) -> int:
    with transaction() as session:
        person = people.add(session, "Ana", by=SYSTEM, now=now)
        accounts.create(session, person.id, "ana", PASSWORD, by=SYSTEM, now=now)
        return person.id


def fail(session: Session, times: int, *, now: datetime, username: str = "ana", address: str = "") -> str:
    message = ""
    for _ in range(times):
        message = log_in(session, username, "equivocada", address=address, now=now).message
    return message


@pytest.mark.parametrize("username", ["Ana", "ana", " ANA "])
def test_lets_in_whatever_the_case(session: Session, ana: Person, now: datetime, username: str) -> None:
    assert log_in(session, username, PASSWORD, now=now).person is ana


def test_keeps_argon2id_and_not_the_password(session: Session, ana: Person) -> None:
    account = accounts.of(session, ana.id)
    assert account
    assert account.password_hash.startswith("$argon2id$")


@pytest.mark.parametrize("password", ["ana123456789", "ANA 123456789", "987654321ana"])
def test_a_username_with_digits_in_order_is_no_password(
    session: Session, ana: Person, now: datetime, password: str
) -> None:
    with pytest.raises(InvalidData) as refused:
        accounts.reset_password(session, ana.id, password, by=SYSTEM, now=now)
    assert "números seguidos" in str(refused.value.errors)


@pytest.mark.parametrize(("username", "password"), [("ana", "otra clave larga"), ("nadie", PASSWORD), ("ana", "")])
def test_refuses_in_the_same_words(session: Session, ana: Person, now: datetime, username: str, password: str) -> None:
    assert log_in(session, username, password, now=now) == accounts.Attempt(None, accounts.REFUSED)


def test_refuses_disabled_people(session: Session, ana: Person, now: datetime) -> None:
    people.disable(session, ana.id, by=SYSTEM, now=now)
    assert log_in(session, "ana", PASSWORD, now=now).message == accounts.REFUSED


def test_verifies_something_for_unknown_users_too(
    session: Session, ana: Person, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    verified = []
    original = PasswordHasher.verify
    monkeypatch.setattr(PasswordHasher, "verify", lambda *args: verified.append(1) or original(*args))
    for username in ("ana", "nadie"):
        log_in(session, username, "equivocada", now=now)
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
    assert log_in(session, "ana", "otra clave muy larga", now=now).person


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
    fail(session, throttle.HERE.free, now=now)
    accounts.reset_password(session, ana.id, "clave puesta de nuevo", by=SYSTEM, now=now)
    assert log_in(session, "ana", "clave puesta de nuevo", now=now).person


def test_old_hashes_are_renewed(session: Session, ana: Person, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    account = accounts.of(session, ana.id)
    assert account
    before = account.password_hash
    monkeypatch.setattr(accounts._Hashing, "hasher", PasswordHasher(time_cost=2, memory_cost=8, parallelism=1))
    log_in(session, "ana", PASSWORD, now=now)
    assert account.password_hash != before
    assert "t=2" in account.password_hash


# --- Throttling ---


@pytest.mark.parametrize(("failures", "minutes"), [(5, 1), (6, 2), (7, 4), (8, 8), (9, 15), (500, 15)])
def test_pauses_grow(failures: int, minutes: int) -> None:
    assert throttle.pause(failures) == timedelta(minutes=minutes)


def test_after_five_failures_the_right_password_waits_too(session: Session, ana: Person, now: datetime) -> None:
    fail(session, 5, now=now)
    attempt = log_in(session, "ana", PASSWORD, now=now)
    assert attempt.person is None
    assert attempt.message == "Hubo varios intentos fallidos. Intente de nuevo a partir de las 9:01 a. m."


def test_the_minute_in_the_message_is_late_enough(session: Session, ana: Person, now: datetime) -> None:
    fail(session, 5, now=now + timedelta(seconds=20))
    message = log_in(session, "ana", PASSWORD, now=now + timedelta(seconds=30)).message
    assert "9:02" in message
    assert log_in(session, "ana", PASSWORD, now=now + timedelta(minutes=2)).person


def test_four_failures_bring_no_pause(session: Session, ana: Person, now: datetime) -> None:
    fail(session, 4, now=now)
    assert log_in(session, "ana", PASSWORD, now=now).person


def test_a_success_forgets_the_failures_of_the_username(session: Session, ana: Person, now: datetime) -> None:
    for _ in range(3):
        fail(session, 4, now=now)
        assert log_in(session, "ana", PASSWORD, now=now).person


def test_who_fails_keeps_nobody_else_at_the_address_out(session: Session, ana: Person, now: datetime) -> None:
    fail(session, 7, username="luis", address="10.0.0.1", now=now)
    fail(session, 7, username="nadie", address="10.0.0.1", now=now)
    assert log_in(session, "ana", PASSWORD, address="10.0.0.1", now=now).person


def test_who_fails_elsewhere_does_not_lock_the_account(session: Session, ana: Person, now: datetime) -> None:
    assert "Intente de nuevo" in fail(session, 6, address="10.0.0.9", now=now)
    assert log_in(session, "ana", PASSWORD, address="10.0.0.1", now=now).person


def test_a_username_tried_from_many_addresses_is_paused(session: Session, ana: Person, now: datetime) -> None:
    for number in range(throttle.ANYWHERE.free):
        fail(session, 1, address=f"10.0.1.{number}", now=now)
    attempt = log_in(session, "ana", PASSWORD, address="10.0.0.2", now=now)
    assert (attempt.person, attempt.wait) == (None, throttle.FIRST_PAUSE)


def spray(session: Session, *, now: datetime) -> None:
    for number in range(throttle.ADDRESS.free):
        fail(session, 1, username=f"nadie{number}", address="10.0.0.1", now=now)


def test_an_address_that_tries_everybody_is_paused(session: Session, ana: Person, now: datetime) -> None:
    spray(session, now=now)
    assert not log_in(session, "ana", PASSWORD, address="10.0.0.1", now=now).person
    assert log_in(session, "ana", PASSWORD, address="10.0.0.2", now=now).person


def test_an_address_is_forgiven_bit_by_bit(session: Session, ana: Person, now: datetime) -> None:
    spray(session, now=now)
    later = now + 10 * throttle.ADDRESS.fades
    for number in range(9):
        fail(session, 1, username=f"otro{number}", address="10.0.0.1", now=later)
    assert log_in(session, "ana", PASSWORD, address="10.0.0.1", now=later).person


def test_who_entered_from_the_address_before_is_not_kept_out(session: Session, ana: Person, now: datetime) -> None:
    sessions.open(session, ana.id, address="10.0.0.1", now=now)
    spray(session, now=now)
    for number in range(throttle.ANYWHERE.free):
        fail(session, 1, address=f"10.0.1.{number}", now=now)
    assert log_in(session, "ana", PASSWORD, address="10.0.0.1", now=now).person


def test_a_success_covers_for_nobody_elsewhere(session: Session, ana: Person, now: datetime) -> None:
    fail(session, 4, address="10.0.0.9", now=now)
    assert log_in(session, "ana", PASSWORD, address="10.0.0.1", now=now).person
    fail(session, 1, address="10.0.0.9", now=now)
    assert not log_in(session, "ana", PASSWORD, address="10.0.0.9", now=now).person


def test_failures_are_forgotten_after_a_day(session: Session, ana: Person, now: datetime) -> None:
    fail(session, 4, now=now)
    later = now + throttle.FORGOTTEN_AFTER + timedelta(seconds=1)
    fail(session, 1, now=later)
    assert log_in(session, "ana", PASSWORD, now=later).person


def test_failures_outlive_the_transaction(enrolled: int, now: datetime) -> None:
    for _ in range(5):
        with transaction() as session:
            assert log_in(session, "ana", "equivocada", now=now).person is None
    with transaction() as session:
        assert "Intente de nuevo" in log_in(session, "ana", PASSWORD, now=now).message


def checked(password: str, *, now: datetime) -> accounts.Checked:
    """A login whose password was checked, and nothing written yet."""
    with reading() as session:
        return accounts.check(accounts.claim(session, "ana", now=now), password)


def settled(login: accounts.Checked, *, now: datetime) -> accounts.Attempt:
    with transaction() as session:
        return accounts.settle(session, login, now=now)


def test_each_of_the_failures_checked_at_once_counts(enrolled: int, now: datetime) -> None:
    at_once = [checked("equivocada", now=now) for _ in range(throttle.HERE.free)]
    assert {settled(login, now=now).message for login in at_once} == {accounts.REFUSED}
    assert "Intente de nuevo" in settled(checked(PASSWORD, now=now), now=now).message


@pytest.mark.parametrize("password", [PASSWORD, "equivocada"])
def test_a_pause_that_began_meanwhile_tells_nothing(enrolled: int, now: datetime, password: str) -> None:
    late = checked(password, now=now)
    for _ in range(throttle.HERE.free):
        settled(checked("equivocada", now=now), now=now)
    attempt = settled(late, now=now)
    assert (attempt.person, attempt.wait) == (None, throttle.FIRST_PAUSE)


def test_a_password_reset_meanwhile_opens_nothing(enrolled: int, now: datetime) -> None:
    login = checked(PASSWORD, now=now)
    with transaction() as session:
        accounts.reset_password(session, enrolled, "clave puesta de nuevo", by=SYSTEM, now=now)
    assert settled(login, now=now).message == accounts.REFUSED


def test_whoever_was_disabled_meanwhile_does_not_enter(enrolled: int, now: datetime) -> None:
    login = checked(PASSWORD, now=now)
    with transaction() as session:
        people.disable(session, enrolled, by=SYSTEM, now=now)
    assert settled(login, now=now).message == accounts.REFUSED


def test_purge_keeps_what_counts(session: Session, now: datetime) -> None:
    counted = throttle.counters("ana", "", known=True)
    fail(session, 5, now=now)
    throttle.purge(session, limit=now - timedelta(days=1))
    assert throttle.blocked_until(session, counted, now=now)
    throttle.purge(session, limit=now + timedelta(days=1))
    assert throttle.blocked_until(session, counted, now=now) is None
