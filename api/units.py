"""Dependencias y regiones: los lugares sobre los que se tiene un rol."""

from typing import Any

from api.blueprint import Blueprint
from api.lists import slice_of
from api.schemas.base import Paging
from api.schemas.people import RegionPageSchema
from api.schemas.people import UnitPageSchema
from db import reading
from db.paging import Page
from directory import regions
from directory import units
from directory.models import Region
from directory.models import Unit
from edge.permission import signed_in

blueprint = Blueprint("units", __doc__)


@blueprint.route("/units")
@signed_in
@blueprint.arguments(Paging, location="query")
@blueprint.response(200, UnitPageSchema)
def every_unit(query: dict[str, Any]) -> Page[Unit]:
    """Listar las dependencias en uso, por nombre."""
    with reading() as session:
        return slice_of(units.every(session), **query)


@blueprint.route("/regions")
@signed_in
@blueprint.arguments(Paging, location="query")
@blueprint.response(200, RegionPageSchema)
def current_regions(query: dict[str, Any]) -> Page[Region]:
    """Listar las regiones del esquema vigente, por nombre."""
    with reading() as session:
        return slice_of(regions.current(session), **query)
