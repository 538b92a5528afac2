"""Cuentas institucionales con que ingresa una persona."""

from typing import Any

from sqlalchemy.orm import Session

from api.blueprint import Blueprint
from api.lists import slice_of
from api.schemas.base import Paging
from api.schemas.identities import IdentityPageSchema
from api.schemas.identities import IdentitySchema
from api.schemas.people import AppointmentEndQuery
from db import clock
from db import reading
from db import transaction
from db.paging import Page
from directory import access
from directory import identities
from directory import people
from directory import readings
from directory.models import ExternalIdentity
from edge import identity
from edge import personal_reads
from edge.permission import permission

blueprint = Blueprint("identities", __doc__, "/people/<id:person_id>/identities")


@blueprint.route("")
@permission("people.manage")
@blueprint.arguments(Paging, location="query")
@blueprint.response(200, IdentityPageSchema)
def index(query: dict[str, Any], person_id: int) -> Page[ExternalIdentity]:
    """Listar las cuentas institucionales de una persona, también las retiradas."""
    with reading() as session:
        rows = identities.of(session, people.get(session, person_id).id)
    if rows:
        personal_reads.note(readings.PERSON, [person_id])
    return slice_of(rows, **query)


@blueprint.route("/<id:identity_id>", methods=["DELETE"])
@permission("people.manage")
@blueprint.arguments(AppointmentEndQuery, location="query")
@blueprint.response(200, IdentitySchema)
def remove(query: dict[str, Any], person_id: int, identity_id: int) -> ExternalIdentity:
    """Retirar una cuenta institucional, con el motivo: terminan las sesiones que abrió y los roles de sus grupos."""
    by = access.demand(identity.current(), "people.manage")
    with transaction() as session:
        identities.remove(session, person_id, identity_id, **query, by=by, now=clock.now())
        return _row(session, person_id, identity_id)


@blueprint.route("/<id:identity_id>/restore", methods=["POST"])
@permission("people.manage")
@blueprint.response(200, IdentitySchema)
def restore(person_id: int, identity_id: int) -> ExternalIdentity:
    """Permitir de nuevo una cuenta institucional que se retiró."""
    by = access.demand(identity.current(), "people.manage")
    with transaction() as session:
        identities.restore(session, person_id, identity_id, by=by, now=clock.now())
        return _row(session, person_id, identity_id)


def _row(session: Session, person_id: int, identity_id: int) -> ExternalIdentity:
    return next(row for row in identities.of(session, person_id) if row.id == identity_id)
