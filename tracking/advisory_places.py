"""Where an advisory is given: its entities, each with the plan of work that it belongs to."""

from collections.abc import Collection
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from typing import Any

from sqlalchemy import Select
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from db.actor import Actor
from directory import access
from directory import entities
from directory.access import Subject
from directory.models import Entity
from directory.principal import Principal
from forms.words import listed
from tracking import trace
from tracking import work_plans
from tracking.models import Advisory
from tracking.models import AdvisoryEntity
from tracking.models import Product
from tracking.models import WorkPlan

Errors = dict[str, list[str]]
CONTACT = "beneficiary_contact"


@dataclass(frozen=True, slots=True)
class Place:
    """An entity of an advisory and its plan; `lead_id` leads the plan's product."""

    entity_id: int
    region_id: int | None
    plan: WorkPlan | None
    lead_id: int | None = None

    @property
    def plan_id(self) -> int | None:
        """The plan's id, if there is a plan."""
        return self.plan.id if self.plan else None

    def subject(self, advisor_id: int | None = None) -> Subject:
        """Where this is, for permissions; `advisor_id` gave the advisory."""
        unit_id, plan_advisor = (self.plan.unit_id, self.plan.advisor_id) if self.plan else (None, None)
        people = frozenset(person for person in (plan_advisor, self.lead_id, advisor_id) if person is not None)
        return Subject(unit_id=unit_id, entity_id=self.entity_id, region_id=self.region_id, people=people)


@dataclass(slots=True)
class Found:
    """The places that were asked for, and what is wrong with those that were not found."""

    places: list[Place] = field(default_factory=list)
    errors: Errors = field(default_factory=dict)

    def wrong(self, path: str, message: str) -> None:
        """Keep something wrong."""
        self.errors.setdefault(path, []).append(message)

    @property
    def plans(self) -> list[WorkPlan]:
        """The plans of the places."""
        return [place.plan for place in self.places if place.plan is not None]


def find(session: Session, entity_ids: Sequence[int], plan_ids: Sequence[int], product_id: int | None) -> Found:
    """The plans `plan_ids`, and for the entities that have none among them their running plan of `product_id`.

    What cannot be found, or is not one plan alone, stands in the errors (`plans`, `entities`), with the entity's name.
    """
    found = Found()
    if not entity_ids and not plan_ids:
        found.wrong("entities", "Elija al menos una entidad.")
    missing = entities.missing(session, entity_ids)
    if missing:
        found.wrong("entities", "Una de las entidades ya no está en el directorio.")
    taken = _add_named(session, plan_ids, product_id, found)
    left = [key for key in dict.fromkeys(entity_ids) if key not in taken and key not in missing]
    if left:
        _add_running(session, left, product_id, found)
    return found


def of_advisory(session: Session, advisory_id: int) -> list[Place]:
    """The places of an advisory that was registered."""
    return of_advisories(session, [advisory_id])[advisory_id]


def of_advisories(session: Session, ids: Sequence[int]) -> dict[int, list[Place]]:
    """The places of each of these advisories."""
    statement = (
        select(AdvisoryEntity, WorkPlan, Product.lead_id)
        .outerjoin(WorkPlan, WorkPlan.id == AdvisoryEntity.plan_id)
        .outerjoin(Product, Product.id == WorkPlan.product_id)
        .where(AdvisoryEntity.advisory_id.in_(ids))
        .order_by(AdvisoryEntity.entity_id)
    )
    found: dict[int, list[Place]] = {key: [] for key in ids}
    for row, plan, lead_id in session.execute(statement):
        found[row.advisory_id].append(Place(row.entity_id, row.region_id, plan, lead_id))
    return found


def demand(places: Sequence[Place], action: str, advisor_id: int | None = None, *, by: Principal) -> Actor:
    """`by` as the author of `action` in every one of `places`. Raises NotAllowed unless they may in all."""
    actors = [access.demand(by, action, place.subject(advisor_id)) for place in places]
    return actors[0]


def demand_correcting(session: Session, row: Advisory, *, by: Principal) -> Actor:
    """`by` as who corrects an advisory. Raises NotAllowed unless they may in every place where it was given."""
    return demand(of_advisory(session, row.id), "advisory.correct", row.advisor_id, by=by)


def in_sight(at: Sequence[Place], advisor_id: int, *, by: Principal) -> list[Place]:
    """Of the places of an advisory, those that `by` is shown.

    The staff sees a joint advisory whole; the contact of an entity, only the part of that entity.
    """
    if not outside(by):
        return list(at)
    return [place for place in at if access.allowed(by, "plan.read", place.subject(advisor_id))]


def partly(row: Advisory, at: Sequence[Place], *, by: Principal) -> bool:
    """Whether `by` is shown only a part of an advisory: who attended and its papers are about other entities too.

    That holds for what was once given to several, whichever of them it says by now.
    """
    return outside(by) and (row.mass_event or len(in_sight(at, row.advisor_id, by=by)) < len(at))


def outside(by: Principal) -> bool:
    """Whether `by` is nobody of the staff: the contact of an entity, who is shown what is of that entity alone."""
    return bool(by.grants) and all(grant.role == CONTACT for grant in by.grants)


