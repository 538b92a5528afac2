"""The periods for which something is owed: weeks, fortnights, months, quarters, halves, years, and given ones.

A period is known by its key (`2026-W47`, `2026-11-F1`, `2026-11`, `2026-Q4`, `2026-H2`, `2026`). Both ends are in it.
"""

import re
from calendar import monthrange
from collections.abc import Callable
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from datetime import datetime
from datetime import time
from datetime import timedelta

from db.clock import BOGOTA
from notifications.calendar import in_words
from notifications.calendar import month_name

WEEKLY, FORTNIGHTLY, MONTHLY = "weekly", "fortnightly", "monthly"
QUARTERLY, HALF_YEARLY, YEARLY = "quarterly", "half_yearly", "yearly"
DATES, EVENT = "dates", "event"

REGULAR = (WEEKLY, FORTNIGHTLY, MONTHLY, QUARTERLY, HALF_YEARLY, YEARLY)
"""Frequencies whose periods follow from the calendar."""

FREQUENCIES = {
    WEEKLY: "Cada semana",
    FORTNIGHTLY: "Cada quincena",
    MONTHLY: "Cada mes",
    QUARTERLY: "Cada trimestre",
    HALF_YEARLY: "Cada semestre",
    YEARLY: "Cada vigencia",
    DATES: "En fechas fijas",
    EVENT: "Cuando ocurre algo",
}

_ORDINALS = ("primer", "segundo", "tercer", "cuarto")
_FEMININE = ("semana", "primera", "segunda", "vigencia")


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` to `end`, both included. `due` is the day of a period with a date of its own."""

    key: str
    start: date
    end: date
    label: str
    due: date | None = None

    def holds(self, day: date) -> bool:
        """Whether `day` lies in it."""
        return self.start <= day <= self.end


def of(frequency: str, day: date) -> Period:
    """The period of a regular frequency in which `day` lies."""
    return _MAKERS[frequency](day)


def starting(frequency: str, since: date, until: date) -> Iterator[Period]:
    """The periods of a regular frequency that start on a day from `since` to `until`, in order."""
    period = of(frequency, since)
    if period.start < since:
        period = of(frequency, period.end + timedelta(days=1))
    while period.start <= until:
        yield period
        period = of(frequency, period.end + timedelta(days=1))


def bounds(period: Period) -> tuple[datetime, datetime]:
    """The instants at which a period begins and is over, in Colombia."""
    start = datetime.combine(period.start, time(0), BOGOTA)
    return start, datetime.combine(period.end + timedelta(days=1), time(0), BOGOTA)


def of_event(reference: int, day: date) -> Period:
    """The period of something that happened on `day`."""
    return Period(f"E{reference}", day, day, in_words(day))


def of_key(key: str) -> Period | None:
    """The regular period with this key; None when it is not the key of one."""
    for pattern, read in _KEYS:
        found = re.fullmatch(pattern, key)
        if found is not None:
            try:
                return read(*(int(part) for part in found.groups()))
            except ValueError:
                return None
    return None


def the(label: str) -> str:
    """The label of a period after «desde»: «el primer trimestre de 2027», «la semana del …»; months have no article."""
    first = label.partition(" ")[0]
    article = "el " if first in _ORDINALS else "la " if first in _FEMININE else ""
    return f"{article}{label}"


def of_the(label: str) -> str:
    """The label of a period after a noun: «del tercer trimestre de 2026», «de noviembre de 2026»."""
    named = the(label)
    return f"d{named}" if named.startswith("el ") else f"de {named}"


def _week(day: date) -> Period:
    start = day - timedelta(days=day.weekday())
    year, number, _ = start.isocalendar()
    end = start + timedelta(days=6)
    return Period(f"{year}-W{number:02}", start, end, f"semana del {_span(start, end)}")


def _fortnight(day: date) -> Period:
    half = 1 if day.day <= 15 else 2
    start = day.replace(day=1 if half == 1 else 16)
    end = day.replace(day=15) if half == 1 else _month_end(day)
    label = f"{('primera', 'segunda')[half - 1]} quincena de {_month_label(day)}"
    return Period(f"{day.year}-{day.month:02}-F{half}", start, end, label)


def _month(day: date) -> Period:
    return Period(f"{day.year}-{day.month:02}", day.replace(day=1), _month_end(day), _month_label(day))


def _quarter(day: date) -> Period:
    number = (day.month + 2) // 3
    start, end = date(day.year, number * 3 - 2, 1), _month_end(date(day.year, number * 3, 1))
    return Period(f"{day.year}-Q{number}", start, end, f"{_ORDINALS[number - 1]} trimestre de {day.year}")


def _half(day: date) -> Period:
    number = 1 if day.month <= 6 else 2
    start, end = date(day.year, number * 6 - 5, 1), _month_end(date(day.year, number * 6, 1))
    return Period(f"{day.year}-H{number}", start, end, f"{_ORDINALS[number - 1]} semestre de {day.year}")


def _year(day: date) -> Period:
    return Period(f"{day.year}", date(day.year, 1, 1), date(day.year, 12, 31), f"vigencia {day.year}")


_MAKERS: dict[str, Callable[[date], Period]] = {
    WEEKLY: _week,
    FORTNIGHTLY: _fortnight,
    MONTHLY: _month,
    QUARTERLY: _quarter,
    HALF_YEARLY: _half,
    YEARLY: _year,
}

_KEYS: tuple[tuple[str, Callable[..., Period]], ...] = (
    (r"(\d{4})-W(\d{2})", lambda year, week: _week(date.fromisocalendar(year, week, 1))),
    (r"(\d{4})-(\d{2})-F([12])", lambda year, month, half: _fortnight(date(year, month, 1 if half == 1 else 16))),
    (r"(\d{4})-(\d{2})", lambda year, month: _month(date(year, month, 1))),
    (r"(\d{4})-Q([1-4])", lambda year, number: _quarter(date(year, number * 3, 1))),
    (r"(\d{4})-H([12])", lambda year, number: _half(date(year, number * 6, 1))),
    (r"(\d{4})", lambda year: _year(date(year, 1, 1))),
)


def _month_end(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def _month_label(day: date) -> str:
    return f"{month_name(day.month)} de {day.year}"


def _span(start: date, end: date) -> str:
    """«16 al 22 de noviembre de 2026»; with what differs said on both sides."""
    if start.year != end.year:
        return f"{in_words(start)} al {in_words(end)}"
    first = f"{start.day}" if start.month == end.month else f"{start.day} de {month_name(start.month)}"
    return f"{first} al {in_words(end)}"
