"""What a change of a policy will change in the ledger, before anybody makes it: counts, and some examples."""

from collections import defaultdict
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from datetime import date
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.clock import local_date
from notifications import chains
from notifications import due
from notifications import governing
from notifications import ledger
from notifications import obligations
from notifications import periods
from notifications import policies
from notifications import recompute
from notifications import sources
from notifications import specs
from notifications import waiting
from notifications.calendar import in_words
from notifications.ledger import OPEN
from notifications.models import Obligation
from notifications.models import ObligationStatus
from notifications.periods import Period
from notifications.places import Places
from notifications.policies import Held
from notifications.sources import Subject
from notifications.specs import PolicySpec

EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Example:
    """One obligation that would change: whose, what for, and its due instants before and after (None: none).

    `period` is the key of its period, `label` that period in words.
    """

    subject_label: str
    period: str
    label: str
    before: datetime | None
    after: datetime | None


@dataclass(slots=True)
class Group:
    """What would happen to some obligations alike."""

    count: int = 0
    examples: list[Example] = field(default_factory=list)

    def add(self, example: Example) -> None:
        """Count one more; the first few are kept to be shown."""
        self.count += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append(example)


@dataclass(slots=True)
class Preview:
    """What a change would open, move, waive and ask for again; `since` is from when it rules, `label` that period.

    `changes` are the fields that say something else (what is kept of them before and after), `before` and `after` what
    the policy says whole; `touched` counts the open obligations that follow another field than the name, which they
    keep. `unopened` says of each fixed period that opens nothing now why that is so.
    """

    opened: Group = field(default_factory=Group)
    moved: Group = field(default_factory=Group)
    waived: Group = field(default_factory=Group)
    revived: Group = field(default_factory=Group)
    touched: int = 0
    before: PolicySpec | None = None
    after: PolicySpec | None = None
    since: date | None = None
    label: str = ""
    unopened: tuple[str, ...] = ()

    @property
    def changes(self) -> dict[str, list[Any]]:
        """Field → what is kept of it before and after."""
        return specs.difference(self.before, self.after) if self.before and self.after else {}


def of(
    session: Session, known: Held, data: Mapping[str, Any], *, enabled: bool, applies_from: date | None = None,
    now: datetime,
) -> Preview:  # fmt: skip
    """What the ledger would become if `known` said `data` of the periods from `applies_from` on.

    Without it, from the next period that is not opened yet. Raises InvalidData at the fields of `data` and at
    `applies_from`.
    """
    spec = specs.from_json(data)
    since = governing.checked(spec, applies_from, local_date(now))
    policies.demand_order(session, known, spec, since)
    proposed = policies.proposed(known, spec, since, enabled=enabled)
    told = _unopened(spec, local_date(now))
    label, before = governing.period_label(spec, since), known.at(since).spec
    found = Preview(since=since, label=label, unopened=told, before=before, after=spec)
    return _of(session, known, proposed, found, now)


def of_switch(session: Session, known: Held, *, enabled: bool, now: datetime) -> Preview:
    """What the ledger would become if `known` was switched on or off."""
    return _of(session, known, replace(known, enabled=enabled), Preview(), now)


def of_new(session: Session, data: Mapping[str, Any], *, enabled: bool = True, now: datetime) -> Preview:
    """What a policy of one's own that says `data` would open. Raises InvalidData at the fields of `data`."""
    spec = specs.from_json(data)
    found = Preview(unopened=_unopened(spec, local_date(now)))
    layers = governing.laid((), 1, spec, None)
    return _of(session, None, policies.held("", layers, enabled=enabled), found, now)


def _unopened(spec: PolicySpec, today: date) -> tuple[str, ...]:
    return tuple(why for period in spec.periods if (why := _why_unopened(spec, period, today)))


def _why_unopened(spec: PolicySpec, period: Period, today: date) -> str:
    """Why nothing opens for a period with a date of its own; empty when something may."""
    begins, ends, never = in_words(period.start), in_words(period.end), f"«{period.label}» no se abre"
    if period.start < spec.since:
        return f"{never}: empieza el {begins}, antes del día desde el que vale la política, {in_words(spec.since)}."
    if spec.until is not None and period.end > spec.until:
        return f"{never}: termina el {ends}, después del día hasta el que vale la política, {in_words(spec.until)}."
    if period.end < today - ledger.HORIZON:
        return f"{never}: terminó hace más de {ledger.HORIZON.days} días."
    return f"«{period.label}» se abrirá el {begins}, cuando empiece." if period.start > today else ""


