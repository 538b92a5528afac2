"""Ingreso and salida."""

from urllib.parse import urlencode

from flask import Blueprint
from flask import Response
from flask import flash
from flask import request

from db import clock
from db import transaction
from db.errors import InvalidData
from directory import accounts
from directory.second_factor import CODE
from edge import identity
from edge.errors import NotIdentified
from edge.oidc import installed
from edge.oidc.declared import LEFT_PAGE
from edge.oidc.declared import START_PAGE
from edge.permission import entering
from edge.permission import public
from edge.problems import CHOOSING_PAGE
from edge.problems import CODE_PAGE
from edge.problems import ENDED
from web.frame import go
from web.frame import local_address
from web.frame import page

blueprint = Blueprint("web_entrance", __name__)

INSTITUTIONAL = "institucional"


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
        owed = identity.sign_in(response, username, request.form.get("password", ""))
    except NotIdentified as error:
        return _page(target, username=username, problems={"username": [error.message]}, status=422)
    if owed == CODE:
        response.location = f"{CODE_PAGE}?{urlencode({'siguiente': target})}"
    return response


@blueprint.get(CHOOSING_PAGE)
@entering
def new_password() -> Response:
    """Where somebody is led whose password was set by somebody else."""
    return _choosing_page() if identity.password_given() else go("/")


@blueprint.post(CHOOSING_PAGE)
@entering
def choose() -> Response:
    """Change the password that was given to one's own."""
    by, now = identity.current(), clock.now()
    current, new = request.form.get("current", ""), request.form.get("new", "")
    if new != request.form.get("again", ""):
        return _choosing_page({"again": ["Escriba dos veces la misma contraseña nueva."]})
    try:
        with transaction() as session:
            accounts.change_password(
                session, by.person_id, current, new, keep=identity.secret(), by=by.actor(), now=now
            )
    except InvalidData as error:
        return _choosing_page(error.errors)
    flash("Su contraseña quedó cambiada: sólo usted la conoce.", "success")
    return go("/")


@blueprint.get("/salida")
@entering
def ask() -> Response:
    return page("leave.html", "Salir")


@blueprint.post("/salida")
@public
def leave() -> Response:
    response = go(f"/ingreso?salida={INSTITUTIONAL}" if _stays_outside() else "/ingreso")
    by = identity.maybe_current() or identity.entering()
    whose = by.person_id if by else request.form.get("person", type=int)  # the session may have ended meanwhile
    identity.sign_out(response)
    if whose:
        flash(f"{whose}-*", "sent")  # the copies of all their forms leave the device with whoever leaves
    return response


def _stays_outside() -> bool:
    """Whether whoever leaves came by their institutional account, and may leave that too."""
    connection = installed.maybe_current()
    return identity.institutional() is not None and connection is not None and bool(connection.ending())


def _choosing_page(problems: dict[str, list[str]] | None = None) -> Response:
    return page(
        "choose_password.html", "Elija su contraseña", menu=[], problems=problems or {},
        min_length=accounts.MIN_LENGTH, code=422 if problems else 200,
    )  # fmt: skip


def _page(
    target: str, *, username: str = "", problems: dict[str, list[str]] | None = None, status: int = 200
) -> Response:
    connection, onwards = installed.maybe_current(), urlencode({"siguiente": target})
    return page(
        "enter.html", "Ingreso", target=target, username=username, ended=request.values.get("sesion") == ENDED,
        institutional=connection.provider.label if connection else "", start=f"{START_PAGE}?{onwards}",
        left=LEFT_PAGE if connection and request.args.get("salida") == INSTITUTIONAL else "",
        problems=problems or {}, code=status,
    )  # fmt: skip
