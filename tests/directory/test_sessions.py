"""Sessions of browsers and tokens of programs."""

from datetime import datetime
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import SYSTEM
from db import history
from db.errors import InvalidData
from db.errors import NotFound
from directory import sessions
from directory import tokens
from directory import trace
from directory.models import ApiToken
from directory.models import LoginSession
from tests.directory.conftest import AddPerson

HOUR = timedelta(hours=1)


@pytest.fixture
def ana(add_person: AddPerson) -> int:
    return add_person("Ana").id


def test_the_token_opens_and_is_not_kept(session: Session, ana: int, now: datetime) -> None:
    token = sessions.open(session, ana, address="10.0.0.1", user_agent="x" * 1000, now=now)
    row = sessions.find(session, token, now=now)
    assert row
    assert (row.person_id, len(row.user_agent)) == (ana, 300)
    assert token not in (row.token_hash, row.address)


def test_unknown_tokens_open_nothing(session: Session, ana: int, now: datetime) -> None:
    sessions.open(session, ana, now=now)
    assert sessions.find(session, "otro", now=now) is None


@pytest.mark.parametrize(("hours", "live"), [(7.9, True), (8, False)])
def test_idle_sessions_end(session: Session, ana: int, now: datetime, hours: float, live: bool) -> None:
    token = sessions.open(session, ana, now=now)
    assert (sessions.find(session, token, now=now + hours * HOUR) is not None) is live


@pytest.mark.parametrize(("hours", "live"), [(23, True), (24, False)])
def test_busy_sessions_end_after_a_day(session: Session, ana: int, now: datetime, hours: int, live: bool) -> None:
    token = sessions.open(session, ana, now=now)
    [row] = sessions.of(session, ana, now=now)
    for hour in range(hours):
        sessions.touch(session, row.id, now=now + hour * HOUR)
    session.expire_all()
    assert (sessions.find(session, token, now=now + hours * HOUR) is not None) is live


@pytest.mark.parametrize(("minutes", "due"), [(4, False), (5, True)])
def test_sightings_are_written_now_and_then(session: Session, ana: int, now: datetime, minutes: int, due: bool) -> None:
    sessions.open(session, ana, now=now)
    [row] = sessions.of(session, ana, now=now)
    assert sessions.needs_touch(row, now=now + timedelta(minutes=minutes)) is due


def test_logging_out(session: Session, ana: int, now: datetime) -> None:
    token = sessions.open(session, ana, now=now)
    sessions.close(session, token, now=now)
    session.expire_all()
    assert sessions.find(session, token, now=now) is None
    assert sessions.of(session, ana, now=now) == []


def test_one_session_is_ended_from_another(session: Session, ana: int, now: datetime) -> None:
    token = sessions.open(session, ana, now=now)
    [row] = sessions.of(session, ana, now=now)
    sessions.revoke(session, ana, row.id, now=now)
    assert sessions.find(session, token, now=now) is None


def test_sessions_of_others_are_not_found(session: Session, ana: int, add_person: AddPerson, now: datetime) -> None:
    sessions.open(session, ana, now=now)
    [row] = sessions.of(session, ana, now=now)
    with pytest.raises(NotFound):
        sessions.revoke(session, add_person("Luis").id, row.id, now=now)


def test_all_but_this_one(session: Session, ana: int, now: datetime) -> None:
    kept, *others = (sessions.open(session, ana, now=now) for _ in range(3))
    assert sessions.close_all(session, ana, now=now, but=kept) == 2
    session.expire_all()
    assert sessions.find(session, kept, now=now)
    assert not any(sessions.find(session, token, now=now) for token in others)


def test_purge_forgets_old_sessions(session: Session, ana: int, now: datetime) -> None:
    sessions.open(session, ana, now=now)
    sessions.purge(session, limit=now - timedelta(days=1))
    assert session.scalars(select(LoginSession)).all()
    sessions.purge(session, limit=now + timedelta(days=1))
    assert session.scalars(select(LoginSession)).all() == []


# --- Tokens ---


def test_a_token_is_found_by_its_secret_and_keeps_only_a_hash(session: Session, ana: int, now: datetime) -> None:
    issued = tokens.issue(session, ana, "tablero", by=SYSTEM, now=now)
    found = tokens.find(session, issued.secret, now=now)
    assert found is issued.row
    assert issued.secret not in (issued.row.token_hash, issued.row.name)


def test_tokens_expire(session: Session, ana: int, now: datetime) -> None:
    issued = tokens.issue(session, ana, "tablero", lasts=HOUR, by=SYSTEM, now=now)
    assert tokens.find(session, issued.secret, now=now + HOUR) is None


@pytest.mark.parametrize(
    ("name", "lasts", "path"), [(" ", HOUR, "name"), ("x", timedelta(0), "lasts"), ("x", timedelta(days=366), "lasts")]
)
def test_wrong_tokens(session: Session, ana: int, now: datetime, name: str, lasts: timedelta, path: str) -> None:
    with pytest.raises(InvalidData) as caught:
        tokens.issue(session, ana, name, lasts=lasts, by=SYSTEM, now=now)
    assert list(caught.value.errors) == [path]


def test_revoked_tokens_open_nothing(session: Session, ana: int, now: datetime) -> None:
    issued = tokens.issue(session, ana, "tablero", by=SYSTEM, now=now)
    tokens.revoke(session, ana, issued.row.id, by=SYSTEM, now=now)
    tokens.revoke(session, ana, issued.row.id, by=SYSTEM, now=now)
    assert tokens.find(session, issued.secret, now=now) is None
    actions = [row.action for row in history.of(session, trace.person(ana))]
    assert actions == ["person.added", "token.issued", "token.revoked"]


def test_tokens_of_others_are_not_found(session: Session, ana: int, add_person: AddPerson, now: datetime) -> None:
    issued = tokens.issue(session, ana, "tablero", by=SYSTEM, now=now)
    with pytest.raises(NotFound):
        tokens.revoke(session, add_person("Luis").id, issued.row.id, by=SYSTEM, now=now)


def test_use_is_written_now_and_then(session: Session, ana: int, now: datetime) -> None:
    row = tokens.issue(session, ana, "tablero", by=SYSTEM, now=now).row
    assert tokens.needs_touch(row, now=now)
    tokens.touch(session, row.id, now=now)
    session.expire_all()
    assert not tokens.needs_touch(row, now=now + timedelta(minutes=4))


def test_the_list_of_tokens(session: Session, ana: int, now: datetime) -> None:
    tokens.issue(session, ana, "uno", by=SYSTEM, now=now)
    tokens.issue(session, ana, "dos", by=SYSTEM, now=now + HOUR)
    rows: list[ApiToken] = tokens.of(session, ana)
    assert [row.name for row in rows] == ["dos", "uno"]
