"""People who attend entities: with running plans, or with entities in their charge."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from datetime import timedelta
from typing import Any

from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.clock import local_date
from directory.models import Coverage
from directory.models import Entity
from directory.models import Person
from directory.models import RegionDepartment
from directory.models import RegionScheme
from directory.periods import active_on
from notifications.sources import Subject
from notifications.sources import source
from tracking.models import WorkPlan
from tracking.trace import RUNNING


@dataclass(slots=True)
class _Work:
    """Since when somebody attends entities, and how many of them in each region."""

    since: date = date.max
    regions: dict[int, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, since: date, region_id: int | None, count: int) -> None:
        self.since = min(self.since, since)
        if region_id is not None:
            self.regions[region_id] += count

    def region(self) -> int | None:
        """The region with most of the work; of equals, the first."""
        return max(self.regions, key=lambda one: (self.regions[one], -one), default=None)


@source("advisors", "Quienes acompañan entidades", about="person")
def advisors(session: Session, on: date) -> Iterable[Subject]:
    """Everybody with running plans or entities in their charge, and who had entities until some day of this year.

    Whoever hands over owes the reports of the days on which they attended; who receives, from then on.
    """
    work: dict[int, _Work] = defaultdict(_Work)
    for person, region, count, since in _accompanied(session, on):
        work[person].add(since, region, count)
    for person, region, count, since in session.execute(_covered(on)):
        work[person].add(since, region, count)
    until = _left(session, on, work)
    people = select(Person).where(Person.id.in_(sorted(work)), Person.disabled_at.is_(None)).order_by(Person.id)
    for row in session.scalars(people):
        yield Subject(
            kind="person", id=row.id, label=row.name, debtor_id=row.id, since=work[row.id].since,
            until=until.get(row.id), unit_id=row.unit_id, region_id=work[row.id].region(),
        )  # fmt: skip


def attended(subject: Subject, since: date, until: date) -> bool:
    """Whether somebody of this source attended entities between two days."""
    return subject.since <= until and (subject.until is None or subject.until >= since)


def _accompanied(session: Session, on: date) -> Iterable[tuple[int, int | None, int, date]]:
    """Advisor, region, how many running plans, and since when they have them.

    A plan is older than its advisor's charge of it: they have it since it was given to them, or since they attend its
    entity.
    """
    statement: Any = (
        select(
            WorkPlan.advisor_id, WorkPlan.region_id, func.count(), func.min(WorkPlan.opened_at), WorkPlan.given_on,
            Coverage.since,
        )
        .join(
            Coverage,
            (Coverage.entity_id == WorkPlan.entity_id)
            & (Coverage.person_id == WorkPlan.advisor_id)
            & active_on(Coverage, on),
            isouter=True,
        )
        .where(WorkPlan.status.in_(RUNNING), WorkPlan.advisor_id.is_not(None))
        .group_by(WorkPlan.advisor_id, WorkPlan.region_id, WorkPlan.given_on, Coverage.since)
    )  # fmt: skip
    for person, region, count, opened, given_on, covered_since in session.execute(statement):
        first = local_date(opened)
        yield person, region, count, max(first, given_on or covered_since or first)


def _left(session: Session, on: date, work: dict[int, _Work]) -> dict[int, date]:
    """Person who attends nobody any more → the last day on which they did; adds what they attended to `work`.

    Of who still attends somebody, what they attended without a break until then counts too: they changed entities.
    """
    ended = (Coverage.until >= on.replace(month=1, day=1), Coverage.until < on, Coverage.revoked_at.is_(None))
    present, last = set(work), dict[int, date]()
    rows = session.execute(_by_region(Coverage.until).where(*ended).group_by(Coverage.since, Coverage.until)).all()
    for person, region, count, since, until in sorted(rows, key=lambda row: row.until, reverse=True):
        if person not in present:
            work[person].add(since, region, count)
            last[person] = max(until, last.get(person, until))
        elif until >= work[person].since - timedelta(days=1):
            work[person].since = min(since, work[person].since)
    return last


def _covered(on: date) -> Any:
    return _by_region().where(active_on(Coverage, on))


def _by_region(*more: Any) -> Any:
    return (
        select(Coverage.person_id, RegionDepartment.region_id, func.count(), func.min(Coverage.since), *more)
        .join(Entity, Entity.id == Coverage.entity_id)
        .join(RegionScheme, RegionScheme.current.is_(True), isouter=True)
        .join(
            RegionDepartment,
            (RegionDepartment.department_code == Entity.department_code)
            & (RegionDepartment.scheme_id == RegionScheme.id),
            isouter=True,
        )
        .group_by(Coverage.person_id, RegionDepartment.region_id)
    )
