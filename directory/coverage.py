"""Who covers which entity: its advisor, from day to day."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from datetime import datetime
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import history
from db.actor import Actor
from db.clock import local_date
from db.errors import InvalidData
from db.errors import NotFound
from directory import access
from directory import apart
from directory import people
from directory import principal
from directory import roles
from directory import trace
from directory.chunks import chunks
from directory.models import Coverage
from directory.models import Entity
from directory.models import Person
from directory.periods import active_on
from directory.periods import check_order
from directory.periods import overlapping
from directory.principal import Principal

ADVISOR = "territorial_advisor"
"""The role that covering an entity gives there."""

EARLIEST = date(2000, 1, 1)
AHEAD = timedelta(days=731)
"""What lies before or beyond is a slip of the hand."""


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


def from_day(session: Session, person_id: int, since: date) -> list[Coverage]:
    """The coverages of a person that count on some day from `since` on, also those that are still to begin."""
    mine = select(Coverage).where(Coverage.person_id == person_id, overlapping(Coverage, since, None))
    return list(session.scalars(mine.order_by(Coverage.entity_id, Coverage.since)))


def of_entity(session: Session, entity_id: int, *, revoked: bool = False) -> list[Coverage]:
    """Every coverage of an entity, oldest first; with those left without effect when `revoked`."""
    statement = select(Coverage).where(Coverage.entity_id == entity_id).order_by(Coverage.since, Coverage.id)
    return list(session.scalars(statement if revoked else statement.where(Coverage.revoked_at.is_(None))))


def upcoming(session: Session, entity_ids: Collection[int], after: date) -> dict[int, Coverage]:
    """Entity → the next coverage that begins after a day; entities without one are left out."""
    statement = select(Coverage).where(Coverage.since > after, Coverage.revoked_at.is_(None))
    found: dict[int, Coverage] = {}
    for ids in chunks(entity_ids):
        for row in session.scalars(statement.where(Coverage.entity_id.in_(ids)).order_by(Coverage.since.desc())):
            found[row.entity_id] = row
    return found


@dataclass(frozen=True, slots=True)
class Displaced:
    """A coverage that a hand-over shortens to `until`, or leaves without effect when no day is left (None)."""

    coverage: Coverage
    until: date | None


def displaced(session: Session, entity_ids: Collection[int], since: date) -> dict[int, list[Displaced]]:
    """Entity → the coverages that giving it to somebody else from `since` on would touch, oldest first."""
    found: dict[int, list[Displaced]] = defaultdict(list)
    statement = select(Coverage).where(overlapping(Coverage, since, None)).order_by(Coverage.since)
    for ids in chunks(entity_ids):
        for row in session.scalars(statement.where(Coverage.entity_id.in_(ids))):
            until = since - timedelta(days=1) if row.since < since else None
            found[row.entity_id].append(Displaced(row, until))
    return dict(found)


def hold(session: Session, entity_ids: Collection[int]) -> None:
    """Let nobody else change who covers these entities until the transaction ends; in the order of their ids."""
    for ids in chunks(sorted(set(entity_ids))):
        session.execute(select(Entity.id).where(Entity.id.in_(ids)).order_by(Entity.id).with_for_update())


def cover(
    session: Session,
    person_id: int,
    entity_id: int,
    since: date,
    until: date | None = None,
    *,
    reason: str = "",
    by: Actor,
    now: datetime,
) -> Coverage:
    """Make a person the advisor of an entity; the caller has demanded `coverage.manage`.

    Raises NotFound; InvalidData for a disabled person or one with a role that moves no case (`person_id`), dates in
    disorder (`until`) or out of all measure, or an entity that somebody covers on one of those days (`since`).
    """
    entity = _locked(session, entity_id)
    person = trace.lock(session, person_id)
    if person.disabled_at is not None:
        raise InvalidData({"person_id": [f"{person.name} ya no tiene acceso; elija una persona activa."]})
    demand_plausible(since, now=now)
    check_order(since, until)
    barred = apart.in_the_way(session, person_id, since, until, acts=True, now=now)
    if barred:
        raise InvalidData({"person_id": [f"{person.name} tiene el rol de {barred}, con el que no se acompaña."]})
    other = select(Person.name).join(Coverage, Coverage.person_id == Person.id)
    name = session.scalar(other.where(Coverage.entity_id == entity_id, overlapping(Coverage, since, until)).limit(1))
    if name is not None:
        raise InvalidData({"since": [f"{name} ya atiende {entity.name} en esas fechas."]})
    coverage = Coverage(person_id=person_id, entity_id=entity_id, since=since, until=until)
    session.add(coverage)
    session.flush()
    summary = f"{person.name} atiende {entity.name} {trace.in_words(coverage)}."
    _record(session, coverage, "coverage.added", summary, by, now, reason)
    return coverage


def demand_receiver(session: Session, by: Principal, person_id: int, *, now: datetime) -> None:
    """Raise InvalidData (`person_id`) for somebody whom `by` may not make an advisor by giving them an entity.

    Coverage carries the role of advisor, so whoever cannot give roles gives it only to those who have that role
    already, anywhere, or cover some entity. What `cover` refuses it refuses to everybody.
    """
    receiver = principal.load(session, person_id, now=now)
    advises = any(grant.role == ADVISOR and grant.on_behalf_of is None for grant in receiver.grants)
    if advises or access.may(by, "people.manage"):
        return
    label = roles.label(ADVISOR)
    message = f"{receiver.name} no tiene el rol de {label} ni acompaña hoy ninguna entidad: pida a la administración"
    raise InvalidData({"person_id": [f"{message} que se lo dé."]})


def demand_plausible(since: date, *, now: datetime) -> None:
    """Raise InvalidData (`since`) for a first day that can only be a slip of the hand."""
    latest = local_date(now) + AHEAD
    if not EARLIEST <= since <= latest:
        between = f"{trace.day_in_words(EARLIEST)} y el {trace.day_in_words(latest)}"
        raise InvalidData({"since": [f"Escriba una fecha entre el {between}."]})


def end(
    session: Session, person_id: int, entity_id: int, until: date, *, reason: str = "", by: Actor, now: datetime
) -> Coverage:
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
        _record(session, coverage, "coverage.ended", summary, by, now, reason)
    return coverage


def hand_over(
    session: Session,
    entity_id: int,
    to_id: int,
    since: date,
    *,
    confirmed: bool = False,
    reason: str = "",
    by: Actor,
    now: datetime,
) -> Coverage:
    """Give an entity to another advisor from `since` on: what others had from that day stops the day before.

    Nothing is erased: a coverage that is left without a day stays written, without effect. A day that went by changes
    who accompanied the entity, so it is taken only when `confirmed`.
    Raises NotFound, InvalidData as `cover` does, at `person_id` when that person already covers it then, and at
    `since` for a day that went by and was not confirmed.
    """
    entity = _locked(session, entity_id)
    current = _on(session, entity_id, since)
    if current is not None and current.person_id == to_id:
        raise InvalidData({"person_id": [f"Esta persona ya atiende {entity.name} en esa fecha."]})
    touched = displaced(session, [entity_id], since).get(entity_id, [])
    if since < local_date(now) and not confirmed:
        raise InvalidData({"since": [_past(session, entity, since, touched)]})
    if current is not None and current.since < since:
        end(session, current.person_id, entity_id, since - timedelta(days=1), reason=reason, by=by, now=now)
    for one in touched:
        if one.until is None:
            _revoke(session, one.coverage, entity, since, by, now, reason=reason)
    return cover(session, to_id, entity_id, since, reason=reason, by=by, now=now)


def pass_on(
    session: Session, row: Coverage, to_id: int, since: date, *, reason: str = "", by: Actor, now: datetime
) -> Coverage:
    """Give to another advisor what is left of a coverage from `since` on, until the day on which it ends.

    Unlike `hand_over` it touches nobody else: what was arranged for later stands. Raises InvalidData as `cover` does.
    """
    entity, first, until = _locked(session, row.entity_id), max(since, row.since), row.until
    if row.since < since:
        end(session, row.person_id, entity.id, since - timedelta(days=1), reason=reason, by=by, now=now)
    else:
        _revoke(session, row, entity, first, by, now, reason=reason)
    return cover(session, to_id, entity.id, first, until, reason=reason, by=by, now=now)


def vacate(session: Session, entity_id: int, since: date, *, by: Actor, now: datetime) -> list[Coverage]:
    """Leave an entity without advisor from `since` on: what others had from that day stops the day before.

    The caller has demanded `coverage.manage` and shown what stays without anybody. Returns the coverages that it
    touched. Raises NotFound, InvalidData (`since`: out of all measure, or nobody would accompany the entity then).
    """
    entity = _locked(session, entity_id)
    demand_plausible(since, now=now)
    touched = displaced(session, [entity_id], since).get(entity_id, [])
    if not touched:
        raise InvalidData({"since": [f"Nadie atiende {entity.name} desde esa fecha."]})
    for one in touched:
        if one.until is None:
            _revoke(session, one.coverage, entity, since, by, now, heir=False)
        else:
            end(session, one.coverage.person_id, entity_id, one.until, by=by, now=now)
    return [one.coverage for one in touched]


def _past(session: Session, entity: Entity, since: date, touched: Collection[Displaced]) -> str:
    """Why a day that went by must be confirmed: whose days it would change."""
    ids = {one.coverage.person_id for one in touched}
    names = session.scalars(select(Person.name).where(Person.id.in_(ids)).order_by(Person.search_name)).all()
    whose = f" y cambia lo registrado de {', '.join(names)} en {entity.name}" if names else ""
    return f"El {trace.day_in_words(since)} ya pasó{whose}: confírmelo para corregir lo registrado."


def _revoke(
    session: Session,
    coverage: Coverage,
    entity: Entity,
    since: date,
    by: Actor,
    now: datetime,
    *,
    heir: bool = True,
    reason: str = "",
) -> None:
    person = trace.lock(session, coverage.person_id)
    coverage.revoked_at = now
    session.flush()
    days = trace.in_words(coverage)
    then = "pasa a otra persona" if heir else "queda sin enlace territorial"
    summary = f"Quedó sin efecto que {person.name} atiende {entity.name} {days}: {then} desde el "
    _record(session, coverage, "coverage.revoked", f"{summary}{trace.day_in_words(since)}.", by, now, reason)


def _on(session: Session, entity_id: int, day: date) -> Coverage | None:
    return session.scalars(select(Coverage).where(Coverage.entity_id == entity_id, active_on(Coverage, day))).first()


def _locked(session: Session, entity_id: int) -> Entity:
    entity = session.scalars(select(Entity).where(Entity.id == entity_id).with_for_update()).one_or_none()
    if entity is None:
        raise NotFound("la entidad", entity_id)
    return entity


def _record(
    session: Session, coverage: Coverage, action: str, summary: str, by: Actor, now: datetime, reason: str = ""
) -> None:
    """Keep an act in the histories of the person and of the entity, whom the caller has locked."""
    details = {"entity_id": coverage.entity_id, **trace.days(coverage)}
    trace.record(session, coverage.person_id, action, summary, reason=reason, by=by, now=now, **details)
    subject = history.Subject("entity", coverage.entity_id)
    told = {"person_id": coverage.person_id, **trace.days(coverage)}
    history.record(session, subject, action, by=by, now=now, summary=summary, details=told, reason=reason)


def candidates(session: Session, role: str, entity_ids: Collection[int], *, now: datetime) -> list[Person]:
    """Active people who hold `role` today by appointment or, as advisors, by covering one of these entities."""
    found = people.holders(session, role, now=now)
    if role != ADVISOR or not entity_ids:
        return found
    covering = set(advisors_of(session, entity_ids, local_date(now)).values()) - {row.id for row in found}
    active = select(Person).where(Person.disabled_at.is_(None), Person.id.in_(covering))
    return [*found, *session.scalars(active.order_by(Person.search_name, Person.id))]


def advisors(session: Session, *, now: datetime) -> list[tuple[int, str]]:
    """Id and name, by name, of the active people who hold the role of advisor today or cover some entity."""
    covering = select(Coverage.person_id).where(active_on(Coverage, local_date(now)))
    known = session.scalars(select(Person).where(Person.disabled_at.is_(None), Person.id.in_(covering)))
    rows = {row.id: row for row in [*people.holders(session, ADVISOR, now=now), *known]}
    return [(row.id, row.name) for row in sorted(rows.values(), key=lambda row: (row.search_name, row.id))]
