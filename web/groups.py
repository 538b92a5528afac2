"""Roles por grupos: which role each group of the institutional accounts gives."""

from flask import Blueprint
from flask import Response
from flask import flash
from flask import request

from db import clock
from db import reading
from db import transaction
from db.errors import InvalidData
from directory import access
from directory import group_roles
from directory import roles
from directory import scopes
from edge import identity
from edge.permission import permission
from web import histories
from web import scoped
from web.frame import HOME
from web.frame import Crumb
from web.frame import go
from web.frame import page
from web.reading_forms import Reader

blueprint = Blueprint("web_groups", __name__)

HERE = "/ajustes/grupos"
SETTINGS: Crumb = ("Ajustes", "/ajustes")


@blueprint.get(HERE)
@permission("people.manage")
def show() -> Response:
    return _page()


@blueprint.post(HERE)
@permission("people.manage")
def add() -> Response:
    actor, read = access.demand(identity.current(), "people.manage"), Reader()
    try:
        with transaction() as session:
            kind, scope_id = scoped.entity(session, read.text("entity")) or scoped.chosen("scope")
            group_roles.add(
                session, read.text("group"), read.text("role"), kind, scope_id, by=actor, now=clock.now()
            )  # fmt: skip
    except InvalidData as error:
        return _page(error.errors)
    flash("El grupo da ese rol a quien ingrese con él desde ahora.", "success")
    return go(HERE)


@blueprint.post(f"{HERE}/<id:row_id>/retiro")
@permission("people.manage")
def remove(row_id: int) -> Response:
    actor, field = access.demand(identity.current(), "people.manage"), f"reason-{row_id}"
    try:
        with transaction() as session:
            group_roles.remove(session, row_id, reason=request.form.get(field, ""), by=actor, now=clock.now())
    except InvalidData as error:
        return _page({field: error.errors["reason"]})
    flash("El grupo ya no da ese rol: quien lo tiene por él lo pierde en su siguiente ingreso.", "success")
    return go(HERE)


def _page(problems: dict[str, list[str]] | None = None) -> Response:
    with reading() as session:
        rows = [(row, scopes.name(session, row.scope_kind, row.scope_id)) for row in group_roles.every(session)]
        offered, acts = scoped.offered(session), histories.values(session, group_roles.SUBJECT)
    return page(
        "groups.html", "Roles por grupos", crumbs=[HOME, SETTINGS], rows=rows, scopes=offered, typed=request.form,
        role_options=[(role.key, role.label) for role in roles.ROLES.values()], problems=problems or {},
        code=422 if problems else 200, **acts,
    )  # fmt: skip
