"""Mensajes: the outbox as whoever runs the system sees it."""

from datetime import date

from flask import Blueprint
from flask import Response
from flask import flash
from flask import request

from db import clock
from db import reading
from db import transaction
from db.errors import InvalidData
from directory import readings
from edge import identity
from edge import personal_reads
from edge.permission import permission
from notifications import bounces
from notifications import postmaster
from notifications import preferences
from notifications import retention
from web import histories
from web import person_page
from web.frame import HOME
from web.frame import chosen
from web.frame import go
from web.frame import page
from web.frame import paging
from web.submissions import attachment

blueprint = Blueprint("web_outbox", __name__)

LIST = ("Mensajes", "/mensajes")
STATUS = {
    "queued": "En cola",
    "sending": "Saliendo",
    "sent": "Enviado",
    "failed": "No se pudo enviar",
    "cancelled": "Cancelado",
}
CHANNEL = {"email": "Correo", "webhook": "Webhook"}
OUTCOME = {
    "sent": "Enviado",
    "passing": "No se pudo por ahora",
    "permanent": "Rechazado",
    "bounced": "Devuelto",
    "delayed": "Demorado en otro servidor",
}


@blueprint.get("/mensajes")
@permission("message.read")
def listed() -> Response:
    by, status, channel = identity.current(), chosen("estado", STATUS), chosen("medio", CHANNEL)
    text = request.args.get("buscar", "")[:100]
    with reading() as session:
        found = postmaster.listed(
            session, by=by, status=status, channel=channel, text=text, cursor=request.args.get("desde", "")
        )
        names, counts = postmaster.names(session, found.items), postmaster.counts(session, by=by)
        unreachable = preferences.count_unreachable(session)
    personal_reads.messages(found.items, asked=text)
    return page(
        "messages.html", "Mensajes", crumbs=[HOME], rows=found.items, names=names, counts=counts, status=status,
        channel=channel, text=text, statuses=STATUS, channels=CHANNEL, unreachable=unreachable,
        **paging(found.next_cursor),
    )  # fmt: skip


@blueprint.get("/mensajes/sin-direccion")
@permission("message.read")
def unreachable() -> Response:
    """Who cannot be told anything."""
    with reading() as session:
        found = preferences.unreachable(session, limit=50, cursor=request.args.get("desde", ""))
        since = preferences.bounced_since(session, [row.id for row in found.items])
    personal_reads.note(readings.PEOPLE, [row.id for row in found.items if row.email])
    title = "Personas a las que no les llegan avisos"
    return page(
        "messages_unreachable.html", title, crumbs=[HOME, LIST], rows=found.items, since=since,
        **paging(found.next_cursor),
    )  # fmt: skip


@blueprint.get("/mensajes/devueltos")
@permission("message.read")
def returned() -> Response:
    """What other servers said of messages that they had taken."""
    with reading() as session:
        found = bounces.listed(session, by=identity.current(), cursor=request.args.get("desde", ""))
        messages = bounces.messages_of(session, found.items)
        names = postmaster.names(session, list(messages.values()))
    personal_reads.messages(messages.values())
    return page(
        "messages_returned.html", "Lo que volvió", crumbs=[HOME, LIST], rows=found.items, messages=messages,
        names=names, outcomes=OUTCOME, **paging(found.next_cursor),
    )  # fmt: skip


@blueprint.get("/mensajes/<id:message_id>")
@permission("message.read")
def show(message_id: int) -> Response:
    return _page(message_id)


@blueprint.get("/mensajes/<id:message_id>/archivo")
@permission("message.read")
def download(message_id: int) -> Response:
    """The very bytes that went on the wire."""
    with reading() as session:
        row = postmaster.get(session, message_id, by=identity.current())
    personal_reads.message(row)
    media_type, ending = ("application/json", "json") if row.channel == "webhook" else ("message/rfc822", "eml")
    return attachment(row.content or b"", media_type, f"mensaje-{row.id}.{ending}")


@blueprint.post("/mensajes/<id:message_id>/reenvio")
@permission("message.send")
def resend(message_id: int) -> Response:
    try:
        with transaction() as session:
            reason = request.form.get("reason", "")
            postmaster.resend(session, message_id, reason, by=identity.current(), now=clock.now())
    except InvalidData as error:
        return _page(message_id, error.errors)
    flash("El mensaje volvió a la cola; sale en menos de un minuto.", "success")
    return go(f"/mensajes/{message_id}")


@blueprint.post("/mensajes/<id:message_id>/cancelacion")
@permission("message.send")
def cancel(message_id: int) -> Response:
    try:
        with transaction() as session:
            reason = request.form.get("reason", "")
            postmaster.cancel(session, message_id, reason, by=identity.current(), now=clock.now())
    except InvalidData as error:
        return _page(message_id, error.errors)
    flash("El mensaje no se enviará.", "success")
    return go(f"/mensajes/{message_id}")


@blueprint.post("/mensajes/<id:message_id>/rebote")
@permission("message.send")
def bounced(message_id: int) -> Response:
    try:
        with transaction() as session:
            detail = request.form.get("detail", "")
            postmaster.bounced(session, message_id, detail, by=identity.current(), now=clock.now())
    except InvalidData as error:
        return _page(message_id, error.errors)
    flash("El rebote quedó registrado: esa dirección no se usa hasta que se corrija.", "success")
    return go(f"/mensajes/{message_id}")


@blueprint.post("/personas/<id:person_id>/correo")
@permission("message.send")
def trust(person_id: int) -> Response:
    """Use again an address that refused a message, or was marked by mistake."""
    try:
        with transaction() as session:
            reason = request.form.get("trust-reason", "")
            postmaster.trust_address(session, person_id, reason=reason, by=identity.current(), now=clock.now())
    except InvalidData as error:
        return person_page.render(person_id, {"trust-reason": error.errors["reason"]})
    flash("Se volverá a escribir a ese correo.", "success")
    return go(f"/personas/{person_id}")


def _page(message_id: int, problems: dict[str, list[str]] | None = None) -> Response:
    with reading() as session:
        row = postmaster.get(session, message_id, by=identity.current())
        attempts, preview = postmaster.attempts(session, row.id), postmaster.preview(row)
        name = postmaster.names(session, [row]).get(row.recipient_id or 0, "")
        barred = row.recipient_id is not None and preferences.of(session, row.recipient_id).bounced_at is not None
        acts, removed = histories.values(session, postmaster.subject(row.id)), retention.forgotten(row)
    personal_reads.message(row)
    title = row.subject or f"Mensaje {row.id}"
    return page(
        "message.html", title, crumbs=[HOME, LIST], row=row, attempts=attempts, preview=preview, name=name,
        statuses=STATUS, channels=CHANNEL, outcomes=OUTCOME, forgotten=date.fromisoformat(removed) if removed else None,
        barred=barred, problems=problems or {}, code=422 if problems else 200, **acts,
    )  # fmt: skip
