"""Colombian working days and due instants, each with its explanation in words.

The holidays come from a maintained library (it knows Ley 2578 de 2026). Terms in working days follow
Ley 4 de 1913, art. 62: the day of the act does not count, non-working days are left out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import time
from datetime import timedelta
from functools import lru_cache

import holidays

from db.clock import BOGOTA
from db.clock import local_date
from db.errors import DefinitionError

CUT_OFF = time(17, 0)  # a working day ends at 5 p. m.: ours, no source gives an hour


@dataclass(frozen=True, slots=True)
class Due:
    """An instant by which something is owed, and why that one."""

    at: datetime
    reason: str


@lru_cache(maxsize=64)
def _holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("CO", years=year))


def is_working_day(day: date) -> bool:
    """Whether offices of the national government work on `day`."""
    return day.weekday() < 5 and day not in _holidays(day.year)


def add_working_days(day: date, count: int) -> date:
    """The `count`-th working day after `day`, which itself does not count."""
    for candidate in _days_after(day):
        if is_working_day(candidate):
            count -= 1
            if count <= 0:
                return candidate
    raise AssertionError("days do not end")


def working_days_between(start: date, end: date) -> int:
    """Working days after `start` up to and including `end`; negative when `end` lies before."""
    if end < start:
        return -working_days_between(end, start)
    return sum(1 for offset in range(1, (end - start).days + 1) if is_working_day(start + timedelta(days=offset)))


def at_cut_off(day: date) -> datetime:
    """The instant at which `day` ends for offices, in UTC."""
    return datetime.combine(day, CUT_OFF, BOGOTA).astimezone(UTC)


def due(term: str, now: datetime) -> Due:
    """When something that starts `now` is due under `term`.

    `term` is `working_days:N`, `calendar_days:N` or `quarter_end`. Raises DefinitionError for another.
    """
    kind, _, number = term.partition(":")
    today = local_date(now)
    if kind == "working_days" and number.isdigit():
        return Due(at_cut_off(add_working_days(today, int(number))), f"{number} días hábiles desde el {_words(today)}")
    if kind == "calendar_days" and number.isdigit():
        last = today + timedelta(days=int(number))
        return Due(
            at_cut_off(_forward(last)),
            f"{number} días calendario desde el {_words(today)}; si el último no es hábil, el siguiente hábil",
        )
    if kind == "quarter_end":
        return Due(
            at_cut_off(_backward(_quarter_end(today))),
            "último día hábil del trimestre (mínimo trimestral del paso 5 del procedimiento)",
        )
    raise DefinitionError(f"El término «{term}» no se conoce.", code="term")


def known(term: str) -> bool:
    """Whether `due` understands `term`."""
    kind, _, number = term.partition(":")
    return term == "quarter_end" or (kind in ("working_days", "calendar_days") and number.isdigit())


def _quarter_end(day: date) -> date:
    month = (day.month - 1) // 3 * 3 + 3
    following = date(day.year + month // 12, month % 12 + 1, 1)
    return following - timedelta(days=1)


def _days_after(day: date) -> Iterator[date]:
    while True:
        day += timedelta(days=1)
        yield day


def _forward(day: date) -> date:
    return day if is_working_day(day) else add_working_days(day, 1)


def _backward(day: date) -> date:
    while not is_working_day(day):
        day -= timedelta(days=1)
    return day


_MONTHS = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio",
    "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre",
)  # fmt: skip


def _words(day: date) -> str:
    return f"{day.day} de {_MONTHS[day.month - 1]} de {day.year}"