def narrow(session: Session, rows: Sequence[Advisory], *, by: Principal) -> None:
    """Leave on advisories what `by` is shown of them: of a joint one, the contact of an entity gets their part.

    The papers of a joint advisory name everybody who attended, so they go with it. What is taken off is not written.
    """
    if not outside(by):
        return
    places = of_advisories(session, [row.id for row in rows])
    for row in rows:
        whole = places[row.id]
        mine = {(place.entity_id, place.plan_id) for place in in_sight(whole, row.advisor_id, by=by)}
        shown = [one for one in row.entities if (one.entity_id, one.plan_id) in mine]
        if partly(row, whole, by=by):
            for name, value in (("entities", shown), ("minutes_file", ""), ("attendance_file", "")):
                set_committed_value(row, name, value)


def readable(session: Session, row: Advisory, *, by: Principal) -> bool:
    """Whether `by` may read one of the places where an advisory was given."""
    at = of_advisory(session, row.id)
    return any(access.allowed(by, "plan.read", place.subject(row.advisor_id)) for place in at)


def plans_to_advise(session: Session, by: Principal, product_id: int) -> list[WorkPlan]:
    """The running plans of a product for which `by` may register an advisory, by the name of their entity."""
    statement = _running_plans(select(WorkPlan)).join(Entity, Entity.id == WorkPlan.entity_id)
    mine = access.visible(statement.where(WorkPlan.product_id == product_id), by, "advisory.write", work_plans.SCOPE)
    return list(session.scalars(mine.order_by(Entity.search_name, WorkPlan.vigencia, WorkPlan.id)))


def products_to_advise(session: Session, by: Principal) -> list[tuple[Product, int]]:
    """The products for whose running plans `by` may register an advisory, by name, and how many those plans are."""
    columns: tuple[Any, ...] = (WorkPlan.product_id, func.count())
    counted = _running_plans(select(*columns))
    mine = access.visible(counted, by, "advisory.write", work_plans.SCOPE).group_by(WorkPlan.product_id)
    counts: dict[int, int] = dict(session.execute(mine).all())
    named = select(Product).where(Product.id.in_(counts)).order_by(Product.search_name)
    return [(product, counts[product.id]) for product in session.scalars(named)]


def _running_plans(statement: Select[Any]) -> Select[Any]:
    joined = statement.select_from(WorkPlan).join(Product, Product.id == WorkPlan.product_id)
    return joined.where(WorkPlan.status.in_(trace.RUNNING))


def _add_named(session: Session, plan_ids: Sequence[int], product_id: int | None, found: Found) -> set[int]:
    """Put the plans asked for by id in `found`; returns their entities."""
    taken: set[int] = set()
    for plan_id in dict.fromkeys(plan_ids):
        row = session.get(WorkPlan, plan_id)
        if row is None:
            found.wrong("plans", "Uno de los planes de trabajo ya no existe.")
            continue
        problem = _unfit(session, row, product_id, taken)
        taken.add(row.entity_id)
        if problem:
            found.wrong("plans", problem)
        else:
            found.places.append(_place(session, row))
    return taken


def _unfit(session: Session, plan: WorkPlan, product_id: int | None, taken: Collection[int]) -> str:
    """What keeps a plan asked for by id out of an advisory; empty when nothing does."""
    name = entities.get(session, plan.entity_id).name
    if plan.entity_id in taken:
        return f"Eligió dos planes de trabajo de {name}: registre una asesoría por cada uno."
    if plan.status not in trace.RUNNING:
        return f"El plan de trabajo de {name} ya terminó; no admite asesorías."
    if product_id not in (None, plan.product_id):
        return f"El plan de trabajo elegido para {name} es de otro producto."
    return ""


def _add_running(session: Session, entity_ids: Sequence[int], product_id: int | None, found: Found) -> None:
    """Put the only running plan of each entity in the product in `found`."""
    names = {key: row.name for key, row in entities.many(session, entity_ids).items()}
    if product_id is None:
        for key in entity_ids:
            found.wrong("entities", f"Diga en qué plan de trabajo, o en qué producto, se asesoró a {names[key]}.")
        return
    product = session.get(Product, product_id)
    if product is None:
        found.wrong("product_id", "Elija un producto que exista.")
        return
    plans: dict[int, list[WorkPlan]] = {key: [] for key in entity_ids}
    statement = _running_plans(select(WorkPlan)).where(Product.id == product_id, WorkPlan.entity_id.in_(entity_ids))
    for plan in session.scalars(statement.order_by(WorkPlan.vigencia)):
        plans[plan.entity_id].append(plan)
    for key, of_entity in plans.items():
        if len(of_entity) == 1:
            found.places.append(_place(session, of_entity[0]))
        else:
            found.wrong("entities", _not_one(names[key], product.name, of_entity))


def _not_one(entity: str, product: str, plans: Sequence[WorkPlan]) -> str:
    if not plans:
        return f"{entity} no tiene un plan de trabajo en curso en «{product}»."
    years = listed(str(plan.vigencia) for plan in plans)
    return f"{entity} tiene varios planes de trabajo en curso en «{product}» (vigencias {years}): diga cuál."


def _place(session: Session, plan: WorkPlan) -> Place:
    lead_id = session.scalar(select(Product.lead_id).where(Product.id == plan.product_id))
    return Place(plan.entity_id, plan.region_id, plan, lead_id)
