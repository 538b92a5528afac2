"""What must always hold of what is sent and what is owed: nothing waits long after its time."""

from collections.abc import Sequence
from datetime import datetime
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.invariants import MOST
from db.invariants import Finding
from db.invariants import invariant
from notifications import chains
from notifications.models import Message
from notifications.models import MessageStatus
from notifications.models import Obligation
from notifications.models import ObligationStatus

PATIENCE = timedelta(minutes=30)
"""How long a message or an obligation may wait after its time: thousands of them go out together some mornings."""


@invariant(
    "message_leaves",
    "Ningún mensaje se queda en la cola",
    meaning="Un mensaje sale a su hora; si el servidor de correo no lo recibe, se le da otra hora. Uno cuya hora pasó "
    "hace más de media hora no lo está enviando nadie.",
    remedy="Mire en «Trabajos automáticos» si corre «Envío de mensajes», y en el mensaje, qué dijo el otro servidor.",
)
def message_leaves(session: Session, now: datetime) -> Sequence[Finding]:
    """Messages whose time came and that nobody sends, and those that have been leaving since a while."""
    waiting = Message.status.in_([MessageStatus.QUEUED, MessageStatus.SENDING])
    late = select(Message.id).where(waiting, Message.next_at < now - PATIENCE).order_by(Message.id).limit(MOST)
    return [Finding("message", key, f"Mensaje {key}: debía haber salido") for key in session.scalars(late)]


@invariant(
    "overdue_is_marked",
    "Todo plazo vencido está marcado como vencido",
    meaning="Lo que nadie cumplió a tiempo pasa a vencido en el minuto siguiente. Si no, los tableros y los avisos "
    "dicen que todo va bien. Un paso que espera a que se presente el anterior no vence mientras tanto.",
    remedy="Mire en «Trabajos automáticos» si corre «Obligaciones vencidas».",
)
def overdue_is_marked(session: Session, now: datetime) -> Sequence[Finding]:
    """Obligations that nobody met in time, that wait for no other step, and that are not overdue."""
    late = (
        select(Obligation.id, Obligation.title)
        .where(Obligation.status == ObligationStatus.PENDING, Obligation.limit_at < now - PATIENCE, ~chains.waits())
        .order_by(Obligation.limit_at, Obligation.id)
        .limit(MOST)
    )
    return [Finding("obligation", key, f"{title}: venció y no está marcado") for key, title in session.execute(late)]
