"""When an obligation is due: the day by the rule of its policy, moved to a working day, with its explanation."""

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from datetime import datetime
from datetime import time
from datetime import timedelta

from db.clock import BOGOTA
from db.clock import local_date
from db.errors import DefinitionError
from notifications import calendar
from notifications.calendar import Due
from notifications.calendar import WorkingDays
from notifications.calendar import in_words
from notifications.calendar import month_name
from notifications.periods import EVENT
from notifications.periods import Period
from notifications.specs import BACKWARD
from notifications.specs import FORWARD
from notifications.specs import PolicySpec

_DAYS = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")


@dataclass(frozen=True, slots=True)
class DueDate:
    """When something is due: its day, the instant, the last instant that counts as in time, and why."""

    on: date
    at: datetime
    limit_at: datetime
    explanation: str


def compute(spec: PolicySpec, period: Period, days: WorkingDays, given: Due | None = None) -> DueDate:
    """When the obligation of `period` under `spec` is due, in a place whose working days are `days`.

    `given` is the instant of the rule `given`. Raises DefinitionError where the rule lacks what it needs.
    """
    if spec.rule == "given":
        if given is None:
            raise DefinitionError("Una obligación con la fecha de cada caso llegó sin ella.", code="due")
        return _with_grace(spec, days, local_date(given.at), given.at, given.reason)
    if spec.rule == "term":
        noon = datetime.combine(period.start, time(12), BOGOTA)
        term = calendar.due(spec.due["term"], noon, days)
        return _with_grace(spec, days, local_date(term.at), term.at, term.reason)
    first, words = _RULES[spec.rule](spec, period, days)
    on = _moved(spec.non_working, first, days)
    if on != first:
        verb = "se adelanta al" if on < first else "pasa al"
        words += f", {in_words(first)}, que no es hábil ({days.why_not(first)}): {verb} {_named(on)}"
        words += calendar.passed_over(first, on, days)
    else:
        words += f", {_named(on)}{_uncounted(spec.rule, period, on, days)}"
    return _with_grace(spec, days, on, days.at_cut_off(on), words)


def after_step(
    spec: PolicySpec, own: DueDate, earlier: DueDate, since: date, said: str, days: WorkingDays
) -> DueDate:  # fmt: skip
    """When a step is due whose step before, due by rule at `earlier`, was over on the day `since`, as `said` tells.

    The later of its `own` day by rule and the one that leaves as many working days (one at least) as lie between both.
    """
    gap = max(days.between(earlier.on, own.on), 1)
    on = days.add(since, gap)
    at = days.at_cut_off(on)
    if at <= own.at:
        return own
    count = "1 día hábil" if gap == 1 else f"{gap} días hábiles"
    words = f"{count} después de que {said}, los que van entre los dos plazos, {_named(on)}"
    words += f"{calendar.skipped(since, on, days)}; por la sola política vencía el {in_words(own.on)}"
    return _with_grace(spec, days, on, at, words)


def period_of(spec: PolicySpec, key: str, start: date, end: date) -> Period:
    """The period of a row of the ledger, as the policy knows it."""
    if spec.frequency == EVENT:
        return Period(key, start, end, in_words(start))
    own = next((one for one in spec.periods if one.key == key), None)
    return own or Period(key, start, end, "")


def _with_grace(spec: PolicySpec, days: WorkingDays, on: date, at: datetime, words: str) -> DueDate:
    limit = at
    if spec.grace:
        last = days.add(on, spec.grace)
        limit = days.at_cut_off(last)
        count = f"{spec.grace} día hábil" if spec.grace == 1 else f"{spec.grace} días hábiles"
        words += f"; con {count} de gracia cuenta a tiempo hasta el {in_words(last)}"
    return DueDate(on, at, limit, f"{words[:1].upper()}{words[1:]}.")


def _uncounted(rule: str, period: Period, on: date, days: WorkingDays) -> str:
    """The days that the count of a rule in working days left out."""
    if rule == "working_day_of_next_month":
        return calendar.skipped(_first_of_next_month(period.end) - timedelta(days=1), on, days)
    return calendar.skipped(period.end, on, days) if rule == "working_days_after" else ""


def _moved(non_working: str, day: date, days: WorkingDays) -> date:
    if non_working == BACKWARD:
        return days.backward(day)
    return days.forward(day) if non_working == FORWARD else day


def _named(day: date) -> str:
    return f"{_DAYS[day.weekday()]} {in_words(day)}"


# --- Rules: the day, and what it is in words ---


def _period_end(_spec: PolicySpec, period: Period, _days: WorkingDays) -> tuple[date, str]:
    return period.end, "último día del periodo"


def _day_of_next_month(spec: PolicySpec, period: Period, _days: WorkingDays) -> tuple[date, str]:
    following = _first_of_next_month(period.end)
    last = monthrange(following.year, following.month)[1]
    number = min(spec.due["day"], last)
    return following.replace(day=number), f"día {number} del mes siguiente a {_month(period.end)}"


def _working_day_of_next_month(spec: PolicySpec, period: Period, days: WorkingDays) -> tuple[date, str]:
    count = spec.due["count"]
    day = days.add(_first_of_next_month(period.end) - timedelta(days=1), count)
    return day, f"día hábil número {count} del mes siguiente a {_month(period.end)}"


def _working_days_after(spec: PolicySpec, period: Period, days: WorkingDays) -> tuple[date, str]:
    count = spec.due["count"]
    noun = "día hábil" if count == 1 else "días hábiles"
    return days.add(period.end, count), f"{count} {noun} después de terminar el periodo ({in_words(period.end)})"


def _weekday(spec: PolicySpec, period: Period, _days: WorkingDays) -> tuple[date, str]:
    day = period.start + timedelta(days=spec.due["day"] - 1)
    return day, f"{_DAYS[day.weekday()]} de cada semana"


def _dates(_spec: PolicySpec, period: Period, _days: WorkingDays) -> tuple[date, str]:
    return period.due or period.end, "fecha fijada en la política"


_RULES: dict[str, Callable[[PolicySpec, Period, WorkingDays], tuple[date, str]]] = {
    "period_end": _period_end,
    "day_of_next_month": _day_of_next_month,
    "working_day_of_next_month": _working_day_of_next_month,
    "working_days_after": _working_days_after,
    "weekday": _weekday,
    "dates": _dates,
}


def _first_of_next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def _month(day: date) -> str:
    return f"{month_name(day.month)} de {day.year}"
