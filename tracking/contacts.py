"""Quick contacts: calls, messages and small questions, which show workload and never move a milestone."""

from dataclasses import dataclass
from dataclasses import replace
from datetime import date
from datetime import datetime
from typing import Any

from sqlalchemy import Select
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import history
from db import paging
from db import rows
from db.actor import Actor
from db.clock import local_date
from db.errors import Conflict
from db.errors import InvalidData
from directory import access
from directory import coverage
from directory import entities
from directory.models import Entity
from directory.principal import Principal
from directory.rules import DIRECTORS
from directory.searching import standing
from directory.searching import words
from tracking import advisory_doubts
from tracking import evidence
from tracking import trace
from tracking import work_plans
from tracking.models import Product
from tracking.models import QuickContact
from tracking.models import WorkPlan

CHANNELS = {
    "call": "Llamada",
    "message": "Mensaje",
    "email": "Correo electrónico",
    "video_call": "Videollamada",
    "in_person": "En persona",
    "documents": "Intercambio de documentos",
}

MAX_TOPIC = 500  # characters: it is a line of a list
MAX_MINUTES = 24 * 60

KEYS = (paging.Key(QuickContact.occurred_on, descending=True), paging.Key(QuickContact.id, descending=True))
SCOPE = access.ScopeColumns(
    entity_id=QuickContact.entity_id, region_id=QuickContact.region_id, people=(QuickContact.advisor_id,)
)


STATUSES = ("standing", "annulled")


@dataclass(frozen=True, slots=True)
class Filters:
    """Which contacts to list; what is empty does not filter. `status` is one of STATUSES: those that stand or not."""

    text: str = ""
    entity_id: int | None = None
    advisor_id: int | None = None
    channel: str = ""
    status: str = "standing"
    since: date | None = None
    until: date | None = None


def may_register(session: Session, by: Principal, entity_id: int) -> bool:
    """Whether `by` may register a contact with an entity: because of the entity, or of a plan that runs in it."""
    grounds = _grounds(session, entity_id, entities.region_of(session, entity_id))
    return any(access.allowed(by, "contact.write", ground) for ground in grounds)


def entities_to_contact(session: Session, by: Principal, on: date) -> set[int]:
    """The entities whose contacts fall to `by`: those that they attend on a day, and those of the running plans in
    which they may write."""
    mine = select(WorkPlan.entity_id).join(Product, Product.id == WorkPlan.product_id)
    mine = access.visible(mine.where(WorkPlan.status.in_(trace.RUNNING)), by, "contact.write", work_plans.SCOPE)
    return {*coverage.entities_of(session, by.person_id, on), *session.scalars(mine.distinct())}


def register(
    session: Session, *, entity_id: int, channel: str, topic: str, minutes: int, occurred_on: date, by: Principal,
    now: datetime, confirmed: bool = False,
) -> QuickContact:  # fmt: skip
    """Keep one contact. `confirmed` says that it is another one than what is registered already with the same words.

    Raises NotFound, NotAllowed, InvalidData (`channel`, `topic`, `minutes`, `occurred_on`, `confirmed`).
    """
    entities.get(session, entity_id)
    region_id = entities.region_of(session, entity_id)
    actor = _demand(session, by, entity_id, region_id)
    errors = problems(channel, topic, minutes, occurred_on, now=now)
    if errors:
        raise InvalidData(errors)
    row = QuickContact(
        channel=channel,
        topic=topic.strip(),
        entity_id=entity_id,
        region_id=region_id,
        minutes=minutes,
        occurred_on=occurred_on,
        registered_at=now,
        advisor_id=by.person_id,
    )
    advisory_doubts.demand_none(advisory_doubts.of_contact(session, row, by=by, now=now), confirmed=confirmed)
    session.add(row)
    session.flush()
    _record(session, row, "contact.registered", f"Registró una interacción: {row.topic}.", actor, now)
    return row


def problems(channel: str, topic: str, minutes: int, occurred_on: date, *, now: datetime) -> dict[str, list[str]]:
    """Everything that is wrong with what is said of a contact, by field."""
    errors: dict[str, list[str]] = {}
    if channel not in CHANNELS:
        errors["channel"] = ["Elija por dónde fue la interacción."]
    if not topic.strip():
        errors["topic"] = ["Escriba el tema."]
    elif len(topic.strip()) > MAX_TOPIC:
        errors["topic"] = [f"Acorte el tema: tiene {len(topic.strip())} caracteres y caben {MAX_TOPIC}."]
    if not 1 <= minutes <= MAX_MINUTES:
        errors["minutes"] = [f"Escriba entre 1 y {MAX_MINUTES} minutos."]
    if occurred_on > local_date(now):
        errors["occurred_on"] = [evidence.AHEAD]
    elif occurred_on < evidence.EARLIEST:
        errors["occurred_on"] = [evidence.LONG_AGO]
    return errors


