"""Personas: quién es quién y qué puede hacer."""

from typing import Any

from api.blueprint import Blueprint
from api.lists import slice_of
from api.schemas.base import Paging
from api.schemas.people import MeSchema
from api.schemas.people import PersonPageSchema
from api.schemas.people import PersonQuery
from api.schemas.people import PersonSchema
from api.schemas.people import RoleGrantPageSchema
from api.schemas.people import RolePageSchema
from db import reading
from db.paging import Page
from directory import access
from directory import grants
from directory import people
from directory.models import Person
from directory.models import RoleGrant
from directory.roles import ROLES
from directory.roles import Role
from edge import identity
from edge.permission import permission
from edge.permission import signed_in

blueprint = Blueprint("people", __doc__)


@blueprint.route("/me")
@signed_in
@blueprint.response(200, MeSchema)
def me() -> dict[str, Any]:
    """Ver quién es usted para el sistema y qué puede hacer."""
    by = identity.current()
    actions = [action for action in access.RULES if access.may(by, action)]
    return {"person_id": by.person_id, "name": by.name, "unit_id": by.unit_id, "grants": by.grants, "actions": actions}


@blueprint.route("/roles")
@signed_in
@blueprint.arguments(Paging, location="query")
@blueprint.response(200, RolePageSchema)
def roles(query: dict[str, Any]) -> Page[Role]:
    """Listar los roles."""
    return slice_of(list(ROLES.values()), **query)


@blueprint.route("/people")
@permission("people.read")
@blueprint.arguments(PersonQuery, location="query")
@blueprint.response(200, PersonPageSchema)
def index(query: dict[str, Any]) -> Page[Person]:
    """Listar personas por nombre."""
    with reading() as session:
        return people.search(session, query.pop("q"), **query)


@blueprint.route("/people/<id:person_id>")
@permission("people.read")
@blueprint.response(200, PersonSchema)
def show(person_id: int) -> Person:
    """Ver una persona."""
    with reading() as session:
        return people.get(session, person_id)


@blueprint.route("/people/<id:person_id>/roles")
@permission("people.read")
@blueprint.arguments(Paging, location="query")
@blueprint.response(200, RoleGrantPageSchema)
def held(query: dict[str, Any], person_id: int) -> Page[RoleGrant]:
    """Listar los roles que una persona tiene o tuvo."""
    with reading() as session:
        return slice_of(grants.of(session, people.get(session, person_id).id), **query)
