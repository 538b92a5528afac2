"""Days on which people are away.

Everybody registers their own. Whoever cannot (an accident, a hospital) is registered by the articulador of a region
where they work, or by the administration, with a reason; history says who did it.
"""

from collections.abc import Collection
from collections.abc import Iterator
from datetime import date
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.actor import Actor
from db.clock import local_date
from db.errors import InvalidData
from db.errors import NotAllowed
from db.errors import NotFound
from db.history import HistoryRow
from directory import access
from directory import coverage
from directory import entities
from directory import people
from directory import reasons
from directory import roles
from directory import trace
from directory.access import Subject
from directory.models import Absence
from directory.models import RoleGrant
from directory.periods import active_on
from directory.periods import check_order
from directory.periods import overlapping
from directory.principal import Principal

KINDS = {
    "vacaciones": "Vacaciones",
    "incapacidad": "Incapacidad",
    "licencia": "Licencia o permiso",
    "comision": "Comisión",
    "otra": "Otra",
}

ADDED = "absence.added"
LONGEST = 365
"""So many days, and no more, are taken without asking: the wrong year is the commonest slip. Ours."""


def of(session: Session, person_id: int) -> list[Absence]:
    """Every absence of a person, cancelled ones too, newest first."""
    statement = select(Absence).where(Absence.person_id == person_id)
    return list(session.scalars(statement.order_by(Absence.since.desc(), Absence.id.desc())))


def absent(session: Session, person_ids: Collection[int], on: date) -> set[int]:
    """Who of `person_ids` is away on a day."""
    if not person_ids:
        return set()
    away = select(Absence.person_id).where(Absence.person_id.in_(person_ids), active_on(Absence, on))
    return set(session.scalars(away))


def during(session: Session, person_id: int, since: date, until: date) -> list[Absence]:
    """The absences of a person that fall on some day from `since` to `until`, by their first day."""
    statement = select(Absence).where(Absence.person_id == person_id, overlapping(Absence, since, until))
    return list(session.scalars(statement.order_by(Absence.since, Absence.id)))


def doubts(since: date, until: date, *, now: datetime) -> list[str]:
    """What whoever registers these days is to confirm first: that they went by, or that they are that many."""
    days, told = (until - since).days + 1, []
    if until < local_date(now):
        told.append(f"la ausencia ya pasó: terminó el {trace.day_in_words(until)}")
    if days > LONGEST:
        told.append(f"son {days} días, desde el {trace.day_in_words(since)} hasta el {trace.day_in_words(until)}")
    return told


def add(
    session: Session,
    person_id: int,
    kind: str,
    since: date,
    until: date,
    *,
    note: str = "",
    confirmed: bool = False,
    by: Actor,
    now: datetime,
) -> Absence:
    """Record an absence.

    Raises NotFound; InvalidData for `kind`, dates in disorder (`until`), an overlap (`since`), and at `confirmed` for
    what `doubts` says until it is.
    """
    person = trace.lock(session, person_id)
    if kind not in KINDS:
        raise InvalidData({"kind": ["Elija una clase de ausencia de la lista."]})
    check_order(since, until)
    same = select(Absence.id).where(Absence.person_id == person_id, overlapping(Absence, since, until))
    if session.scalars(same.limit(1)).first():
        raise InvalidData({"since": [f"{person.name} ya tiene una ausencia en esas fechas."]})
    if not confirmed and (doubt := doubts(since, until, now=now)):
        raise InvalidData({"confirmed": [f"Revise las fechas y confírmelas: {'; '.join(doubt)}."]})
    absence = Absence(person_id=person_id, kind=kind, since=since, until=until, note=note.strip())
    session.add(absence)
    session.flush()
    # Why somebody is away may be about their health: the sentence, which others read, does not say it.
    summary = f"Registró una ausencia de {person.name} {trace.in_words(absence)}."
    details: dict[str, Any] = {"kind": kind, "absence_id": absence.id, **trace.days(absence)}
    trace.record(session, person_id, ADDED, summary, by=by, now=now, **details)
    return absence


