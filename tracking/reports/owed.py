"""Reports that somebody owes and has not begun, and the report of an obligation."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.principal import Principal
from notifications import periods
from notifications import policies
from notifications.ledger import OPEN
from notifications.models import Obligation
from notifications.policies import Held
from tracking.models import Report
from tracking.reports import kinds
from tracking.reports import starting
from tracking.reports import store
from tracking.reports.kinds import ReportKind


@dataclass(frozen=True, slots=True)
class Offer:
    """A report that somebody may begin now; `due_at` is when it is owed, if a policy says so, and where."""

    of: ReportKind
    period: str
    label: str
    due_at: datetime | None = None
    region_id: int | None = None


def offers(session: Session, by: Principal, today: date) -> list[Offer]:
    """What `by` may begin: reports owed by them, and those of the period in course; none that was begun before."""
    found = [*_owed(session, by), *_current(session, by, today)]
    unique = {(one.of.key, one.period): one for one in reversed(found)}
    return sorted(unique.values(), key=lambda one: (one.period, one.of.title))


def kind_of(policy: Held) -> ReportKind | None:
    """The kind of report that meets the obligations of a policy, if one does."""
    return kinds.of_facts(policy.spec.met_by)


def report_of(session: Session, row: Obligation, policy: Held) -> Report | None:
    """The report that an obligation is about, once it was begun."""
    of = kind_of(policy)
    if of is None or of.subject_kind != row.subject_kind:
        return None
    return store.find(session, of.key, row.subject_id, row.period)


def _owed(session: Session, by: Principal) -> Iterable[Offer]:
    asking = {policy.id: policy for policy in policies.enabled(session) if any(map(kind_of, policy.parts()))}
    statement = select(Obligation).where(
        Obligation.debtor_id == by.person_id, Obligation.status.in_(OPEN), Obligation.policy_id.in_(sorted(asking))
    )
    rows = session.scalars(statement.order_by(Obligation.due_at, Obligation.id)).all()
    begun = store.begun(session, {row.subject_id for row in rows})
    for row in rows:
        of, period = kind_of(asking[row.policy_id].at(row.period_start)), periods.of_key(row.period)
        if period is None or of is None or of.subject_kind != row.subject_kind:
            continue
        if (of.key, row.subject_id, row.period) not in begun:
            yield Offer(of, row.period, period.label, row.due_at, row.region_id)


def _current(session: Session, by: Principal, today: date) -> Iterable[Offer]:
    """Those of the period in course, for whoever presents them, whether or not a policy asks yet."""
    for of in kinds.KINDS.values():
        about = starting.about_person(session, of, by, today)
        period = periods.of(of.frequency, today)
        if about is not None and store.find(session, of.key, about.subject_id, period.key) is None:
            yield Offer(of, period.key, period.label)
