"""Messages, and how one is told."""

from marshmallow import fields
from marshmallow import validate

from api.schemas.base import Base
from api.schemas.base import Paging
from api.schemas.base import choice
from api.schemas.base import narrowing
from api.schemas.base import page_of
from api.schemas.base import said
from api.schemas.base import text
from notifications import preferences
from notifications.models import MessageStatus


class MessageQuery(Paging):
    """Which messages."""

    status = choice("Estado; vacío para todos.", ("", *MessageStatus), load_default="")
    channel = choice("Medio; vacío para todos.", ("", preferences.EMAIL, preferences.WEBHOOK), load_default="")
    text = text("Palabras del asunto, del correo o del nombre.", most=100, load_default="")
    recipient_id = narrowing("Para quién.")


class MessageSchema(Base):
    """A message of the outbox."""

    id = said("Número del mensaje.", fields.Integer)
    key = said("Lo que lo hace único.")
    kind = said("Clase: `digest`, `event` o `test`.")
    channel = said("Medio: `email` o `webhook`.")
    recipient_id = said("Para quién.", fields.Integer, allow_none=True)
    address = said("A dónde fue; vacío antes de componerlo.")
    subject = said("Asunto; vacío antes de componerlo.")
    internet_id = said("Message-ID.")
    status = said("`queued`, `sending`, `sent`, `failed` o `cancelled`.")
    attempts = said("Intentos.", fields.Integer)
    next_at = said("Próximo intento.", fields.DateTime)
    stale_at = said("Desde cuándo ya no se envía.", fields.DateTime, allow_none=True)
    created_at = said("Cuándo se escribió.", fields.DateTime)
    sent_at = said("Cuándo salió.", fields.DateTime, allow_none=True)
    error = said("Último problema.")


MessagePageSchema = page_of(MessageSchema)


class AttemptSchema(Base):
    """An attempt to send it."""

    at = said("Cuándo.", fields.DateTime)
    outcome = said("`sent`, `passing`, `permanent`, `bounced` o `delayed`.")
    code = said("Código de la respuesta.")
    detail = said("Qué respondió la otra parte.")


class MessageDetailSchema(Base):
    """A message with what was tried and what stands in it."""

    message = fields.Nested(MessageSchema)
    attempts = fields.List(fields.Nested(AttemptSchema), metadata={"description": "Cada intento, en orden."})
    text = said("El contenido como texto; nulo antes de componerlo.", allow_none=True)


class ResendingSchema(Base):
    """Why it is to go out again."""

    reason = text("Por qué se envía de nuevo.", most=500, required=True)


class CancellationSchema(Base):
    """Why it must not be sent."""

    reason = text("Por qué no debe enviarse.", most=500, required=True)


class BounceSchema(Base):
    """What came back."""

    detail = text("Qué decía la devolución.", most=500, required=True)


class TrustSchema(Base):
    """Why an address serves again."""

    reason = text("Por qué el correo vuelve a servir.", most=500, required=True)


class PreferenceSchema(Base):
    """How one is told."""

    digest_hour = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(preferences.EARLIEST, preferences.LATEST, error="Elija una hora de 7 a 17."),
        metadata={"description": "Hora desde la que llega el resumen, de 7 a 17."},
    )
    channel = choice("Medio.", preferences.CHANNELS, required=True)


class PreferenceAnswerSchema(Base):
    """How one is told, and whether one can be."""

    digest_hour = said("Hora desde la que llega el resumen.", fields.Integer)
    channel = said("`email`, `webhook` o `none` (sólo lo vencido, por correo).")
    bounced_at = said("Desde cuándo el correo devuelve mensajes.", fields.DateTime, allow_none=True)
    webhook_url = said("Dirección del webhook.", attribute="webhook.url", dump_default=None, allow_none=True)


class WebhookSchema(Base):
    """Where to send what one is told."""

    url = text("Dirección que comienza por https://.", most=500, required=True)


class WebhookAnswerSchema(Base):
    """A new webhook."""

    url = said("Dirección.")
    secret = said("Clave con la que se firma cada aviso; no se vuelve a mostrar.")
    created_at = said("Cuándo se registró.", fields.DateTime)
