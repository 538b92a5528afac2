"""What a message told its reader: how lists show just that."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.principal import Principal
from notifications.models import Message
from notifications.models import Reminder
from notifications.models import ReminderStatus

MOST_TOLD = 100


@dataclass(frozen=True, slots=True)
class Told:
    """Which rows of one source a message told, without those that it told in full."""

    message_id: int
    without: tuple[int, ...] = ()


def ids(session: Session, by: Principal, source: str, told: Told) -> list[int]:
    """The rows of `source` that a message to `by` told; none of a message to somebody else."""
    statement = (
        select(Reminder.source_id)
        .join(Message, Message.id == Reminder.message_id)
        .where(
            Message.id == told.message_id, Message.recipient_id == by.person_id, Reminder.source == source,
            Reminder.status == ReminderStatus.TOLD,
        )
        .distinct()
    )  # fmt: skip
    return sorted(set(session.scalars(statement)) - set(told.without))


def without(text: str) -> tuple[int, ...]:
    """The numbers of «12.15.18», as an address names what it leaves out; what is no number is passed over."""
    parts: Collection[str] = text.split(".")[:50]
    return tuple(int(part) for part in parts if part.isdecimal() and len(part) < 19)


def reminded(session: Session, source: str, source_id: int) -> list[Reminder]:
    """Whom something was told of, and by which message, the newest first."""
    statement = select(Reminder).where(
        Reminder.source == source, Reminder.source_id == source_id, Reminder.status == ReminderStatus.TOLD
    )
    return list(session.scalars(statement.order_by(Reminder.id.desc()).limit(MOST_TOLD)))
