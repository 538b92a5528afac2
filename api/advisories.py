"""Asesorías: la asistencia dada un día, a una entidad o a varias."""

from typing import Any

from api.blueprint import Blueprint
from api.lookups import advisory
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
from edge.permission import permission
from tracking import advisories
from tracking.models.advisories import Advisory

blueprint = Blueprint("advisories", __doc__, "/advisories")


@blueprint.route("")
@permission("plan.read")
@blueprint.arguments(AdvisoryQuery, location="query")
@blueprint.response(200, AdvisoryPageSchema)
def index(query: dict[str, Any]) -> Page[Advisory]:
    """Listar las asesorías que usted puede ver, las últimas primero."""
    page = {name: query.pop(name) for name in ("limit", "cursor")}
    with reading() as session:
        return advisories.listing(session, identity.current(), advisories.Filters(**query), **page)


@blueprint.route("", methods=["POST"])
@permission("advisory.write")
@blueprint.arguments(AdvisoryInSchema)
@blueprint.response(201, AdvisorySchema)
def register(sent: advisories.NewAdvisory) -> Advisory:
    """Registrar una asesoría; con acta y lista de asistencia queda cerrada."""
    with transaction() as session:
        return advisories.register(session, sent, by=identity.current(), now=clock.now())


@blueprint.route("/<id:advisory_id>")
@permission("plan.read")
@blueprint.response(200, AdvisorySchema)
def show(advisory_id: int) -> Advisory:
    """Ver una asesoría."""
    with reading() as session:
        return advisory(session, advisory_id, by=identity.current())


@blueprint.route("/<id:advisory_id>", methods=["PATCH"])
@permission("advisory.write")
@blueprint.arguments(AdvisoryChangeSchema)
@blueprint.response(200, AdvisorySchema)
def rectify(sent: dict[str, Any], advisory_id: int) -> Advisory:
    """Rectificar una asesoría o adjuntar lo que le faltaba; lo que no se envía queda como está."""
    reason, people = sent.pop("reason"), sent.pop("people", None)
    with transaction() as session:
        by, now = identity.current(), clock.now()
        return advisories.rectify(session, advisory_id, sent, people=people, reason=reason, by=by, now=now)


@blueprint.route("/<id:advisory_id>/close", methods=["POST"])
@permission("advisory.write")
@blueprint.response(200, AdvisorySchema)
def close(advisory_id: int) -> Advisory:
    """Cerrar una asesoría: sus hitos se mueven con el acta y la lista como evidencia."""
    with transaction() as session:
        return advisories.close(session, advisory_id, by=identity.current(), now=clock.now())


@blueprint.route("/<id:advisory_id>/annul", methods=["POST"])
@permission("advisory.write")
@blueprint.arguments(ReasonSchema)
@blueprint.response(200, AdvisorySchema)
def annul(given: dict[str, Any], advisory_id: int) -> Advisory:
    """Anular una asesoría, con la razón."""
    with transaction() as session:
        return advisories.annul(session, advisory_id, reason=given["reason"], by=identity.current(), now=clock.now())
