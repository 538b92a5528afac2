"""Whether the days of steps that follow one another stay in order: no step is due before the one that it waits for."""

from datetime import date
from datetime import timedelta

from notifications import due
from notifications.calendar import WorkingDays
from notifications.calendar import in_words
from notifications.periods import EVENT
from notifications.periods import Period
from notifications.periods import of_the
from notifications.specs import PolicySpec

AHEAD = timedelta(days=400)
"""So far ahead both are looked at: every period of a year, with its holidays."""


def same_days(before: PolicySpec, after: PolicySpec) -> bool:
    """Whether two versions of a policy say the same days."""
    told = ("frequency", "due", "non_working", "periods")
    return all(getattr(before, name) == getattr(after, name) for name in told)


def too_early(spec: PolicySpec, before: PolicySpec, since: date, days: WorkingDays) -> str:
    """Where a step would be due before the one that it waits for, from `since` on, in a sentence; empty if nowhere."""
    found = _first(before, spec, since, days)
    if found is None:
        return ""
    period, first, second = found
    return (
        f"El plazo {of_the(period.label)} vencería el {in_words(second)}, antes que el paso que espera, "
        f"«{before.title}», que vence el {in_words(first)}. Ponga éste después, o cambie primero aquél."
    )


def too_late(spec: PolicySpec, after: PolicySpec, since: date, days: WorkingDays) -> str:
    """Where a step would be due after one that waits for it, from `since` on, in a sentence; empty if nowhere."""
    found = _first(spec, after, since, days)
    if found is None:
        return ""
    period, first, second = found
    return (
        f"El plazo {of_the(period.label)} vencería el {in_words(first)}, después que «{after.title}», que espera a "
        f"este paso y vence el {in_words(second)}. Ponga éste antes, o cambie primero aquél."
    )


def _first(
    earlier: PolicySpec, later: PolicySpec, since: date, days: WorkingDays
) -> tuple[Period, date, date] | None:  # fmt: skip
    """The first period of both in which the later step is due before the earlier one, with the day of each."""
    if EVENT in (earlier.frequency, later.frequency):
        return None
    of_later = {one.key: one for one in later.between(since, since + AHEAD)}
    for one in (one for one in earlier.between(since, since + AHEAD) if one.key in of_later):
        first, second = due.compute(earlier, one, days).on, due.compute(later, of_later[one.key], days).on
        if second < first:
            return one, first, second
    return None
