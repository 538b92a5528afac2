"""Roles y encargos: lo que a cada persona se le ha confiado."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from api.blueprint import Blueprint
from api.lists import slice_of
from api.schemas.base import Paging
from api.schemas.people import AppointmentEndedSchema
from api.schemas.people import AppointmentEndQuery
from api.schemas.people import EncargoInSchema
from api.schemas.people import EncargoPageSchema
from api.schemas.people import EncargoSchema
from api.schemas.people import RoleGrantInSchema
from api.schemas.people import RoleGrantPageSchema
from api.schemas.people import RoleGrantSchema
from db import clock
from db import reading
from db import transaction
from db.actor import Actor
from db.errors import NotFound
from db.paging import Page
from directory import access
from directory import encargos
from directory import grants
from directory import people
from directory.models import Encargo
from directory.models import RoleGrant
from edge import identity
from edge.permission import permission
from tracking import left_behind
from tracking import role_ends

blueprint = Blueprint("appointments", __doc__, "/people/<id:person_id>")


@blueprint.route("/roles")
@permission("people.read")
@blueprint.arguments(Paging, location="query")
@blueprint.response(200, RoleGrantPageSchema)
def held(query: dict[str, Any], person_id: int) -> Page[RoleGrant]:
    """Listar los roles que una persona tiene o tuvo."""
    with reading() as session:
        return slice_of(grants.of(session, people.get(session, person_id).id), **query)


@blueprint.route("/roles", methods=["POST"])
@permission("people.manage")
@blueprint.arguments(RoleGrantInSchema)
@blueprint.creates(RoleGrantSchema)
def grant(session: Session, sent: dict[str, Any], person_id: int) -> RoleGrant:
    """Dar un rol a una persona."""
    by = access.demand(identity.current(), "people.manage")
    return grants.add(session, person_id, **sent, by=by, now=clock.now())


@blueprint.route("/roles/<id:grant_id>", methods=["DELETE"])
@permission("people.manage")
@blueprint.arguments(AppointmentEndQuery, location="query")
@blueprint.response(200, AppointmentEndedSchema)
def revoke(query: dict[str, Any], person_id: int, grant_id: int) -> dict[str, Any]:
    """Retirar un rol de inmediato, con el motivo; queda en la lista con su fecha. Responde lo que deja sin atender."""
    by = access.demand(identity.current(), "people.manage")
    with transaction() as session:
        _demand_among(grants.of(session, person_id), "el rol asignado", grant_id)
        row = grants.revoke(session, grant_id, **query, by=by, now=clock.now())
        return _ended(session, row, by)


@blueprint.route("/encargos")
@permission("people.read")
@blueprint.arguments(Paging, location="query")
@blueprint.response(200, EncargoPageSchema)
def in_charge(query: dict[str, Any], person_id: int) -> Page[Encargo]:
    """Listar los encargos que una persona tiene o tuvo."""
    with reading() as session:
        return slice_of(encargos.of(session, people.get(session, person_id).id), **query)


@blueprint.route("/encargos", methods=["POST"])
@permission("people.manage")
@blueprint.arguments(EncargoInSchema)
@blueprint.creates(EncargoSchema)
def put_in_charge(session: Session, sent: dict[str, Any], person_id: int) -> Encargo:
    """Encargar a una persona de un cargo, entre dos fechas."""
    by = access.demand(identity.current(), "people.manage")
    return encargos.add(session, person_id, **sent, by=by, now=clock.now())


@blueprint.route("/encargos/<id:encargo_id>", methods=["DELETE"])
@permission("people.manage")
@blueprint.arguments(AppointmentEndQuery, location="query")
@blueprint.response(200, AppointmentEndedSchema)
def end_charge(query: dict[str, Any], person_id: int, encargo_id: int) -> dict[str, Any]:
    """Terminar un encargo de inmediato, con el motivo; queda en la lista. Responde lo que deja sin atender."""
    by = access.demand(identity.current(), "people.manage")
    with transaction() as session:
        _demand_among(encargos.of(session, person_id), "el encargo", encargo_id)
        row = encargos.revoke(session, encargo_id, **query, by=by, now=clock.now())
        return _ended(session, row, by)


def _ended(session: Session, row: RoleGrant | Encargo, by: Actor) -> dict[str, Any]:
    """What the end of an appointment gives back, and what it leaves without anybody to attend it."""
    now = clock.now()
    freed = role_ends.free(session, row, by=by, now=now)
    left = left_behind.unattended(session, row.person_id, now=now)
    return {"freed": freed, "stays": left.counts() if left else None}


def _demand_among(rows: Sequence[RoleGrant] | Sequence[Encargo], kind: str, row_id: int) -> None:
    """Raise NotFound for what is of somebody else: its address says whose it is."""
    if row_id not in {row.id for row in rows}:
        raise NotFound(kind, row_id)
