"""Avisos: a qué hora y por qué medio se avisa a quien hace la solicitud."""

from typing import Any

from api.blueprint import Blueprint
from api.schemas.messages import MessageSchema
from api.schemas.messages import PreferenceAnswerSchema
from api.schemas.messages import PreferenceSchema
from api.schemas.messages import WebhookAnswerSchema
from api.schemas.messages import WebhookSchema
from db import clock
from db import reading
from db import transaction
from edge import identity
from edge.permission import signed_in
from notifications import postmaster
from notifications import preferences
from notifications import webhook_address
from notifications.models import Message
from notifications.models import Webhook
from notifications.preferences import Wish

blueprint = Blueprint("preferences", __doc__, "/preferences")


@blueprint.route("")
@signed_in
@blueprint.response(200, PreferenceAnswerSchema)
def show() -> Wish:
    """Ver cómo se me avisa."""
    with reading() as session:
        return preferences.of(session, identity.current().person_id)


@blueprint.route("", methods=["PUT"])
@signed_in
@blueprint.arguments(PreferenceSchema)
@blueprint.response(200, PreferenceAnswerSchema)
def change(sent: dict[str, Any]) -> Wish:
    """Elegir a qué hora y por qué medio se me avisa."""
    person_id, now = identity.current().person_id, clock.now()
    with transaction() as session:
        preferences.change(session, person_id, sent["digest_hour"], sent["channel"], now=now)
        return preferences.of(session, person_id)


@blueprint.route("/webhook", methods=["PUT"])
@signed_in
@blueprint.arguments(WebhookSchema)
@blueprint.response(200, WebhookAnswerSchema)
def set_webhook(sent: dict[str, Any]) -> Webhook:
    """Registrar a dónde se me avisa; reemplaza el anterior."""
    by, address = identity.current(), webhook_address.checked(sent["url"])
    with transaction() as session:
        return preferences.set_webhook(session, by.person_id, address, by=by.actor(), now=clock.now())


@blueprint.route("/webhook", methods=["DELETE"])
@signed_in
@blueprint.response(204)
@blueprint.alt_response(404, description="No hay webhook.")
def drop_webhook() -> None:
    """Retirar el webhook."""
    by = identity.current()
    with transaction() as session:
        preferences.drop_webhook(session, by.person_id, by=by.actor(), now=clock.now())


@blueprint.route("/test", methods=["POST"])
@signed_in
@blueprint.response(202, MessageSchema)
def send_test() -> Message:
    """Enviarme un mensaje de prueba."""
    with transaction() as session:
        return postmaster.send_test(session, identity.current().person_id, now=clock.now())
