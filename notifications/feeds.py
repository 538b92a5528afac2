"""Private, revocable addresses at which calendar programs read what somebody owes."""

from dataclasses import dataclass
from datetime import datetime
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy import update
from sqlalchemy.orm import Session

from db.actor import Actor
from db.errors import InvalidData
from db.errors import NotFound
from directory import secrets
from directory import trace
from notifications.models import CalendarFeed

MOST = 10
"""Feeds that one person may have at once."""

READ_EVERY = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Opened:
    """A new feed. `secret` is shown once; it is part of the address."""

    secret: str
    row: CalendarFeed


def open_(session: Session, person_id: int, name: str, *, team: bool, by: Actor, now: datetime) -> Opened:
    """A feed called `name` of what a person owes, or of what their team does. Raises NotFound, InvalidData (`name`)."""
    person = trace.lock(session, person_id)
    if not name.strip():
        raise InvalidData({"name": ["Diga dónde la usará, por ejemplo «Calendario del teléfono»."]})
    if sum(row.revoked_at is None for row in of(session, person_id)) >= MOST:
        raise InvalidData({"name": [f"Ya tiene {MOST} suscripciones: revoque alguna antes."]})
    secret = secrets.new()
    row = CalendarFeed(
        owner_id=person_id, name=name.strip(), team=team, token_hash=secrets.digest(secret), created_at=now
    )
    session.add(row)
    session.flush()
    summary = f"Creó la suscripción de calendario «{row.name}» de {person.name}."
    trace.record(session, person_id, "feed.opened", summary, by=by, now=now, team=team)
    return Opened(secret, row)


def of(session: Session, person_id: int) -> list[CalendarFeed]:
    """Every feed of a person, newest first."""
    statement = select(CalendarFeed).where(CalendarFeed.owner_id == person_id)
    return list(session.scalars(statement.order_by(CalendarFeed.id.desc())))


def find(session: Session, secret: str) -> CalendarFeed:
    """The feed at this address. Raises NotFound when there is none or it was revoked, without telling which."""
    row = session.scalars(select(CalendarFeed).where(CalendarFeed.token_hash == secrets.digest(secret))).one_or_none()
    if row is None or row.revoked_at is not None:
        raise NotFound("la suscripción", "")
    return row


def needs_touch(row: CalendarFeed, *, now: datetime) -> bool:
    """Whether it is time to write that the feed was read."""
    return row.read_at is None or now - row.read_at >= READ_EVERY


def touch(session: Session, feed_id: int, *, now: datetime) -> None:
    """Write that the feed was read now; it must be called in a transaction."""
    session.execute(update(CalendarFeed).where(CalendarFeed.id == feed_id).values(read_at=now))


def revoke(session: Session, person_id: int, feed_id: int, *, by: Actor, now: datetime) -> None:
    """Close a feed of a person at once. Does nothing when it already was. Raises NotFound when it is not theirs."""
    row = session.get(CalendarFeed, feed_id)
    if row is None or row.owner_id != person_id:
        raise NotFound("la suscripción", feed_id)
    person = trace.lock(session, person_id)
    if row.revoked_at is None:
        row.revoked_at = now
        session.flush()
        summary = f"Revocó la suscripción de calendario «{row.name}» de {person.name}."
        trace.record(session, person_id, "feed.revoked", summary, by=by, now=now)
