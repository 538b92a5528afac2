"""Who covers which entity: its advisor, from day to day."""

from collections.abc import Collection
from datetime import date
from datetime import datetime
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.actor import Actor
from db.errors import InvalidData
from db.errors import NotFound
from directory import trace
from directory.chunks import chunks
from directory.models import Coverage
from directory.models import Entity
from directory.models import Person
from directory.periods import active_on
from directory.periods import check_order
from directory.periods import overlapping


def advisor_of(session: Session, entity_id: int, on: date) -> int | None:
    """The advisor of an entity on a day, if it has one."""
    return advisors_of(session, [entity_id], on).get(entity_id)


def advisors_of(session: Session, entity_ids: Collection[int], on: date) -> dict[int, int]:
    """Entity → advisor on a day; entities without advisor are left out."""
    statement = select(Coverage.entity_id, Coverage.person_id).where(active_on(Coverage, on))
    found: dict[int, int] = {}
    for ids in chunks(entity_ids):
        found.update(
            (row.entity_id, row.person_id) for row in session.execute(statement.where(Coverage.entity_id.in_(ids)))
        )
    return found


def entities_of(session: Session, person_id: int, on: date) -> list[int]:
    """Ids of the entities that a person covers on a day, by name."""
    statement = select(Entity.id).join(Coverage, Coverage.entity_id == Entity.id)
    covered = statement.where(Coverage.person_id == person_id, active_on(Coverage, on))
    return list(session.scalars(covered.order_by(Entity.search_name, Entity.id)))


def of_entity(session: Session, entity_id: int) -> list[Coverage]:
    """Every coverage of an entity, oldest first; revoked ones are left out."""
    statement = select(Coverage).where(Coverage.entity_id == entity_id, Coverage.revoked_at.is_(None))
    return list(session.scalars(statement.order_by(Coverage.since)))


def cover(
    session: Session,
    person_id: int,
    entity_id: int,
    since: date,
    until: date | None = None,
    *,
    by: Actor,
    now: datetime,
) -> Coverage:
    """Make a person the advisor of an entity; the caller has demanded `coverage.manage`.

    Raises NotFound; InvalidData for a disabled person (`person_id`), dates in disorder (`until`), or an entity that
    somebody covers on one of those days (`since`).
    """
    entity = _locked(session, entity_id)
    person = trace.lock(session, person_id)
    if person.disabled_at is not None:
        raise InvalidData({"person_id": [f"{person.name} ya no tiene acceso; elija una persona activa."]})
    check_order(since, until)
    other = select(Person.name).join(Coverage, Coverage.person_id == Person.id)
    name = session.scalar(other.where(Coverage.entity_id == entity_id, overlapping(Coverage, since, until)).limit(1))
    if name is not None:
        raise InvalidData({"since": [f"{name} ya atiende {entity.name} en esas fechas."]})
    coverage = Coverage(person_id=person_id, entity_id=entity_id, since=since, until=until)
    session.add(coverage)
    session.flush()
    summary = f"{person.name} atiende {entity.name} {trace.in_words(coverage)}."
    _record(session, coverage, "coverage.added", summary, by, now)
    return coverage


def end(session: Session, person_id: int, entity_id: int, until: date, *, by: Actor, now: datetime) -> Coverage:
    """Let the coverage that counts on `until` end with that day. Raises NotFound when there is none."""
    entity = _locked(session, entity_id)
    person = trace.lock(session, person_id)
    coverage = _on(session, entity_id, until)
    if coverage is None or coverage.person_id != person_id:
        raise NotFound(f"una cobertura de {person.name} el {trace.day_in_words(until)} en", entity.name)
    if coverage.until != until:
        coverage.until = until
        session.flush()
        summary = f"{person.name} deja de atender {entity.name} al terminar el {trace.day_in_words(until)}."
        _record(session, coverage, "coverage.ended", summary, by, now)
    return coverage


def hand_over(session: Session, entity_id: int, to_id: int, since: date, *, by: Actor, now: datetime) -> Coverage:
    """Give an entity to another advisor from `since` on: what others had from that day stops the day before.

    Raises NotFound, InvalidData as `cover` does, and at `person_id` when that person already covers it then.
    """
    _locked(session, entity_id)
    current = _on(session, entity_id, since)
    if current is not None and current.person_id == to_id:
        raise InvalidData({"person_id": ["Esta persona ya atiende la entidad en esa fecha."]})
    if current is not None and current.since < since:
        end(session, current.person_id, entity_id, since - timedelta(days=1), by=by, now=now)
    later = select(Coverage).where(Coverage.entity_id == entity_id, overlapping(Coverage, since, None))
    for coverage in session.scalars(later).all():
        _revoke(session, coverage, by, now)
    return cover(session, to_id, entity_id, since, by=by, now=now)


def _revoke(session: Session, coverage: Coverage, by: Actor, now: datetime) -> None:
    trace.lock(session, coverage.person_id)
    coverage.revoked_at = now
    session.flush()
    _record(session, coverage, "coverage.revoked", "La cobertura quedó sin efecto por entrega a otra persona.", by, now)


def _on(session: Session, entity_id: int, day: date) -> Coverage | None:
    return session.scalars(select(Coverage).where(Coverage.entity_id == entity_id, active_on(Coverage, day))).first()


def _locked(session: Session, entity_id: int) -> Entity:
    entity = session.scalars(select(Entity).where(Entity.id == entity_id).with_for_update()).one_or_none()
    if entity is None:
        raise NotFound("la entidad", entity_id)
    return entity


def _record(session: Session, coverage: Coverage, action: str, summary: str, by: Actor, now: datetime) -> None:
    details = {"entity_id": coverage.entity_id, **trace.days(coverage)}
    trace.record(session, coverage.person_id, action, summary, by=by, now=now, **details)
