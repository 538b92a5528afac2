"""A year of obligations and reminders, computed from docs/obligations.md alone.

It is told what there is – policies as their JSON, subjects, posts, absences, what happened – and answers which
obligations there are, when they are due, how they end, and who is told of what on which day.
"""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from datetime import timedelta
from typing import Any

from tests.oracle import workdays
from tests.oracle.steps import Act
from tests.oracle.steps import Debt
from tests.oracle.steps import Steps

ONE = timedelta(days=1)
MADE_UP_FOR = timedelta(days=400)  # an outage is made up for, not the past before the program

Days = frozenset[date]


@dataclass(frozen=True)
class Subject:
    """What the sources list. `days_off` are the extra non-working days where it is; `given` a due day of its own."""

    kind: str
    id: int
    debtor: int | None
    since: date
    until: date | None = None
    region: int | None = None
    unit: int | None = None
    period: str = ""
    event_on: date | None = None
    given: date | None = None
    days_off: Days = frozenset()


@dataclass(frozen=True)
class Post:
    """Who holds a role where: `scope` is national, region, unit or entity."""

    person: int
    role: str
    scope: str
    place: int | None
    since: date
    until: date | None


@dataclass(frozen=True)
class Lent:
    """A delegation; a role of None lends them all."""

    giver: int
    taker: int
    role: str | None
    since: date
    until: date


@dataclass(frozen=True)
class Happened:
    """A fact: it meets what names its kind, for its subject, in the period that holds its day (or that it names)."""

    day: date
    kind: str
    subject: tuple[str, int]
    on: date
    period: str = ""


@dataclass
class World:
    """All that the oracle is told. `subjects` answers for a source and a day; `hears` says who can be reached.

    `policies` has every version of each, oldest first, with the first day that it rules (None: all of them).
    """

    policies: Mapping[str, Sequence[tuple[date | None, Mapping[str, Any]]]]
    subjects: Callable[[str, date], Iterable[Subject]]
    posts: list[Post]
    hears: set[int]
    unit_above: Mapping[int, int | None] = field(default_factory=dict)
    absences: list[tuple[int, date, date]] = field(default_factory=list)
    lent: list[Lent] = field(default_factory=list)
    happened: list[Happened] = field(default_factory=list)
    days_off: Days = frozenset()  # of the whole country: they decide when people are told
    only_overdue: set[int] = field(default_factory=set)
    after: Mapping[str, str] = field(default_factory=dict)  # policy → that of the step before
    meets: Mapping[str, str] = field(default_factory=dict)  # policy → that which accepting a statement meets
    acts: list[Act] = field(default_factory=list)  # on steps, in the order in which they were done


Span = tuple[date, date, Mapping[str, Any]]
"""First day, first day of the next version, and what a version says of the periods that start in between."""

Telling = tuple[date, int, str, str, int, str, str]
"""Day, person told, policy, kind and id of the subject, period, rung."""


