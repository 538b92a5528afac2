"""How each person wants to be told: at which hour, by which channel; and which addresses no longer serve."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlalchemy import Select
from sqlalchemy import and_
from sqlalchemy import func
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.actor import Actor
from db.errors import InvalidData
from db.errors import NotFound
from db.errors import NotNow
from db.once import insert_new
from db.paging import Key
from db.paging import Page
from db.paging import page
from directory import people
from directory import secrets
from directory import trace
from directory.models import Person
from notifications.models import Preference
from notifications.models import Webhook
from notifications.webhook_address import Checked

EARLIEST, USUAL, LATEST = 7, 8, 17
EMAIL, WEBHOOK, NONE = "email", "webhook", "none"
CHANNELS = {
    EMAIL: "Por correo, todo lo que me corresponde",
    NONE: "Por correo, sólo lo que está vencido",
    WEBHOOK: "A otro sistema, por un webhook",
}


@dataclass(frozen=True, slots=True)
class Wish:
    """How somebody is told. `bounced` is an address that refused a message, while it is still theirs."""

    digest_hour: int = USUAL
    channel: str = EMAIL
    bounced_at: datetime | None = None
    webhook: Webhook | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """By which way a person is reached now; `only_overdue` when they want nothing else."""

    person_id: int
    channel: str
    webhook_id: int | None = None
    only_overdue: bool = False


def of(session: Session, person_id: int) -> Wish:
    """What a person wants; the usual, where they never said."""
    row, person = session.get(Preference, person_id), people.get(session, person_id)
    hook = webhook_of(session, person_id)
    if row is None:
        return Wish(webhook=hook)
    bounced = row.bounced_at if row.bounced_address == person.email else None
    return Wish(row.digest_hour, row.channel, bounced, hook)


def change(session: Session, person_id: int, digest_hour: int, channel: str, *, now: datetime) -> Preference:
    """Say how one wants to be told. Raises InvalidData (`digest_hour`, `channel`)."""
    problems = {}
    if not EARLIEST <= digest_hour <= LATEST:
        problems["digest_hour"] = [f"Elija una hora entre las {EARLIEST} a. m. y las {LATEST - 12} p. m."]
    if channel not in CHANNELS:
        problems["channel"] = ["Elija un medio de la lista."]
    if channel == WEBHOOK and webhook_of(session, person_id) is None:
        problems["channel"] = ["Registre primero la dirección del webhook."]
    if problems:
        raise InvalidData(problems)
    row = _row(session, person_id, now)
    row.digest_hour, row.channel, row.changed_at = digest_hour, channel, now
    return row


def webhook_of(session: Session, person_id: int) -> Webhook | None:
    """The webhook that a person uses."""
    statement = select(Webhook).where(Webhook.owner_id == person_id, Webhook.disabled_at.is_(None))
    return session.scalars(statement.order_by(Webhook.id.desc()).limit(1)).first()


def set_webhook(session: Session, person_id: int, address: Checked, *, by: Actor, now: datetime) -> Webhook:
    """Use the webhook at `address` from now on, in place of any other; its `secret` is shown once."""
    _disable(session, person_id, now)
    row = Webhook(owner_id=person_id, url=address.url, secret=secrets.new(), created_at=now)
    session.add(row)
    session.flush()
    _record(session, person_id, "webhook.set", f"Registró un webhook hacia {address.host}.", by, now)
    return row


def drop_webhook(session: Session, person_id: int, *, by: Actor, now: datetime) -> None:
    """Use no webhook any more; who was told by it is told by mail. Raises NotFound."""
    if webhook_of(session, person_id) is None:
        raise NotFound("el webhook de", person_id)
    _disable(session, person_id, now)
    row = session.get(Preference, person_id)
    if row is not None and row.channel == WEBHOOK:
        row.channel, row.changed_at = EMAIL, now
    _record(session, person_id, "webhook.dropped", "Retiró su webhook.", by, now)


def mark_bounced(session: Session, person_id: int, address: str, *, now: datetime) -> None:
    """Note that `address` refused a message: it is not used until the person has another, or `trust` is called."""
    row = _row(session, person_id, now)
    row.bounced_at, row.bounced_address = now, address


def trust(session: Session, person_id: int, *, reason: str = "", by: Actor, now: datetime) -> None:
    """Use the address of a person again. Raises NotNow when it was not marked."""
    row = session.get(Preference, person_id)
    if row is None or row.bounced_at is None:
        raise NotNow("El correo de esta persona no estaba marcado.", code="not-bounced")
    address, row.bounced_at, row.bounced_address = row.bounced_address, None, ""
    summary = f"Indicó que el correo {address} vuelve a servir."
    _record(session, person_id, "address.trusted", summary, by, now, reason)


def forget_former(session: Session, person_id: int) -> None:
    """Drop the mark of an address that is not theirs any more: should it be so again, it is tried anew."""
    row = session.get(Preference, person_id)
    if row is not None and row.bounced_at is not None and row.bounced_address != people.get(session, person_id).email:
        row.bounced_at, row.bounced_address = None, ""


def usable(address: str, bounced: str | None) -> bool:
    """Whether mail may be sent to `address`, when the one that refused is `bounced`."""
    return bool(address) and address != bounced


def routes(
    session: Session, condition: ColumnElement[bool], *, after: int, limit: int
) -> list[tuple[int, Route | None]]:
    """Active people that satisfy `condition`, from the id `after` on: how each is reached, None when they cannot be."""
    hook = (
        select(func.max(Webhook.id))
        .where(Webhook.owner_id == Person.id, Webhook.disabled_at.is_(None))
        .scalar_subquery()
    )
    statement = (
        select(Person.id, Person.email, Preference.channel, Preference.bounced_address, hook.label("hook"))
        .join(Preference, Preference.person_id == Person.id, isouter=True)
        .where(Person.id > after, Person.disabled_at.is_(None), condition)
        .order_by(Person.id)
        .limit(limit)
    )
    rows = session.execute(statement)
    return [(row.id, _route(row.id, row.email, row.channel, row.bounced_address, row.hook)) for row in rows]


def route_of(session: Session, person_id: int) -> Route | None:
    """How a person is reached now; None when they cannot be, or are active no more."""
    found = routes(session, Person.id == person_id, after=0, limit=1)
    return found[0][1] if found else None


def unreachable(session: Session, *, limit: int, cursor: str) -> Page[Person]:
    """Active people whom no message can reach: without an address, or whose address refused one."""
    return page(session, _unreachable(), [Key(Person.search_name), Key(Person.id)], limit=limit, cursor=cursor)


def count_unreachable(session: Session) -> int:
    """How many active people no message can reach."""
    return session.scalar(select(func.count()).select_from(_unreachable().subquery())) or 0


def bounced_since(session: Session, ids: Collection[int]) -> dict[int, datetime]:
    """Person → since when an address of theirs refuses messages; without those of whom none ever did."""
    statement = select(Preference.person_id, Preference.bounced_at)
    found = session.execute(statement.where(Preference.person_id.in_(ids), Preference.bounced_at.is_not(None)))
    return {person_id: at for person_id, at in found if at is not None}


def digest_hour() -> ColumnElement[int]:
    """The hour from which a person wants the digest; for statements that join `Preference`."""
    return func.coalesce(Preference.digest_hour, USUAL)


def _unreachable() -> Select[Person]:
    hooked = select(Webhook.id).where(Webhook.owner_id == Person.id, Webhook.disabled_at.is_(None)).exists()
    refused = and_(Preference.bounced_at.is_not(None), Preference.bounced_address == Person.email)
    return (
        select(Person)
        .join(Preference, Preference.person_id == Person.id, isouter=True)
        .where(Person.disabled_at.is_(None), or_(Person.email == "", refused))
        .where(or_(Preference.channel.is_(None), Preference.channel != WEBHOOK, ~hooked))
    )


def _route(person_id: int, email: str, channel: str | None, bounced: str | None, hook: int | None) -> Route | None:
    if channel == WEBHOOK and hook is not None:
        return Route(person_id, WEBHOOK, hook)
    return Route(person_id, EMAIL, only_overdue=channel == NONE) if usable(email, bounced) else None


def _row(session: Session, person_id: int, now: datetime) -> Preference:
    usual = {
        "person_id": person_id, "digest_hour": USUAL, "channel": EMAIL, "bounced_address": "", "changed_at": now,
    }  # fmt: skip
    insert_new(session, Preference, [usual], "person_id")
    return session.get_one(Preference, person_id)


def _disable(session: Session, person_id: int, now: datetime) -> None:
    for row in session.scalars(select(Webhook).where(Webhook.owner_id == person_id, Webhook.disabled_at.is_(None))):
        row.disabled_at = now


def _record(
    session: Session, person_id: int, action: str, summary: str, by: Actor, now: datetime, reason: str = ""
) -> None:
    trace.lock(session, person_id)
    trace.record(session, person_id, action, summary, reason=reason, by=by, now=now)
