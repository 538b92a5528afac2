"""Mis avisos: at which hour and by which channel one is told, one's webhook, and what was sent lately."""

from flask import Blueprint
from flask import Response
from flask import flash
from flask import request

from db import clock
from db import reading
from db import transaction
from db.errors import InvalidData
from directory import people
from edge import identity
from edge.permission import signed_in
from notifications import postmaster
from notifications import preferences
from notifications import webhook_address
from web.frame import HOME
from web.frame import go
from web.frame import page
from web.outbox import STATUS
from web.reading_forms import Reader

blueprint = Blueprint("web_preferences", __name__)

HERE = "/mi-cuenta/avisos"
ACCOUNT = ("Mi cuenta", "/mi-cuenta")
HOURS = [
    (hour, f"{(hour - 1) % 12 + 1}:00 {'a. m.' if hour < 12 else 'm.' if hour == 12 else 'p. m.'}")
    for hour in range(preferences.EARLIEST, preferences.LATEST + 1)
]


@blueprint.get(HERE)
@signed_in
def show() -> Response:
    return _page()


@blueprint.post(HERE)
@signed_in
def change() -> Response:
    by, now, read = identity.current(), clock.now(), Reader()
    try:
        hour = read.number("digest_hour", "Elija la hora.") or 0
        read.check()
        with transaction() as session:
            preferences.change(session, by.person_id, hour, read.text("channel"), now=now)
    except InvalidData as error:
        return _page(error.errors)
    flash("Sus preferencias quedaron guardadas. Valen desde el próximo resumen.", "success")
    return go(HERE)


@blueprint.post(f"{HERE}/webhook")
@signed_in
def set_webhook() -> Response:
    """A new webhook; its secret is shown on this answer and never again."""
    by, now, read = identity.current(), clock.now(), Reader()
    try:
        address = webhook_address.checked(read.text("url"))
        with transaction() as session:
            hook = preferences.set_webhook(session, by.person_id, address, by=by.actor(), now=now)
    except InvalidData as error:
        return _page(error.errors)
    response = _page(secret=hook.secret)
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.post(f"{HERE}/webhook/retiro")
@signed_in
def drop_webhook() -> Response:
    by = identity.current()
    with transaction() as session:
        preferences.drop_webhook(session, by.person_id, by=by.actor(), now=clock.now())
    flash("El webhook se retiró. Los avisos le llegan por correo.", "success")
    return go(HERE)


@blueprint.post(f"{HERE}/correo")
@signed_in
def trust() -> Response:
    """Use again an address that had refused a message."""
    by = identity.current()
    with transaction() as session:
        preferences.trust(session, by.person_id, by=by.actor(), now=clock.now())
    flash("Volveremos a enviarle correo a esa dirección.", "success")
    return go(HERE)


@blueprint.post(f"{HERE}/prueba")
@signed_in
def send_test() -> Response:
    with transaction() as session:
        postmaster.send_test(session, identity.current().person_id, now=clock.now())
    flash("El mensaje de prueba está en cola: sale en menos de un minuto. Aquí se ve qué pasó con él.", "success")
    return go(HERE)


@blueprint.get(f"{HERE}/<id:message_id>")
@signed_in
def read_one(message_id: int) -> Response:
    with reading() as session:
        row = postmaster.own_one(session, identity.current().person_id, message_id)
        preview = postmaster.preview(row)
    return page("my_notice.html", row.subject, crumbs=[HOME, ACCOUNT, ("Mis avisos", HERE)], row=row, preview=preview)


def _page(problems: dict[str, list[str]] | None = None, secret: str = "") -> Response:
    by = identity.current()
    with reading() as session:
        wish, email = preferences.of(session, by.person_id), people.get(session, by.person_id).email
        rows, test = postmaster.own(session, by.person_id), postmaster.last_test(session, by.person_id)
    typed = request.form if problems else {}
    return page(
        "my_notices.html", "Mis avisos", crumbs=[HOME, ACCOUNT], wish=wish, email=email, rows=rows, test=test,
        hours=HOURS, channels=list(preferences.CHANNELS.items()), problems=problems or {}, typed=typed, secret=secret,
        statuses=STATUS, code=422 if problems else 200,
    )  # fmt: skip
