"""Acciones preventivas, correctivas y de mejora que el seguimiento abre."""

from typing import Any

from flask import Response

from api.blueprint import Blueprint
from api.lists import listed
from api.lists import slice_of
from api.schemas.base import Paging
from api.schemas.follow_up import ActionPageSchema
from api.schemas.follow_up import ActionQuery
from api.schemas.follow_up import ActionSchema
from api.schemas.follow_up import FollowUpPageSchema
from db import reading
from db.paging import Page
from edge import identity
from edge.exports.of_plans import ACTIONS
from edge.finding import corrective_action
from edge.finding import plan
from edge.permission import permission
from tracking import corrective_actions
from tracking import corrective_list
from tracking.models.follow_up import CorrectiveAction
from tracking.models.follow_up import CorrectiveFollowUp

blueprint = Blueprint("corrective-actions", __doc__)


@blueprint.route("/corrective-actions")
@permission("plan.read")
@blueprint.arguments(ActionQuery, location="query")
@blueprint.response(200, ActionPageSchema)
def index(query: dict[str, Any]) -> Page[CorrectiveAction] | Response:
    """Listar las acciones de los planes que usted puede ver; las más nuevas van primero."""
    return listed(query, corrective_list.Filters, corrective_list.listing, ACTIONS)


@blueprint.route("/work-plans/<id:plan_id>/corrective-actions")
@permission("plan.read")
@blueprint.arguments(Paging, location="query")
@blueprint.response(200, ActionPageSchema)
def of_plan(query: dict[str, Any], plan_id: int) -> Page[CorrectiveAction]:
    """Listar las acciones de un plan, en orden."""
    with reading() as session:
        row = plan(session, plan_id, by=identity.current())
        return slice_of(corrective_actions.of_plan(session, row.id), **query)


@blueprint.route("/corrective-actions/<id:action_id>")
@permission("plan.read")
@blueprint.response(200, ActionSchema)
def show(action_id: int) -> CorrectiveAction:
    """Ver una acción; lo que falta por hacer en ella son tareas de su proceso."""
    with reading() as session:
        return corrective_action(session, action_id, by=identity.current())


@blueprint.route("/corrective-actions/<id:action_id>/follow-ups")
@permission("plan.read")
@blueprint.arguments(Paging, location="query")
@blueprint.response(200, FollowUpPageSchema)
def followed(query: dict[str, Any], action_id: int) -> Page[CorrectiveFollowUp]:
    """Listar lo que se ha visto de una acción, en orden."""
    with reading() as session:
        row = corrective_action(session, action_id, by=identity.current())
        return slice_of(corrective_actions.follow_ups(session, row.id), **query)