class Year:
    """Lives through days, one after the other."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.debts: dict[tuple[str, str, int, str], Debt] = {}
        self.steps = Steps(self.debts, world.after, world.meets)
        self.told: list[Telling] = []
        self._known: set[tuple[Any, ...]] = set()
        self._days: dict[tuple[date, int], date] = {}
        self._spans = {name: spans_of(versions) for name, versions in world.policies.items()}

    def live(self, since: date, until: date) -> None:
        """Live from `since` to `until`: in the morning debts fall due, in the evening people are told."""
        day = since
        while day <= until:
            for name, spans in self._spans.items():
                for span in spans:
                    self._open(name, span, day)
            self._pass(day)
            self._happen(day)
            if workdays.is_working(day, self.world.days_off):
                self._tell(day)
            day += ONE

    # --- The ledger ---

    def _pass(self, today: date) -> None:
        """What is over by now, and waits for no other step, is overdue."""
        self.steps.date(today)
        for debt in self.debts.values():
            if debt.status == "pending" and debt.limit < today and not self.steps.waits(debt):
                debt.status = "overdue"

    def _open(self, name: str, span: "Span", today: date) -> None:
        first, before, spec = span
        listed = list(self.world.subjects(spec["subjects"], today))
        for subject in listed:
            for key, start, end, fixed in periods_of(spec, subject, today):
                if not first <= start < before:
                    continue
                place = (name, subject.kind, subject.id, key)
                debt = self.debts.get(place)
                if debt is None:
                    self.debts[place] = self._new(name, spec, subject, (key, start, end, fixed))
                    self._catch_up(self.debts[place], spec, today)
                else:
                    self._give(debt, spec, subject, today)
        there = {(subject.kind, subject.id) for subject in listed}
        for debt in self.debts.values():
            left = debt.policy == name and first <= debt.start < before
            left = left and debt.open and (debt.kind, debt.id) not in there
            if left and (spec["frequency"] == "event" or debt.end >= today):
                debt.status, debt.ended, debt.version = "waived", today, debt.version + 1

    def _give(self, debt: Debt, spec: Mapping[str, Any], subject: Subject, today: date) -> None:
        """What is open is owed by who has it now; an event that was met while nobody had it, by who did it."""
        if debt.open and debt.debtor != subject.debtor and not self._stays(debt, spec, today):
            debt.debtor, debt.version = subject.debtor, debt.version + 1
        elif spec["frequency"] == "event" and debt.status in ("met", "late") and debt.debtor is None:
            debt.debtor = subject.debtor

    def _stays(self, debt: Debt, spec: Mapping[str, Any], today: date) -> bool:
        """What fell due under somebody stays theirs, unless it is an event or only its debtor can state it."""
        changes_hands = spec["frequency"] == "event" or "statement" in spec["met_by"]
        return debt.debtor is not None and debt.limit < today and not changes_hands

    def _new(
        self, name: str, spec: Mapping[str, Any], subject: Subject, period: tuple[str, date, date, date | None]
    ) -> Debt:
        key, start, end, fixed = period
        due = due_day(spec, start, end, fixed or subject.given, subject.days_off)
        limit = workdays.nth(due, spec["grace"], subject.days_off) if spec["grace"] else due
        return Debt(
            name, subject.kind, subject.id, key, start, end, due, limit, subject.debtor, subject.region, subject.unit,
            due, spec["grace"], subject.days_off,
        )  # fmt: skip

    def _catch_up(self, debt: Debt, spec: Mapping[str, Any], today: date) -> None:
        for fact in self.world.happened:
            if fact.day < today:
                self._meet(debt, spec, fact)

    def _happen(self, today: date) -> None:
        for fact in self.world.happened:
            if fact.day == today:
                for debt in self.debts.values():
                    self._meet(debt, self._spec(debt), fact)
        for act in self.world.acts:
            if act.day == today:
                self.steps.do(act)

    def _spec(self, debt: Debt) -> Mapping[str, Any]:
        """What the version says that rules the period of a debt."""
        return next(spec for first, before, spec in self._spans[debt.policy] if first <= debt.start < before)

    def _meet(self, debt: Debt, spec: Mapping[str, Any], fact: Happened) -> None:
        about = fact.kind in spec["met_by"] and fact.subject == (debt.kind, debt.id)
        within = fact.period == debt.period if fact.period else debt.start <= fact.on <= debt.end
        if debt.open and about and within:
            debt.settle(fact.day, fact.day)

    # --- Reminders ---

    def _tell(self, today: date) -> None:
        for debt in self.debts.values():
            spec = self._spec(debt)
            told = debt.open and not self.steps.waits(debt)
            if told and (spec["escalates"] or today <= debt.due):
                for to in {rung["to"] for rung in spec["ladder"]}:
                    self._climb(debt, spec, to, today)

    def _climb(self, debt: Debt, spec: Mapping[str, Any], to: str, today: date) -> None:
        rungs = [rung["days"] for rung in spec["ladder"] if rung["to"] == to]
        if to == "debtor" and rungs[-1] > 0:
            rungs += [rungs[-1] + 5 * week for week in range(1, 80)]  # each week, as long as it is open
        come = [days for days in rungs if self._day(debt.due, days) <= today]
        if not come:
            return
        for holder, role in self._readers(debt, to, today):
            person = self._stand_in(holder, role, today)
            if person not in self.world.hears or (person in self.world.only_overdue and debt.limit >= today):
                continue
            place = (debt.policy, debt.kind, debt.id, debt.period, debt.version, person)
            if (*place, come[-1]) not in self._known:
                rung = f"D{come[-1]:+d}" if come[-1] else "D0"
                self.told.append((today, person, debt.policy, debt.kind, debt.id, debt.period, rung))
            self._known |= {(*place, days) for days in come}

    def _day(self, due: date, days: int) -> date:
        if (due, days) not in self._days:
            self._days[due, days] = self._counted(due, days)
        return self._days[due, days]

    def _counted(self, due: date, days: int) -> date:
        if days:
            return workdays.nth(due, days, self.world.days_off)
        while not workdays.is_working(due, self.world.days_off):
            due -= ONE
        return due

    def _readers(self, debt: Debt, to: str, today: date) -> list[tuple[int, str]]:
        if to == "debtor":
            return [(debt.debtor, "")] if debt.debtor is not None else []
        if to == "der":
            return [(person, "der_monitoring") for person in self._holders("der_monitoring", "national", None, today)]
        if to != "supervisor":
            return [(person, to[5:]) for person in self._everywhere(to[5:], debt, today)]
        return self._supervisors(debt, today)

    def _supervisors(self, debt: Debt, today: date) -> list[tuple[int, str]]:
        levels = []
        if debt.region is not None:
            levels.append(("regional_coordinator", "region", debt.region))
        else:
            levels += [("technical_director", "unit", unit) for unit in self._upwards(debt.unit)]
        for role, scope, place in [*levels, ("der_monitoring", "national", None)]:
            found = [one for one in self._holders(role, scope, place, today) if one != debt.debtor]
            if found:
                return [(one, role) for one in found]
        return []

    def _everywhere(self, role: str, debt: Debt, today: date) -> set[int]:
        places = [("national", None), ("region", debt.region), *(("unit", unit) for unit in self._upwards(debt.unit))]
        return {
            person
            for scope, place in places
            if scope == "national" or place is not None
            for person in self._holders(role, scope, place, today)
        }

    def _holders(self, role: str, scope: str, place: int | None, today: date) -> list[int]:
        found = [
            post.person
            for post in self.world.posts
            if (post.role, post.scope, post.place) == (role, scope, place)
            and post.since <= today
            and (post.until is None or today <= post.until)
        ]
        return list(dict.fromkeys(found))

    def _upwards(self, unit: int | None) -> Iterator[int]:
        while unit is not None:
            yield unit
            unit = self.world.unit_above.get(unit)

    def _away(self, person: int, today: date) -> bool:
        return any(one == person and since <= today <= until for one, since, until in self.world.absences)

    def _stand_in(self, holder: int, role: str, today: date) -> int:
        if not self._away(holder, today):
            return holder
        fitting = [
            (one.role != role if role else one.role is not None, one.taker)
            for one in self.world.lent
            if one.giver == holder and one.since <= today <= one.until and not self._away(one.taker, today)
            and (one.role is None or not role or one.role == role)
        ]  # fmt: skip
        return min(fitting)[1] if fitting else holder


# --- Versions ---


def spans_of(versions: Sequence[tuple[date | None, Mapping[str, Any]]]) -> list[Span]:
    """From which first day to which each version rules; a newer one takes all that starts on its first day or later."""
    firsts: list[tuple[date, Mapping[str, Any]]] = []
    for first, spec in versions:
        firsts = [one for one in firsts if first is not None and one[0] < first]
        firsts.append((first if firsts and first is not None else date.min, spec))
    ends = [first for first, _ in firsts[1:]] + [date.max]
    return [(first, end, spec) for (first, spec), end in zip(firsts, ends, strict=True)]


# --- Periods and due days ---


def periods_of(spec: Mapping[str, Any], subject: Subject, today: date) -> Iterator[tuple[str, date, date, date | None]]:
    """The periods for which a subject owes, that began by `today`: key, first and last day, and a date of their own."""
    since = date.fromisoformat(spec["since"])
    until = date.fromisoformat(spec["until"]) if spec["until"] else date.max
    if spec["frequency"] == "event":
        on = subject.event_on
        if on is not None and max(since, today - MADE_UP_FOR) <= on <= min(until, today):
            yield subject.period or f"E{subject.id}", on, on, None
        return
    for key, start, end, fixed in _calendar_of(spec, since, today):
        within = since <= start <= today and end <= until and end >= today - MADE_UP_FOR
        if within and subject.since <= end and (subject.until is None or subject.until >= start):
            yield key, start, end, fixed


def _calendar_of(spec: Mapping[str, Any], since: date, today: date) -> Iterator[tuple[str, date, date, date | None]]:
    if spec["frequency"] == "dates":
        for one in spec["periods"]:
            fixed = date.fromisoformat(one["due"]) if one["due"] else None
            yield one["key"], date.fromisoformat(one["start"]), date.fromisoformat(one["end"]), fixed
        return
    if spec["frequency"] == "weekly":
        monday = since - timedelta(days=since.weekday())
        while monday <= today:
            year, week, _ = monday.isocalendar()
            yield f"{year}-W{week:02}", monday, monday + timedelta(days=6), None
            monday += timedelta(days=7)
        return
    for year in range(since.year, today.year + 1):
        yield from ((key, start, end, None) for key, start, end in _of_year(spec["frequency"], year))


def _of_year(frequency: str, year: int) -> Iterator[tuple[str, date, date]]:
    if frequency == "fortnightly":
        for month in range(1, 13):
            yield f"{year}-{month:02}-F1", date(year, month, 1), date(year, month, 15)
            yield f"{year}-{month:02}-F2", date(year, month, 16), _before(year, month + 1)
        return
    length, label = {"monthly": (1, ""), "quarterly": (3, "Q"), "half_yearly": (6, "H"), "yearly": (12, "")}[frequency]
    for number in range(12 // length):
        first = number * length + 1
        key = f"{year}-{first:02}" if length == 1 else f"{year}-{label}{number + 1}" if label else f"{year}"
        yield key, date(year, first, 1), _before(year, first + length)


def _before(year: int, month: int) -> date:
    """The day before the first of a month that may be the thirteenth."""
    return (date(year + 1, 1, 1) if month > 12 else date(year, month, 1)) - ONE


def due_day(spec: Mapping[str, Any], start: date, end: date, given: date | None, off: Days) -> date:
    """The day on which a period is due, moved to a working day as the policy says."""
    rule = spec["due"]
    if rule["rule"] == "given":
        assert given is not None
        return given
    if rule["rule"] == "term":
        return workdays.nth(start, max(int(rule["term"].removeprefix("working_days:")), 1), off)
    following = (end.replace(day=28) + 4 * ONE).replace(day=1)
    if rule["rule"] == "working_day_of_next_month":
        day = workdays.nth(following - ONE, rule["count"], off)
    elif rule["rule"] == "working_days_after":
        day = workdays.nth(end, rule["count"], off) if rule["count"] else end
    elif rule["rule"] == "day_of_next_month":
        day = following.replace(day=min(rule["day"], _before(following.year, following.month + 1).day))
    elif rule["rule"] == "weekday":
        day = start + (rule["day"] - 1) * ONE
    else:
        day = given or end
    return _moved(spec["non_working"], day, off)


def _moved(way: str, day: date, off: Days) -> date:
    step = {"backward": -ONE, "forward": ONE, "keep": None}[way]
    while step is not None and not workdays.is_working(day, off):
        day += step
    return day
