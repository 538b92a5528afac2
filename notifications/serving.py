"""Which fact meets which obligation, and when that is in time."""

from collections import defaultdict
from collections.abc import Collection
from collections.abc import Iterable
from datetime import date
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from notifications import kinds
from notifications.models import Fact
from notifications.models import ObligationStatus
from notifications.policies import Held

Facts = dict[int, list[Fact]]
"""The facts about each subject, the oldest first."""


def kinds_of(policy: Held) -> frozenset[str]:
    """The kinds of facts that meet the obligations of `policy`."""
    return kinds.serving(policy.spec.met_by, policy.key)


def about(session: Session, policy: Held, kind: str, ids: Collection[int]) -> Facts:
    """What happened to these subjects that counts for `policy`."""
    found: Facts = defaultdict(list)
    if not ids:
        return found
    statement = select(Fact).where(
        Fact.subject_kind == kind,
        Fact.subject_id.between(min(ids), max(ids)),  # a range: a long list of numbers is slow to plan and to compare
        Fact.kind.in_(sorted(kinds_of(policy))),
        Fact.voided_at.is_(None),
    )
    for fact in session.scalars(statement.order_by(Fact.at, Fact.id).execution_options(yield_per=1000)):
        if fact.subject_id in ids:
            found[fact.subject_id].append(fact)
    return found


def first(facts: Iterable[Fact], period: str, start: date, end: date) -> Fact | None:
    """The first of `facts` that belongs to a period: the one it names, or else the one that holds its day."""
    return next((one for one in facts if one.period == period or (not one.period and start <= one.on <= end)), None)


def outcome(at: datetime, limit_at: datetime) -> ObligationStatus:
    """How an obligation stands that something met at `at`."""
    return ObligationStatus.MET if at <= limit_at else ObligationStatus.LATE
