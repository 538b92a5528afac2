"""Tokens: con qué se identifican los programas."""

from datetime import datetime
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from api.blueprint import Blueprint
from api.schemas.system import CredentialsSchema
from api.schemas.system import TokenSchema
from db import Actor
from db import clock
from db import transaction
from db.errors import InvalidData
from directory import accounts
from directory import principal
from directory import second_factor
from directory import tokens
from directory.models import Person
from edge import identity
from edge.errors import PasswordGiven
from edge.errors import SecondStepMissing
from edge.permission import public
from edge.permission import signed_in

blueprint = Blueprint("tokens", __doc__, "/tokens")


@blueprint.route("", methods=["POST"])
@public
@blueprint.arguments(CredentialsSchema)
@blueprint.response(201, TokenSchema)
@blueprint.alt_response(401, description="El usuario, la contraseña o el código no son correctos.")
@blueprint.alt_response(
    403,
    description="Falta elegir una contraseña propia, o configurar el segundo paso, en las páginas.",
)
@blueprint.alt_response(429, description="Hubo demasiados intentos fallidos.")
def issue(sent: dict[str, Any]) -> tokens.Issued:
    """Pedir un token con usuario y contraseña, y el código del teléfono si el ingreso tiene un segundo paso."""

    def issued(session: Session, person: Person, now: datetime) -> tokens.Issued | second_factor.Proof:
        by = principal.load(session, person.id, now=now).actor()
        proof = _proved(session, person, sent["code"], by, now)
        if not proof.passed:
            return proof  # not raised: the transaction keeps the count of failures
        return tokens.issue(session, person.id, sent["name"], lasts=timedelta(days=sent["days"]), by=by, now=now)

    outcome = identity.enter(sent["username"], sent["password"], issued)
    return outcome if isinstance(outcome, tokens.Issued) else identity.refuse(outcome)


def _proved(session: Session, person: Person, code: str, by: Actor, now: datetime) -> second_factor.Proof:
    """What comes of the rest of the login. Raises PasswordGiven, SecondStepMissing, InvalidData (`code`)."""
    if accounts.is_given(session, person.id):
        raise PasswordGiven
    owed = second_factor.owed(session, person.id, now=now)
    if owed == second_factor.ENROLMENT:
        raise SecondStepMissing(owed)
    if owed and not code.strip():
        raise InvalidData({"code": ["Envíe también el código que muestra su teléfono."]})
    return second_factor.prove(session, person.id, code, by=by, now=now) if owed else second_factor.Proof(passed=True)


@blueprint.route("/current", methods=["DELETE"])
@signed_in
@blueprint.response(204)
def revoke() -> None:
    """Revocar el token con el que se hace esta solicitud."""
    by, now = identity.current(), clock.now()
    with transaction() as session:
        row = tokens.find(session, identity.bearer(), now=now)
        if row is not None:
            tokens.revoke(session, by.person_id, row.id, by=by.actor(), now=now)
