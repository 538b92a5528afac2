"""Apoyo de los expertos temáticos, que se pide desde un plan de trabajo."""

from collections.abc import Sequence
from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from api.blueprint import Blueprint
from api.lists import listed
from api.lists import slice_of
from api.schemas.base import Paging
from api.schemas.instances import ReasonSchema
from api.schemas.products import SteppedSchema
from api.schemas.support import SupportPageSchema
from api.schemas.support import SupportQuery
from api.schemas.support import SupportSchema
from db import clock
from db import reading
from db import transaction
from db.paging import Page
from edge import identity
from edge.exports.of_plans import SUPPORTS
from edge.finding import plan
from edge.finding import support_request
from edge.permission import permission
from edge.steps import settled
from engine.instances import Stepped
from tracking import life
from tracking import support
from tracking import support_acts
from tracking import support_list
from tracking.models.support import SupportRequest
from tracking.support_acts import Acts

blueprint = Blueprint("support-requests", __doc__)


@blueprint.route("/support-requests")
@permission("plan.read")
@blueprint.arguments(SupportQuery, location="query")
@blueprint.response(200, SupportPageSchema)
def index(query: dict[str, Any]) -> Page[dict[str, Any]] | Response:
    """Listar las solicitudes de apoyo experto de los planes que usted puede ver; las más nuevas van primero."""
    return listed(query, support_list.Filters, support_list.listing, SUPPORTS, dressed=_dressed)


def _dressed(session: Session, rows: Sequence[SupportRequest]) -> list[dict[str, Any]]:
    """Requests with who asked, gave and withdrew them."""
    own = [name for name in SupportSchema().fields if hasattr(SupportRequest, name)]
    acts = support_acts.of(session, rows)
    return [{**{name: getattr(row, name) for name in own}, **_who(acts[row.id])} for row in rows]


def _who(acts: Acts) -> dict[str, int | None]:
    given, withdrawn = acts.given, acts.withdrawn
    return {
        "asked_by_id": acts.asked_by,
        "given_by_id": given.person_id if given else None,
        "given_for_id": given.on_behalf_of if given else None,
        "withdrawn_by_id": withdrawn.person_id if withdrawn else None,
    }


@blueprint.route("/support-requests/<id:support_id>")
@permission("plan.read")
@blueprint.response(200, SupportSchema)
def show(support_id: int) -> dict[str, Any]:
    """Ver una solicitud de apoyo; lo que falta por hacer en ella son tareas de su proceso."""
    with reading() as session:
        return _dressed(session, [support_request(session, support_id, by=identity.current())])[0]


@blueprint.route("/support-requests/<id:support_id>/withdraw", methods=["POST"])
@permission("support.ask")
@blueprint.arguments(ReasonSchema)
@blueprint.response(200, SteppedSchema)
def withdraw(given: dict[str, Any], support_id: int) -> Stepped:
    """Retirar una solicitud que espera al experto: lo hace quien la pidió, con su motivo."""
    with transaction() as session:
        stepped = life.withdraw_support(session, support_id, given["reason"], by=identity.current(), now=clock.now())
    return settled(stepped)


@blueprint.route("/work-plans/<id:plan_id>/support-requests")
@permission("plan.read")
@blueprint.arguments(Paging, location="query")
@blueprint.response(200, SupportPageSchema)
def of_plan(query: dict[str, Any], plan_id: int) -> Page[dict[str, Any]]:
    """Listar las solicitudes de apoyo de un plan, la más nueva primero."""
    with reading() as session:
        row = plan(session, plan_id, by=identity.current())
        found = support.of_plan(session, row.id)
        support.narrow(found, by=identity.current())
        return slice_of(_dressed(session, found), **query)


@blueprint.route("/work-plans/<id:plan_id>/support-requests", methods=["POST"])
@permission("support.ask")
@blueprint.creates(SupportSchema, at="/support-requests/{id}")
def ask(session: Session, plan_id: int) -> dict[str, Any]:
    """Empezar a pedir apoyo experto: lo que se necesita se escribe en la tarea que abre su proceso (`instance_id`)."""
    return _dressed(session, [life.ask_support(session, plan_id, by=identity.current(), now=clock.now())])[0]
