"""What each advisor did month by month: advisories, how late they were registered, and quick contacts."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import extract
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.access import visible
from directory.principal import Principal
from tracking import advisories
from tracking import contacts
from tracking.models import Advisory
from tracking.models import AdvisoryEntity
from tracking.models import AdvisoryStatus
from tracking.models import QuickContact

Month = tuple[int, int, int]  # person, year, month


@dataclass(frozen=True, slots=True)
class Workload:
    """One advisor in one month. `mean_lag_days` is from the advisory to its registration, to one decimal."""

    advisor_id: int
    year: int
    month: int
    advisories: int
    mean_lag_days: Decimal
    contacts: int
    contact_minutes: int


def by_advisor_and_month(session: Session, by: Principal, since: date, until: date) -> list[Workload]:
    """The workload between two days, both included, of what `by` may read; by advisor and month."""
    advised = _advisories(session, by, since, until)
    contacted = _contacts(session, by, since, until)
    lines = []
    for key in sorted(advised.keys() | contacted.keys()):
        number, lag = advised.get(key, (0, 0))
        count, minutes = contacted.get(key, (0, 0))
        mean = (Decimal(lag) / number).quantize(Decimal("0.1")) if number else Decimal(0)
        lines.append(Workload(*key, number, mean, count, minutes))
    return lines


def _advisories(session: Session, by: Principal, since: date, until: date) -> dict[Month, tuple[int, int]]:
    reached = select(AdvisoryEntity.advisory_id).join(Advisory, Advisory.id == AdvisoryEntity.advisory_id)
    month = (Advisory.advisor_id, extract("year", Advisory.occurred_on), extract("month", Advisory.occurred_on))
    statement = select(*month, func.count(), func.sum(Advisory.lag_days)).where(
        Advisory.id.in_(visible(reached, by, "plan.read", advisories.SCOPE)),
        Advisory.status != AdvisoryStatus.ANNULLED,
        Advisory.occurred_on.between(since, until),
    )
    rows = session.execute(statement.group_by(*month))
    return {(person, int(year), int(number)): (count, int(lag)) for person, year, number, count, lag in rows}


def _contacts(session: Session, by: Principal, since: date, until: date) -> dict[Month, tuple[int, int]]:
    day = QuickContact.occurred_on
    month: tuple[Any, ...] = (QuickContact.advisor_id, extract("year", day), extract("month", day))
    statement = select(*month, func.count(), func.sum(QuickContact.minutes)).where(
        QuickContact.annulled_at.is_(None), day.between(since, until)
    )
    rows = session.execute(visible(statement, by, "plan.read", contacts.SCOPE).group_by(*month))
    return {(person, int(year), int(number)): (count, int(minutes)) for person, year, number, count, minutes in rows}
