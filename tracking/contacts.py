"""Quick contacts: calls, messages and small questions, which show workload and never move a milestone."""

from dataclasses import dataclass
from datetime import date
from datetime import datetime
from typing import Any

from sqlalchemy import Select
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import history
from db import paging
from db.actor import Actor
from db.errors import Conflict
from db.errors import InvalidData
from db.errors import NotFound
from directory import access
from directory import entities
from directory.principal import Principal
from tracking import evidence
from tracking import trace
from tracking.models import QuickContact

CHANNELS = {
    "call": "Llamada",
    "message": "Mensaje",
    "email": "Correo electrónico",
    "video_call": "Videollamada",
    "in_person": "En persona",
    "documents": "Intercambio de documentos",
}

MAX_MINUTES = 24 * 60

KEYS = (paging.Key(QuickContact.occurred_on, descending=True), paging.Key(QuickContact.id, descending=True))
SCOPE = access.ScopeColumns(
    entity_id=QuickContact.entity_id, region_id=QuickContact.region_id, people=(QuickContact.advisor_id,)
)


@dataclass(frozen=True, slots=True)
class Filters:
    """Which contacts to list; what is empty does not filter."""

    entity_id: int | None = None
    advisor_id: int | None = None
    channel: str = ""
    since: date | None = None
    until: date | None = None


def register(
    session: Session, *, entity_id: int, channel: str, topic: str, minutes: int, occurred_on: date, by: Principal,
    now: datetime,
) -> QuickContact:  # fmt: skip
    """Keep one contact. Raises NotFound, NotAllowed, InvalidData (`channel`, `topic`, `minutes`, `occurred_on`)."""
    entities.get(session, entity_id)
    region_id = entities.region_of(session, entity_id)
    actor = access.demand(by, "contact.write", access.Subject(entity_id=entity_id, region_id=region_id))
    if channel not in CHANNELS:
        raise InvalidData({"channel": ["Elija el canal del contacto."]})
    if not 1 <= minutes <= MAX_MINUTES:
        raise InvalidData({"minutes": [f"Escriba entre 1 y {MAX_MINUTES} minutos."]})
    row = QuickContact(
        channel=channel,
        topic=trace.required(topic, "topic", "Escriba el tema del contacto."),
        entity_id=entity_id,
        region_id=region_id,
        minutes=minutes,
        occurred_on=evidence.check_past(occurred_on, "occurred_on", now=now),
        registered_at=now,
        advisor_id=by.person_id,
    )
    session.add(row)
    session.flush()
    _record(session, row, "contact.registered", f"Registró un contacto: {row.topic}.", actor, now)
    return row


def annul(session: Session, contact_id: int, *, reason: str, by: Principal, now: datetime) -> QuickContact:
    """Take a contact back. Raises NotFound, NotAllowed, InvalidData (`reason`), Conflict when it was annulled."""
    statement = select(QuickContact).where(QuickContact.id == contact_id).with_for_update()
    row = session.scalars(statement).one_or_none()
    if row is None:
        raise NotFound("el contacto", contact_id)
    subject = access.Subject(entity_id=row.entity_id, region_id=row.region_id, people=frozenset({row.advisor_id}))
    actor = access.demand(by, "contact.write", subject)
    if row.annulled_at is not None:
        raise Conflict("Este contacto ya se anuló.", code="contact_annulled")
    row.annulment_reason = trace.required(reason, "reason", "Escriba por qué anula el contacto.")
    row.annulled_at, row.annulled_by = now, by.person_id
    session.flush()
    _record(session, row, "contact.annulled", "Anuló el contacto.", actor, now, reason)
    return row


def listing(
    session: Session, by: Principal, filters: Filters, *, limit: int = paging.DEFAULT_LIMIT, cursor: str = ""
) -> paging.Page[QuickContact]:
    """The contacts that `by` may read and that stand, newest first."""
    statement = access.visible(_matching(filters), by, "plan.read", SCOPE)
    return paging.page(session, statement, KEYS, limit=limit, cursor=cursor)


def _matching(filters: Filters) -> Select[Any]:
    statement = select(QuickContact).where(QuickContact.annulled_at.is_(None))
    for name in ("entity_id", "advisor_id", "channel"):
        value = getattr(filters, name)
        if value not in ("", None):
            statement = statement.where(getattr(QuickContact, name) == value)
    if filters.since is not None:
        statement = statement.where(QuickContact.occurred_on >= filters.since)
    if filters.until is not None:
        statement = statement.where(QuickContact.occurred_on <= filters.until)
    return statement


def _record(
    session: Session, row: QuickContact, action: str, summary: str, by: Actor, now: datetime, reason: str = ""
) -> None:
    subject = history.Subject("quick_contact", row.id)
    history.record(session, subject, action, by=by, now=now, summary=summary, reason=reason)