def get(session: Session, contact_id: int, *, by: Principal) -> QuickContact:
    """The contact. Raises NotFound, NotAllowed unless `by` may read what is done in its entity."""
    row = rows.get(session, QuickContact, contact_id, "la interacción")
    seen = readable(select(QuickContact.id).where(QuickContact.id == contact_id), by)
    if session.scalar(seen) is None:
        access.demand(by, "plan.read", subject(row))
    return row


def readable(statement: Select[Any], by: Principal) -> Select[Any]:
    """`statement` over contacts narrowed to those that `by` may read.

    Whoever directs a unit reads, besides those of their scope, the contacts with the entities in which the unit has
    plans: they are part of what those plans cost (domain, problem 2: «visible como carga de trabajo»; and directors are
    among the users of what is followed up).
    """
    directing = tuple(grant for grant in by.grants if grant.role in DIRECTORS)
    if not directing:
        return access.visible(statement, by, "plan.read", SCOPE)
    own = access.visible(select(QuickContact.id), by, "plan.read", SCOPE)
    there = select(WorkPlan.entity_id).join(Product, Product.id == WorkPlan.product_id)
    plans = access.visible(there, replace(by, grants=directing), "plan.read", work_plans.SCOPE)
    return statement.where(or_(QuickContact.id.in_(own), QuickContact.entity_id.in_(plans)))


def subject(row: QuickContact) -> access.Subject:
    """Where a contact stands, for permissions."""
    return access.Subject(entity_id=row.entity_id, region_id=row.region_id, people=frozenset({row.advisor_id}))


def chain(contact_id: int) -> history.Subject:
    """The chain of history of a contact."""
    return history.Subject("quick_contact", contact_id)


def annul(session: Session, contact_id: int, *, reason: str, by: Principal, now: datetime) -> QuickContact:
    """Take a contact back: it stays, with the reason, and counts no more.

    Raises NotFound, NotAllowed, InvalidData (`reason`), Conflict when it was annulled.
    """
    row = rows.held(session, QuickContact, contact_id, "la interacción")
    actor = access.demand(by, "contact.correct", subject(row))
    if row.annulled_at is not None:
        raise Conflict("Esta interacción ya se anuló.", code="contact_annulled")
    row.annulment_reason = trace.reasoned(reason, "Escriba por qué anula la interacción.")
    row.annulled_at, row.annulled_by = now, by.person_id
    session.flush()
    _record(session, row, "contact.annulled", "Anuló la interacción.", actor, now, reason)
    return row


def listing(
    session: Session, by: Principal, filters: Filters, *, limit: int = paging.DEFAULT_LIMIT, cursor: str = ""
) -> paging.Page[QuickContact]:
    """The contacts that `by` may read, newest first; those that stand unless `filters` says otherwise."""
    statement = readable(_matching(filters), by)
    return paging.page(session, statement, KEYS, limit=limit, cursor=cursor)


def _demand(session: Session, by: Principal, entity_id: int, region_id: int | None) -> Actor:
    """`by` as the author of a contact. Raises NotAllowed when nothing in the entity gives them the right."""
    first, *plans = _grounds(session, entity_id, region_id)
    ground = next((one for one in (first, *plans) if access.allowed(by, "contact.write", one)), first)
    return access.demand(by, "contact.write", ground)


def _grounds(session: Session, entity_id: int, region_id: int | None) -> list[access.Subject]:
    """What a contact with an entity may be about: the entity itself, and each plan that runs in it."""
    running = select(WorkPlan).where(WorkPlan.entity_id == entity_id, WorkPlan.status.in_(trace.RUNNING))
    plans = session.scalars(running.order_by(WorkPlan.id)).all()
    place = access.Subject(entity_id=entity_id, region_id=region_id)
    return [place, *trace.scopes_of_plans(session, plans)]


def _matching(filters: Filters) -> Select[Any]:
    valid = QuickContact.annulled_at.is_(None)
    statement = select(QuickContact).where(~valid if filters.status == "annulled" else valid)
    for name in ("entity_id", "advisor_id", "channel"):
        value = getattr(filters, name)
        if value not in ("", None):
            statement = statement.where(getattr(QuickContact, name) == value)
    if filters.since is not None:
        statement = statement.where(QuickContact.occurred_on >= filters.since)
    if filters.until is not None:
        statement = statement.where(QuickContact.occurred_on <= filters.until)
    for word in words(filters.text):
        named = select(Entity.id).where(Entity.search_name.contains(word, autoescape=True))
        statement = statement.where(or_(standing(word, QuickContact.topic), QuickContact.entity_id.in_(named)))
    return statement


def _record(
    session: Session, row: QuickContact, action: str, summary: str, by: Actor, now: datetime, reason: str = ""
) -> None:
    history.record(session, chain(row.id), action, by=by, now=now, summary=summary, reason=reason)
