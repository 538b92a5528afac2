"""Failures of the same moment: each counts."""

from datetime import datetime
from datetime import timedelta

from db import reading
from db import transaction
from directory import throttle
from directory.models import LoginAttempt
from tests.meanwhile import during

COUNTED = throttle.counters("ana", "203.0.113.7", known=False)


def failures() -> set[int]:
    with reading() as session:
        return {row.failures for row in session.query(LoginAttempt)}


def test_the_first_two_of_a_username_at_once_are_two(database: None, now: datetime) -> None:
    during(
        lambda session: throttle.failed(session, COUNTED, now=now),
        lambda session: throttle.failed(session, COUNTED, now=now),
    )
    assert failures() == {2}


def test_two_more_at_once_are_two_more(database: None, now: datetime) -> None:
    with transaction() as session:
        throttle.failed(session, COUNTED, now=now)
    during(
        lambda session: throttle.failed(session, COUNTED, now=now),
        lambda session: throttle.failed(session, COUNTED, now=now),
    )
    assert failures() == {3}


def test_a_clock_that_was_set_back_leaves_neither_pauses_nor_failures_that_nobody_had(
    database: None, now: datetime
) -> None:
    tomorrow = now + timedelta(days=1)
    with transaction() as session:
        for _ in range(throttle.HERE.free):
            throttle.failed(session, COUNTED, now=tomorrow)
        assert throttle.blocked_until(session, COUNTED, now=tomorrow) is not None
        assert throttle.blocked_until(session, COUNTED, now=now) is None
        throttle.failed(session, COUNTED, now=now)
        assert {row.failures for row in session.query(LoginAttempt)} == {throttle.HERE.free + 1}
