"""Ingreso and salida."""

from flask import Blueprint
from flask import Response
from flask import request

from edge import identity
from edge.errors import NotIdentified
from edge.permission import public
from edge.permission import signed_in
from web.frame import go
from web.frame import local_address
from web.frame import page

blueprint = Blueprint("web_entrance", __name__)


@blueprint.get("/ingreso")
@public
def show() -> Response:
    target = local_address(request.args.get("siguiente"))
    return go(target) if identity.maybe_current() else _page(target)


@blueprint.post("/ingreso")
@public
def enter() -> Response:
    """Sign in and go on to where the person was heading, as long as it is on this site."""
    username, target = request.form.get("username", "").strip(), local_address(request.form.get("siguiente"))
    response = go(target)
    try:
        identity.sign_in(response, username, request.form.get("password", ""))
    except NotIdentified as error:
        return _page(target, username=username, problems={"username": [error.message]}, status=422)
    return response


@blueprint.get("/salida")
@signed_in
def ask() -> Response:
    return page("leave.html", "Salir")


@blueprint.post("/salida")
@public
def leave() -> Response:
    response = go("/ingreso")
    identity.sign_out(response)
    return response


def _page(
    target: str, *, username: str = "", problems: dict[str, list[str]] | None = None, status: int = 200
) -> Response:
    return page("enter.html", "Ingreso", target=target, username=username, problems=problems or {}, code=status)
