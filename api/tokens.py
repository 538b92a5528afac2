"""Tokens: con qué se identifican los programas."""

from datetime import datetime
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from api.blueprint import Blueprint
from api.schemas.system import CredentialsSchema
from api.schemas.system import TokenSchema
from db import clock
from db import transaction
from directory import accounts
from directory import principal
from directory import tokens
from directory.models import Person
from edge import identity
from edge.errors import PasswordGiven
from edge.permission import public
from edge.permission import signed_in

blueprint = Blueprint("tokens", __doc__, "/tokens")


@blueprint.route("", methods=["POST"])
@public
@blueprint.arguments(CredentialsSchema)
@blueprint.response(201, TokenSchema)
@blueprint.alt_response(401, description="El usuario o la contraseña no son correctos.")
@blueprint.alt_response(403, description="La contraseña la fijó otra persona: elija antes una propia en las páginas.")
@blueprint.alt_response(429, description="Hubo demasiados intentos fallidos.")
def issue(sent: dict[str, Any]) -> tokens.Issued:
    """Pedir un token con usuario y contraseña."""

    def issued(session: Session, person: Person, now: datetime) -> tokens.Issued:
        if accounts.is_given(session, person.id):
            raise PasswordGiven
        by = principal.load(session, person.id, now=now).actor()
        return tokens.issue(session, person.id, sent["name"], lasts=timedelta(days=sent["days"]), by=by, now=now)

    return identity.enter(sent["username"], sent["password"], issued)


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
