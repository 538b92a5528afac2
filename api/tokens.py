"""Tokens: con qué se identifican los programas."""

from datetime import timedelta
from typing import Any

from api.blueprint import Blueprint
from api.schemas.system import CredentialsSchema
from api.schemas.system import TokenSchema
from db import clock
from db import transaction
from directory import principal
from directory import tokens
from edge import identity
from edge.permission import public
from edge.permission import signed_in

blueprint = Blueprint("tokens", __doc__, "/tokens")


@blueprint.route("", methods=["POST"])
@public
@blueprint.arguments(CredentialsSchema)
@blueprint.response(201, TokenSchema)
@blueprint.alt_response(401, description="El usuario o la contraseña no son correctos.")
def issue(sent: dict[str, Any]) -> tokens.Issued:
    """Pedir un token con usuario y contraseña."""
    person, now = identity.check_password(sent["username"], sent["password"]), clock.now()
    with transaction() as session:
        by = principal.load(session, person.id, now=now).actor()
        return tokens.issue(session, person.id, sent["name"], lasts=timedelta(days=sent["days"]), by=by, now=now)


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
