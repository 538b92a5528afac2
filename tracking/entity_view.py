"""Everything done in an entity, in one time line. It belongs to the entity and survives whoever advises it."""

from dataclasses import dataclass
from datetime import date
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy import Select
from sqlalchemy import and_
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy import true
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.orm import Session

from db import paging
from db.clock import local_date
from db.errors import InvalidData
from db.errors import NotAllowed
from db.history import HistoryRow
from directory import access
from directory import entities
from directory.models import Person
from directory.principal import Principal
from tracking import advisories
from tracking import advisory_places
from tracking import contacts
from tracking import work_plans
from tracking.models import Advisory
from tracking.models import AdvisoryEntity
from tracking.models import AdvisoryStatus
from tracking.models import Product
from tracking.models import QuickContact
from tracking.models import WorkPlan

Place = tuple[datetime, str, int]
"""Where an event stands among all: what happens at one instant is told apart by its kind and its number there."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened. `kind` is `plan`, `advisory`, `contact` or `coverage`, `id` its row (of the last one,
    the entity).

    `at` is when it was written down and orders the line, `day` the day on which it happened.
    `number` is that of the act: several acts may be about one row.
    """

    at: datetime
    day: date
    kind: str
    id: int
    number: int
    summary: str
    actor_name: str = ""
    product_name: str = ""
    reason: str = ""  # of an act; the contact of an entity is not told it

    @property
    def place(self) -> Place:
        """Where it stands; no two events stand in the same place."""
        return self.at, self.kind, self.number


def tells_who(session: Session, by: Principal, entity_id: int) -> bool:
    """Whether `by` reads who accompanies an entity: who reads people, and who reads its plans, as its contact does."""
    place = access.Subject(entity_id=entity_id, region_id=entities.region_of(session, entity_id))
    return access.may(by, "people.read") or access.allowed(by, "plan.read", place) is not None


def demand_line(session: Session, by: Principal, entity_id: int) -> None:
    """That something of what happened in an entity may be for `by`. Raises NotFound, NotAllowed."""
    if not tells_who(session, by, entities.get(session, entity_id).id):
        raise NotAllowed("Usted no tiene permiso para ver lo que se hizo en esta entidad.", action="plan.read")


def timeline(
    session: Session, by: Principal, entity_id: int, *, limit: int = paging.DEFAULT_LIMIT, cursor: str = ""
) -> paging.Page[Event]:
    """What happened in an entity as far as `by` may read it, newest first; `cursor` goes on after an earlier page.

    Raises NotFound for the entity, InvalidData for a bad cursor or limit.
    """
    paging.demand_limit(limit)
    after = _place(cursor) if cursor else None
    entities.get(session, entity_id)
    events = [
        event
        for read in (_of_plans, _of_advisories, _of_contacts, _of_coverage)
        for event in read(session, by, entity_id, after, limit + 1)
    ]
    events.sort(key=lambda event: event.place, reverse=True)
    shown = events[:limit]
    return paging.Page(shown, paging.encoded(list(shown[-1].place)) if len(events) > limit else "")


def _place(cursor: str) -> Place:
    at, kind, number = paging.decoded(cursor, 3)
    if not (isinstance(at, datetime) and at.tzinfo and isinstance(kind, str) and isinstance(number, int)):
        raise InvalidData({"cursor": ["El cursor no es válido; vuelva al comienzo de la lista."]})
    return at, kind, number


def _older(
    kind: str, at: InstrumentedAttribute[datetime], number: InstrumentedAttribute[int], after: Place | None
) -> ColumnElement[bool]:
    """Rows of `kind` that stand after the place `after` in the line."""
    if after is None:
        return true()
    instant, last_kind, last_number = after
    if kind == last_kind:
        return or_(at < instant, and_(at == instant, number < last_number))
    return at <= instant if kind < last_kind else at < instant


