"""Personas: quién es quién y qué puede hacer."""

from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from api.blueprint import Blueprint
from api.lists import slice_of
from api.preconditions import ETAG
from api.preconditions import MayMatchSchema
from api.preconditions import demand_unchanged
from api.preconditions import mark
from api.schemas.base import Paging
from api.schemas.instances import ReasonSchema
from api.schemas.people import AccountInSchema
from api.schemas.people import AccountSchema
from api.schemas.people import MeSchema
from api.schemas.people import PersonChangeSchema
from api.schemas.people import PersonInSchema
from api.schemas.people import PersonPageSchema
from api.schemas.people import PersonQuery
from api.schemas.people import PersonSchema
from api.schemas.people import RolePageSchema
from db import clock
from db import reading
from db import transaction
from db.paging import Page
from directory import access
from directory import accounts
from directory import people
from directory import readings
from directory import reasons
from directory.models import Account
from directory.models import Person
from directory.roles import ROLES
from directory.roles import Role
from directory.rules import RULES
from edge import identity
from edge import personal_reads
from edge.exports import answering
from edge.exports.of_people import PEOPLE
from edge.permission import permission
from edge.permission import signed_in
from notifications import preferences

blueprint = Blueprint("people", __doc__)


@blueprint.route("/me")
@signed_in
@blueprint.response(200, MeSchema)
def me() -> dict[str, Any]:
    """Ver quién es usted para el sistema y qué puede hacer."""
    by = identity.current()
    actions = [action for action in RULES if access.may(by, action)]
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
def index(query: dict[str, Any]) -> Page[Person] | Response:
    """Listar personas por nombre. El libro de Excel lo pide la administración o control interno, con el motivo."""
    asked, purpose = query.pop("q"), query.pop("purpose")
    if answering.by_program():
        by, narrowed = identity.current(), people.Asked(asked, query["unit_id"])
        access.demand(by, "people.history")
        return answering.workbook(
            PEOPLE, lambda session, part: people.search(session, asked, **{**query, **part}), narrowed, by=by,
            purpose=purpose,
        )  # fmt: skip
    with reading() as session:
        found = people.search(session, asked, **query)
    personal_reads.note(readings.PEOPLE, [row.id for row in found.items if row.email], asked=asked)
    return found


@blueprint.route("/people/<id:person_id>")
@permission("people.read")
@blueprint.response(200, PersonSchema, headers=ETAG)
def show(person_id: int) -> Any:
    """Ver una persona."""
    with reading() as session:
        row = people.get(session, person_id)
        personal_reads.note(readings.PERSON, [row.id])
        return row, 200, mark(PersonSchema, row)


@blueprint.route("/people", methods=["POST"])
@permission("people.manage")
@blueprint.arguments(PersonInSchema)
@blueprint.creates(PersonSchema, at="/people/{id}")
def add(session: Session, sent: dict[str, Any]) -> Person:
    """Registrar una persona; entra cuando tiene una cuenta y puede hacer algo cuando tiene un rol."""
    by = access.demand(identity.current(), "people.manage")
    return people.add(session, **sent, by=by, now=clock.now())


@blueprint.route("/people/<id:person_id>", methods=["PATCH"])
@permission("people.manage")
@blueprint.arguments(MayMatchSchema, location="headers")
@blueprint.arguments(PersonChangeSchema)
@blueprint.response(200, PersonSchema)
def change(headers: dict[str, Any], sent: dict[str, Any], person_id: int) -> Person:
    """Cambiar los datos de una persona; los que no se envían quedan como están."""
    by = access.demand(identity.current(), "people.manage")
    with transaction() as session:
        demand_unchanged(headers["if_match"], PersonSchema, people.get(session, person_id))
        person = people.change(session, person_id, **sent, by=by, now=clock.now())
        preferences.forget_former(session, person_id)
        return person


@blueprint.route("/people/<id:person_id>/account", methods=["POST"])
@permission("people.manage")
@blueprint.arguments(AccountInSchema)
@blueprint.response(201, AccountSchema)
def open_account(sent: dict[str, Any], person_id: int) -> Account:
    """Dar a una persona un usuario y una contraseña."""
    by = access.demand(identity.current(), "people.manage")
    with transaction() as session:
        return accounts.create(session, person_id, **sent, by=by, now=clock.now())


@blueprint.route("/people/<id:person_id>/disable", methods=["POST"])
@permission("people.manage")
@blueprint.arguments(ReasonSchema)
@blueprint.response(200, PersonSchema)
def disable(sent: dict[str, Any], person_id: int) -> Person:
    """No dejar entrar más a una persona, con la razón: sus sesiones y tokens terminan ya."""
    by = access.demand(identity.current(), "people.manage")
    reason = reasons.demand(sent["reason"], "Diga por qué deja de tener acceso.")
    with transaction() as session:
        return people.disable(session, person_id, reason=reason, by=by, now=clock.now())


@blueprint.route("/people/<id:person_id>/enable", methods=["POST"])
@permission("people.manage")
@blueprint.response(200, PersonSchema)
def enable(person_id: int) -> Person:
    """Dejar entrar de nuevo a una persona, con los roles que tenía."""
    by = access.demand(identity.current(), "people.manage")
    with transaction() as session:
        return people.enable(session, person_id, by=by, now=clock.now())
