"""Mensajes: lo que el sistema envía a las personas, y cómo salió."""

from typing import Any

from api.blueprint import Blueprint
from api.schemas.messages import BounceSchema
from api.schemas.messages import CancellationSchema
from api.schemas.messages import MessageDetailSchema
from api.schemas.messages import MessagePageSchema
from api.schemas.messages import MessageQuery
from api.schemas.messages import MessageSchema
from api.schemas.messages import ResendingSchema
from api.schemas.messages import TrustSchema
from db import clock
from db import reading
from db import transaction
from db.paging import Page
from edge import identity
from edge import personal_reads
from edge.permission import permission
from notifications import postmaster
from notifications.models import Message

blueprint = Blueprint("messages", __doc__, "/messages")


@blueprint.route("")
@permission("message.read")
@blueprint.arguments(MessageQuery, location="query")
@blueprint.response(200, MessagePageSchema)
def index(query: dict[str, Any]) -> Page[Message]:
    """Listar mensajes, los últimos primero."""
    with reading() as session:
        found = postmaster.listed(session, by=identity.current(), **query)
    personal_reads.messages(found.items, asked=query.get("text", ""))
    return found


@blueprint.route("/<id:message_id>")
@permission("message.read")
@blueprint.response(200, MessageDetailSchema)
def show(message_id: int) -> dict[str, Any]:
    """Ver un mensaje, sus intentos y su contenido."""
    with reading() as session:
        row = postmaster.get(session, message_id, by=identity.current())
        preview = postmaster.preview(row)
        attempts = postmaster.attempts(session, row.id)
    personal_reads.message(row)
    return {"message": row, "attempts": attempts, "text": preview.text if preview else None}


@blueprint.route("/<id:message_id>/resend", methods=["POST"])
@permission("message.send")
@blueprint.arguments(ResendingSchema)
@blueprint.response(200, MessageSchema)
def resend(sent: dict[str, Any], message_id: int) -> Message:
    """Enviar de nuevo un mensaje que ya terminó, con el motivo."""
    with transaction() as session:
        return postmaster.resend(session, message_id, sent["reason"], by=identity.current(), now=clock.now())


@blueprint.route("/<id:message_id>/cancel", methods=["POST"])
@permission("message.send")
@blueprint.arguments(CancellationSchema)
@blueprint.response(200, MessageSchema)
def cancel(sent: dict[str, Any], message_id: int) -> Message:
    """No enviar un mensaje que está en la cola."""
    with transaction() as session:
        return postmaster.cancel(session, message_id, sent["reason"], by=identity.current(), now=clock.now())


@blueprint.route("/<id:message_id>/bounce", methods=["POST"])
@permission("message.send")
@blueprint.arguments(BounceSchema)
@blueprint.response(200, MessageSchema)
def bounced(sent: dict[str, Any], message_id: int) -> Message:
    """Registrar que un correo rebotó; su dirección no se usa hasta que se corrija."""
    with transaction() as session:
        return postmaster.bounced(session, message_id, sent["detail"], by=identity.current(), now=clock.now())


@blueprint.route("/trusted-addresses/<id:person_id>", methods=["POST"])
@permission("message.send")
@blueprint.arguments(TrustSchema)
@blueprint.response(204)
def trust(sent: dict[str, Any], person_id: int) -> None:
    """Volver a usar el correo de una persona, que se había marcado porque devolvió un mensaje."""
    with transaction() as session:
        postmaster.trust_address(session, person_id, reason=sent["reason"], by=identity.current(), now=clock.now())
