"""The heartbeat of the jobs."""

from datetime import datetime
from datetime import timedelta

import pytest
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from db import jobs


def test_a_job_that_began_and_did_not_end_shows(session: Session, now: datetime) -> None:
    jobs.started(session, "timers", now=now)
    assert [(row.name, row.last_finished_at) for row in jobs.every(session)] == [("timers", None)]


def test_the_figures_of_the_last_run_are_kept(session: Session, now: datetime) -> None:
    later = now + timedelta(minutes=1)
    for at in (now, later):
        jobs.started(session, "timers", now=at)
        jobs.finished(session, "timers", jobs.Outcome(found=3, done=2, failed=1, error="x"), now=at)
    (row,) = jobs.every(session)
    assert (row.last_started_at, row.last_finished_at, row.found, row.done, row.failed) == (later, later, 3, 2, 1)


def test_a_job_cannot_end_before_it_began(session: Session, now: datetime) -> None:
    with pytest.raises(NoResultFound):
        jobs.finished(session, "timers", jobs.Outcome(), now=now)


def test_all_runs_add_up(session: Session, now: datetime) -> None:
    for place, outcome in enumerate((jobs.Outcome(3, 2, 1, "x"), jobs.Outcome(4, 4))):
        at = now + timedelta(minutes=place)
        jobs.started(session, "timers", now=at, every=30)
        jobs.finished(session, "timers", outcome, now=at + timedelta(seconds=2))
    (row,) = jobs.every(session)
    assert (row.runs, row.broken_runs, row.rows_done, row.rows_failed, row.seconds) == (2, 1, 6, 1, 4.0)


def test_a_job_is_late_when_it_ought_to_have_run_long_ago(session: Session, now: datetime) -> None:
    jobs.started(session, "timers", now=now, every=30)
    jobs.started(session, "bounces", now=now)
    by_clock, by_hand = jobs.every(session)[1], jobs.every(session)[0]
    later = now + jobs.PATIENCE + timedelta(seconds=91)
    assert (by_clock.late(now + timedelta(seconds=90)), by_clock.late(later), by_hand.late(later)) == (
        False, True, False,
    )  # fmt: skip
    assert jobs.last_beat(session) == now
