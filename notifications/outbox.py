"""The outbox: what is to be sent, written in the transaction of what it tells and taken out by one sender.

A message goes: queued → sending (its bytes frozen) → sent, failed, or queued again for later. A message whose sender
died while it was sending is taken out again with the same bytes and the same Message-ID: plain SMTP allows that one
duplicate per crash. What people do with it is in `notifications.postmaster`.
"""

import re
from collections.abc import Mapping
from collections.abc import Sequence
from datetime import datetime
from datetime import timedelta
from typing import Any
from typing import TypeVar

from sqlalchemy import and_
from sqlalchemy import func
from sqlalchemy import inspect
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy import update
from sqlalchemy.orm import Session

from db.once import insert_new
from directory.models import Person
from notifications import compose
from notifications import letterhead
from notifications import preferences
from notifications.models import DeliveryAttempt
from notifications.models import Message
from notifications.models import MessageStatus
from notifications.models import Preference
from notifications.models import Webhook
from notifications.senders import Answer
from notifications.senders import Outcome
from notifications.senders import Parcel

LONGEST_PAUSE = 60  # minutes between two attempts, at most
NOTHING_LEFT = "Nada de lo que decía seguía pendiente."
STALE = "Pasó el tiempo en que tenía sentido enviarlo."
NOWHERE = "La persona no tiene una dirección a la cual enviarlo."
ADDRESS = re.compile(r"[!-~]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")  # what every server takes

Row = TypeVar("Row", Person, Webhook, Preference)


def enqueue(
    session: Session,
    key: str,
    kind: str,
    channel: str,
    recipient: int | None,
    context: Mapping[str, Any],
    *,
    stale_at: datetime | None,
    now: datetime,
    webhook_id: int | None = None,
    address: str = "",
) -> Message:
    """Put a message in the outbox, once per `key`: a second call returns the first message.

    `kind` is a template of `notifications.compose`; `channel` is `email` or `webhook`. Its Message-ID and date
    are fixed here. After `stale_at` it is not sent any more. What goes to nobody of the directory (`recipient` is None)
    says to which `address`.
    """
    row = planned(
        key, kind, channel, recipient, context, stale_at=stale_at, now=now, webhook_id=webhook_id, address=address
    )
    insert_new(session, Message, [row], "id")
    return session.scalars(select(Message).where(Message.key == key)).one()


def planned(
    key: str,
    kind: str,
    channel: str,
    recipient: int | None,
    context: Mapping[str, Any],
    *,
    stale_at: datetime | None,
    now: datetime,
    webhook_id: int | None = None,
    address: str = "",
) -> dict[str, Any]:
    """The row that `enqueue` writes, for whoever writes many at once."""
    return {
        "key": key, "kind": kind, "channel": channel, "recipient_id": recipient, "webhook_id": webhook_id,
        "context": dict(context), "internet_id": letterhead.current().internet_id(key), "dated_at": now,
        "status": MessageStatus.QUEUED, "next_at": now, "stale_at": stale_at, "created_at": now,
        "address": address, "subject": "", "attempts": 0, "error": "",
    }  # fmt: skip


def due(session: Session, channel: str, *, now: datetime, limit: int) -> list[int]:
    """Ids of the next messages to take out: those whose sender died first, then those whose time has come."""
    cut_off = select(Message.id).where(Message.status == MessageStatus.SENDING, Message.channel == channel)
    found = list(session.scalars(cut_off.order_by(Message.id).limit(limit)))
    waiting = select(Message.id).where(
        Message.status == MessageStatus.QUEUED, Message.next_at <= now, Message.channel == channel
    )
    return found + list(session.scalars(waiting.order_by(Message.next_at, Message.id).limit(limit - len(found))))


def oldest_due(session: Session, *, now: datetime) -> datetime | None:
    """The time of the message that has been due longest, whatever its channel; None when none is due."""
    waiting = Message.status.in_([MessageStatus.QUEUED, MessageStatus.SENDING])
    return session.scalar(select(func.min(Message.next_at)).where(waiting, Message.next_at <= now))


def claim(session: Session, ids: Sequence[int], *, now: datetime) -> list[Parcel]:
    """Take messages out: fix their address, freeze their bytes, and mark them as being sent.

    What is stale, has nothing left to tell or has nowhere to go ends here and is left out.
    """
    statement = select(Message).where(
        Message.id.in_(ids), Message.status.in_([MessageStatus.QUEUED, MessageStatus.SENDING])
    )
    rows = list(session.scalars(statement.order_by(Message.id).with_for_update()))
    fresh = [row for row in rows if not _stale(row, now)]
    places = _addressed(session, fresh)
    bytes_of = compose.frozen(session, [row for row in fresh if row.id in places], places, now=now)
    return [parcel for row in fresh if (parcel := _taken(row, places.get(row.id), bytes_of, now)) is not None]


