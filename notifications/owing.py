"""The next instant at which something is owed of a subject: what a task that meets it takes as its own date."""

from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from datetime import datetime
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.clock import local_date
from notifications import due
from notifications import periods
from notifications import policies
from notifications.ledger import OPEN
from notifications.models import Obligation
from notifications.models import ObligationStatus
from notifications.places import Places
from notifications.policies import Held

AHEAD = timedelta(days=800)
"""How far the period after the last one may begin: two years, the longest there is."""


@dataclass(frozen=True, slots=True)
class Owed:
    """When something is owed, why then, and as which obligation (None: its period has not begun).

    `at` is None where it was waived: there is still something to do, and no day by which it is owed.
    """

    at: datetime | None
    reason: str
    obligation_id: int | None = None


@dataclass(frozen=True, slots=True)
class About:
    """A subject of the ledger and where it is."""

    kind: str
    id: int
    entity_id: int | None = None
    region_id: int | None = None


def upcoming(session: Session, fact: str, subjects: Collection[About], *, now: datetime) -> dict[int, Owed]:
    """Subject → what is owed first of those that `fact` meets: the oldest open one, or that of the next period.

    All of one kind. The policy is the one that names `fact` first; without one nothing is owed and nobody is there.
    """
    asking = [policy for policy in policies.enabled(session) if policy.spec.met_by[0] == fact]
    regular = next((one for one in asking if one.spec.frequency in periods.REGULAR), None)
    if regular is None or not subjects:
        return {}
    rows = _rows(session, regular, subjects)
    places, found = Places(session), {}
    for subject in subjects:
        owed = _first(rows.get(subject.id, ())) or _ahead(regular, rows.get(subject.id, ()), subject, places, now)
        if owed is not None:
            found[subject.id] = owed
    return found


def of_period(
    session: Session, fact: str, kind: str, ids: Collection[int], period: str
) -> dict[int, Owed]:  # fmt: skip
    """Subject → what is owed of it for a period and `fact` meets, or was until it was waived; else it is not there."""
    asking = {part.id for part in policies.enabled_parts(session) if fact in part.spec.met_by and _about(part, period)}
    statement = select(Obligation).where(
        Obligation.policy_id.in_(sorted(asking)), Obligation.subject_kind == kind,
        Obligation.subject_id.in_(sorted(ids)), Obligation.period == period,
        Obligation.status.in_((*OPEN, ObligationStatus.WAIVED)),
    )  # fmt: skip
    rows = session.scalars(statement.order_by(Obligation.due_at.desc(), Obligation.id.desc())).all()
    waived = {row.subject_id: _waived(row) for row in rows if row.status == ObligationStatus.WAIVED}
    return waived | {row.subject_id: Owed(row.due_at, row.explanation, row.id) for row in rows if row.status in OPEN}


def _about(part: Held, period: str) -> bool:
    """Whether this part of a policy is the one that rules a period; one that is not regular may be of any."""
    regular = periods.of_key(period)
    return regular is None or part.since <= regular.start < part.until


def _waived(row: Obligation) -> Owed:
    why = f": {row.reason.rstrip('. ')}" if row.reason else ""
    return Owed(None, f"Se dispensó la obligación con la que cumple{why}. No está vencida")


def _rows(session: Session, policy: Held, subjects: Collection[About]) -> dict[int, list[Obligation]]:
    statement = select(Obligation).where(
        Obligation.policy_id == policy.id, Obligation.subject_kind.in_({one.kind for one in subjects}),
        Obligation.subject_id.in_({one.id for one in subjects}),
    )  # fmt: skip
    found: dict[int, list[Obligation]] = {}
    for row in session.scalars(statement.order_by(Obligation.period_start)):
        found.setdefault(row.subject_id, []).append(row)
    return found


def _first(rows: Iterable[Obligation]) -> Owed | None:
    still = [row for row in rows if row.status in OPEN]
    row = min(still, key=lambda one: (one.due_at, one.id), default=None)
    return Owed(row.due_at, row.explanation, row.id) if row is not None else None


def _ahead(policy: Held, rows: Sequence[Obligation], subject: About, places: Places, now: datetime) -> Owed | None:
    """The period after the last one in the ledger, which was met or waived; without any, that of today."""
    today = local_date(now)
    after = max([row.period_end for row in rows], default=date.min)
    for part in policy.parts():
        for period in part.between(today, today + AHEAD):
            if period.start > after:
                place = places.of(entity_id=subject.entity_id, region_id=subject.region_id)
                when = due.compute(part.spec, period, place)
                return Owed(when.at, when.explanation)
    return None
