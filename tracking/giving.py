"""Who may be made to hand over their work, and where that work is."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from sqlalchemy import Select
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory import access
from directory import entities
from directory.access import Subject
from directory.models import Coverage
from directory.models import Person
from directory.periods import overlapping
from directory.principal import Principal
from engine import personal
from engine.models import Task
from engine.models import TaskStatus
from tracking import trace
from tracking.models import Product
from tracking.models import ProductStatus
from tracking.models import Strategy
from tracking.models import WorkPlan


def givers(session: Session, by: Principal, on: date) -> list[tuple[int, str]]:
    """Id and name, by name, of those who carry something on a day and whose work `by` may hand over.

    Whoever may no longer come in is among them: what they carried waits.
    """
    carriers = list(session.scalars(_carrying(on)))
    where = subjects(session, carriers, on)
    may = [row for row in carriers if all(access.allowed(by, "handover.run", one) for one in where[row.id])]
    return [(row.id, f"{row.name} (sin acceso)" if row.disabled_at else row.name) for row in may]


def subjects(session: Session, people: Collection[Person], on: date) -> dict[int, list[Subject]]:
    """Person → where their work is, at least one place: all of them must be in reach of who hands it over."""
    found = {row.id: [Subject(unit_id=row.unit_id)] for row in people}
    regions = _regions(session, found.keys(), on)
    units = {row.id: row.unit_id for row in people}
    found |= {key: [Subject(unit_id=units[key], region_id=one) for one in sorted(at)] for key, at in regions.items()}
    led = select(Product.lead_id, Product.unit_id).where(Product.lead_id.in_(found)).distinct()
    for lead_id, unit_id in session.execute(led):
        found[lead_id].append(Subject(unit_id=unit_id))
    return found


def _regions(session: Session, people: Collection[int], on: date) -> dict[int, set[int]]:
    covered = select(Coverage.person_id, Coverage.entity_id)
    rows = session.execute(covered.where(Coverage.person_id.in_(people), overlapping(Coverage, on, None))).all()
    places = entities.regions_of(session, {row.entity_id for row in rows})
    found: dict[int, set[int]] = defaultdict(set)
    for person_id, entity_id in rows:
        if entity_id in places:
            found[person_id].add(places[entity_id])
    return found


def _carrying(on: date) -> Select[Person]:
    held = (
        select(Coverage.person_id).where(overlapping(Coverage, on, None)),
        select(WorkPlan.advisor_id).where(WorkPlan.status.in_(trace.RUNNING)),
        select(Product.lead_id).where(Product.status == ProductStatus.ACTIVE),
        select(Strategy.lead_id),
        select(Task.assignee_id).where(Task.status == TaskStatus.OPEN, ~personal.steps()),
    )
    return select(Person).where(or_(*(Person.id.in_(some) for some in held))).order_by(Person.search_name, Person.id)
