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
