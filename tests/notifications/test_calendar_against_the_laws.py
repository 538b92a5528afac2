"""The calendar agrees with an independent reading of the laws, day by day."""

from datetime import date
from datetime import timedelta

import pytest

from notifications.calendar import LAW
from tests.oracle import workdays


@pytest.mark.parametrize("year", range(2024, 2041))
def test_every_day_of_a_year_is_worked_or_not_as_the_laws_say(year: int) -> None:
    first = date(year, 1, 1)
    days = [first + timedelta(days=number) for number in range((date(year + 1, 1, 1) - first).days)]
    assert [day for day in days if LAW.is_working(day) != workdays.is_working(day)] == []


@pytest.mark.parametrize("year", range(2024, 2041))
@pytest.mark.parametrize("count", [-5, -1, 1, 3, 10])
def test_the_nth_working_day_is_that_of_the_laws(year: int, count: int) -> None:
    starts = [date(year, month, day) for month in range(1, 13) for day in (1, 9, 17, 28)]
    assert [LAW.add(start, count) for start in starts] == [workdays.nth(start, count) for start in starts]
