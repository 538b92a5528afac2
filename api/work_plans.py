"""Planes de trabajo: un producto en una entidad, por año."""

from typing import Any

from flask import Response

from api.blueprint import Blueprint
from api.lists import listed
from api.lists import slice_of
from api.schemas.base import Paging
from api.schemas.instances import ReasonSchema
from api.schemas.plans import MilestonePageSchema
from api.schemas.plans import PlanPageSchema
from api.schemas.plans import PlanQuery
from api.schemas.plans import PlanSchema
from api.schemas.plans import TransferSchema
from db import clock
from db import reading
from db import transaction
from db.paging import Page
from edge import identity
from edge.exports.of_plans import PLANS
from edge.finding import plan
from edge.permission import permission
from tracking import following
from tracking import life
from tracking import milestones
from tracking import unfocalised
from tracking import work_plans
from tracking.models.milestones import PlanMilestone
from tracking.models.plans import WorkPlan

blueprint = Blueprint("work-plans", __doc__, "/work-plans")


@blueprint.route("")
@permission("plan.read")
@blueprint.arguments(PlanQuery, location="query")
@blueprint.response(200, PlanPageSchema)
def index(query: dict[str, Any]) -> Page[WorkPlan] | Response:
    """Listar los planes que usted puede ver."""
    return listed(query, work_plans.Filters, work_plans.listing, PLANS)


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
@permission("plan.cancel")
@blueprint.arguments(ReasonSchema)
@blueprint.response(200, PlanSchema)
def cancel(given: dict[str, Any], plan_id: int) -> WorkPlan:
    """Terminar un plan de trabajo antes de su fin, con su procedimiento y sus acciones correctivas."""
    with transaction() as session:
        return life.cancel_plan(session, plan_id, given["reason"], by=identity.current(), now=clock.now())


@blueprint.route("/<id:plan_id>/keep", methods=["POST"])
@permission("plan.cancel")
@blueprint.arguments(ReasonSchema)
@blueprint.response(200, PlanSchema)
def keep(given: dict[str, Any], plan_id: int) -> WorkPlan:
    """Mantener un plan aunque su entidad ya no esté focalizada."""
    with transaction() as session:
        return unfocalised.keep(session, plan_id, given["reason"], by=identity.current(), now=clock.now())


@blueprint.route("/<id:plan_id>/transfer", methods=["POST"])
@permission("plan.transfer")
@blueprint.arguments(TransferSchema)
@blueprint.response(200, PlanSchema)
def transfer(given: dict[str, Any], plan_id: int) -> WorkPlan:
    """Pasar el plan, con su procedimiento y sus tareas, a otro enlace territorial."""
    with transaction() as session:
        return following.transfer(
            session, plan_id, given["advisor_id"], reason=given["reason"], by=identity.current(), now=clock.now()
        )
