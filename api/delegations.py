"""Ausencias y delegaciones: quién no está y quién actúa por quién."""

from typing import Any

from sqlalchemy.orm import Session

from api.blueprint import Blueprint
from api.lists import slice_of
from api.schemas.base import Paging
from api.schemas.people import AbsenceForOtherSchema
from api.schemas.people import AbsenceInSchema
from api.schemas.people import AbsencePageSchema
from api.schemas.people import AbsenceSchema
from api.schemas.people import DelegationInSchema
from api.schemas.people import DelegationPageSchema
from api.schemas.people import DelegationSchema
from db import clock
from db import reading
from db import transaction
from db.errors import NotAllowed
from db.errors import NotFound
from db.paging import Page
from directory import absences
from directory import delegations
from directory import people
from directory import readings
from directory.models import Absence
from directory.models import Delegation
from edge import identity
from edge import personal_reads
from edge.permission import permission
from edge.permission import signed_in

blueprint = Blueprint("delegations", __doc__)


@blueprint.route("/absences")
@signed_in
@blueprint.arguments(Paging, location="query")
@blueprint.response(200, AbsencePageSchema)
def my_absences(query: dict[str, Any]) -> Page[Absence]:
    """Listar sus ausencias."""
    with reading() as session:
        return slice_of(absences.of(session, identity.current().person_id), **query)


@blueprint.route("/absences", methods=["POST"])
@signed_in
@blueprint.arguments(AbsenceInSchema)
@blueprint.creates(AbsenceSchema)
def add_absence(session: Session, sent: dict[str, Any]) -> Absence:
    """Registrar una ausencia propia."""
    by = identity.current()
    return absences.add(session, by.person_id, **sent, by=by.actor(), now=clock.now())


@blueprint.route("/absences/<id:absence_id>", methods=["DELETE"])
@signed_in
@blueprint.response(204)
def cancel_absence(absence_id: int) -> None:
    """Anular una ausencia propia."""
    by = identity.current()
    with transaction() as session:
        _demand_own(session, by.person_id, absence_id)
        absences.cancel(session, absence_id, by=by.actor(), now=clock.now())


@blueprint.route("/people/<id:person_id>/absences")
@permission("absence.register")
@blueprint.arguments(Paging, location="query")
@blueprint.response(200, AbsencePageSchema)
def absences_of(query: dict[str, Any], person_id: int) -> Page[Absence]:
    """Listar las ausencias de otra persona, para quien puede registrarlas."""
    by = identity.current()
    with reading() as session:
        people.get(session, person_id)
        mine = person_id == by.person_id
        if not mine and not absences.may_register(session, by, person_id, now=clock.now()):
            raise NotAllowed("Usted ve las ausencias de quienes trabajan en su región.", action="absence.register")
        personal_reads.note(readings.PERSON, [person_id])
        return slice_of(absences.of(session, person_id), **query)


@blueprint.route("/people/<id:person_id>/absences", methods=["POST"])
@permission("absence.register")
@blueprint.arguments(AbsenceForOtherSchema)
@blueprint.creates(AbsenceSchema)
def register_absence(session: Session, sent: dict[str, Any], person_id: int) -> Absence:
    """Registrar la ausencia de otra persona, con el motivo: articulación regional de su región y administración."""
    return absences.register(session, person_id, **sent, by=identity.current(), now=clock.now())


@blueprint.route("/people/<id:person_id>/absences/<id:absence_id>", methods=["DELETE"])
@permission("absence.register")
@blueprint.response(204)
def withdraw_absence(person_id: int, absence_id: int) -> None:
    """Anular la ausencia de otra persona."""
    with transaction() as session:
        absences.withdraw(session, person_id, absence_id, by=identity.current(), now=clock.now())


@blueprint.route("/delegations")
@signed_in
@blueprint.arguments(Paging, location="query")
@blueprint.response(200, DelegationPageSchema)
def my_delegations(query: dict[str, Any]) -> Page[Delegation]:
    """Listar las delegaciones que ha dado o recibido."""
    with reading() as session:
        return slice_of(delegations.of(session, identity.current().person_id), **query)


@blueprint.route("/delegations", methods=["POST"])
@permission("delegation.own")
@blueprint.arguments(DelegationInSchema)
@blueprint.creates(DelegationSchema)
def delegate(session: Session, sent: dict[str, Any]) -> Delegation:
    """Delegar sus funciones en otra persona, entre dos fechas."""
    by = identity.current()
    return delegations.add(session, by.person_id, **sent, by=by, now=clock.now())


@blueprint.route("/delegations/<id:delegation_id>", methods=["DELETE"])
@signed_in
@blueprint.response(204)
def revoke(delegation_id: int) -> None:
    """Revocar una delegación."""
    with transaction() as session:
        delegations.revoke(session, delegation_id, by=identity.current(), now=clock.now())


def _demand_own(session: Session, person_id: int, absence_id: int) -> None:
    """Raise NotFound for an absence of somebody else, as if it did not exist."""
    if absence_id not in {row.id for row in absences.of(session, person_id)}:
        raise NotFound("la ausencia", absence_id)