def record(session: Session, parcel: Parcel, answer: Answer, *, now: datetime) -> None:
    """Write down an attempt and what follows from it."""
    row = _locked(session, parcel.message_id)
    row.attempts += 1
    row.error = "" if answer.outcome is Outcome.SENT else answer.detail
    _note(session, row, answer, now)
    if answer.outcome is Outcome.SENT:
        row.status, row.sent_at = MessageStatus.SENT, now
    elif answer.outcome is Outcome.PASSING:
        row.status, row.next_at = MessageStatus.QUEUED, now + pause(row.attempts)
    else:
        row.status = MessageStatus.FAILED
    if answer.silent:
        hold(session, row.channel, row.next_at)
    if answer.bad_address and row.recipient_id is not None:
        preferences.mark_bounced(session, row.recipient_id, parcel.address, now=now)


def hold(session: Session, channel: str, until: datetime) -> None:
    """Let everything that could go before by `channel` wait until `until`: its server does not answer.

    What was claimed and not tried goes back to the queue with it.
    """
    ready = or_(
        Message.status == MessageStatus.SENDING, and_(Message.status == MessageStatus.QUEUED, Message.next_at < until)
    )
    session.execute(
        update(Message)
        .where(Message.channel == channel, ready)
        .values(status=MessageStatus.QUEUED, next_at=until)
        .execution_options(synchronize_session=False)
    )


def break_off(session: Session, message_id: int, error: str, *, now: datetime) -> None:
    """End a message that cannot be composed, so that it stops nobody else's."""
    row = _locked(session, message_id)
    row.status, row.error = MessageStatus.FAILED, error[:500]
    _note(session, row, Answer(Outcome.PERMANENT, "compose", row.error), now)


def pause(attempts: int) -> timedelta:
    """How long to wait after so many attempts: 1, 2, 4 … 60 minutes."""
    return timedelta(minutes=min(2 ** min(attempts - 1, 10), LONGEST_PAUSE))


def _stale(row: Message, now: datetime) -> bool:
    if row.stale_at is None or now < row.stale_at:
        return False
    row.status, row.error = MessageStatus.CANCELLED, STALE
    return True


def _addressed(session: Session, rows: Sequence[Message]) -> dict[int, compose.Place]:
    """Message id → where it goes. What was composed goes to the address it was composed for."""
    ids = [row.recipient_id for row in rows]
    people = _by_id(session, Person, ids)
    refused = {key: row.bounced_address for key, row in _by_id(session, Preference, ids).items()}
    hooks = _by_id(session, Webhook, [row.webhook_id for row in rows])
    found = {
        row.id: _outside(row)
        or (
            _hooked(people.get(row.recipient_id or 0), hooks.get(row.webhook_id or 0))
            if row.channel == preferences.WEBHOOK
            else _mailed(row, people.get(row.recipient_id or 0), refused.get(row.recipient_id or 0))
        )
        for row in rows
    }
    return {key: place for key, place in found.items() if place is not None}


def _by_id(session: Session, model: type[Row], ids: Sequence[int | None]) -> dict[int, Row]:
    key = inspect(model).primary_key[0]
    found = session.execute(select(key, model).where(key.in_({one for one in ids if one is not None})))
    return {row[0]: row[1] for row in found}


def _outside(row: Message) -> compose.Place | None:
    """Where a message goes that is for nobody of the directory."""
    if row.recipient_id is not None or row.webhook_id is not None or not row.address:
        return None
    return compose.Place("", row.address)


def _hooked(person: Person | None, hook: Webhook | None) -> compose.Place | None:
    if hook is None or hook.disabled_at is not None:
        return None
    return compose.Place(person.name if person else "", hook.url, hook.secret)


def _mailed(row: Message, person: Person | None, refused: str | None) -> compose.Place | None:
    if person is None or person.disabled_at is not None:
        return None
    address = row.address or person.email
    fits = ADDRESS.fullmatch(address) is not None and preferences.usable(address, refused)
    return compose.Place(person.name, address) if fits else None


def _taken(
    row: Message, place: compose.Place | None, bytes_of: Mapping[int, compose.Frozen | None], now: datetime
) -> Parcel | None:
    frozen = bytes_of.get(row.id)
    if place is None:
        row.status, row.error = MessageStatus.FAILED, NOWHERE
        return None
    if frozen is None:
        row.status, row.error = MessageStatus.CANCELLED, NOTHING_LEFT
        return None
    row.status, row.address, row.next_at = MessageStatus.SENDING, place.address, now
    row.subject, row.content = frozen.subject, frozen.content
    return Parcel(row.id, row.channel, place.address, row.internet_id, frozen.content, place.secret)


def _locked(session: Session, message_id: int) -> Message:
    return session.scalars(select(Message).where(Message.id == message_id).with_for_update()).one()


def _note(session: Session, row: Message, answer: Answer, now: datetime) -> None:
    attempt = DeliveryAttempt(message_id=row.id, at=now, outcome=answer.outcome, code=answer.code, detail=answer.detail)
    session.add(attempt)
