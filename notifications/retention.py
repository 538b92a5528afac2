"""How long what was sent is kept, and how those who left are reached; who was told, of what and when stays."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select
from sqlalchemy import and_
from sqlalchemy import delete
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy import union_all
from sqlalchemy import update
from sqlalchemy.orm import Session

from db import SYSTEM
from db.clock import local_date
from db.retention import BATCH
from db.retention import MONTHS as BY_MONTH
from db.retention import term
from directory import trace
from directory.models import Absence
from directory.models import Delegation
from directory.models import ExternalIdentity
from directory.models import Person
from directory.models import RecoveryCode
from directory.models import SecondFactor
from notifications.models import DeliveryAttempt
from notifications.models import Message
from notifications.models import MessageStatus
from notifications.models import Preference
from notifications.models import Webhook

KEY = "message_months"
MONTHS = 24  # ours: no source says how long a notice is kept
ENDED = (MessageStatus.SENT, MessageStatus.FAILED, MessageStatus.CANCELLED)
FORGOTTEN = "forgotten"  # in the place of what a message told: the day on which it was removed
LEFT = "left_months"
PEOPLE_AT_ONCE = 50
OTHER = "otra"


def _old_messages(limit: datetime) -> Select[Any]:
    # What was never composed has its body in its context; a digest has none before.
    uncomposed = and_(Message.kind == "event", Message.subject == "")
    whole = or_(Message.content.is_not(None), uncomposed)
    return select(Message.id).where(Message.status.in_(ENDED), Message.created_at < limit, whole)


def _old_answers(limit: datetime) -> Select[Any]:
    return select(DeliveryAttempt.id).where(DeliveryAttempt.at < limit, DeliveryAttempt.detail != "")


def _due(limit: datetime) -> Select[Any]:
    return select(union_all(_old_messages(limit), _old_answers(limit)).subquery())


@term(
    KEY, "Contenido de los mensajes", becomes="Se borra; queda a quién se le envió, qué y cuándo.", unit=BY_MONTH,
    default=MONTHS, least=1, most=240, due=_due,
)  # fmt: skip
def forget(session: Session, limit: datetime, now: datetime) -> int:
    """Remove the bodies of the oldest messages that ended and were written before `limit`, and what servers said.

    Returns of how many; when attempts were and what came of them stays.
    """
    ids = _old_messages(limit).order_by(Message.id).limit(BATCH)
    rows = session.scalars(select(Message).where(Message.id.in_(ids)).order_by(Message.id).with_for_update()).all()
    for row in rows:
        row.subject = row.subject or str(row.context.get("subject", "")) or "Mensaje sin componer"
        row.content, row.context, row.error = None, {FORGOTTEN: local_date(now).isoformat()}, ""
    answers = session.scalars(_old_answers(limit).order_by(DeliveryAttempt.id).limit(BATCH)).all()
    session.execute(update(DeliveryAttempt).where(DeliveryAttempt.id.in_(answers)).values(detail=""))
    return len(rows) + len(answers)


def _left(limit: datetime) -> Select[Any]:
    return select(Person.id).where(Person.disabled_at < limit, Person.forgotten_at.is_(None))


@term(
    LEFT, "Cómo comunicarse con quien ya no tiene acceso",
    becomes="Se borran su correo, por qué estuvo ausente o delegó, el segundo paso y sus avisos a otros sistemas; "
    "quedan su nombre, su cargo y lo que hizo.",
    unit=BY_MONTH, default=0, least=0, most=600, due=_left,
)  # fmt: skip
def forget_left(session: Session, limit: datetime, now: datetime) -> int:
    """Remove how some of those who left before `limit` are reached, and why they were away. Returns of how many."""
    for person_id in (ids := session.scalars(_left(limit).order_by(Person.id).limit(PEOPLE_AT_ONCE)).all()):
        row = trace.lock(session, person_id)
        row.email, row.email_key, row.forgotten_at = "", None, now
        summary = f"Retiró cómo comunicarse con {row.name}: se cumplió el término de conservación."
        trace.record(session, person_id, "person.forgotten", summary, by=SYSTEM, now=now)
    session.execute(update(ExternalIdentity).where(ExternalIdentity.person_id.in_(ids)).values(email=""))
    session.execute(update(Absence).where(Absence.person_id.in_(ids)).values(note="", kind=OTHER))
    session.execute(update(Delegation).where(Delegation.from_id.in_(ids)).values(reason=""))
    session.execute(update(Preference).where(Preference.person_id.in_(ids)).values(bounced_address="", bounced_at=None))
    stopped = {"url": "", "secret": "", "disabled_at": now}
    session.execute(update(Webhook).where(Webhook.owner_id.in_(ids)).values(**stopped))
    for table in (SecondFactor, RecoveryCode):
        session.execute(delete(table).where(table.person_id.in_(ids)))
    return len(ids)


def forgotten(row: Message) -> str:
    """The day (ISO 8601) on which the body of a message was removed; empty while it has it."""
    return str(row.context.get(FORGOTTEN, ""))
