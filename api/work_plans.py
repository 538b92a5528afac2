"""Planes de trabajo: un producto en una entidad, por año."""

from typing import Any

from api.blueprint import Blueprint
from api.lists import slice_of
from api.lookups import plan
from api.schemas.base import Paging
from api.schemas.instances import ReasonSchema
from api.schemas.plans import MilestonePageSchema
from api.schemas.plans import PlanPageSchema
from api.schemas.plans import PlanQuery
from api.schemas.plans import PlanSchema
from db import clock
from db import reading
from db import transaction
from db.paging import Page
from edge import identity
from edge.permission import permission
from tracking import life
from tracking import milestones
from tracking import work_plans
from tracking.models.milestones import PlanMilestone
from tracking.models.plans import WorkPlan

blueprint = Blueprint("work-plans", __doc__, "/work-plans")


@blueprint.route("")
@permission("plan.read")
@blueprint.arguments(PlanQuery, location="query")
@blueprint.response(200, PlanPageSchema)
def index(query: dict[str, Any]) -> Page[WorkPlan]:
    """Listar los planes que usted puede ver."""
    page = {name: query.pop(name) for name in ("sort", "limit", "cursor")}
    with reading() as session:
        return work_plans.listing(session, identity.current(), work_plans.Filters(query.pop("q"), **query), **page)


@blueprint.route("/<id:plan_id>")
@permission("plan.read")
@blueprint.response(200, PlanSchema)
def show(plan_id: int) -> WorkPlan:
    """Ver un plan de trabajo."""
    with reading() as session:
        return plan(session, plan_id, by=identity.current())


@blueprint.route("/<id:plan_id>/milestones")
@permission("plan.read")
@blueprint.arguments(Paging, location="query")
@blueprint.response(200, MilestonePageSchema)
def of_plan(query: dict[str, Any], plan_id: int) -> Page[PlanMilestone]:
    """Listar los hitos de un plan, en el orden de trabajo."""
    with reading() as session:
        row = plan(session, plan_id, by=identity.current())
        return slice_of(milestones.of_plan(session, row.id), **query)


@blueprint.route("/<id:plan_id>/cancel", methods=["POST"])
@permission("instance.cancel")
@blueprint.arguments(ReasonSchema)
@blueprint.response(200, PlanSchema)
def cancel(given: dict[str, Any], plan_id: int) -> WorkPlan:
    """Terminar un plan de trabajo antes de su fin, con su procedimiento y sus acciones correctivas."""
    with transaction() as session:
        return life.cancel_plan(session, plan_id, given["reason"], by=identity.current(), now=clock.now())
