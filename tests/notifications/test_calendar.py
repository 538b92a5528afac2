"""Working days and due instants, with their reasons."""

from datetime import UTC
from datetime import date
from datetime import datetime

import pytest

from db.errors import DefinitionError
from notifications import calendar


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 11, 24), True),
        (date(2026, 11, 21), False),  # Saturday
        (date(2026, 11, 16), False),  # Independencia de Cartagena, moved to Monday
        (date(2026, 7, 13), False),  # Virgen de Chiquinquirá, Ley 2578 de 2026
        (date(2026, 12, 8), False),
        (date(2026, 4, 3), False),  # Good Friday
    ],
)
def test_working_days(day: date, works: bool) -> None:
    assert calendar.LAW.is_working(day) is works


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        (date(2026, 11, 24), 1, date(2026, 11, 25)),
        (date(2026, 11, 27), 1, date(2026, 11, 30)),
        (date(2026, 12, 7), 1, date(2026, 12, 9)),
        (date(2026, 11, 24), 10, date(2026, 12, 9)),
    ],
)
def test_the_day_of_the_act_does_not_count(start: date, count: int, end: date) -> None:
    assert calendar.LAW.add(start, count) == end
    assert calendar.LAW.between(start, end) == count


def test_days_before_are_negative() -> None:
    assert calendar.LAW.between(date(2026, 11, 25), date(2026, 11, 24)) == -1


def test_a_due_instant_is_the_cut_off_of_its_day() -> None:
    due = calendar.due("working_days:3", datetime(2026, 11, 24, 14, tzinfo=UTC))
    assert due.at == datetime(2026, 11, 27, 22, tzinfo=UTC)
    assert due.reason == "3 días hábiles desde el 24 de noviembre de 2026"


def test_calendar_days_that_end_on_a_holiday_go_on_to_the_next_working_day() -> None:
    assert calendar.due("calendar_days:14", datetime(2026, 11, 24, 14, tzinfo=UTC)).at.date() == date(2026, 12, 9)


def test_a_quarter_ends_on_its_last_working_day() -> None:
    assert calendar.due("quarter_end", datetime(2026, 5, 4, 14, tzinfo=UTC)).at.date() == date(2026, 6, 30)


def test_a_day_that_was_committed_to_stays_that_day() -> None:
    due = calendar.due("on:2026-12-13", datetime(2026, 5, 4, 14, tzinfo=UTC))  # a Sunday
    assert due.at == datetime(2026, 12, 13, 22, tzinfo=UTC)
    assert not calendar.known("on:2026-12-13")  # it is of a case, not of a diagram or a policy


@pytest.mark.parametrize("term", ["", "P1D", "working_days:x", "weeks:2", "on:mañana"])
def test_an_unknown_term_is_refused(term: str) -> None:
    assert not calendar.known(term)
    with pytest.raises(DefinitionError):
        calendar.due(term, datetime(2026, 5, 4, 14, tzinfo=UTC))
