"""Sweeps go on after a bad row, and leave word of how they went."""

import threading
from collections.abc import Callable
from datetime import datetime

import pytest

from att import jobs
from db import SYSTEM
from db import reading
from db import settings
from db import transaction
from db.jobs import JobRun
from db.jobs import Outcome


def marking(now: datetime, bad: int) -> Callable[[int, datetime], None]:
    """An act that writes a row, and fails after writing that of `bad`."""

    def act(row: int, _now: datetime) -> None:
        with transaction() as session:
            settings.put(session, f"row-{row}", True, by=SYSTEM, now=now)
            session.flush()
            if row == bad:
                raise ValueError("mala fila")

    return act


def test_a_bad_row_does_not_stop_the_others(database: None, now: datetime) -> None:
    outcome = jobs.sweep("x", lambda _session, _now: [1, 2, 3], marking(now, bad=2), now)
    assert outcome == Outcome(found=3, done=2, failed=1, error="ValueError: mala fila")
    with reading() as session:
        assert [settings.get(session, f"row-{row}", False) for row in (1, 2, 3)] == [True, False, True]


@pytest.mark.parametrize("name", list(jobs.JOBS))
def test_a_job_with_nothing_due_leaves_its_heartbeat(database: None, now: datetime, name: str) -> None:
    assert jobs.run(name, now) == Outcome()
    with reading() as session:
        row = session.get_one(JobRun, name)
        assert row.last_finished_at is not None
        assert row.last_finished_at >= row.last_started_at


def test_a_job_that_fails_whole_leaves_word(database: None, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_now: datetime) -> Outcome:
        raise ValueError("no hay base")

    monkeypatch.setitem(jobs.JOBS, "timers", (broken, 1))
    assert jobs.run("timers", now).error == "ValueError: no hay base"
    with reading() as session:
        assert session.get_one(JobRun, "timers").failed == 1


def test_two_processes_may_begin_a_job_that_never_ran(database: None, now: datetime) -> None:
    both = [threading.Thread(target=jobs.run, args=("reminders", now)) for _ in range(3)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    with reading() as session:
        assert session.get_one(JobRun, "reminders").error == ""