def _of(session: Session, known: Held | None, proposed: Held, found: Preview, now: datetime) -> Preview:
    """Fill `found` with what `proposed` changes of what `known` says; its own changes that wait are none of these."""
    places = Places(session)
    if known is not None:
        _of_open_rows(session, known, proposed, places, found)
        _of_next_steps(session, known, proposed, places, found)
    if not proposed.enabled:
        return found
    waiting = _waiting(session, known, now) if known is not None and known.enabled else frozenset()
    for part in proposed.parts():
        for subject, period, back in _new_rows(session, part, now):
            if (subject.kind, subject.id, period.key) not in waiting:
                days = places.of(entity_id=subject.entity_id, region_id=subject.region_id)
                when = due.compute(part.spec, period, days, subject.due)
                group = found.revived if back else found.opened
                group.add(Example(subject.label, period.key, _label(part, period), None, when.at))
    return found


def _of_open_rows(session: Session, known: Held, proposed: Held, places: Places, found: Preview) -> None:
    steps = waiting.of_open(session, known.key)
    rows = session.scalars(
        select(Obligation)
        .where(Obligation.policy_id == proposed.id, Obligation.status.in_(OPEN))
        .order_by(Obligation.due_at, Obligation.id)
        .execution_options(yield_per=ledger.BATCH)
    )
    for row in rows:
        step, asked = steps.get(row.id), recompute.asked(proposed, row)
        before = recompute.settled_due(known, row, places, step)
        when = recompute.present_due(proposed, row, places, step) if asked else None
        after = when.at if when is not None else row.due_at
        label = _label(known, Period(row.period, row.period_start, row.period_end, ""))
        if before is None:
            if asked:
                found.revived.add(Example(row.subject_label, row.period, label, None, after))
        elif not asked:
            found.waived.add(Example(row.subject_label, row.period, label, before, None))
        else:
            found.touched += _says_else(known, proposed, row.period_start)
            if after != before:
                found.moved.add(Example(row.subject_label, row.period, label, before, after))


def _of_next_steps(session: Session, known: Held, proposed: Held, places: Places, found: Preview) -> None:
    """What follows a step whose day changes keeps the working days between both: some of it moves too."""
    for key in chains.next_of(known.key):
        steps = waiting.of_open(session, key)
        rows = obligations.many(session, steps)
        held = policies.many(session, {row.policy_id for row in rows})
        for row in rows:
            policy, step = held[row.policy_id], steps[row.id]
            before = recompute.present_due(policy, row, places, step)
            after = recompute.present_due(policy, row, places, step.under(proposed))
            if before is not None and after is not None and before.at != after.at:
                found.moved.add(Example(row.subject_label, row.period, row.title, before.at, after.at))


def _says_else(known: Held, proposed: Held, start: date) -> bool:
    """Whether what rules a period says something else than its name, which what is open keeps."""
    before, after = known.at(start).spec, proposed.at(start).spec
    return replace(before, title="") != replace(after, title="")


def _label(policy: Held, period: Period) -> str:
    """A period of `policy` in words; of an event, its day."""
    if policy.at(period.start).spec.frequency == periods.EVENT:
        return in_words(period.start)
    named = {one.key: one.label for one in policy.at(period.start).spec.periods}
    regular = periods.of_key(period.key)
    return named.get(period.key) or period.label or (regular.label if regular else period.key)


def _waiting(session: Session, known: Held, now: datetime) -> frozenset[tuple[str, int, str]]:
    """Subject and period of what the policy as it is in force opens, or asks for again, when the ledger next looks."""
    return frozenset(
        (subject.kind, subject.id, period.key)
        for part in known.parts()
        for subject, period, _ in _new_rows(session, part, now)
    )


def _new_rows(session: Session, part: Held, now: datetime) -> Iterator[tuple[Subject, Period, bool]]:
    """What a part of a policy asks for and has no row, or one that the system waived: whether it is such a one."""
    present, today = _present(session, part.id), local_date(now)
    started = ledger.regular(part, today)
    for subject in sources.subjects(session, part.spec.subjects, today):
        rows = present[subject.kind, subject.id]
        for period in ledger.wanted(part, subject, today, started):
            back = rows.get(period.key, False)
            if back or period.key not in rows:
                yield subject, period, back


def _present(session: Session, policy_id: int) -> dict[tuple[str, int], dict[str, bool]]:
    """Subject → the periods for which it has a row, and whether the system waived it and would ask for it again."""
    columns = select(
        Obligation.subject_kind, Obligation.subject_id, Obligation.period, Obligation.status, Obligation.reason
    )
    present: dict[tuple[str, int], dict[str, bool]] = defaultdict(dict)
    for kind, subject_id, period, status, reason in session.execute(columns.where(Obligation.policy_id == policy_id)):
        taken = status == ObligationStatus.WAIVED and reason in ledger.BY_SYSTEM
        present[kind, subject_id][period] = taken
    return present
