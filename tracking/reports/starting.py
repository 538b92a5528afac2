"""Beginning a report: by the job once its period is over, or earlier by whoever owes it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from datetime import datetime
from typing import Any

from sqlalchemy import exists
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.actor import Actor
from db.clock import local_date
from db.errors import InvalidData
from db.once import insert_new
from directory import access
from directory import coverage
from directory import entities
from directory import regions
from directory import roles
from directory.models import Person
from directory.principal import Principal
from engine import instances
from engine.instances import Links
from notifications import policies
from notifications.ledger import OPEN
from notifications.models import Obligation
from notifications.periods import Period
from notifications.supervisors import COORDINATOR
from notifications.supervisors import Book
from tracking.models import Report
from tracking.models import ReportStatus
from tracking.models import WorkPlan
from tracking.reports import kinds
from tracking.reports import store
from tracking.reports.kinds import ReportKind
from tracking.trace import RUNNING

IN_REGION, IN_DER = "region", "der"


@dataclass(frozen=True, slots=True)
class About:
    """About whom a report is: the person who presents it (None: nobody holds the post), and where they work."""

    subject_id: int
    person_id: int | None
    name: str
    unit_id: int | None = None
    region_id: int | None = None


def prepare(session: Session, kind: str, period: str, *, by: Principal, now: datetime) -> Report:
    """Begin one's own report, or find the one that was begun.

    Raises NotAllowed, and InvalidData (`kind`, `period`) when `by` does not owe such a report or the period has not
    begun.
    """
    of = kinds.kind(kind)
    actor = access.demand(by, "report.prepare", access.Subject(people=frozenset({by.person_id})))
    chosen = kinds.period(of, period)
    if chosen.start > local_date(now):
        raise InvalidData({"period": ["Este periodo no ha empezado."]})
    about = about_person(session, of, by, local_date(now))
    if about is None:
        raise InvalidData({"kind": [f"Usted no presenta el {of.title[:1].lower()}{of.title[1:]}."]})
    return begin(session, of, chosen, about, by=actor, now=now)


def about_person(session: Session, of: ReportKind, by: Principal, on: date) -> About | None:
    """The subject for which `by` presents a kind of report; None when there is none."""
    if of.subject_kind == kinds.REGION:
        return next(iter(_regions_of(session, by)), None)
    name, unit = by.name, by.unit_id
    coordinated = next(iter(_regions_of(session, by)), None)
    attended = _attended(session, by.person_id, on)
    if attended:
        known = [region for region in attended if region is not None]
        region = max(known, key=lambda one: (attended[one], -one), default=None)
        return About(by.person_id, by.person_id, name, unit, region)
    if coordinated is not None and of.key == kinds.ACTIVITIES:
        return About(by.person_id, by.person_id, name, unit, coordinated.region_id)
    return None


def begin(
    session: Session, of: ReportKind, period: Period, about: About, *, by: Actor, now: datetime
) -> Report:  # fmt: skip
    """The report of a kind about a subject for a period: begun now, or before."""
    known = store.find(session, of.key, about.subject_id, period.key)
    if known is not None:
        return known
    new = {
        "kind": of.key, "subject_id": about.subject_id, "period": period.key, "period_start": period.start,
        "period_end": period.end, "title": f"{of.title} de {about.name}, {period.label}", "person_id": about.person_id,
        "unit_id": about.unit_id, "region_id": about.region_id, "status": ReportStatus.DRAFT, "content": {},
        "revision": 1, "created_at": now, "receipt": "", "remarks": "",
    }  # fmt: skip
    made = insert_new(session, Report, [new], "id")
    row = store.find(session, of.key, about.subject_id, period.key)
    assert row is not None, "it was just begun, here or elsewhere"
    if not made:
        return row
    if of.process:
        row.instance_id = _case(session, of, row, by, now)
    store.record(session, row, "report.begun", f"Empezó: {row.title}.", by=by, now=now)
    session.flush()
    return row


def due(session: Session, now: datetime) -> Iterable[int]:
    """Ids of open obligations whose period is over and whose report nobody began."""
    today = local_date(now)
    found: list[int] = []
    for policy in policies.enabled_parts(session):
        of = kinds.of_facts(policy.spec.met_by)
        if of is None:
            continue
        begun = exists().where(
            Report.kind == of.key, Report.subject_id == Obligation.subject_id, Report.period == Obligation.period
        )
        owed = select(Obligation.id).where(
            Obligation.policy_id == policy.id, Obligation.status.in_(OPEN), Obligation.period_end < today,
            Obligation.subject_kind == of.subject_kind, ~begun, Obligation.period_start >= policy.since,
            Obligation.period_start < policy.until,
        )  # fmt: skip
        found += session.scalars(owed.order_by(Obligation.id))
    return found


def begin_owed(session: Session, obligation_id: int, *, by: Actor, now: datetime) -> Report | None:
    """Begin the report that an obligation asks for; None when it asks for none."""
    owed = session.get_one(Obligation, obligation_id)
    (policy,) = policies.many(session, [owed.policy_id]).values()
    of = kinds.of_facts(policy.at(owed.period_start).spec.met_by)
    if of is None or of.subject_kind != owed.subject_kind:
        return None
    about = About(owed.subject_id, owed.debtor_id, owed.subject_label, owed.unit_id, owed.region_id)
    return begin(session, of, kinds.period(of, owed.period), about, by=by, now=now)


def reviewer(session: Session, region_id: int | None, person_id: int | None, on: date) -> str:
    """Who reviews a monthly report: the coordination of the region, if it is held by somebody other than its author;
    else the DER. A coordinator's own report goes to the DER."""
    book = Book(session, on)
    over = book.over(COORDINATOR, roles.REGION, region_id) if region_id is not None else ()
    return IN_REGION if over and person_id not in over else IN_DER


