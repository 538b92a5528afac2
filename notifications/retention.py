"""How long what was sent is kept: after some months its body goes; who was told, of what and when stays."""

from collections.abc import Sequence
from datetime import datetime
from datetime import timedelta

from sqlalchemy import and_
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import settings
from db.clock import local_date
from notifications.models import DeliveryAttempt
from notifications.models import Message
from notifications.models import MessageStatus

KEY = "message_months"
MONTHS = 24  # ours: no source says how long a notice is kept
ENDED = (MessageStatus.SENT, MessageStatus.FAILED, MessageStatus.CANCELLED)
FORGOTTEN = "forgotten"  # in the place of what a message told: the day on which it was removed


def limit(session: Session, *, now: datetime) -> datetime:
    """What ended before this has no body any more."""
    return now - timedelta(days=int(settings.get(session, KEY, MONTHS)) * 365 // 12)


def forget(session: Session, *, now: datetime, limit: datetime, batch: int = 500) -> int:
    """Remove the bodies of the oldest messages that ended and were written before `limit`. Returns of how many."""
    # What was never composed has its body in its context; a digest has none before.
    uncomposed = and_(Message.kind == "event", Message.subject == "")
    rows = session.scalars(
        select(Message)
        .where(Message.status.in_(ENDED), Message.created_at < limit)
        .where(or_(Message.content.is_not(None), uncomposed))
        .order_by(Message.id)
        .limit(batch)
        .with_for_update()
    ).all()
    for row in rows:
        row.subject = row.subject or str(row.context.get("subject", "")) or "Mensaje sin componer"
        row.content, row.context, row.error = None, {FORGOTTEN: local_date(now).isoformat()}, ""
    return len(rows)


def forget_answers(session: Session, *, limit: datetime, batch: int = 500) -> int:
    """Remove what servers said at attempts before `limit`; when they were and what came of them stays."""
    rows: Sequence[DeliveryAttempt] = session.scalars(
        select(DeliveryAttempt)
        .where(DeliveryAttempt.at < limit, DeliveryAttempt.detail != "")
        .order_by(DeliveryAttempt.id)
        .limit(batch)
        .with_for_update()
    ).all()
    for row in rows:
        row.detail = ""
    return len(rows)


def forgotten(row: Message) -> str:
    """The day (ISO 8601) on which the body of a message was removed; empty while it has it."""
    return str(row.context.get(FORGOTTEN, ""))
