"""What comes back, matched with what was sent: the message by its Message-ID, and whom it was for by the address.

A message refused for good is noted as whoever reads the mailbox would by hand; a delay is one more attempt. Reading the
same notification again changes nothing: each attempt carries the identity of the notification that told it.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.actor import SYSTEM
from db.paging import DEFAULT_LIMIT
from db.paging import Key
from db.paging import Page
from db.paging import page
from directory import access
from directory.principal import Principal
from notifications import postmaster
from notifications import preferences
from notifications.models import DeliveryAttempt
from notifications.models import Message
from notifications.models import MessageStatus
from notifications.returned import Action
from notifications.returned import Fate
from notifications.returned import Kind
from notifications.returned import Returned
from notifications.senders import Outcome
from notifications.senders import refusals

CAME_BACK = (Outcome.BOUNCED, Outcome.DELAYED)


class Result(StrEnum):
    """What was done with a notification."""

    BOUNCED = "bounced"  # refused for good: message and address are marked
    EXPIRED = "expired"  # given up, or refused for what is not the address: the message is marked, its address is not
    DELAYED = "delayed"  # written down as an attempt
    KNOWN = "known"  # noted before, by this notification or by hand
    ARRIVED = "arrived"  # it says that the message arrived
    AUTOMATIC = "automatic"  # an automatic answer of a person's mail
    UNMATCHED = "unmatched"  # about no message that was sent from here to that address
    OTHER = "other"  # no notification: somebody has to read it
    EARLY = "early"  # faster than the answer to what we sent: to be read again in a while


TO_BE_READ = frozenset({Result.UNMATCHED, Result.OTHER})


@dataclass(frozen=True, slots=True)
class Taken:
    """What was done, and about what: `message_id` is None where nothing matches."""

    result: Result
    message_id: int | None = None
    address: str = ""
    code: str = ""


def take(session: Session, returned: Returned, *, now: datetime) -> list[Taken]:
    """Note what a message that came in says of ours: one answer for each recipient that it names. Never refuses."""
    if returned.kind is not Kind.STATUS:
        return [Taken(Result.AUTOMATIC if returned.kind is Kind.AUTOMATIC else Result.OTHER)]
    statement = select(Message).where(Message.internet_id.in_(returned.originals), Message.channel == preferences.EMAIL)
    rows = list(session.scalars(statement.order_by(Message.id).with_for_update()))
    return [_settled(session, rows, fate, returned.reference, now) for fate in returned.fates]


def listed(session: Session, *, by: Principal, limit: int = DEFAULT_LIMIT, cursor: str = "") -> Page[DeliveryAttempt]:
    """What came back or was held up on its way, the newest first. Raises NotAllowed."""
    access.demand(by, "message.read")
    statement = select(DeliveryAttempt).where(DeliveryAttempt.outcome.in_(CAME_BACK))
    return page(session, statement, [Key(DeliveryAttempt.id, descending=True)], limit=limit, cursor=cursor)


def messages_of(session: Session, attempts: list[DeliveryAttempt]) -> dict[int, Message]:
    """The messages of some attempts, by id."""
    rows = session.scalars(select(Message).where(Message.id.in_({row.message_id for row in attempts})))
    return {row.id: row for row in rows}


def _settled(session: Session, rows: list[Message], fate: Fate, reference: str, now: datetime) -> Taken:
    row = next((one for one in rows if one.address.casefold() in fate.addresses), None)
    if row is None:
        return Taken(Result.UNMATCHED, None, min(fate.addresses), fate.code)
    return Taken(_noted(session, row, fate, reference, now), row.id, row.address, fate.code)


def _noted(session: Session, row: Message, fate: Fate, reference: str, now: datetime) -> Result:
    detail = f"{fate.detail} [{reference}]".strip()
    if fate.action is Action.ARRIVED:
        return Result.ARRIVED
    if _known(session, row, reference):
        return Result.KNOWN
    if fate.action is Action.DELAYED:
        postmaster.note(session, row, Outcome.DELAYED, fate.code, detail, now=now)
        return Result.DELAYED
    if row.status == MessageStatus.SENDING:
        return Result.EARLY
    if row.status not in (MessageStatus.SENT, MessageStatus.QUEUED) or row.recipient_id is None:
        return Result.KNOWN
    refused = fate.action is Action.REFUSED and refusals.nobody_there(fate.code, fate.detail)
    postmaster.came_back(session, row, detail, code=fate.code, refused=refused, by=SYSTEM, now=now)
    return Result.BOUNCED if refused else Result.EXPIRED


def _known(session: Session, row: Message, reference: str) -> bool:
    """Whether this notification was noted before. Its identity ends the words of its attempt."""
    told = select(DeliveryAttempt.id).where(
        DeliveryAttempt.message_id == row.id, DeliveryAttempt.detail.endswith(f"[{reference}]", autoescape=True)
    )
    return session.scalar(told.limit(1)) is not None
