"""What people do with the outbox: look into it, send a message again, cancel one, say that one came back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from sqlalchemy import Select
from sqlalchemy import func
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import undefer

from db import history
from db.actor import Actor
from db.clock import local_date
from db.errors import InvalidData
from db.errors import NotFound
from db.errors import NotNow
from db.paging import DEFAULT_LIMIT
from db.paging import Key
from db.paging import Page
from db.paging import page
from directory import access
from directory import people
from directory import reasons
from directory.models import Person
from directory.principal import Principal
from directory.searching import standing
from directory.searching import words
from notifications import outbox
from notifications import preferences
from notifications import retention
from notifications.models import DeliveryAttempt
from notifications.models import Message
from notifications.models import MessageStatus
from notifications.models import Reminder
from notifications.models import ReminderStatus
from notifications.senders import Outcome

TESTS_A_DAY = 5  # test messages that a person may send themselves


@dataclass(frozen=True, slots=True)
class Preview:
    """A message as it was read: its text, and its page where it has one."""

    text: str
    html: str = ""


def listed(
    session: Session,
    *,
    by: Principal,
    status: str = "",
    channel: str = "",
    text: str = "",
    recipient_id: int | None = None,
    limit: int = DEFAULT_LIMIT,
    cursor: str = "",
) -> Page[Message]:
    """Messages, the newest first. `text` is looked for in subjects, addresses and names. Raises NotAllowed."""
    access.demand(by, "message.read")
    statement = _narrowed(select(Message), status, channel, text.strip())
    if recipient_id is not None:
        statement = statement.where(Message.recipient_id == recipient_id)
    return page(session, statement, [Key(Message.id, descending=True)], limit=limit, cursor=cursor)


def counts(session: Session, *, by: Principal) -> dict[str, int]:
    """How many messages stand in each status. Raises NotAllowed."""
    access.demand(by, "message.read")
    rows = session.execute(select(Message.status, func.count()).group_by(Message.status))
    return {str(status): count for status, count in rows}


def get(session: Session, message_id: int, *, by: Principal) -> Message:
    """A message with its bytes. Raises NotAllowed, NotFound."""
    access.demand(by, "message.read")
    row = session.get(Message, message_id, options=[undefer(Message.content)])
    if row is None:
        raise NotFound("el mensaje", message_id)
    return row


def own(session: Session, person_id: int, *, limit: int = 10) -> list[Message]:
    """The last messages that went to a person."""
    sent = Message.status.in_([MessageStatus.SENT, MessageStatus.FAILED])
    statement = select(Message).where(Message.recipient_id == person_id, sent).order_by(Message.id.desc()).limit(limit)
    return list(session.scalars(statement))


def last_test(session: Session, person_id: int) -> Message | None:
    """The last test message that a person asked for, wherever it stands."""
    mine = Message.recipient_id == person_id, Message.kind == "test"
    return session.scalars(select(Message).where(*mine).order_by(Message.id.desc()).limit(1)).first()


def own_one(session: Session, person_id: int, message_id: int) -> Message:
    """A message that went to a person, with its bytes. Raises NotFound for somebody else's."""
    row = session.get(Message, message_id, options=[undefer(Message.content)])
    if row is None or row.recipient_id != person_id or row.content is None:
        raise NotFound("el mensaje", message_id)
    return row


def attempts(session: Session, message_id: int) -> list[DeliveryAttempt]:
    """Every attempt to send a message, oldest first."""
    statement = select(DeliveryAttempt).where(DeliveryAttempt.message_id == message_id)
    return list(session.scalars(statement.order_by(DeliveryAttempt.id)))


def reminders_in(session: Session, message_id: int) -> list[Reminder]:
    """The reminders that a message carries."""
    return list(session.scalars(select(Reminder).where(Reminder.message_id == message_id).order_by(Reminder.id)))


def preview(row: Message) -> Preview | None:
    """What stands in a message; None before it was composed."""
    if row.content is None:
        return None
    if row.channel == preferences.WEBHOOK:
        return Preview(row.content.decode())
    mail = message_from_bytes(row.content, policy=default)
    assert isinstance(mail, EmailMessage)
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    return Preview(text.get_content() if text else "", html.get_content() if html else "")


def resend(session: Session, message_id: int, reason: str, *, by: Principal, now: datetime) -> Message:
    """Send a message that ended again, with the reason: the same bytes, unless its address is another one now.

    Raises NotAllowed, NotFound; NotNow when it is still on its way, its body is not kept any more, or its address
    refuses mail; InvalidData (`reason`).
    """
    actor, row = access.demand(by, "message.send"), _locked(session, message_id)
    if row.status in (MessageStatus.QUEUED, MessageStatus.SENDING):
        raise NotNow("Este mensaje todavía está en la cola.", code="on-its-way")
    if retention.forgotten(row):
        raise NotNow("El contenido de este mensaje ya no se conserva.", code="forgotten")
    address, reason = _present_address(session, row), reasons.demand(reason, "Diga por qué se envía de nuevo.")
    if address != row.address:
        row.address, row.subject, row.content = "", "", None
    _requeue_reminders(session, row)
    row.status, row.attempts, row.next_at, row.stale_at, row.error = MessageStatus.QUEUED, 0, now, None, ""
    _record(session, row, "message.resent", "Ordenó enviar de nuevo el mensaje.", actor, now, reason)
    return row


