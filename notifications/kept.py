"""What this room keeps about somebody: what was sent to them, how they want to be told, and what they owe."""

from collections.abc import Iterable

from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.kept import MOST
from directory.kept import Row
from directory.kept import kept
from notifications.models import CalendarFeed
from notifications.models import DeliveryAttempt
from notifications.models import Message
from notifications.models import Obligation
from notifications.models import Preference
from notifications.models import Webhook


@kept("messages", "Mensajes que se le enviaron", "message", "delivery_attempt")
def _messages(session: Session, person_id: int) -> Iterable[Row]:
    tries = select(DeliveryAttempt.message_id, func.count().label("tries")).group_by(DeliveryAttempt.message_id)
    counted = tries.subquery()
    mine = select(Message, counted.c.tries).outerjoin(counted, counted.c.message_id == Message.id)
    mine = mine.where(Message.recipient_id == person_id).order_by(Message.id.desc()).limit(MOST)
    for row, count in session.execute(mine):
        yield {"Asunto": row.subject, "A dónde": row.address, "Preparado el": row.created_at, "Enviado el": row.sent_at,
               "Intentos": count or 0}  # fmt: skip


@kept("preferences", "Cómo recibe los avisos", "notification_preference", "webhook", "calendar_feed")
def _preferences(session: Session, person_id: int) -> Iterable[Row]:
    wish = session.get(Preference, person_id)
    if wish is not None:
        yield {"Qué": "Avisos", "Detalle": f"{wish.channel}, desde las {wish.digest_hour}", "Desde el": wish.changed_at}
        if wish.bounced_at is not None:
            yield {"Qué": "Correo que devolvió mensajes", "Detalle": wish.bounced_address, "Desde el": wish.bounced_at}
    for hook in session.scalars(select(Webhook).where(Webhook.owner_id == person_id).order_by(Webhook.id)):
        yield {"Qué": "Aviso a otro sistema", "Detalle": hook.url, "Desde el": hook.created_at}
    feeds = select(CalendarFeed).where(CalendarFeed.owner_id == person_id).order_by(CalendarFeed.id)
    for feed in session.scalars(feeds):
        yield {"Qué": "Calendario", "Detalle": feed.name, "Desde el": feed.created_at}


@kept("obligations", "Plazos a su nombre", "obligation", "fact", "reminder", "statement")
def _obligations(session: Session, person_id: int) -> Iterable[Row]:
    mine = select(Obligation).where(Obligation.debtor_id == person_id).order_by(Obligation.id.desc()).limit(MOST)
    for row in session.scalars(mine):
        yield {"Qué": row.title, "Sobre": row.subject_label, "Periodo": row.period, "Vence el": row.due_on}