def _of_plans(session: Session, by: Principal, entity_id: int, after: Place | None, most: int) -> list[Event]:
    columns: tuple[Any, ...] = (WorkPlan.id, Product.name)
    mine = work_plans.matching(select(*columns), work_plans.Filters(entity_id=entity_id))
    plans = {row.id: row.name for row in session.execute(access.visible(mine, by, "plan.read", work_plans.SCOPE))}
    statement = select(HistoryRow).where(
        HistoryRow.subject_kind == "work_plan",
        HistoryRow.subject_id.in_(plans),
        HistoryRow.summary != "",
        _older("plan", HistoryRow.at, HistoryRow.id, after),
    )
    found = session.scalars(statement.order_by(HistoryRow.at.desc(), HistoryRow.id.desc()).limit(most))
    return [
        Event(row.at, local_date(row.at), "plan", row.subject_id, row.id, row.summary, row.actor_name,
              plans[row.subject_id], _why(row, by))
        for row in found
    ]  # fmt: skip


def _of_advisories(session: Session, by: Principal, entity_id: int, after: Place | None, most: int) -> list[Event]:
    columns: tuple[Any, ...] = (Advisory, Person.name)
    statement = (
        select(*columns)
        .join(AdvisoryEntity, AdvisoryEntity.advisory_id == Advisory.id)
        .join(Person, Person.id == Advisory.advisor_id)
        .where(AdvisoryEntity.entity_id == entity_id, Advisory.status != AdvisoryStatus.ANNULLED)
        .where(_older("advisory", Advisory.registered_at, Advisory.id, after))
    )
    seen = _newest(access.visible(statement, by, "plan.read", advisories.SCOPE), Advisory, most)
    return [
        Event(row.registered_at, row.occurred_on, "advisory", row.id, row.id,
              f"{advisories.MODALITIES.get(row.modality, 'Asesoría')}: {row.summary}", name)
        for row, name in session.execute(seen)
    ]  # fmt: skip


def _of_contacts(session: Session, by: Principal, entity_id: int, after: Place | None, most: int) -> list[Event]:
    columns: tuple[Any, ...] = (QuickContact, Person.name)
    statement = (
        select(*columns)
        .join(Person, Person.id == QuickContact.advisor_id)
        .where(QuickContact.entity_id == entity_id, QuickContact.annulled_at.is_(None))
        .where(_older("contact", QuickContact.registered_at, QuickContact.id, after))
    )
    seen = _newest(contacts.readable(statement, by), QuickContact, most)
    return [
        Event(row.registered_at, row.occurred_on, "contact", row.id, row.id,
              f"{contacts.CHANNELS[row.channel]}: {row.topic}", name)
        for row, name in session.execute(seen)
    ]  # fmt: skip


def _of_coverage(session: Session, by: Principal, entity_id: int, after: Place | None, most: int) -> list[Event]:
    """Who came to accompany the entity and who stopped, and what it was called: for the staff, and for its contact."""
    if not tells_who(session, by, entity_id):
        return []
    statement = select(HistoryRow).where(
        HistoryRow.subject_kind == "entity",
        HistoryRow.subject_id == entity_id,
        or_(HistoryRow.action.startswith("coverage."), HistoryRow.action == "territory.changed"),
        _older("coverage", HistoryRow.at, HistoryRow.id, after),
    )
    found = session.scalars(statement.order_by(HistoryRow.at.desc(), HistoryRow.id.desc()).limit(most))
    return [
        Event(row.at, local_date(row.at), "coverage", entity_id, row.id, row.summary, row.actor_name,
              reason=_why(row, by))
        for row in found
    ]  # fmt: skip


def _why(row: HistoryRow, by: Principal) -> str:
    return "" if advisory_places.outside(by) else row.reason


def _newest(statement: Select[Any], model: type[Advisory] | type[QuickContact], most: int) -> Select[Any]:
    return statement.order_by(model.registered_at.desc(), model.id.desc()).limit(most)
