"""Dependencias y regiones: los lugares sobre los que se tiene un rol."""

from typing import Any

from sqlalchemy.orm import Session

from api.blueprint import Blueprint
from api.lists import slice_of
from api.preconditions import ETAG
from api.preconditions import MayMatchSchema
from api.preconditions import demand_unchanged
from api.preconditions import mark
from api.schemas.base import Paging
from api.schemas.instances import ReasonSchema
from api.schemas.people import RegionPageSchema
from api.schemas.units import TiesSchema
from api.schemas.units import UnitChangeSchema
from api.schemas.units import UnitInSchema
from api.schemas.units import UnitPageSchema
from api.schemas.units import UnitQuery
from api.schemas.units import UnitSchema
from db import clock
from db import reading
from db import transaction
from db.paging import Page
from directory import access
from directory import regions
from directory import unit_acts
from directory import units
from directory.models import Region
from directory.models import Unit
from directory.searching import found
from edge import identity
from edge.permission import permission
from edge.permission import signed_in
from tracking import unit_ties
from tracking.unit_ties import Ties

blueprint = Blueprint("units", __doc__)


@blueprint.route("/units")
@signed_in
@blueprint.arguments(UnitQuery, location="query")
@blueprint.response(200, UnitPageSchema)
def every_unit(query: dict[str, Any]) -> Page[Unit]:
    """Listar las dependencias por nombre: las que están en uso o, con `retired`, todas."""
    text, retired = query.pop("q"), query.pop("retired")
    with reading() as session:
        rows = units.every(session, disabled=retired)
        return slice_of([row for row in rows if found(text, f"{row.code} {row.name}")], **query)


@blueprint.route("/units", methods=["POST"])
@permission("unit.manage")
@blueprint.arguments(UnitInSchema)
@blueprint.creates(UnitSchema, at="/units/{id}")
def add(session: Session, sent: dict[str, Any]) -> Unit:
    """Crear una dependencia. La que se llama como otra se confirma."""
    by, confirmed = access.demand(identity.current(), "unit.manage"), sent.pop("confirmed")
    return unit_acts.add(session, **sent, confirmed=confirmed, by=by, now=clock.now())


@blueprint.route("/units/<id:unit_id>")
@signed_in
@blueprint.response(200, UnitSchema, headers=ETAG)
def show(unit_id: int) -> Any:
    """Ver una dependencia, también una que ya no está en uso."""
    with reading() as session:
        row = units.get(session, unit_id)
        return row, 200, mark(UnitSchema, row)


@blueprint.route("/units/<id:unit_id>/ties")
@permission("setting.read")
@blueprint.response(200, TiesSchema)
def ties(unit_id: int) -> Ties:
    """Contar lo que hay en una dependencia: lo que impide retirarla, y las estrategias."""
    with reading() as session:
        return unit_ties.of(session, units.get(session, unit_id).id, now=clock.now())


@blueprint.route("/units/<id:unit_id>", methods=["PATCH"])
@permission("unit.manage")
@blueprint.arguments(MayMatchSchema, location="headers")
@blueprint.arguments(UnitChangeSchema)
@blueprint.response(200, UnitSchema)
def change(headers: dict[str, Any], sent: dict[str, Any], unit_id: int) -> Unit:
    """Corregir la sigla, el nombre o de cuál depende una dependencia, con el motivo; lo que no se envía se queda."""
    by = access.demand(identity.current(), "unit.manage")
    with transaction() as session:
        demand_unchanged(headers["if_match"], UnitSchema, unit_acts.hold(session, unit_id))
        return unit_acts.change(session, unit_id, **sent, by=by, now=clock.now())


@blueprint.route("/units/<id:unit_id>/retire", methods=["POST"])
@permission("unit.manage")
@blueprint.arguments(ReasonSchema)
@blueprint.response(200, UnitSchema)
def retire(sent: dict[str, Any], unit_id: int) -> Unit:
    """Retirar una dependencia, con el motivo: no se ofrece más. 409 (`in_use`) mientras algo dependa de ella."""
    by = access.demand(identity.current(), "unit.manage")
    with transaction() as session:
        return unit_ties.retire(session, unit_id, reason=sent["reason"], by=by, now=clock.now())


@blueprint.route("/units/<id:unit_id>/restore", methods=["POST"])
@permission("unit.manage")
@blueprint.response(200, UnitSchema)
def restore(unit_id: int) -> Unit:
    """Volver a usar una dependencia retirada. 409 (`parent_retired`) mientras aquella de la que depende lo esté."""
    by = access.demand(identity.current(), "unit.manage")
    with transaction() as session:
        return unit_acts.restore(session, unit_id, by=by, now=clock.now())


@blueprint.route("/regions")
@signed_in
@blueprint.arguments(Paging, location="query")
@blueprint.response(200, RegionPageSchema)
def current_regions(query: dict[str, Any]) -> Page[Region]:
    """Listar las regiones del esquema vigente, por nombre."""
    with reading() as session:
        return slice_of(regions.current(session), **query)