def _case(session: Session, of: ReportKind, row: Report, by: Actor, now: datetime) -> int:
    variables = {"report": row.kind} if of.process == kinds.REGIONAL_REPORT else {
        "reviewer": reviewer(session, row.region_id, row.person_id, local_date(now))
    }  # fmt: skip
    unit = session.get_one(Person, row.person_id).unit_id if row.person_id else None
    # The marks of a regional form are not for everybody who works in the region: only a free step needs the place.
    hidden = of.process == kinds.REGIONAL_REPORT and row.person_id is not None
    links = Links(
        title=row.title, unit_id=row.unit_id or unit, region_id=None if hidden else row.region_id,
        people={"author": row.person_id} if row.person_id else {}, refs={"report_id": row.id},
    )  # fmt: skip
    key = f"{row.kind}/{row.subject_id}/{row.period}"
    return instances.start(session, of.process, key, links=links, variables=variables, by=by, now=now).id


def _attended(session: Session, person_id: int, on: date) -> dict[int | None, int]:
    """Region → how many running plans and entities somebody has there; empty when they attend none."""
    plans: Any = (
        select(WorkPlan.region_id, func.count())
        .where(WorkPlan.advisor_id == person_id, WorkPlan.status.in_(RUNNING))
        .group_by(WorkPlan.region_id)
    )
    found: dict[int | None, int] = dict(session.execute(plans).all())
    covered = coverage.entities_of(session, person_id, on)
    where = entities.regions_of(session, covered)
    for entity_id in covered:
        region = where.get(entity_id)
        found[region] = found.get(region, 0) + 1
    return found


def _regions_of(session: Session, by: Principal) -> list[About]:
    """The regions of the present scheme that `by` coordinates, in their own right or by delegation."""
    held = {
        grant.scope_id: grant.on_behalf_of or by.person_id
        for grant in by.grants
        if grant.role == COORDINATOR and grant.scope_kind == roles.REGION
    }
    return [
        About(region.id, held[region.id], region.name, None, region.id)
        for region in regions.current(session)
        if region.id in held
    ]
