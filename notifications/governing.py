"""Which version of a policy governs which period.

A change rules from the period that it names on, and the periods that start before it keep the version that they had.
A version that names none (those of the program itself) rules all of them.
"""

from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from datetime import timedelta
from typing import Any

from db.errors import InvalidData
from notifications import periods
from notifications import specs
from notifications.calendar import in_words
from notifications.periods import Period
from notifications.specs import PolicySpec

APPLIES_FROM = "applies_from"
"""Beside the fields of a policy, in its version as it is kept: the first day that the version rules."""

AHEAD = 3  # periods offered after the next one
WRONG = "Elija el día en que empieza un periodo de la política."


@dataclass(frozen=True, slots=True)
class Layer:
    """What a policy says of the periods that start on `since` or later, until the next layer begins."""

    since: date
    number: int
    spec: PolicySpec


def layers(versions: Iterable[tuple[int, Mapping[str, Any]]]) -> tuple[Layer, ...]:
    """The layers that versions (their number, and what is kept of them), oldest first, leave in force; in order."""
    found: tuple[Layer, ...] = ()
    for number, data in versions:
        since = data.get(APPLIES_FROM)
        found = laid(found, number, specs.stored(data), date.fromisoformat(since) if since else None)
    return found


def laid(below: tuple[Layer, ...], number: int, spec: PolicySpec, since: date | None) -> tuple[Layer, ...]:
    """`below` with a newer version on top, from `since` on (None: of everything)."""
    if since is None or not below:
        return (Layer(date.min, number, spec),)
    kept = tuple(layer for layer in below if layer.since < since)
    if kept and kept[-1].spec == spec:
        return kept
    return (*kept, Layer(since if kept else date.min, number, spec))


def next_start(spec: PolicySpec, today: date) -> date:
    """The first day of the next period of `spec` that is not opened yet: opening is on its first day."""
    if spec.frequency in periods.REGULAR:
        return periods.of(spec.frequency, today).end + timedelta(days=1)
    later = [one.start for one in spec.periods if one.start > today]
    return min(later, default=today + timedelta(days=1))


def checked(spec: PolicySpec, since: date | None, today: date) -> date:
    """The day from which a change to `spec` rules: `since`, or the start of the next period.

    Raises InvalidData (`applies_from`) for a day on which no period of `spec` starts.
    """
    if since is None:
        return next_start(spec, today)
    if spec.frequency in periods.REGULAR and periods.of(spec.frequency, since).start != since:
        raise InvalidData({APPLIES_FROM: [WRONG]})
    return since


def choices(spec: PolicySpec, opened: Collection[date], today: date) -> list[tuple[str, str]]:
    """From when a change may rule, as a form offers it: day and label, the earliest first.

    `opened` are the first days of the periods that are open now.
    """
    following = next_start(spec, today)
    if spec.frequency not in periods.REGULAR:
        own = {one.start: one.label for one in spec.periods}
        days = sorted({*opened, *own, following})
        return [(day.isoformat(), own.get(day) or f"lo que ocurra desde el {in_words(day)}") for day in days]
    found = {periods.of(spec.frequency, day).start for day in opened}
    period = periods.of(spec.frequency, following)
    for _ in range(AHEAD):
        found.add(period.start)
        period = periods.of(spec.frequency, period.end + timedelta(days=1))
    return [(day.isoformat(), period_label(spec, day)) for day in sorted(found)]


def period_label(spec: PolicySpec, day: date) -> str:
    """The period of `spec` that starts on `day`, in words."""
    if spec.frequency in periods.REGULAR:
        return periods.of(spec.frequency, day).label
    own: Mapping[date, Period] = {one.start: one for one in spec.periods}
    return own[day].label if day in own else f"lo que ocurra desde el {in_words(day)}"
