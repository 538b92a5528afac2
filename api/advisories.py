"""Asesorías: la asistencia dada un día, a una entidad o a varias."""

from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from api.blueprint import Blueprint
from api.lists import listed
from api.preconditions import ETAG
from api.preconditions import MayMatchSchema
from api.preconditions import demand_unchanged
from api.preconditions import mark
from api.schemas.advisories import AdvisoryChangeSchema
from api.schemas.advisories import AdvisoryInSchema
from api.schemas.advisories import AdvisoryPageSchema
from api.schemas.advisories import AdvisoryQuery
from api.schemas.advisories import AdvisorySchema
from api.schemas.instances import ReasonSchema
from db import clock
from db import reading
from db import transaction
from db.paging import Page
from edge import identity
from edge.exports.of_assistance import ADVISORIES
from edge.finding import advisory
from edge.permission import permission
from tracking import advisories
from tracking.models.advisories import Advisory

blueprint = Blueprint("advisories", __doc__, "/advisories")


@blueprint.route("")
@permission("plan.read")
@blueprint.arguments(AdvisoryQuery, location="query")
@blueprint.response(200, AdvisoryPageSchema)
def index(query: dict[str, Any]) -> Page[Advisory] | Response:
    """Listar las asesorías que usted puede ver, las últimas primero."""
    return listed(query, advisories.Filters, advisories.listing, ADVISORIES)


@blueprint.route("", methods=["POST"])
@permission("advisory.write")
@blueprint.arguments(AdvisoryInSchema)
@blueprint.creates(AdvisorySchema, at="/advisories/{id}")
def register(session: Session, sent: advisories.NewAdvisory) -> Advisory:
    """Registrar una asesoría mientras se ejecuta el plan; con acta y lista de asistencia queda cerrada."""
    return advisories.register(session, sent, by=identity.current(), now=clock.now())


@blueprint.route("/<id:advisory_id>")
@permission("plan.read")
@blueprint.response(200, AdvisorySchema, headers=ETAG)
def show(advisory_id: int) -> Any:
    """Ver una asesoría."""
    with reading() as session:
        row = advisory(session, advisory_id, by=identity.current())
        return row, 200, mark(AdvisorySchema, row)


@blueprint.route("/<id:advisory_id>", methods=["PATCH"])
@permission("advisory.correct")
@blueprint.arguments(MayMatchSchema, location="headers")
@blueprint.arguments(AdvisoryChangeSchema)
@blueprint.response(200, AdvisorySchema)
def rectify(headers: dict[str, Any], sent: dict[str, Any], advisory_id: int) -> Advisory:
    """Rectificar una asesoría o adjuntar lo que le faltaba; lo que no se envía queda como está."""
    reason, whole = sent.pop("reason"), {name: sent.pop(name, None) for name in ("people", "plans")}
    with transaction() as session:
        by, now = identity.current(), clock.now()
        demand_unchanged(headers["if_match"], AdvisorySchema, advisory(session, advisory_id, by=by))
        return advisories.rectify(session, advisory_id, sent, **whole, reason=reason, by=by, now=now)


@blueprint.route("/<id:advisory_id>/close", methods=["POST"])
@permission("advisory.correct")
@blueprint.response(200, AdvisorySchema)
def close(advisory_id: int) -> Advisory:
    """Cerrar una asesoría: sus hitos se mueven con el acta y la lista como evidencia."""
    with transaction() as session:
        return advisories.close(session, advisory_id, by=identity.current(), now=clock.now())


@blueprint.route("/<id:advisory_id>/annul", methods=["POST"])
@permission("advisory.correct")
@blueprint.arguments(ReasonSchema)
@blueprint.response(200, AdvisorySchema)
def annul(given: dict[str, Any], advisory_id: int) -> Advisory:
    """Anular una asesoría, con la razón."""
    with transaction() as session:
        return advisories.annul(session, advisory_id, reason=given["reason"], by=identity.current(), now=clock.now())