def cancel(session: Session, message_id: int, reason: str, *, by: Principal, now: datetime) -> Message:
    """Send a waiting message no more. Raises NotAllowed, NotFound, InvalidData (`reason`); NotNow when it ended."""
    actor, row = access.demand(by, "message.send"), _locked(session, message_id)
    if row.status != MessageStatus.QUEUED:
        raise NotNow("Sólo se cancela lo que está en la cola.", code="not-waiting")
    reasons.demand(reason, "Diga por qué no debe enviarse.")
    row.status, row.error = MessageStatus.CANCELLED, reason.strip()
    _record(session, row, "message.cancelled", "Canceló el mensaje.", actor, now, reason.strip())
    return row


def bounced(session: Session, message_id: int, detail: str, *, by: Principal, now: datetime) -> Message:
    """Say that a message that was taken came back: its address is not used until it is corrected.

    Raises NotAllowed, NotFound, InvalidData (`detail`: what the answer said is missing); NotNow when it was not sent by
    mail.
    """
    actor, row = access.demand(by, "message.send"), _locked(session, message_id)
    if row.status != MessageStatus.SENT or row.channel != preferences.EMAIL or row.recipient_id is None:
        raise NotNow("Sólo rebota un correo que salió.", code="not-sent")
    if not detail.strip():
        raise InvalidData({"detail": ["Copie lo que decía la devolución."]})
    came_back(session, row, detail.strip(), by=actor, now=now)
    return row


def trust_address(session: Session, person_id: int, *, reason: str, by: Principal, now: datetime) -> None:
    """Use again the address of somebody that refused a message, or was noted as if it had.

    Raises NotAllowed, NotFound, InvalidData (`reason`); NotNow when it was not marked.
    """
    actor = access.demand(by, "message.send")
    people.get(session, person_id)
    reason = reasons.demand(reason, "Diga por qué el correo vuelve a servir.")
    preferences.trust(session, person_id, reason=reason, by=actor, now=now)


def came_back(
    session: Session, row: Message, detail: str, *, code: str = "", refused: bool = True, by: Actor, now: datetime
) -> None:
    """Write down that a message to a person came back; where it was `refused`, its address is not used any more."""
    assert row.recipient_id is not None
    row.status, row.error = MessageStatus.FAILED, detail
    note(session, row, Outcome.BOUNCED, code, detail, now=now)
    if refused:
        preferences.mark_bounced(session, row.recipient_id, row.address, now=now)
    _record(session, row, "message.bounced", f"Registró que {row.address} devolvió el mensaje.", by, now)


def note(session: Session, row: Message, outcome: Outcome, code: str, detail: str, *, now: datetime) -> None:
    """Write down what another server said of a message after it took it."""
    session.add(DeliveryAttempt(message_id=row.id, at=now, outcome=outcome, code=code, detail=detail))


def send_test(session: Session, person_id: int, *, now: datetime) -> Message:
    """Put a test message to oneself in the outbox; the one that waits there for its first attempt, if any.

    Raises NotNow when no way reaches them, or after some a day.
    """
    route = preferences.route_of(session, person_id)
    if route is None:
        raise NotNow("No hay una dirección que sirva para enviarle la prueba.", code="unreachable")
    prefix = f"test:{person_id}:{local_date(now)}:"
    sent = session.scalar(select(func.count()).where(Message.key.startswith(prefix))) or 0
    waiting = last_test(session, person_id)
    if waiting is not None and waiting.status == MessageStatus.QUEUED and not waiting.attempts:
        return waiting  # one that was tried in vain does not stand in the way of another, to a corrected address
    if sent >= TESTS_A_DAY:
        raise NotNow(f"Ya pidió {TESTS_A_DAY} mensajes de prueba hoy.", code="too-many")
    return outbox.enqueue(
        session, f"{prefix}{sent + 1}", "test", route.channel, person_id, {}, stale_at=None, now=now,
        webhook_id=route.webhook_id,
    )  # fmt: skip


def subject(message_id: int) -> history.Subject:
    """The chain of a message."""
    return history.Subject("message", message_id)


def names(session: Session, rows: Sequence[Message]) -> dict[int, str]:
    """Who each message is for, by person."""
    found = people.many(session, {row.recipient_id for row in rows if row.recipient_id is not None})
    return {key: person.name for key, person in found.items()}


def _narrowed(statement: Select[Any], status: str, channel: str, text: str) -> Select[Any]:
    if status:
        statement = statement.where(Message.status == status)
    if channel:
        statement = statement.where(Message.channel == channel)
    for word in words(text):
        named = select(Person.id).where(Person.search_name.contains(word, autoescape=True))
        written = standing(word, Message.subject, Message.address)
        statement = statement.where(or_(written, Message.recipient_id.in_(named)))
    return statement


def _present_address(session: Session, row: Message) -> str:
    """Where it would go now. Raises NotNow when that address refuses mail."""
    if row.channel == preferences.WEBHOOK or row.recipient_id is None:
        return row.address
    person = people.get(session, row.recipient_id)
    if preferences.of(session, person.id).bounced_at is not None or not person.email:
        raise NotNow(f"Corrija primero el correo de {person.name}: no recibe mensajes.", code="bounced")
    return person.email


def _requeue_reminders(session: Session, row: Message) -> None:
    """What is composed anew tells again what is still open of what it told."""
    if row.content is None:
        for reminder in reminders_in(session, row.id):
            reminder.status = ReminderStatus.QUEUED


def _locked(session: Session, message_id: int) -> Message:
    statement = select(Message).where(Message.id == message_id).options(undefer(Message.content)).with_for_update()
    row = session.scalars(statement).one_or_none()
    if row is None:
        raise NotFound("el mensaje", message_id)
    return row


def _record(
    session: Session, row: Message, action: str, summary: str, by: Actor, now: datetime, reason: str = ""
) -> None:
    history.record(session, subject(row.id), action, by=by, now=now, summary=summary, reason=reason)
