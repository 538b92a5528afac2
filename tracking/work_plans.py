"""Work plans: a product in an entity during a year, from opening to close."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select
from sqlalchemy import func
from sqlalchemy import insert
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import paging
from db.actor import Actor
from db.clock import local_date
from db.errors import Conflict
from db.errors import InvalidData
from db.errors import NotFound
from directory import access
from directory import coverage
from directory import entities
from directory.models import Entity
from directory.names import normalise
from directory.principal import Principal
from tracking import rollup
from tracking import templates
from tracking import trace
from tracking.models import ConsentStatus
from tracking.models import MilestoneStatus
from tracking.models import PlanMilestone
from tracking.models import PlanStatus
from tracking.models import Product
from tracking.models import TemplateMilestone
from tracking.models import WorkPlan

SORTS = {
    "id": (paging.Key(WorkPlan.id),),
    "-opened": (paging.Key(WorkPlan.opened_at, descending=True), paging.Key(WorkPlan.id, descending=True)),
    "-vigencia": (paging.Key(WorkPlan.vigencia, descending=True), paging.Key(WorkPlan.id, descending=True)),
}

# A list of plans joins its product, whose lead takes part in every plan.
SCOPE = access.ScopeColumns(
    unit_id=WorkPlan.unit_id,
    entity_id=WorkPlan.entity_id,
    region_id=WorkPlan.region_id,
    people=(WorkPlan.advisor_id, Product.lead_id),
)


@dataclass(frozen=True, slots=True)
class Filters:
    """Which plans to list; what is empty does not filter. `text` looks in the entity and the product."""

    text: str = ""
    status: str = ""
    consent: str = ""
    product_id: int | None = None
    entity_id: int | None = None
    advisor_id: int | None = None
    region_id: int | None = None
    unit_id: int | None = None
    vigencia: int | None = None
    department_code: str = ""


def open_plan(
    session: Session, product_id: int, entity_id: int, vigencia: int, *, by: Actor, now: datetime
) -> WorkPlan:
    """Open the plan of a product in an entity for a year; its advisor is who covers the entity today.

    Raises NotFound, Conflict when it exists already or the product ended.
    """
    opened = open_many(session, product_id, [entity_id], vigencia, by=by, now=now)
    if not opened:
        name = entities.get(session, entity_id).name
        raise Conflict(f"Ya existe el plan de trabajo de {name} para {vigencia}.", code="plan_exists")
    return opened[0]


def open_many(
    session: Session, product_id: int, entity_ids: Collection[int], vigencia: int, *, by: Actor, now: datetime
) -> list[WorkPlan]:
    """Open the plans of a product in several entities, leaving those that exist as they are. Returns the new ones.

    Raises NotFound, Conflict when the product ended, InvalidData (`entities`) for unknown entities.
    """
    product = trace.active_product(session, product_id)
    if entities.missing(session, entity_ids):
        raise InvalidData({"entities": ["Una de las entidades ya no está en el directorio."]})
    wanted = sorted(set(entity_ids) - _with_plan(session, product_id, vigencia))
    template = templates.latest(session, product_id)
    milestones = templates.milestones_of(session, template.id) if template else []
    advisors = coverage.advisors_of(session, wanted, local_date(now))
    regions = entities.regions_of(session, wanted)
    found = entities.many(session, wanted)
    opened = [
        _new(product, found[entity_id], vigencia, template.id if template else None, advisors.get(entity_id),
             regions.get(entity_id), now)
        for entity_id in wanted
    ]  # fmt: skip
    session.add_all(opened)
    session.flush()
    _add_milestones(session, opened, milestones)
    for plan in opened:
        rollup.refresh(session, plan)
        summary = f"Abrió el plan de trabajo de {found[plan.entity_id].name} para {vigencia}."
        trace.record(session, plan, "plan.opened", summary, by=by, now=now, details={"advisor_id": plan.advisor_id})
    return opened


def get(session: Session, plan_id: int) -> WorkPlan:
    """The plan with this id. Raises NotFound."""
    plan = session.get(WorkPlan, plan_id)
    if plan is None:
        raise NotFound("el plan de trabajo", plan_id)
    return plan


def find(session: Session, product_id: int, entity_id: int, vigencia: int) -> WorkPlan | None:
    """The plan of a product in an entity for a year, if there is one."""
    statement = select(WorkPlan).where(
        WorkPlan.product_id == product_id, WorkPlan.entity_id == entity_id, WorkPlan.vigencia == vigencia
    )
    return session.scalars(statement).one_or_none()


def listing(
    session: Session, by: Principal, filters: Filters, *, sort: str = "-opened", limit: int = paging.DEFAULT_LIMIT,
    cursor: str = "",
) -> paging.Page[WorkPlan]:  # fmt: skip
    """The plans that `by` may read. Raises InvalidData for an unknown `sort` (one of SORTS), limit or cursor."""
    if sort not in SORTS:
        raise InvalidData({"sort": [f"Ordene por uno de estos: {', '.join(SORTS)}."]})
    statement = access.visible(matching(select(WorkPlan), filters), by, "plan.read", SCOPE)
    return paging.page(session, statement, SORTS[sort], limit=limit, cursor=cursor)


def running(session: Session, product_id: int) -> list[int]:
    """Ids of the plans of a product that have not ended."""
    statement = select(WorkPlan.id).where(WorkPlan.product_id == product_id, WorkPlan.status.in_(trace.RUNNING))
    return list(session.scalars(statement.order_by(WorkPlan.id)))


def latest_vigencia(session: Session, product_id: int) -> int | None:
    """The latest year for which plans of a product were opened; None when none was."""
    return session.scalar(select(func.max(WorkPlan.vigencia)).where(WorkPlan.product_id == product_id))


def assign_advisor(
    session: Session, plan_id: int, person_id: int, *, reason: str = "", by: Actor, now: datetime
) -> WorkPlan:
    """Give a plan to an advisor; one that waited for somebody is open from now on.

    Tasks of the plan's instance are not touched. Raises NotFound, Conflict when it ended, InvalidData (`advisor_id`).
    """
    plan = trace.running_plan(session, plan_id)
    person = trace.active_person(session, person_id, "advisor_id")
    details = {"advisor_id": [plan.advisor_id, person_id], "status": [plan.status, PlanStatus.OPEN.value]}
    plan.advisor_id, plan.status = person_id, PlanStatus.OPEN
    session.flush()
    trace.record(session, plan, "plan.assigned", f"El plan quedó a cargo de {person.name}.", by=by, now=now,
                 details=details, reason=reason)  # fmt: skip
    return plan


def transfer(session: Session, plan_id: int, person_id: int, *, reason: str, by: Principal, now: datetime) -> WorkPlan:
    """Give a plan to another advisor. Raises as `assign_advisor`, NotAllowed without `coverage.manage` there."""
    actor = access.demand(by, "coverage.manage", trace.scope_of_plan(session, trace.plan(session, plan_id)))
    reason = trace.required(reason, "reason", "Escriba por qué cambia el asesor.")
    return assign_advisor(session, plan_id, person_id, reason=reason, by=actor, now=now)


def close(session: Session, plan_id: int, *, by: Actor, now: datetime) -> WorkPlan:
    """End a plan that went through its steps. Raises NotFound, or Conflict when it ended already."""
    return _end(session, plan_id, PlanStatus.CLOSED, "", "Cerró el plan de trabajo.", by, now)


def cancel(session: Session, plan_id: int, reason: str, *, by: Actor, now: datetime) -> WorkPlan:
    """End a plan before its time; it counts in no figure. Raises as `close`, and InvalidData (`reason`)."""
    reason = trace.required(reason, "reason", "Escriba por qué se cancela el plan.")
    return _end(session, plan_id, PlanStatus.CANCELLED, reason, "Canceló el plan de trabajo.", by, now)


def matching(statement: Select[Any], filters: Filters) -> Select[Any]:
    """`statement`, which selects from WorkPlan, joined to product and entity and narrowed by `filters`."""
    statement = statement.join(Product, Product.id == WorkPlan.product_id)
    statement = statement.join(Entity, Entity.id == WorkPlan.entity_id)
    for name in ("status", "consent", "product_id", "entity_id", "advisor_id", "region_id", "unit_id", "vigencia",
                 "department_code"):  # fmt: skip
        value = getattr(filters, name)
        if value not in ("", None):
            statement = statement.where(getattr(WorkPlan, name) == value)
    for word in normalise(filters.text).split():
        statement = statement.where(or_(Entity.search_name.contains(word), Product.search_name.contains(word)))
    return statement


def _new(
    product: Product, entity: Entity, vigencia: int, template_id: int | None, advisor_id: int | None,
    region_id: int | None, now: datetime,
) -> WorkPlan:  # fmt: skip
    return WorkPlan(
        product_id=product.id,
        entity_id=entity.id,
        vigencia=vigencia,
        advisor_id=advisor_id,
        unit_id=product.unit_id,
        region_id=region_id,
        department_code=entity.department_code,
        template_id=template_id,
        status=PlanStatus.OPEN if advisor_id else PlanStatus.WITHOUT_ADVISOR,
        consent=ConsentStatus.PENDING,
        opened_at=now,
    )


def _add_milestones(session: Session, plans: list[WorkPlan], milestones: list[TemplateMilestone]) -> None:
    rows = [milestone_values(plan.id, milestone) for plan in plans for milestone in milestones]
    if rows:
        session.execute(insert(PlanMilestone), rows)


def milestone_values(plan_id: int, milestone: TemplateMilestone) -> dict[str, Any]:
    """The columns of a milestone of a plan as its template says it, before it is adapted."""
    return {
        "plan_id": plan_id,
        "template_milestone_id": milestone.id,
        "number": milestone.number,
        "position": milestone.position,
        "name": milestone.name,
        "target": milestone.target,
        "weight": milestone.total_weight,
        "planned_on": milestone.deadline,
        "status": MilestoneStatus.PENDING,
        "reason": "",
    }


def _with_plan(session: Session, product_id: int, vigencia: int) -> set[int]:
    statement = select(WorkPlan.entity_id).where(WorkPlan.product_id == product_id, WorkPlan.vigencia == vigencia)
    return set(session.scalars(statement))


def _end(
    session: Session, plan_id: int, status: PlanStatus, reason: str, summary: str, by: Actor, now: datetime
) -> WorkPlan:
    plan = trace.running_plan(session, plan_id)
    plan.status, plan.closed_at, plan.closing_reason = status, now, reason
    session.flush()
    trace.record(session, plan, f"plan.{status}", summary, by=by, now=now, reason=reason)
    return plan
