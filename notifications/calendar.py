"""Colombian working days and due instants, each with its explanation in words.

The holidays come from a maintained library (it knows Ley 2578 de 2026); what people add to them is read by
`notifications.days`. Terms follow Ley 4 de 1913, arts. 59 and 62: the day of the act does not count, terms in days are
of working days, those in months and years run by the calendar and end on a working day.
"""

import re
from calendar import monthrange
from collections.abc import Callable
from collections.abc import Collection
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
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
LONGEST = 3660  # days that a term may last; longer ones are mistakes
FIXED = "on:"  # how a term begins that is a day and not a length
DAY = timedelta(days=1)
_WEEKEND = {5: "sábado", 6: "domingo"}


@dataclass(frozen=True, slots=True)
class Due:
    """An instant by which something is owed, and why that one."""

    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Suspension:
    """Days, both included, on which a term does not run."""

    since: date
    until: date


@lru_cache(maxsize=64)
def holidays_of(year: int) -> Mapping[date, str]:
    """The legal holidays of a year with their names."""
    found = holidays.country_holidays("CO", years=year, language="es")
    return {day: name.removesuffix(" (observado)") for day, name in found.items()}


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """Which days are worked in a place, under one version of the calendar.

    `extra` are the non-working days that people added, with their reasons.
    """

    extra: Mapping[date, str] = field(default_factory=dict)
    version: int = 0
    cut_off: time = CUT_OFF

    def is_working(self, day: date) -> bool:
        """Whether offices work on `day`."""
        return day.weekday() < 5 and day not in holidays_of(day.year) and day not in self.extra

    def why_not(self, day: date) -> str:
        """Why `day` is not worked, in words; empty when it is."""
        if day in self.extra:
            return self.extra[day]
        return holidays_of(day.year).get(day) or _WEEKEND.get(day.weekday(), "")

    def add(self, day: date, count: int) -> date:
        """The `count`-th working day after `day` (before it, when negative), which itself does not count."""
        step = DAY if count >= 0 else -DAY
        for _ in range(abs(count)):
            day = self._next(day + step, step)
        return day

    def forward(self, day: date) -> date:
        """`day`, or the next working day when it is not one."""
        return self._next(day, DAY)

    def backward(self, day: date) -> date:
        """`day`, or the working day before when it is not one."""
        return self._next(day, -DAY)

    def between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; negative when `end` lies before."""
        if end < start:
            return -self.between(end, start)
        return sum(map(self.is_working, _days(start + DAY, end)))

    def at_cut_off(self, day: date) -> datetime:
        """The instant at which `day` ends for offices, in UTC."""
        return datetime.combine(day, self.cut_off, BOGOTA).astimezone(UTC)

    def _next(self, day: date, step: timedelta) -> date:
        while not self.is_working(day):
            day += step
        return day


LAW = WorkingDays()
"""The calendar of the law alone."""


def due(term: str, now: datetime, days: WorkingDays = LAW, suspensions: Collection[Suspension] = ()) -> Due:
    """When something that starts `now` is due under `term`, in a place whose working days are `days`.

    `term` is `working_days:N`, `calendar_days:N`, `months:N`, `years:N` or `quarter_end`; the days of `suspensions` do
    not count. `on:YYYY-MM-DD` is a day that somebody committed to: it stays that day, worked or not. Raises
    DefinitionError for another term.
    """
    if term.startswith(FIXED):
        day = _fixed(term)
        return Due(days.at_cut_off(day), f"es el día que se fijó en este trámite, {in_words(day)}")
    kind, count = _parsed(term)
    start = local_date(now)
    end, reason = _TERMS[kind](start, count, days, suspensions)
    return Due(days.at_cut_off(end), reason)


def skipped(start: date, end: date, days: WorkingDays) -> str:
    """The days after `start`, before `end`, that a count of working days leaves out: weekends in short, others by name.

    Begins with a semicolon; empty when there is none.
    """
    between = list(_days(start + DAY, end - DAY))
    weekends = {day.isocalendar()[:2] for day in between if day.weekday() > 4}
    weekend = ("el fin de semana" if len(weekends) == 1 else "los fines de semana") if weekends else ""
    named = [f"el {in_words(day)} ({days.why_not(day)})" for day in between if _left_out(day, days)]
    parts = [weekend, *named] if weekend else named
    if not parts:
        return ""
    plural = len(parts) > 1 or len(weekends) > 1
    return f"; no {'cuentan' if plural else 'cuenta'} {' ni '.join(filter(None, [', '.join(parts[:-1]), parts[-1]]))}"


def passed_over(first: date, last: date, days: WorkingDays) -> str:
    """The holidays and extra days between a day that is not worked and the one that takes its place, by name."""
    low, high = sorted((first, last))
    named = [
        f"el {in_words(day)} ({days.why_not(day)})" for day in _days(low + DAY, high - DAY) if _left_out(day, days)
    ]
    return f"; {'tampoco lo es' if len(named) == 1 else 'tampoco lo son'} {' ni '.join(named)}" if named else ""


def _left_out(day: date, days: WorkingDays) -> bool:
    """Whether a day of the working week is not worked all the same."""
    return day.weekday() < 5 and not days.is_working(day)


def known(term: str) -> bool:
    """Whether a diagram or a policy may name `term`: `due` understands it, and it is no day that only a case has."""
    if term.startswith(FIXED):
        return False
    try:
        _parsed(term)
    except DefinitionError:
        return False
    return True


def in_words(day: date) -> str:
    """`day` as people read it: «24 de noviembre de 2026»."""
    return f"{day.day} de {month_name(day.month)} de {day.year}"


def month_name(month: int) -> str:
    """The name of the month `month`, from 1: «noviembre»."""
    return _MONTHS[month - 1]


# --- Terms ---

_Term = Callable[[date, int, WorkingDays, Collection[Suspension]], tuple[date, str]]


def _parsed(term: str) -> tuple[str, int]:
    found = re.fullmatch(r"(working_days|calendar_days|months|years):([0-9]{1,4})|quarter_end", term)
    if found is None or int(found[2] or 0) > LONGEST:
        raise DefinitionError(f"El término «{term}» no se conoce.", code="term")
    return (found[1], int(found[2])) if found[1] else (term, 0)


def _fixed(term: str) -> date:
    try:
        return date.fromisoformat(term.removeprefix(FIXED))
    except ValueError as error:
        raise DefinitionError(f"El término «{term}» no se conoce.", code="term") from error


def _in_working_days(
    start: date, count: int, days: WorkingDays, suspensions: Collection[Suspension]
) -> tuple[date, str]:
    end = start
    for _ in range(max(count, 1)):
        end = days.add(end, 1)
        while _suspended(end, suspensions):
            end = days.add(end, 1)
    length = f"{_counted(count, 'día hábil', 'días hábiles')} desde el {in_words(start)}"
    return end, length + skipped(start, end, days) + _held(start, end, suspensions)


def _in_calendar_days(
    start: date, count: int, days: WorkingDays, suspensions: Collection[Suspension]
) -> tuple[date, str]:
    last = _stretched(start, start + timedelta(days=count), suspensions)
    return _ending(start, last, _counted(count, "día calendario", "días calendario"), days, suspensions)


def _in_months(start: date, count: int, days: WorkingDays, suspensions: Collection[Suspension]) -> tuple[date, str]:
    last = _stretched(start, _months_later(start, count), suspensions)
    return _ending(start, last, _counted(count, "mes", "meses"), days, suspensions)


def _in_years(start: date, count: int, days: WorkingDays, suspensions: Collection[Suspension]) -> tuple[date, str]:
    last = _stretched(start, _months_later(start, 12 * count), suspensions)
    return _ending(start, last, _counted(count, "año", "años"), days, suspensions)


def _at_quarter_end(start: date, _: int, days: WorkingDays, suspensions: Collection[Suspension]) -> tuple[date, str]:
    end = days.backward(quarter_end(start))
    return end, "último día hábil del trimestre (mínimo trimestral del paso 5 del procedimiento)"


_TERMS: Mapping[str, _Term] = {
    "working_days": _in_working_days,
    "calendar_days": _in_calendar_days,
    "months": _in_months,
    "years": _in_years,
    "quarter_end": _at_quarter_end,
}


def quarter_end(day: date) -> date:
    """The last day of the calendar quarter of `day`."""
    month = (day.month - 1) // 3 * 3 + 3
    return date(day.year, month, monthrange(day.year, month)[1])


def _months_later(day: date, count: int) -> date:
    """The same day `count` months later, or the last of that month where it has none (Ley 4 de 1913, art. 59)."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _ending(
    start: date, last: date, length: str, days: WorkingDays, suspensions: Collection[Suspension]
) -> tuple[date, str]:
    """A term that ends on `last`, or on the next working day (Ley 4 de 1913, art. 62)."""
    end = days.forward(last)
    reason = f"{length} desde el {in_words(start)}{_held(start, last, suspensions)}"
    if end != last:
        reason += f"; el {in_words(last)} no es hábil ({days.why_not(last)}) y pasa al siguiente día hábil"
    return end, reason


def _stretched(start: date, last: date, suspensions: Collection[Suspension]) -> date:
    """`last`, as many days later as were suspended until then."""
    missing = sum(_suspended(day, suspensions) for day in _days(start + DAY, last))
    while missing:
        last += DAY
        missing -= not _suspended(last, suspensions)
    return last


def _suspended(day: date, suspensions: Collection[Suspension]) -> bool:
    return any(one.since <= day <= one.until for one in suspensions)


def _held(start: date, end: date, suspensions: Collection[Suspension]) -> str:
    count = sum(_suspended(day, suspensions) for day in _days(start + DAY, end))
    return f"; {_counted(count, 'día suspendido', 'días suspendidos')} no cuentan" if count else ""


def _counted(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


def _days(start: date, end: date) -> Iterator[date]:
    while start <= end:
        yield start
        start += DAY


_MONTHS = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio",
    "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre",
)  # fmt: skip
