"""Cortes: cifras congeladas en un instante."""

from typing import Any

from sqlalchemy.orm import Session

from api.blueprint import Blueprint
from api.lists import slice_of
from api.schemas.obligations import CutInSchema
from api.schemas.obligations import CutPageSchema
from api.schemas.obligations import CutQuery
from api.schemas.obligations import CutSchema
from db import clock
from db import reading
from db.paging import Page
from edge import identity
from edge.permission import permission
from notifications import cuts
from notifications.models import Cut
from tracking import cuts as acts

blueprint = Blueprint("cuts", __doc__, "/cuts")


@blueprint.route("")
@permission("cut.read")
@blueprint.arguments(CutQuery, location="query")
@blueprint.response(200, CutPageSchema)
def index(query: dict[str, Any]) -> Page[Cut]:
    """Listar los cortes, el último primero; con `as_of`, los que ya se habían hecho en ese instante."""
    narrowing = {name: query.pop(name) for name in ("kind", "period", "as_of")}
    with reading() as session:
        return slice_of(cuts.every(session, **narrowing), **query)


@blueprint.route("", methods=["POST"])
@permission("cut.take")
@blueprint.arguments(CutInSchema)
@blueprint.creates(CutSchema, at="/cuts/{id}")
def take(session: Session, given: dict[str, Any]) -> Cut:
    """Congelar las cifras de un periodo."""
    return acts.take(session, given["kind"], given["period"], by=identity.current(), now=clock.now())


@blueprint.route("/<id:cut_id>")
@permission("cut.read")
@blueprint.response(200, CutSchema)
def show(cut_id: int) -> Cut:
    """Ver un corte."""
    with reading() as session:
        return cuts.get(session, cut_id)
