"""The institutional accounts of a person, as the administrator removes them and lets them in again."""

from flask import Blueprint
from flask import Response
from flask import flash
from flask import request

from db import clock
from db import transaction
from db.errors import Conflict
from db.errors import InvalidData
from directory import access
from directory import identities
from edge import identity
from edge.permission import permission
from web import person_page
from web.frame import go

blueprint = Blueprint("web_identities", __name__)

HERE = "/personas/<id:person_id>/cuentas-institucionales/<id:identity_id>"


@blueprint.post(f"{HERE}/retiro")
@permission("people.manage")
def remove(person_id: int, identity_id: int) -> Response:
    actor, field = access.demand(identity.current(), "people.manage"), f"identity-{identity_id}"
    try:
        with transaction() as session:
            why = request.form.get(field, "")
            identities.remove(session, person_id, identity_id, reason=why, by=actor, now=clock.now())
    except InvalidData as error:
        return person_page.render(person_id, {field: error.errors["reason"]})
    except Conflict as error:
        return person_page.render(person_id, {field: [error.message]})
    flash("La cuenta institucional ya no sirve para ingresar.", "success")
    return go(f"/personas/{person_id}#cuentas-institucionales")


@blueprint.post(f"{HERE}/permiso")
@permission("people.manage")
def restore(person_id: int, identity_id: int) -> Response:
    actor = access.demand(identity.current(), "people.manage")
    try:
        with transaction() as session:
            identities.restore(session, person_id, identity_id, by=actor, now=clock.now())
    except Conflict as error:
        return person_page.render(person_id, {f"identity-{identity_id}": [error.message]})
    flash("La cuenta institucional sirve otra vez para ingresar.", "success")
    return go(f"/personas/{person_id}#cuentas-institucionales")
