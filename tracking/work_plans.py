"""Work plans: a product in an entity during a year, from opening to close."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy import Select
from sqlalchemy import func
from sqlalchemy import insert
from sqlalchemy import select
from sqlalchemy import type_coerce
from sqlalchemy.orm import Session

from db import paging
from db.actor import Actor
from db.clock import local_date
from db.errors import InvalidData
from db.errors import NotFound
from directory import access
from directory import coverage
from directory import entities
from directory.chunks import chunks
from directory.models import Entity
from directory.principal import Principal
from directory.searching import holding
from tracking import rollup
from tracking import templates
from tracking import trace
from tracking import unfocalised
from tracking.models import ConsentStatus
from tracking.models import MilestoneStatus
from tracking.models import PlanMilestone
from tracking.models import PlanStatus
from tracking.models import Product
from tracking.models import TemplateMilestone
from tracking.models import WorkPlan

# What is stored of a percentage is a whole number, which a cursor carries as it is.
_REPORTED = type_coerce(WorkPlan.reported_progress, BigInteger).label("reported_millionths")
SORTS = {
    "id": (paging.Key(WorkPlan.id),),
    "-opened": (paging.Key(WorkPlan.opened_at, descending=True), paging.Key(WorkPlan.id, descending=True)),
    "entity": (paging.Key(Entity.search_name, joined=True), paging.Key(WorkPlan.id)),
    "product": (paging.Key(Product.search_name, joined=True), paging.Key(Entity.search_name, joined=True),
                paging.Key(WorkPlan.id)),
    "reported": (paging.Key(_REPORTED, joined=True), paging.Key(WorkPlan.id)),
    "-reported": (paging.Key(_REPORTED, descending=True, joined=True), paging.Key(WorkPlan.id)),
    "-vigencia": (paging.Key(WorkPlan.vigencia, descending=True), paging.Key(WorkPlan.id, descending=True)),
}  # fmt: skip

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
    unfocalised: bool = False  # those whose entity was taken out, and nobody decided yet


@dataclass(frozen=True, slots=True)
class Opening:
    """What opening the plans of a year in some entities comes to, by the facts of a day.

    `entity_ids` get a plan, `present` have one already; `advisors` says who of the first goes to whom.
    """

    entity_ids: list[int]
    present: list[int]
    advisors: dict[int, int]

    @property
    def unattended(self) -> list[int]:
        """The entities whose plan will wait for an advisor."""
        return [entity_id for entity_id in self.entity_ids if entity_id not in self.advisors]


def opening(session: Session, product_id: int, entity_ids: Collection[int], vigencia: int, on: date) -> Opening:
    """What `open_many` would do on this day. Changes nothing."""
    present = _with_plan(session, product_id, vigencia) & set(entity_ids)
    wanted = sorted(set(entity_ids) - present)
    return Opening(wanted, sorted(present), coverage.advisors_of(session, wanted, on))


def open_many(
    session: Session, product_id: int, entity_ids: Collection[int], vigencia: int, *, by: Actor, now: datetime
) -> list[WorkPlan]:
    """Open the plans of a product in several entities, leaving those that exist as they are. Returns the new ones.

    Raises NotFound, Conflict when the product ended, InvalidData (`entities`) for unknown entities.
    """
    product = trace.active_product(session, product_id)
    if entities.missing(session, entity_ids):
        raise InvalidData({"entities": ["Una de las entidades ya no está en el directorio."]})
    told = opening(session, product_id, entity_ids, vigencia, local_date(now))
    wanted, advisors = told.entity_ids, told.advisors
    template = templates.latest(session, product_id)
    milestones = templates.milestones_of(session, template.id) if template else []
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


def listing(
    session: Session, by: Principal, filters: Filters, *, sort: str = "-opened", limit: int = paging.DEFAULT_LIMIT,
    cursor: str = "",
) -> paging.Page[WorkPlan]:  # fmt: skip
    """The plans that `by` may read. Raises InvalidData for an unknown `sort` (one of SORTS), limit or cursor."""
    if sort not in SORTS:
        raise InvalidData({"sort": [f"Ordene por uno de estos: {', '.join(SORTS)}."]})
    statement = access.visible(matching(select(WorkPlan), filters), by, "plan.read", SCOPE)
    return paging.page(session, statement, SORTS[sort], limit=limit, cursor=cursor)


def count(session: Session, by: Principal, filters: Filters) -> int:
    """How many plans `listing` has."""
    statement = access.visible(matching(select(WorkPlan.id), filters), by, "plan.read", SCOPE)
    return session.scalar(select(func.count()).select_from(statement.subquery())) or 0


def products(session: Session, by: Principal) -> dict[int, str]:
    """The products of the plans that `by` may read, by name: id → name."""
    columns: list[Any] = [Product.id, Product.name, Product.search_name]
    every = matching(select(*columns).select_from(WorkPlan), Filters()).distinct()
    statement = access.visible(every, by, "plan.read", SCOPE).order_by(Product.search_name, Product.id)
    return {row.id: row.name for row in session.execute(statement)}


def running(session: Session, product_id: int) -> list[int]:
    """Ids of the plans of a product that have not ended."""
    statement = select(WorkPlan.id).where(WorkPlan.product_id == product_id, WorkPlan.status.in_(trace.RUNNING))
    return list(session.scalars(statement.order_by(WorkPlan.id)))


def running_in(session: Session, entity_ids: Collection[int]) -> list[WorkPlan]:
    """The running plans of some entities, by entity."""
    statement = select(WorkPlan).where(WorkPlan.status.in_(trace.RUNNING)).order_by(WorkPlan.entity_id, WorkPlan.id)
    return [
        plan
        for ids in chunks(sorted(entity_ids))
        for plan in session.scalars(statement.where(WorkPlan.entity_id.in_(ids)))
    ]


def running_of(session: Session, advisor_id: int) -> list[WorkPlan]:
    """The running plans of an advisor, by entity."""
    mine = select(WorkPlan).where(WorkPlan.status.in_(trace.RUNNING), WorkPlan.advisor_id == advisor_id)
    return list(session.scalars(mine.order_by(WorkPlan.entity_id, WorkPlan.id)))


def latest_vigencia(session: Session, product_id: int) -> int | None:
    """The latest year for which plans of a product were opened; None when none was."""
    return session.scalar(select(func.max(WorkPlan.vigencia)).where(WorkPlan.product_id == product_id))


def assign_advisor(
    session: Session, plan_id: int, person_id: int, *, reason: str = "", on_purpose: bool = False, by: Actor,
    now: datetime,
) -> WorkPlan:  # fmt: skip
    """Give a plan to an advisor; one that waited for somebody is open from now on.

    Given `on_purpose`, it stays with that person although somebody else attends the entity.
    Tasks of the plan's instance are not touched. Raises NotFound, Conflict when it ended, InvalidData (`advisor_id`).
    """
    plan = trace.running_plan(session, plan_id)
    person = trace.active_person(session, person_id, "advisor_id")
    details = {"advisor_id": [plan.advisor_id, person_id], "status": [plan.status, PlanStatus.OPEN.value]}
    plan.advisor_id, plan.status = person_id, PlanStatus.OPEN
    plan.given_on = local_date(now) if on_purpose else None
    session.flush()
    trace.record(session, plan, "plan.assigned", f"El plan quedó a cargo de {person.name}.", by=by, now=now,
                 details=details, reason=reason)  # fmt: skip
    return plan


def close(session: Session, plan_id: int, *, by: Actor, now: datetime) -> WorkPlan:
    """End a plan that went through its steps. Raises NotFound, or Conflict when it ended already."""
    return _end(session, plan_id, PlanStatus.CLOSED, "", "Cerró el plan de trabajo.", by, now)


def cancel(session: Session, plan_id: int, reason: str, *, by: Actor, now: datetime) -> WorkPlan:
    """End a plan before its time; it counts in no figure. Raises as `close`, and InvalidData (`reason`)."""
    reason = trace.reasoned(reason, "Escriba por qué se cancela el plan.")
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
    if filters.unfocalised:
        statement = statement.where(unfocalised.undecided())
    return statement.where(*holding(filters.text, also=(Entity.search_name, Product.search_name)))


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