def register(
    session: Session,
    person_id: int,
    kind: str,
    since: date,
    until: date,
    *,
    reason: str,
    confirmed: bool = False,
    by: Principal,
    now: datetime,
) -> Absence:
    """Record the absence of somebody else, who cannot do it; the reason stays with the absence.

    Raises NotFound, NotAllowed, and InvalidData as `add` does, also at `reason` when it is missing.
    """
    actor = _demand(session, person_id, by, now)
    note = reasons.demand(reason, "Diga por qué registra usted esta ausencia.")
    return add(session, person_id, kind, since, until, note=note, confirmed=confirmed, by=actor, now=now)


def may_register(session: Session, by: Principal, person_id: int, *, now: datetime) -> bool:
    """Whether `by` may register absences of somebody else, and so read why they are away."""
    return by.person_id != person_id and _author(session, person_id, by, now) is not None


def registered_by_others(session: Session, rows: Collection[Absence]) -> dict[int, str]:
    """Absence → the name of who registered it, for those of `rows` that another person did."""
    if not rows:
        return {}
    wanted = {row.id: row.person_id for row in rows}
    acts = select(HistoryRow).where(
        HistoryRow.subject_kind == "person", HistoryRow.subject_id.in_(set(wanted.values())),
        HistoryRow.action == ADDED, HistoryRow.actor_id != HistoryRow.subject_id,
    )  # fmt: skip
    said = {act.details.get("absence_id"): act.actor_name for act in session.scalars(acts)}
    return {key: said[key] for key in wanted if key in said}


def cancel(session: Session, absence_id: int, *, by: Actor, now: datetime) -> Absence:
    """Say that an absence does not take place. Does nothing when it already was. Raises NotFound."""
    absence = session.get(Absence, absence_id)
    if absence is None:
        raise NotFound("la ausencia", absence_id)
    person = trace.lock(session, absence.person_id)
    if absence.revoked_at is None:
        absence.revoked_at = now
        session.flush()
        summary = f"Canceló la ausencia de {person.name} {trace.in_words(absence)}."
        details: dict[str, Any] = {"absence_id": absence.id, **trace.days(absence)}
        trace.record(session, person.id, "absence.cancelled", summary, by=by, now=now, **details)
    return absence


def withdraw(session: Session, person_id: int, absence_id: int, *, by: Principal, now: datetime) -> Absence:
    """Say that an absence of somebody else does not take place. Raises NotFound, NotAllowed."""
    actor = _demand(session, person_id, by, now)
    if absence_id not in {row.id for row in of(session, person_id)}:
        raise NotFound("la ausencia", absence_id)
    return cancel(session, absence_id, by=actor, now=now)


def _demand(session: Session, person_id: int, by: Principal, now: datetime) -> Actor:
    people.get(session, person_id)
    actor = by.actor() if by.person_id == person_id else _author(session, person_id, by, now)
    if actor is None:
        raise NotAllowed("Usted registra la ausencia de quienes trabajan en su región.", action="absence.register")
    return actor


def _author(session: Session, person_id: int, by: Principal, now: datetime) -> Actor | None:
    """`by` as who may register absences of a person: by any of the places where that person works."""
    for place in _places(session, person_id, local_date(now)):
        grant = access.allowed(by, "absence.register", place)
        if grant is not None:
            return by.actor(grant)
    return None


def _places(session: Session, person_id: int, on: date) -> Iterator[Subject]:
    """Nowhere in particular, then the regions where a person covers entities or holds a role."""
    yield access.ANYWHERE
    covered = coverage.entities_of(session, person_id, on)
    posts = select(RoleGrant.scope_id).where(
        RoleGrant.person_id == person_id, RoleGrant.scope_kind == roles.REGION, active_on(RoleGrant, on)
    )
    regions = {*entities.regions_of(session, covered).values(), *session.scalars(posts)}
    yield from (Subject(region_id=region) for region in sorted(key for key in regions if key is not None))
