"""Colombian working days from the texts of the laws: Ley 51 de 1983 and Ley 2578 de 2026."""

from datetime import date
from datetime import timedelta
from functools import cache

FIXED = ((1, 1), (5, 1), (7, 20), (8, 7), (12, 8), (12, 25))
TO_MONDAY = ((1, 6), (3, 19), (6, 29), (8, 15), (10, 12), (11, 1), (11, 11))
CHIQUINQUIRA = (7, 9)  # Ley 2578 of June 2026, moved to Monday
FROM_EASTER = (-3, -2)
FROM_EASTER_TO_MONDAY = (39, 60, 68)  # Ascension, Corpus Christi, Sacred Heart


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (the anonymous algorithm of 1876)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = b // 4, b % 4
    g = (b - (b + 8) // 25 + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = c // 4, c % 4
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def monday(day: date) -> date:
    """`day` when it is a Monday, else the next Monday."""
    return day + timedelta(days=-day.weekday() % 7)


@cache
def holidays(year: int) -> frozenset[date]:
    """The legal holidays of a year from 2024 on."""
    sunday = easter(year)
    found = {date(year, *day) for day in FIXED} | {monday(date(year, *day)) for day in TO_MONDAY}
    if year >= 2026:
        found.add(monday(date(year, *CHIQUINQUIRA)))
    found |= {sunday + timedelta(days=days) for days in FROM_EASTER}
    return frozenset(found | {monday(sunday + timedelta(days=days)) for days in FROM_EASTER_TO_MONDAY})


def is_working(day: date, extra: frozenset[date] = frozenset()) -> bool:
    """Whether offices work on `day`."""
    return day.isoweekday() <= 5 and day not in holidays(day.year) and day not in extra


def nth(day: date, count: int, extra: frozenset[date] = frozenset()) -> date:
    """The `count`-th working day after `day`, or before it when negative."""
    step = timedelta(days=1 if count > 0 else -1)
    left = abs(count)
    while left:
        day += step
        left -= is_working(day, extra)
    return day


def count(first: date, last: date, extra: frozenset[date] = frozenset()) -> int:
    """The working days after `first`, up to and including `last`; none where it lies before."""
    span = (last - first).days
    return sum(is_working(first + timedelta(days=days), extra) for days in range(1, span + 1))
