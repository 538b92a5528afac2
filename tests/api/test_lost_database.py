"""The database goes away in the middle: 503, nothing lost, nothing done by halves, and all is well when it is back."""

from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from db import connect
from db import reading
from db.session import current_engine
from engine import registry
from engine.models import Draft
from engine.models import Submission
from tests import databases
from tests.api.conftest import Api

DATA = {"text": "Hola"}
NOBODY_LISTENS = "postgresql+psycopg://postgres@127.0.0.1:9/att?connect_timeout=2"


def kill_the_connection(session: Session) -> None:
    """PostgreSQL ends this very connection, as it does when it restarts."""
    session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))


def fill_the_disk(session: Session) -> None:
    """SQLite finds no room for another page."""
    session.execute(text("PRAGMA max_page_count = 1"))
    session.execute(text("INSERT INTO setting (key, value, changed_at) VALUES (hex(randomblob(1000000)), '', '')"))


LOSSES = {"postgresql": kill_the_connection, "sqlite": fill_the_disk}


@pytest.fixture
def loses(process: str) -> Iterator[Callable[[], None]]:
    """Loses the database while a form of the small process is being checked: after the lock, before the end."""
    lose = LOSSES[databases.kind()]

    def check(session: Session, context: Any, data: Mapping[str, Any], *, now: Any) -> None:
        registry._checks.pop("nota")
        lose(session)

    yield lambda: registry._checks.update(nota=check)
    registry._checks.pop("nota", None)


def test_a_step_that_loses_the_database_is_not_done_and_can_be_sent_again(
    api: Api, task_id: int, loses: Callable[[], None]
) -> None:
    path, sent = f"/tasks/{task_id}/complete", {"json": {"data": DATA}}
    sent["headers"] = {"If-Match": "*", "Idempotency-Key": "k-1"}
    api("ana")("PUT", f"/tasks/{task_id}/draft", json={"data": DATA})
    loses()
    response = api("ana")("POST", path, **sent, _expected_status=503)
    assert response.content_type == "application/problem+json"
    assert response.headers["Retry-After"] == "5"
    assert "Traceback" not in response.text
    current_engine().dispose()
    with reading() as session:
        assert (session.query(Draft).count(), session.query(Submission).count()) == (1, 0)
    assert api("ana")("POST", path, **sent).json["receipt"]
    with reading() as session:
        assert session.query(Submission).count() == 1


@pytest.fixture
def away(database_url: str) -> Iterator[Callable[[], None]]:
    """Moves the database to where nobody listens, until the test ends."""
    yield lambda: connect(NOBODY_LISTENS) and None
    connect(database_url)


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/me"), ("GET", "/tasks"), ("GET", "/portfolio"), ("POST", "/tokens"), ("POST", "/tasks/1/claim")],
)
def test_a_database_that_does_not_answer_is_503(
    app: Flask, api: Api, away: Callable[[], None], method: str, path: str
) -> None:
    caller = api("ana")
    away()
    sent = {"username": "ana", "password": "una clave bastante larga"}
    options = {"json": sent} if path == "/tokens" else {}
    response = caller(method, path, **options, _expected_status=503)
    assert response.json["type"] == "urn:att:problem:unavailable"
    assert "127.0.0.1" not in response.text


def test_all_is_well_when_it_is_back(api: Api, task_id: int, away: Callable[[], None], database_url: str) -> None:
    away()
    api("ana")("GET", f"/tasks/{task_id}", _expected_status=503)
    connect(database_url)
    assert api("ana")("GET", f"/tasks/{task_id}").json["status"] == "open"
