"""The worker runs the jobs while it is elected, and only then."""

import threading
from datetime import datetime
from datetime import timedelta
from pathlib import Path

import pytest

from att import jobs
from att.election import elected
from att.settings import Settings
from att.worker import Worker
from db import clock
from db.jobs import Outcome


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Set when the only job rings."""
    event = threading.Event()

    def job(_now: datetime) -> Outcome:
        event.set()
        return Outcome()

    monkeypatch.setattr(jobs, "JOBS", {"probe": (job, 1)})
    return event


@pytest.fixture
def settings(database: None, database_url: str, tmp_path: Path) -> Settings:
    return Settings.from_env({"ATT_VAR": str(tmp_path), "ATT_DATABASE_URL": database_url})


def test_it_runs_the_jobs_at_once(settings: Settings, rung: threading.Event) -> None:
    worker = Worker(settings, pause=0.02)
    worker.start()
    assert rung.wait(10)
    worker.stop()
    assert not worker.working.is_set()


def test_it_runs_nothing_while_another_is_elected(settings: Settings, rung: threading.Event) -> None:
    worker = Worker(settings, pause=0.02)
    with elected(settings.database_url, settings.var):
        worker.start()
        assert not worker.working.wait(0.2)
        assert not rung.is_set()
    assert worker.working.wait(10)
    worker.stop()


def test_a_clock_that_is_set_back_keeps_no_job_waiting(
    settings: Settings, rung: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "JOBS", {"probe": (jobs.JOBS["probe"][0], 3600)})
    worker = Worker(settings, pause=0.02)
    worker.start()
    assert rung.wait(10)
    rung.clear()
    as_before = clock.now
    monkeypatch.setattr(clock, "now", lambda: as_before() - timedelta(days=1))
    assert rung.wait(10)
    worker.stop()
