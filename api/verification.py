"""Hitos por verificar: lo que otras personas reportaron donde usted puede verificar."""

from typing import Any

from flask import Response

from api.blueprint import Blueprint
from api.lists import listed
from api.schemas.plans import MilestonePageSchema
from api.schemas.plans import ToVerifyQuery
from db.paging import Page
from edge.exports.of_plans import MILESTONES
from edge.permission import permission
from tracking import verification
from tracking.models.milestones import PlanMilestone

blueprint = Blueprint("verification", __doc__, "/milestones-to-verify")


@blueprint.route("")
@permission("milestone.verify")
@blueprint.arguments(ToVerifyQuery, location="query")
@blueprint.response(200, MilestonePageSchema)
def index(query: dict[str, Any]) -> Page[PlanMilestone] | Response:
    """Listar los hitos reportados que usted puede verificar; lo que más ha esperado va primero."""
    return listed(query, verification.Filters, verification.listing, MILESTONES)
