"""Readiness tells the truth: what keeps the installation from doing its work is said, and nothing else does."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from att import jobs
from att import post
from att import readiness
from att.app import build
from att.settings import Settings
from db import SYSTEM
from db import clock
from db import connect
from db import transaction
from db.jobs import JobRun
from db.session import current_engine
from directory import people
from notifications import outbox

OK = (200, "ok\n")
NO_JOBS = (503, "Ningún proceso corre los trabajos automáticos.\n")
NO_MAIL = (503, "Nadie está enviando los mensajes.\n")


@pytest.fixture
def client(newest: None, tmp_path: Path) -> Iterator[FlaskClient]:
    """An installation with the newest tables."""
    yield build(Settings.from_env({"ATT_VAR": str(tmp_path), "ATT_SECRET_KEY": "k" * 40})).test_client()
    post._InUse.settings = None


def said(client: FlaskClient, path: str) -> tuple[int, str]:
    response = client.get(path)
    return response.status_code, response.text


def ready(client: FlaskClient) -> tuple[int, str]:
    """What it says of its work; it says that it is up in any case, and takes requests while its database answers."""
    work = said(client, "/statusz")
    assert said(client, "/healthz") == OK
    assert said(client, "/readyz") == (work if "base de datos" in work[1] else OK)
    return work


def beat(ago: timedelta = timedelta(0)) -> None:
    """Jobs ran, the last one so long ago."""
    jobs.run("tidy", clock.now())
    with transaction() as session:
        session.get_one(JobRun, "tidy").last_started_at -= ago


def message(ago: timedelta) -> None:
    """A message whose time came so long ago; in the future when it is negative."""
    now = clock.now()
    with transaction() as session:
        person = people.add(session, "Ana Ruiz", by=SYSTEM, now=now)
        outbox.enqueue(session, "k", "test", "email", person.id, {}, stale_at=None, now=now - ago)


def test_it_is_ready_while_its_jobs_run(client: FlaskClient) -> None:
    assert ready(client) == NO_JOBS
    beat()
    assert ready(client) == OK


def test_jobs_that_stopped_are_told(client: FlaskClient) -> None:
    beat(readiness.SILENT - timedelta(seconds=30))
    assert ready(client) == OK
    beat(readiness.SILENT + timedelta(seconds=30))
    assert ready(client) == NO_JOBS


def test_a_job_that_was_run_by_hand_is_no_clock(client: FlaskClient) -> None:
    beat()
    with transaction() as session:
        session.get_one(JobRun, "tidy").every = 0
    assert ready(client) == NO_JOBS


@pytest.mark.parametrize(
    ("ago", "expected"),
    [
        (readiness.HELD_UP + timedelta(minutes=1), NO_MAIL),
        (readiness.HELD_UP - timedelta(minutes=1), OK),
        (-timedelta(minutes=30), OK),  # a server that does not take it gave it another time
    ],
)
def test_messages_that_nobody_sends_are_told(client: FlaskClient, ago: timedelta, expected: tuple[int, str]) -> None:
    beat()
    message(ago)
    assert ready(client) == expected


def test_everything_that_is_missing_is_told(client: FlaskClient) -> None:
    message(readiness.HELD_UP + timedelta(minutes=1))
    assert ready(client) == (503, NO_JOBS[1] + NO_MAIL[1])


def test_an_older_database_is_told_alone(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("att.schema.revisions", lambda: ["0001", "9999"])
    status, text = ready(client)
    assert status == 503
    assert text.startswith("La base de datos está en la versión")
    assert text.count("\n") == 1


def test_a_database_that_does_not_answer_is_told(client: FlaskClient) -> None:
    beat()
    url = current_engine().url.render_as_string(hide_password=False)
    connect("postgresql+psycopg://nobody@127.0.0.1:1/none")
    assert ready(client) == (503, "La base de datos no responde.\n")
    connect(url)
    assert ready(client) == OK
