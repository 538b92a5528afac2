"""Roles por grupos: qué rol da cada grupo de las cuentas institucionales a quien ingresa con él."""

from typing import Any

from sqlalchemy.orm import Session

from api.blueprint import Blueprint
from api.lists import slice_of
from api.schemas.base import Paging
from api.schemas.identities import GroupRoleInSchema
from api.schemas.identities import GroupRolePageSchema
from api.schemas.identities import GroupRoleSchema
from api.schemas.people import AppointmentEndQuery
from db import clock
from db import reading
from db import transaction
from db.paging import Page
from directory import access
from directory import group_roles
from directory.models import GroupRole
from edge import identity
from edge.permission import permission

blueprint = Blueprint("group_roles", __doc__, "/group-roles")


@blueprint.route("")
@permission("people.manage")
@blueprint.arguments(Paging, location="query")
@blueprint.response(200, GroupRolePageSchema)
def index(query: dict[str, Any]) -> Page[GroupRole]:
    """Listar lo que dan los grupos."""
    with reading() as session:
        return slice_of(group_roles.every(session), **query)


@blueprint.route("", methods=["POST"])
@permission("people.manage")
@blueprint.arguments(GroupRoleInSchema)
@blueprint.creates(GroupRoleSchema)
def add(session: Session, sent: dict[str, Any]) -> GroupRole:
    """Dejar que un grupo dé un rol a quien ingrese con él desde ahora."""
    by = access.demand(identity.current(), "people.manage")
    return group_roles.add(session, **sent, by=by, now=clock.now())


@blueprint.route("/<id:group_role_id>", methods=["DELETE"])
@permission("people.manage")
@blueprint.arguments(AppointmentEndQuery, location="query")
@blueprint.response(200, GroupRoleSchema)
def remove(query: dict[str, Any], group_role_id: int) -> GroupRole:
    """Que un grupo ya no dé un rol, con el motivo: quien lo tiene por él lo pierde en su siguiente ingreso."""
    by = access.demand(identity.current(), "people.manage")
    with transaction() as session:
        return group_roles.remove(session, group_role_id, **query, by=by, now=clock.now())
