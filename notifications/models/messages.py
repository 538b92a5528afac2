"""Who is told what: reminders, the messages that carry them, how people want them, and private calendar feeds."""

from datetime import date
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy import Index
from sqlalchemy import LargeBinary
from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import deferred
from sqlalchemy.orm import mapped_column

from db.base import Base
from db.base import BigId
from db.base import Id
from db.privacy import CONTACT
from db.privacy import CONTENT
from db.privacy import SECRET
from db.types import Json
from db.types import UtcDateTime


class ReminderStatus(StrEnum):
    """What became of a reminder."""

    QUEUED = "queued"  # its message has not been composed yet
    TOLD = "told"  # it stands in a message that was composed
    DROPPED = "dropped"  # what it was about ended before, or a later rung took its place


class MessageStatus(StrEnum):
    """Where a message stands."""

    QUEUED = "queued"
    SENDING = "sending"  # claimed by a sender; its bytes are frozen
    SENT = "sent"
    FAILED = "failed"  # refused for good, or tried for too long
    CANCELLED = "cancelled"  # nothing in it mattered any more


class Reminder(Base):
    """One rung for one person: unique, so that nobody is told twice.

    `source` says which room asked (`obligation`, `task`), `source_id` its row, `version` the version of that row.
    """

    __tablename__ = "reminder"
    __table_args__ = (
        UniqueConstraint("source", "source_id", "version", "rung", "recipient_id"),
        Index("ix_reminder_message_id", "message_id"),
    )

    id: Mapped[Id]
    source: Mapped[str]
    source_id: Mapped[int] = mapped_column(BigId)
    version: Mapped[int]
    rung: Mapped[str]  # D-5, D0, D+1, new, returned…
    recipient_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    on_behalf_of: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # whose duty it is, told to a delegate
    day: Mapped[date]  # the working day it was for
    status: Mapped[ReminderStatus]
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Message(Base):
    """The outbox. A row is written in the transaction of what it tells; one sender takes it out.

    `key` is unique (`digest:<person>:<day>`), so the same thing is never enqueued twice. `internet_id` and `dated_at`
    are fixed when it is enqueued, `content` (the bytes on the wire) at its first claim. `stale_at` is when it no longer
    makes sense to send it.
    """

    __tablename__ = "message"
    __table_args__ = (
        Index("ix_message_status_next_at_id", "status", "next_at", "id"),
        Index("ix_message_recipient_id_id", "recipient_id", "id"),
    )

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]  # which template composes it: `digest`, `test`, `event`
    channel: Mapped[str]  # `email` or `webhook`
    recipient_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    webhook_id: Mapped[int | None] = mapped_column(ForeignKey("webhook.id"))
    address: Mapped[str] = mapped_column(default="", info=CONTACT)  # where it went; fixed at its first claim
    subject: Mapped[str] = mapped_column(default="", info=CONTENT)
    context: Mapped[dict[str, Any]] = mapped_column(Json, info=CONTENT)
    internet_id: Mapped[str]  # the Message-ID
    dated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    content: Mapped[bytes | None] = deferred(mapped_column(LargeBinary, info=CONTENT))
    status: Mapped[MessageStatus]
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime] = mapped_column(UtcDateTime)
    stale_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str] = mapped_column(default="", info=CONTENT)


class DeliveryAttempt(Base):
    """One attempt to send a message, and what the other side answered."""

    __tablename__ = "delivery_attempt"

    id: Mapped[Id]
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    outcome: Mapped[str]  # `sent`, `passing`, `permanent`, `bounced`, `delayed`
    code: Mapped[str] = mapped_column(default="")
    detail: Mapped[str] = mapped_column(default="", info=CONTACT)


class Preference(Base):
    """How a person wants to be told; who has no row is told by mail at the usual hour."""

    __tablename__ = "notification_preference"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    digest_hour: Mapped[int]
    channel: Mapped[str]  # `email`, `webhook` or `none` (only what is overdue)
    bounced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # since when an address refuses…
    # …and which: another one is used
    bounced_address: Mapped[str] = mapped_column(default="", server_default="", info=CONTACT)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Webhook(Base):
    """An address of another system that is told by signed requests."""

    __tablename__ = "webhook"

    id: Mapped[Id]
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    url: Mapped[str] = mapped_column(info=CONTACT)
    secret: Mapped[str] = mapped_column(info=SECRET)  # key of the signature; shown once
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class CalendarFeed(Base):
    """A private, revocable iCalendar address. A `team` feed shows what the owner may see of others."""

    __tablename__ = "calendar_feed"

    id: Mapped[Id]
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str]
    team: Mapped[bool]
    token_hash: Mapped[str] = mapped_column(unique=True, info=SECRET)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
