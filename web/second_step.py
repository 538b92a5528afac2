"""The second step of a login: giving the code, beginning with it, and leaving it."""

import segno
from flask import Blueprint
from flask import Response
from flask import flash
from flask import request

from db import clock
from db import reading
from db import transaction
from db.errors import Conflict
from db.errors import InvalidData
from directory import access
from directory import recovery
from directory import second_factor
from edge import identity
from edge import proving as again
from edge.errors import NotIdentified
from edge.permission import enrolling
from edge.permission import permission
from edge.permission import proving
from edge.permission import signed_in
from edge.problems import CODE_PAGE
from edge.problems import ENROLMENT_PAGE
from web import person_page
from web.frame import HOME
from web.frame import go
from web.frame import local_address
from web.frame import page

blueprint = Blueprint("web_second_step", __name__)

ACCOUNT = ("Mi cuenta", "/mi-cuenta")


@blueprint.get(CODE_PAGE)
@proving
def ask() -> Response:
    """Where somebody is led who gave their password and has a second step."""
    target = local_address(request.args.get("siguiente"))
    return _asking(target) if identity.entering() else go(target)


@blueprint.post(CODE_PAGE)
@proving
def give() -> Response:
    target = local_address(request.form.get("siguiente"))
    if identity.entering() is None:
        return go(target)
    response = go(target)
    try:
        identity.give_code(response, request.form.get("code", ""))
    except NotIdentified as error:
        return _asking(target, {"code": [error.message]})
    return response


@blueprint.get(ENROLMENT_PAGE)
@enrolling
def show() -> Response:
    return _page()


@blueprint.post(f"{ENROLMENT_PAGE}/inicio")
@enrolling
def begin() -> Response:
    """A new secret, for the telephone to learn."""
    _demand_proof()
    with transaction() as session:
        second_factor.begin(session, identity.current().person_id, now=clock.now())
    return go(ENROLMENT_PAGE)


@blueprint.post(ENROLMENT_PAGE)
@enrolling
def confirm() -> Response:
    """The first code of the telephone; the recovery codes are shown on this answer and never again."""
    by, now = identity.current(), clock.now()
    try:
        with transaction() as session:
            codes = second_factor.confirm(session, by.person_id, request.form.get("code", ""), by=by.actor(), now=now)
    except InvalidData as error:
        return _page(error.errors)
    except Conflict as error:
        return _again(error)
    identity.enrolled()
    return _told(codes)


@blueprint.post(f"{ENROLMENT_PAGE}/codigos")
@signed_in
def renew() -> Response:
    """Ten new recovery codes, shown once."""
    again.demand()
    by = identity.current()
    with transaction() as session:
        codes = second_factor.renew_recovery(session, by.person_id, by=by.actor(), now=clock.now())
    return _told(codes)


@blueprint.post(f"{ENROLMENT_PAGE}/retiro")
@signed_in
def leave() -> Response:
    """Enter with the password alone again."""
    again.demand()
    by = identity.current()
    try:
        with transaction() as session:
            second_factor.remove(
                session, by.person_id, reason=request.form.get("factor-reason", ""), by=by.actor(), now=clock.now()
            )
    except InvalidData as error:
        return _page(error.errors)
    flash("Su ingreso ya no pide el segundo paso.", "success")
    return go(ENROLMENT_PAGE)


@blueprint.post("/personas/<id:person_id>/segundo-paso/retiro")
@permission("people.manage")
def take_away(person_id: int) -> Response:
    """Let somebody in who lost the telephone and the recovery codes."""
    actor = access.demand(identity.current(), "people.manage")
    try:
        with transaction() as session:
            second_factor.remove(
                session, person_id, reason=request.form.get("factor-reason", ""), by=actor, now=clock.now()
            )
    except InvalidData as error:
        return person_page.render(person_id, error.errors)
    except Conflict as error:
        return person_page.render(person_id, {"factor-reason": [error.message]})
    flash("El segundo paso se retiró: la persona ingresa con su contraseña y puede configurarlo de nuevo.", "success")
    return go(f"/personas/{person_id}")


def _demand_proof() -> None:
    """Whoever is sent here by a login has just proved who they are."""
    if not identity.owes():
        again.demand()


def _again(error: Conflict) -> Response:
    """The answer to a first code when none is waited for: the page with the codes was loaded again, or it is late."""
    with reading() as session:
        held = second_factor.holds(session, identity.current().person_id)
    if not held:
        return _page({"code": [error.message]})
    flash("El segundo paso ya está activo. Si no guardó los códigos de recuperación, renuévelos aquí.", "warning")
    return go(ENROLMENT_PAGE)


def _asking(target: str, problems: dict[str, list[str]] | None = None) -> Response:
    return page(
        "second_step_code.html", "Segundo paso", target=target, problems=problems or {}, code=422 if problems else 200
    )


def _told(codes: list[str]) -> Response:
    response = page("second_step_codes.html", "Códigos de recuperación", crumbs=[HOME, ACCOUNT], codes=codes)
    response.headers["Cache-Control"] = "no-store"
    return response


def _page(problems: dict[str, list[str]] | None = None) -> Response:
    by, now = identity.current(), clock.now()
    with reading() as session:
        begun = second_factor.begun(session, by.person_id, now=now)
        held = second_factor.holds(session, by.person_id)
        left = recovery.left(session, by.person_id)
        demanded = second_factor.demanded(session, by.person_id, now=now)
    response = page(
        "second_step.html", "Segundo paso al ingresar", crumbs=[HOME, ACCOUNT], begun=begun, held=held, left=left,
        drawn=_drawn(begun.address) if begun else "", key=_grouped(begun.secret) if begun else "",
        demanded=demanded, owed=bool(identity.owes()), problems=problems or {}, code=422 if problems else 200,
    )  # fmt: skip
    response.headers["Cache-Control"] = "no-store"
    return response


def _grouped(secret: str) -> str:
    """A key four letters at a time, as one copies it; applications leave the blanks out."""
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))


def _drawn(address: str) -> str:
    """The QR code of an address, black on white whatever the colours of the page."""
    return segno.make(address, error="m").svg_data_uri(scale=5, border=4, dark="#000", light="#fff")
