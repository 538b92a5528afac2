"""Ingreso con la cuenta institucional: to the provider and back. Served only where the installation has a provider."""

from urllib.parse import urlencode

import structlog
from flask import Blueprint
from flask import Response
from flask import request

from db.errors import AttError
from db.errors import NotAllowed
from db.errors import Unavailable
from directory.second_factor import CODE
from edge import arriving
from edge import identity
from edge.errors import NotVouched
from edge.oidc import answer
from edge.oidc import installed
from edge.oidc import journey
from edge.oidc.declared import LEFT_PAGE
from edge.oidc.declared import PROOF_PAGE
from edge.oidc.declared import RETURN_PAGE
from edge.oidc.declared import SIGN_IN_PAGE
from edge.oidc.declared import START_PAGE
from edge.permission import public
from edge.permission import signed_in
from edge.problems import CODE_PAGE
from edge.problems import problem_of
from web.frame import go
from web.frame import local_address
from web.frame import page

blueprint = Blueprint("web_institutional", __name__)

log = structlog.get_logger("att.oidc")


@blueprint.get(START_PAGE)
@public
def start() -> Response:
    """Leave for the provider."""
    target = local_address(request.args.get("siguiente"))
    return go(target) if identity.maybe_current() else _leaving(target)


@blueprint.get(PROOF_PAGE)
@signed_in
def prove() -> Response:
    """Leave for the provider, to identify oneself there again."""
    here = identity.browser()
    return _leaving("/", proves=here.id if here else 0)


@blueprint.get(RETURN_PAGE)
@public
def back() -> Response:
    """Where the provider sends people back to."""
    connection = installed.current()
    try:
        came_from = journey.back()
        response = _arrived(came_from, answer.read(connection, came_from))
    except (NotVouched, NotAllowed, Unavailable) as error:
        response = _refused(error)
    journey.over(response)
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get(LEFT_PAGE)
@public
def leave() -> Response:
    """Leave the institutional account too, for whoever left the system."""
    return go(installed.current().ending() or SIGN_IN_PAGE)


def _leaving(target: str, *, proves: int = 0) -> Response:
    response = go(target)
    try:
        journey.leave(installed.current(), response, target, proves=proves)
    except Unavailable as error:
        return _refused(error)
    return response


def _arrived(came_from: journey.Journey, answered: answer.Answer) -> Response:
    """On to where the person was heading, to what their sign-in still owes, or to say that the proof was taken."""
    if came_from.proves:
        arriving.prove(answered, came_from)
        return page("institutional_proved.html", "Confirmado")
    response = go(came_from.target)
    if arriving.enter(response, answered) == CODE:
        response.location = f"{CODE_PAGE}?{urlencode({'siguiente': came_from.target})}"
    return response


def _refused(error: AttError) -> Response:
    """The page that says why nobody entered, and what to do."""
    problem = problem_of(error)
    code = error.what if isinstance(error, NotVouched) else problem.code
    log.warning("institutional account refused", code=code)
    response = page("institutional_refused.html", "No se pudo ingresar", code=problem.status, detail=problem.detail)
    response.headers.update(problem.headers)
    return response
