"""What Prometheus reads: who may, what it says, and that several processes are told as one."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families

from att import jobs
from att.app import build
from att.settings import Settings
from db import clock
from db import connect
from db import invariants
from db import transaction
from db.invariants import Finding
from db.session import current_engine
from edge import figures
from edge.permission import public
from notifications import outbox
from tests.edge.conftest import SECRET

TOKEN = "un-token-de-prueba-largo"


@pytest.fixture
def measured(database: None, tmp_path: Path) -> Flask:
    """An application that gives its metrics to whoever brings the token."""
    env = {"ATT_VAR": str(tmp_path), "ATT_SECRET_KEY": SECRET, "ATT_METRICS_TOKEN": TOKEN}
    return build(Settings.from_env(env))


def ask(app: Flask, authorization: str = f"Bearer {TOKEN}") -> tuple[int, str]:
    response = app.test_client().get("/metrics", headers={"Authorization": authorization} if authorization else {})
    return response.status_code, response.get_data(as_text=True)


def told(app: Flask) -> dict[tuple[str, ...], float]:
    """Every figure by its name and labels."""
    status, body = ask(app)
    assert status == 200
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(body)
        for sample in family.samples
    }


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Bearer otro-token-de-prueba-largo", f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer ñ"],
)
def test_without_the_token_nothing_is_told(measured: Flask, authorization: str) -> None:
    status, body = ask(measured, authorization)
    assert (status, "att_" in body) == (401, False)


def test_an_installation_without_a_token_tells_nobody(app: Flask) -> None:
    for authorization in ("", "Bearer ", f"Bearer {TOKEN}"):
        status, body = ask(app, authorization)
        assert (status, "att_" in body) == (404, False)


def test_the_token_opens_nothing_else(measured: Flask) -> None:
    response = measured.test_client().get("/api/v1/incidents", headers={"Authorization": f"Bearer {TOKEN}"})
    assert response.status_code == 401


def test_a_request_is_counted_by_its_place_and_how_it_ended(measured: Flask) -> None:
    @public
    def view() -> str:
        raise RuntimeError

    measured.add_url_rule("/api/v1/contada", "contada", view)
    key = ("att_request_seconds_count", "contada", "GET", "5xx")
    before = told(measured).get(key, 0)
    measured.test_client().get("/api/v1/contada?nombre=Ana")
    found = told(measured)
    assert found[key] == before + 1
    assert "Ana" not in ask(measured)[1]
    assert found[("att_request_seconds_sum", "contada", "GET", "5xx")] > 0


def test_an_address_that_leads_nowhere_makes_no_figure_of_its_own(measured: Flask) -> None:
    for number in range(3):
        measured.test_client().open(f"/no-existe-{number}", method=f"RARO{number}")
    assert "no-existe" not in ask(measured)[1]
    assert "RARO" not in ask(measured)[1]


def test_what_the_database_says_of_queues(measured: Flask, person_id: int) -> None:
    now = clock.now()
    with transaction() as session:
        for number, minutes in enumerate((90, 5)):
            at = now - timedelta(minutes=minutes)
            outbox.enqueue(session, f"k{number}", "test", "email", person_id, {}, stale_at=None, now=at)
    found = told(measured)
    assert found[("att_queue_rows", "messages")] == 2
    assert found[("att_queue_oldest_seconds", "messages")] == pytest.approx(90 * 60, abs=60)
    assert found[("att_queue_oldest_seconds", "timers")] == 0
    assert {key[1] for key in found if key[0] == "att_queue_rows"} == set(figures.QUEUES)


def test_a_long_queue_is_counted_up_to_a_number(
    measured: Flask, person_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(figures, "MOST", 3)
    with transaction() as session:
        for number in range(5):
            at = clock.now() - timedelta(minutes=60 + number)
            outbox.enqueue(session, f"k{number}", "test", "email", person_id, {}, stale_at=None, now=at)
    found = told(measured)
    assert found[("att_queue_rows", "messages")] == 3
    assert found[("att_queue_oldest_seconds", "messages")] > 64 * 60 - 1, "the oldest are among them"


def test_what_came_of_jobs_whoever_runs_them(measured: Flask, now: datetime) -> None:
    """The run is of another process: nothing of it stands in this one."""
    jobs.run("tidy", now)
    jobs.run("tidy", now)
    found = told(measured)
    assert (found[("att_job_runs_total", "tidy")], found[("att_job_broken_runs_total", "tidy")]) == (2, 0)
    assert (found[("att_job_late", "tidy")], found[("att_job_running", "tidy")]) == (0, 0)
    assert 0 <= found[("att_job_last_start_age_seconds", "tidy")] < 600


def test_what_must_hold_and_does_not(measured: Flask) -> None:
    with transaction() as session:
        invariants.keep(session, "open_case_waits", [Finding("instance", 1, "Ana Ruiz")], seconds=0.1, now=clock.now())
    found = told(measured)
    assert found[("att_invariant_broken_rows", "open_case_waits")] == 1
    assert found[("att_invariant_unanswered", "open_case_waits")] == 0
    assert "Ana Ruiz" not in ask(measured)[1]


@pytest.fixture
def no_database(database_url: str) -> Iterator[None]:
    """A database that is not there."""
    kept = current_engine().url
    connect("postgresql+psycopg://nobody@127.0.0.1:1/none")
    yield
    connect(kept.render_as_string(hide_password=False)).dispose()


def test_without_the_database_it_says_so(measured: Flask, no_database: None) -> None:
    found = told(measured)
    assert found[("att_database_up",)] == 0
    assert not any(name.startswith("att_queue") for name, *_ in found)


WORK = "from edge import metrics\nwith metrics.service() as timed: timed.outcome = 'done'\n"
TELL = "from edge import metrics\nprint(metrics.exposition().decode())"


def test_several_processes_are_told_as_one(tmp_path: Path) -> None:
    """As the workers of gunicorn, or a process that runs the jobs: each leaves its figures in the folder they share."""
    env = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    for _ in range(2):
        subprocess.run([sys.executable, "-c", WORK], env=env, check=True)
    said = subprocess.run([sys.executable, "-c", TELL], env=env, check=True, capture_output=True, text=True).stdout
    assert 'att_service_seconds_count{outcome="done"} 2.0' in said
