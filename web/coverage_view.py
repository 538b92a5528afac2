"""What the pages of coverage show: a region with its totals and loads, a department, and what an assignment changes."""

from collections.abc import Collection
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from datetime import datetime
from datetime import timedelta
from typing import Any
from typing import Protocol
from urllib.parse import urlencode

from flask import request
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import clock
from directory import absences
from directory import access
from directory import coverage
from directory import coverage_counts
from directory import entities
from directory import principal
from directory import regions
from directory import roles
from directory import ways_in
from directory.coverage import Displaced
from directory.coverage_counts import Total
from directory.models import Coverage
from directory.models import Entity
from directory.models import Person
from directory.principal import Principal
from edge import names
from engine import tasks
from tracking import following
from tracking import handover
from tracking import loads
from tracking import trace
from tracking.models import WorkPlan
from web import picking

EVERYWHERE = "todas"
MOST = 500
"""So many entities without anybody are listed at once."""

SOON = timedelta(days=30)
"""How far ahead the absence of whoever receives entities is told."""

PLACE = ("region", "departamento", "sin")


class Asked(Protocol):
    """An assignment as it was asked for."""

    @property
    def person_id(self) -> int: ...

    @property
    def since(self) -> date: ...

    @property
    def entity_ids(self) -> list[int]: ...


@dataclass(frozen=True, slots=True)
class Place:
    """Where one looks: a region (None: the country), perhaps one department of it, perhaps only who has nobody."""

    region_id: int | None
    department: str
    without: bool
    totals: list[Total]  # of the departments there

    @property
    def codes(self) -> list[str]:
        """Its departments."""
        return [row.code for row in self.totals]


def address(chosen: Mapping[str, str]) -> str:
    """The page of the place that a form or an address names."""
    kept = {name: chosen[name] for name in PLACE if chosen.get(name)}
    return f"/cobertura?{urlencode(kept)}" if kept else "/cobertura"


def values(session: Session, by: Principal, now: datetime) -> dict[str, Any]:
    """What the page of coverage shows."""
    today = clock.local_date(now)
    totals = coverage_counts.departments(session, today)
    place = _place(by, totals)
    rows = _rows(session, place, today)
    advisors = coverage.advisors_of(session, [row.id for row in rows], today)
    coming = coverage.upcoming(session, [row.id for row in rows], today)
    planned = _planned(session)
    offered = coverage.advisors(session, now=now)
    carried = loads.of_people(session, {key for key, _ in offered}, department_codes=place.codes, now=now)
    where = {row.code: row for row in totals}
    shown = [row for row in rows if not place.without or row.id not in advisors]
    ours = {row.id for row in shown if _manages(by, row, where)}
    return {
        "regions": _regions(session, by), "region": str(place.region_id or EVERYWHERE), "place": place,
        "departments": {row.code: row.name for row in (place.totals if place.region_id else totals)},
        "names_of_departments": {row.code: row.name for row in totals}, "rows": shown, "manageable": ours,
        "gone": _gone(session, coming.values()),
        "awaited": len(_awaited(session, place, today)) if not rows else 0,
        "cut": len(rows) == MOST, "advisors": advisors, "coming": coming,
        "people": names.of_people(session, [*advisors.values(), *_to_come(coming, planned)]),
        "offered": _picker(offered, carried), "planned": planned,
        "working": [(key, name, carried[key]) for key, name in offered if carried[key].here], "today": today,
    }  # fmt: skip


def _to_come(coming: Mapping[int, Coverage], planned: Mapping[int, tuple[int, date]]) -> list[int]:
    return [*(row.person_id for row in coming.values()), *(person_id for person_id, _ in planned.values())]


def _planned(session: Session) -> dict[int, tuple[int, date]]:
    """Advisor → to whom they hand over all that they carry, and from which day: what waits for its day."""
    return {row.from_id: (row.to_id, row.since) for row in handover.waiting(session)}


def _place(by: Principal, totals: Sequence[Total]) -> Place:
    """The place asked for; without any, one's own region."""
    department = request.values.get("departamento", "")
    within = next((row for row in totals if row.code == department), None)
    asked, own = request.values.get("region", ""), _own_regions(by)
    known = {row.region_id for row in totals}
    if asked.isdecimal() and int(asked) in known:
        region_id: int | None = int(asked)
    elif asked or not (own or within):
        region_id = None
    else:
        region_id = within.region_id if within else own[0]
    there = [row for row in totals if region_id is None or row.region_id == region_id]
    chosen = department if any(row.code == department for row in there) else ""
    return Place(region_id, chosen, bool(request.values.get("sin")), there)


def _own_regions(by: Principal) -> list[int]:
    """The regions of one's roles, unless one of them reaches the whole country."""
    if access.allowed(by, "coverage.read") is not None:
        return []
    return [grant.scope_id for grant in by.grants if grant.scope_kind == roles.REGION and grant.scope_id is not None]


def _regions(session: Session, by: Principal) -> list[tuple[str, str]]:
    own = set(_own_regions(by))
    offered = sorted(regions.current(session), key=lambda row: row.id not in own)
    named = [(str(row.id), f"{row.name} (mi región)" if row.id in own else row.name) for row in offered]
    return [*named, (EVERYWHERE, "Todas las regiones")]


