"""Empalmes: lo que una persona tiene a cargo pasa a otra desde un día."""

from typing import Any

from sqlalchemy.orm import Session

from api.blueprint import Blueprint
from api.lists import slice_of
from api.schemas.base import Paging
from api.schemas.instances import ReasonSchema
from api.schemas.people import HandoverInSchema
from api.schemas.people import HandoverPageSchema
from api.schemas.people import HandoverSchema
from db import clock
from db import reading
from db import transaction
from db.paging import Page
from edge import identity
from edge.permission import permission
from tracking import handover
from tracking.models.follow_up import Handover

blueprint = Blueprint("handovers", __doc__, "/handovers")


@blueprint.route("")
@permission("handover.read")
@blueprint.arguments(Paging, location="query")
@blueprint.response(200, HandoverPageSchema)
def waiting(query: dict[str, Any]) -> Page[Handover]:
    """Listar los empalmes que esperan su día, de quienes trabajan donde usted puede verlos."""
    with reading() as session:
        return slice_of(handover.seen(session, by=identity.current()), **query)


@blueprint.route("", methods=["POST"])
@permission("handover.run")
@blueprint.arguments(HandoverInSchema)
@blueprint.creates(HandoverSchema)
def request(session: Session, sent: dict[str, Any]) -> Handover:
    """Pedir un empalme; el que empieza hoy se hace de una vez."""
    by, now = identity.current(), clock.now()
    return handover.request(session, **sent, by=by, now=now)


@blueprint.route("/<id:handover_id>/cancel", methods=["POST"])
@permission("handover.run")
@blueprint.arguments(ReasonSchema)
@blueprint.response(200, HandoverSchema)
def cancel(sent: dict[str, Any], handover_id: int) -> Handover:
    """Cancelar un empalme que todavía no se ha hecho, con el motivo."""
    with transaction() as session:
        return handover.cancel(session, handover_id, **sent, by=identity.current(), now=clock.now())
