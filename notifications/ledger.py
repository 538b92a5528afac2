"""The ledger of obligations, kept by sweeps: opened ahead, given to who owes them now, overdue when their limit passed.

Each function deals with one batch in the transaction of its caller, and doing it twice changes nothing.
"""

from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from datetime import datetime
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy import update
from sqlalchemy.orm import Session

from db import history
from db.actor import SYSTEM
from db.clock import local_date
from db.once import insert_new
from directory.chunks import chunks
from notifications import chains
from notifications import due
from notifications import kinds
from notifications import periods
from notifications import serving
from notifications.models import OPEN as OPEN
from notifications.models import DueMove
from notifications.models import Fact
from notifications.models import Obligation
from notifications.models import ObligationStatus
from notifications.models import PolicyVersion
from notifications.periods import Period
from notifications.places import Places
from notifications.policies import Held
from notifications.sources import Subject

LedgerRow = Any
"""Some columns of an obligation, as one query read them, or the whole of it."""

BATCH = 1000
HORIZON = timedelta(days=400)
"""What ended longer ago is not opened any more: an outage is made up for, the past before the program is not."""

GONE = "Ya no está entre quienes lo deben."
NOT_ASKED = "La política ya no lo pide."
GIVEN_MOVED = "Cambió la fecha en el trámite."
BACK = "Volvió a estar entre quienes lo deben."
ASKED_AGAIN = "La política vuelve a pedirlo."
BY_SYSTEM = (GONE, NOT_ASKED)
"""Reasons for which the system itself waives; it takes the waiver back when the reason is gone."""


@dataclass(slots=True)
class Counts:
    """What a batch changed."""

    opened: int = 0
    given: int = 0
    met: int = 0
    waived: int = 0
    revived: int = 0
    moved: int = 0

    @property
    def total(self) -> int:
        """All changes together."""
        return self.opened + self.given + self.met + self.waived + self.revived + self.moved

    def add(self, other: "Counts") -> None:
        """Count those of `other` too."""
        for name in self.__dataclass_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


def obligation_chain(obligation_id: int) -> history.Subject:
    """The chain of an obligation in history."""
    return history.Subject("obligation", obligation_id)


def open_batch(session: Session, policy: Held, batch: Sequence[Subject], places: Places, *, now: datetime) -> Counts:
    """Open what these subjects of `policy` owe and is not in the ledger, and bring up to date what is.

    Open rows go to who owes them now, are met by facts that nobody matched, and move with a date that the source gives.
    Only the periods that `policy.spec` governs: its other parts are dealt with one by one.
    """
    counts = Counts()
    for kind in sorted({subject.kind for subject in batch}):
        _Batch(session, policy, [one for one in batch if one.kind == kind], places, now, counts).run()
    return counts


def regular(policy: Held, today: date) -> list[Period]:
    """The periods of `policy`, started by `today`, for which anybody may owe; none for events."""
    return policy.between(today - HORIZON, today)


def wanted(policy: Held, subject: Subject, today: date, started: Sequence[Period]) -> Iterator[Period]:
    """The periods for which `subject` owes under `policy`; `started` are those of `regular`."""
    if policy.spec.frequency == periods.EVENT:
        if subject.event_on is not None and today - HORIZON <= subject.event_on <= today:
            period = Period(subject.period, subject.event_on, subject.event_on, "")
            period = period if subject.period else periods.of_event(subject.id, subject.event_on)
            if policy.rules(period):
                yield period
        return
    for period in started:
        if subject.since <= period.end and (subject.until is None or subject.until >= period.start):
            yield period


def opened(session: Session, policy_id: int) -> list[date]:
    """The first days of the periods of a policy for which something is open, in order."""
    statement = select(Obligation.period_start).where(Obligation.policy_id == policy_id, Obligation.status.in_(OPEN))
    return list(session.scalars(statement.distinct().order_by(Obligation.period_start)))