def _rows(session: Session, place: Place, today: date) -> list[Entity]:
    """The entities to list one by one: those of a department, or those of the region that nobody accompanies."""
    if place.department:
        return entities.search(session, department=place.department, limit=2000)
    return coverage_counts.uncovered(session, today, place.codes, MOST) if place.without else []


def _awaited(session: Session, place: Place, today: date) -> Mapping[int, Coverage]:
    """Of those that nobody accompanies today, the ones that somebody will from a day that is set."""
    without = coverage_counts.uncovered(session, today, place.codes, MOST)
    coming = coverage.upcoming(session, [row.id for row in without], today)
    gone = _gone(session, coming.values())
    return {key: row for key, row in coming.items() if row.person_id not in gone}


def _gone(session: Session, coming: Collection[Coverage]) -> set[int]:
    """Who is to attend some entity later and may no longer come in: nobody will, unless it is given to somebody."""
    ids = {row.person_id for row in coming}
    return set(session.scalars(select(Person.id).where(Person.id.in_(ids), Person.disabled_at.is_not(None))))


def _manages(by: Principal, row: Entity, where: Mapping[str, Total]) -> bool:
    subject = access.Subject(entity_id=row.id, region_id=where[row.department_code].region_id)
    return access.allowed(by, "coverage.manage", subject) is not None


def _picker(offered: Sequence[tuple[int, str]], carried: Mapping[int, loads.Load]) -> picking.Picker:
    """Who may receive entities: those who work there first, each with what they carry."""
    ordered = sorted(offered, key=lambda one: carried[one[0]].here == 0)
    named = [(key, f"{name}: {loads.in_words(carried[key])}") for key, name in ordered]
    return picking.picker("person_id", named, request.form.get("person_id"))


def question(
    session: Session, by: Principal, wanted: Asked, told: following.Consequence, now: datetime,
    *, always: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """What to show before an assignment that changes days gone by, ends what others have, or leaves plans behind.

    Empty when there is nothing to ask, unless it is to be shown `always`.
    """
    today = clock.local_date(now)
    displaced = coverage.displaced(session, wanted.entity_ids, wanted.since)
    first = max(wanted.since, today)
    away = absences.during(session, wanted.person_id, first, first + SOON)[:1]
    able = ways_in.has(session, wanted.person_id)
    outside = _outside(session, wanted, now)
    if not always and not outside and not displaced and not told.stay and not away and able and wanted.since >= today:
        return {}
    return {
        "wanted": wanted, "displaced": displaced, "past": wanted.since < today, "away": away, "able": able,
        "today": today, "told": told, "outside": outside, "own_regions": _regions_of_role(session, wanted, now),
        "chosen": request.form.getlist("plan"), "movable": wanted.since <= today,
        "passable": _passable(session, by, told.stay) if wanted.since <= today else set(),
        "kept": [(name, request.form[name]) for name in PLACE if request.form.get(name)],
        **_lookups(session, wanted, [*told.follow, *told.stay], displaced),
    }  # fmt: skip


def _outside(session: Session, wanted: Asked, now: datetime) -> dict[int, str]:
    """Those of the entities that are in no region for which the person has the role of advisor, each with its region.

    Empty for somebody who has it in the whole country, or has no role of their own.
    """
    own = _regions_of_role(session, wanted, now)
    if not own:
        return {}
    found = entities.regions_of(session, wanted.entity_ids)
    named = {row.id: row.name for row in regions.current(session)}
    return {key: named.get(found.get(key, 0), "sin región") for key in wanted.entity_ids if found.get(key) not in own}


def _regions_of_role(session: Session, wanted: Asked, now: datetime) -> dict[int, str]:
    """The regions for which the person has the role of advisor, by name; none where it is for the whole country."""
    receiver = principal.load(session, wanted.person_id, now=now)
    own = [one for one in receiver.grants if one.role == coverage.ADVISOR and one.on_behalf_of is None]
    if any(one.scope_kind == roles.NATIONAL for one in own):
        return {}
    named = {row.id: row.name for row in regions.current(session)}
    return {
        one.scope_id: named[one.scope_id] for one in own if one.scope_kind == roles.REGION and one.scope_id in named
    }


def _lookups(
    session: Session, wanted: Asked, plans: Sequence[WorkPlan], displaced: Mapping[int, Sequence[Displaced]]
) -> dict[str, Any]:
    holders = [plan.advisor_id for plan in plans]
    holders += [one.coverage.person_id for rows in displaced.values() for one in rows]
    return {
        "opened": tasks.open_counts(session, [plan.instance_id for plan in plans if plan.instance_id is not None]),
        "entities": names.of_entities(session, wanted.entity_ids),
        "products": names.of_products(session, [plan.product_id for plan in plans]),
        "people": names.of_people(session, [wanted.person_id, *holders]),
    }


def _passable(session: Session, by: Principal, plans: Collection[WorkPlan]) -> set[int]:
    """Ids of those of `plans` that one may give to somebody else."""
    return {
        plan.id for plan in plans if access.allowed(by, "plan.transfer", trace.scope_of_plan(session, plan)) is not None
    }