def overdue_batch(session: Session, *, now: datetime) -> int:
    """Mark as overdue what is pending and whose limit passed; returns how many, 0 when none is left.

    What waits for the step before is not; what that step let go is dated first (`notifications/steps.py`).
    """
    late = (
        select(Obligation.id)
        .where(Obligation.status == ObligationStatus.PENDING, Obligation.limit_at < now, ~chains.waits())
        .order_by(Obligation.limit_at, Obligation.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    ids = list(session.scalars(late))
    if ids:
        values = {"status": ObligationStatus.OVERDUE, "changed_at": now}
        session.execute(
            update(Obligation).where(Obligation.id.in_(ids)).values(values),
            execution_options={"synchronize_session": False},
        )
    return len(ids)


def untouched(session: Session, rows: Iterable[LedgerRow]) -> list[LedgerRow]:
    """Those of `rows` (with `id`, `version` and `status`) that stand as they were read, locked, in their order.

    What an act, or another sweep, changed meanwhile is left for the next sweep: what a person said is never undone by
    what was read before it.
    """
    read = {row.id: row for row in rows}
    found: set[int] = set()
    for some in chunks(sorted(read)):
        statement = select(Obligation.id, Obligation.version, Obligation.status).where(Obligation.id.in_(some))
        present = session.execute(statement.order_by(Obligation.id).with_for_update())
        found |= {one.id for one in present if (one.version, one.status) == (read[one.id].version, read[one.id].status)}
    return [row for row in read.values() if row.id in found]


def waive_by_system(session: Session, rows: Sequence[LedgerRow], reason: str, *, now: datetime) -> None:
    """Waive `rows` (with `id` and `version`) for a reason of the system."""
    changes = [
        {"id": row.id, "status": ObligationStatus.WAIVED, "reason": reason, "version": row.version + 1,
         "changed_at": now}
        for row in rows
    ]  # fmt: skip
    change(session, changes)
    entries = [
        history.Entry(obligation_chain(row.id), "obligation.waived", "El sistema la dispensó.", reason=reason)
        for row in rows
    ]
    history.record_all(session, entries, by=SYSTEM, now=now)


class _Batch:
    """The subjects of one kind of a batch, and what the ledger holds about them."""

    def __init__(
        self, session: Session, policy: Held, subjects: Sequence[Subject], places: Places, now: datetime, counts: Counts
    ) -> None:
        self._session = session
        self._policy = policy
        self._subjects = {subject.id: subject for subject in subjects}
        self._kind = subjects[0].kind
        self._places = places
        self._now = now
        self._today = local_date(now)
        self._counts = counts
        self._dues: dict[Any, due.DueDate] = {}

    def run(self) -> None:
        present, started = self._present(), regular(self._policy, self._today)
        owed = [
            (subject, period)
            for subject in self._subjects.values()
            for period in wanted(self._policy, subject, self._today, started)
        ]
        missing = [(one, period) for one, period in owed if (one.id, period.key) not in present]
        asked = {(subject.id, period.key) for subject, period in owed}
        waiting = [row for row in present.values() if row.status in OPEN]
        self._give_orphans([row for row in present.values() if row.debtor_id is None and row.status not in OPEN])
        about = {subject.id for subject, _ in missing} | {row.subject_id for row in waiting}
        facts = serving.about(self._session, self._policy, self._kind, about)
        new = [self._values(subject, period, facts) for subject, period in missing]
        self._counts.opened += len(insert_new(self._session, Obligation, new, "id"))
        self._bring_up_to_date(waiting, facts)
        self._revive([row for row in present.values() if self._is_back(row, asked)])

    def _present(self) -> dict[tuple[int, str], LedgerRow]:
        columns = (
            Obligation.id, Obligation.subject_id, Obligation.period, Obligation.period_start, Obligation.period_end,
            Obligation.status, Obligation.debtor_id, Obligation.due_at, Obligation.limit_at, Obligation.version,
            Obligation.reason,
        )  # fmt: skip
        statement = select(*columns).where(
            Obligation.policy_id == self._policy.id,
            Obligation.subject_kind == self._kind,
            Obligation.subject_id.between(min(self._subjects), max(self._subjects)),  # sources list them in order
            Obligation.period_start >= self._policy.since,
            Obligation.period_start < self._policy.until,
        )
        found = self._session.execute(statement.execution_options(yield_per=BATCH))
        return {(row.subject_id, row.period): row for row in found if row.subject_id in self._subjects}

    def _due(self, subject: Subject, period: Period) -> due.DueDate:
        days = self._places.of(entity_id=subject.entity_id, region_id=subject.region_id)
        key = (period.key, period.start, id(days), subject.due)
        if key not in self._dues:
            self._dues[key] = due.compute(self._policy.spec, period, days, subject.due)
        return self._dues[key]

    def _values(self, subject: Subject, period: Period, facts: serving.Facts) -> dict[str, Any]:
        when = self._due(subject, period)
        fact = serving.first(facts.get(subject.id, ()), period.key, period.start, period.end)
        self._counts.met += fact is not None
        return {
            "policy_id": self._policy.id, "policy_version": self._policy.version,
            "subject_kind": subject.kind, "subject_id": subject.id, "subject_label": subject.label,
            "period": period.key, "period_start": period.start, "period_end": period.end,
            "title": title(self._policy, period), "debtor_id": subject.debtor_id, "unit_id": subject.unit_id,
            "region_id": subject.region_id, "entity_id": subject.entity_id, "product_id": subject.product_id,
            "plan_id": subject.plan_id, "due_on": when.on, "due_at": when.at, "limit_at": when.limit_at,
            "explanation": when.explanation, "calendar_version": self._places.version, "version": 1, "reason": "",
            "status": serving.outcome(fact.at, when.limit_at) if fact else ObligationStatus.PENDING,
            "met_at": fact.at if fact else None, "met_by": fact.id if fact else None,
            "created_at": self._now, "changed_at": self._now,
        }  # fmt: skip

    def _bring_up_to_date(self, rows: Sequence[LedgerRow], facts: serving.Facts) -> None:
        changes: dict[str, list[dict[str, Any]]] = {"met": [], "given": []}
        moves = Moves(self._places.version, self._now)
        behind = untouched(self._session, (row for row in rows if self._is_behind(row, facts)))
        waits = chains.waiting_among(self._session, self._policy.key, [row.id for row in behind])
        for row in behind:
            fact, subject = _meeting(row, facts), self._subjects[row.subject_id]
            if fact is not None:
                changes["met"].append(met_values(row, fact, self._now, waits=row.id in waits))
                continue
            if self._is_given_on(row):
                changes["given"].append(
                    {"id": row.id, "debtor_id": subject.debtor_id, "version": row.version + 1, "changed_at": self._now}
                )
            if _has_moved(row, subject):
                period = due.period_of(self._policy.spec, row.period, row.period_start, row.period_end)
                moves.add(row, self._due(subject, period), self._policy, GIVEN_MOVED)
        change(self._session, changes["met"])
        change(self._session, changes["given"])
        self._counts.met += len(changes["met"])
        self._counts.given += len(changes["given"])
        self._counts.moved += moves.write(self._session)

    def _give_orphans(self, rows: Sequence[LedgerRow]) -> None:
        """What was met while nobody had taken it counts for whom the source names as who did it."""
        given = [
            {"id": row.id, "debtor_id": self._subjects[row.subject_id].debtor_id, "changed_at": self._now}
            for row in rows
            if row.status != ObligationStatus.WAIVED and self._subjects[row.subject_id].debtor_id is not None
        ]
        change(self._session, given if self._policy.spec.frequency == periods.EVENT else [])

    def _stays(self, row: LedgerRow) -> bool:
        return row.debtor_id is not None and stays(self._policy, row.limit_at, self._now)

    def _is_behind(self, row: LedgerRow, facts: serving.Facts) -> bool:
        """Whether an open row is met by a fact, owed by somebody else or due at another instant than it says."""
        moved = _has_moved(row, self._subjects[row.subject_id])
        return moved or _meeting(row, facts) is not None or self._is_given_on(row)

    def _is_given_on(self, row: LedgerRow) -> bool:
        return row.debtor_id != self._subjects[row.subject_id].debtor_id and not self._stays(row)

    def _is_back(self, row: LedgerRow, asked: Collection[tuple[int, str]]) -> bool:
        taken = row.status == ObligationStatus.WAIVED and row.reason in BY_SYSTEM
        return taken and (row.subject_id, row.period) in asked

    def _revive(self, taken: Sequence[LedgerRow]) -> None:
        rows = untouched(self._session, taken)
        changes = [
            {"id": row.id, "status": ObligationStatus.PENDING, "reason": "", "version": row.version + 1,
             "changed_at": self._now, "debtor_id": self._subjects[row.subject_id].debtor_id}
            for row in rows
        ]  # fmt: skip
        change(self._session, changes)
        reasons = _reasons_of_return(self._session, self._policy) if rows else {}
        entries = [
            history.Entry(
                obligation_chain(row.id), "obligation.reopened", "Volvió a deberse.", reason=reasons[row.reason]
            )
            for row in rows
        ]
        history.record_all(self._session, entries, by=SYSTEM, now=self._now)
        self._counts.revived += len(rows)


def _reasons_of_return(session: Session, policy: Held) -> dict[str, str]:
    """Why the system waived something → why it asks for it again: the policy does so for the reason of its change."""
    version = (PolicyVersion.policy_id == policy.id, PolicyVersion.number == policy.version)
    told = session.scalar(select(PolicyVersion.reason).where(*version)) or ""
    return {GONE: BACK, NOT_ASKED: f"{ASKED_AGAIN} {told}".strip()}


def stays(policy: Held, limit_at: datetime, now: datetime) -> bool:
    """Whether what is owed under `policy` stays with who owes it, whoever does the work now.

    What fell due under somebody does: nobody inherits being late. Only who owes a statement can present it, and a
    single event is of whoever deals with it: those change hands.
    """
    changes_hands = policy.spec.frequency == periods.EVENT or kinds.STATEMENT in policy.spec.met_by
    return limit_at < now and not changes_hands


def _meeting(row: LedgerRow, facts: serving.Facts) -> Fact | None:
    """The fact that meets an open row, if one does."""
    return serving.first(facts.get(row.subject_id, ()), row.period, row.period_start, row.period_end)


def _has_moved(row: LedgerRow, subject: Subject) -> bool:
    return subject.due is not None and subject.due.at != row.due_at


def title(policy: Held, period: Period) -> str:
    """What is owed, in words: «Informe mensual de actividades, octubre de 2026»."""
    if policy.spec.frequency == periods.EVENT:
        return policy.spec.title
    return f"{policy.spec.title}, {period.label}"


def met_values(row: LedgerRow, fact: Fact, now: datetime, *, waits: bool = False) -> dict[str, Any]:
    """What changes in an obligation that `fact` meets; `waits`: although the step before is still to be done."""
    status = ObligationStatus.MET if waits else serving.outcome(fact.at, row.limit_at)
    return {"id": row.id, "status": status, "met_at": fact.at, "met_by": fact.id, "changed_at": now}


def status_under(row: LedgerRow, limit_at: datetime, now: datetime, *, waits: bool = False) -> ObligationStatus:
    """The status of an obligation whose limit is `limit_at`: open, what is not late any more is pending again.

    What waits for the step before is not late.
    """
    if row.status in OPEN:
        return ObligationStatus.PENDING if waits or now <= limit_at else ObligationStatus.OVERDUE
    return ObligationStatus(row.status) if row.met_at is None else serving.outcome(row.met_at, limit_at)


class Moves:
    """Due dates that move: gathered row by row, written together with what they were."""

    def __init__(self, calendar_version: int, now: datetime) -> None:
        self._calendar_version = calendar_version
        self._now = now
        self._changes: list[dict[str, Any]] = []
        self._traces: list[DueMove] = []

    def add(self, row: LedgerRow, when: due.DueDate, policy: Held, reason: str, *, waits: bool = False) -> None:
        """Give the obligation `row` another due date, and the status that it has with it."""
        self._changes.append(
            {
                "id": row.id, "due_on": when.on, "due_at": when.at, "limit_at": when.limit_at,
                "explanation": when.explanation, "calendar_version": self._calendar_version,
                "policy_version": policy.version, "version": row.version + 1, "changed_at": self._now,
                "status": status_under(row, when.limit_at, self._now, waits=waits),
            }
        )  # fmt: skip
        if when.at != row.due_at:
            self._traces.append(
                DueMove(
                    obligation_id=row.id, moved_at=self._now, old_due_at=row.due_at, new_due_at=when.at,
                    calendar_version=self._calendar_version, policy_version=policy.version, reason=reason,
                )
            )  # fmt: skip

    def write(self, session: Session) -> int:
        """Write what was gathered; returns how many dates moved."""
        change(session, self._changes)
        session.add_all(self._traces)
        return len(self._traces)


def change(session: Session, changes: Sequence[dict[str, Any]]) -> None:
    """Write `changes` of obligations, which all have the same columns, by id."""
    if changes:
        session.execute(update(Obligation), list(changes))
