"""Days on which people are away."""

from collections.abc import Collection
from datetime import date
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.actor import Actor
from db.errors import InvalidData
from db.errors import NotFound
from directory import trace
from directory.models import Absence
from directory.periods import active_on
from directory.periods import check_order
from directory.periods import overlapping

KINDS = {
    "vacaciones": "Vacaciones",
    "incapacidad": "Incapacidad",
    "licencia": "Licencia o permiso",
    "comision": "Comisión",
    "otra": "Otra",
}


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


def add(
    session: Session, person_id: int, kind: str, since: date, until: date, *, note: str = "", by: Actor, now: datetime
) -> Absence:
    """Record an absence. Raises NotFound; InvalidData for `kind`, dates in disorder (`until`), an overlap (`since`)."""
    person = trace.lock(session, person_id)
    if kind not in KINDS:
        raise InvalidData({"kind": ["Elija una clase de ausencia de la lista."]})
    check_order(since, until)
    same = select(Absence.id).where(Absence.person_id == person_id, overlapping(Absence, since, until))
    if session.scalars(same.limit(1)).first():
        raise InvalidData({"since": [f"{person.name} ya tiene una ausencia en esas fechas."]})
    absence = Absence(person_id=person_id, kind=kind, since=since, until=until, note=note.strip())
    session.add(absence)
    session.flush()
    summary = f"Registró una ausencia de {person.name} ({KINDS[kind].lower()}) {trace.in_words(absence)}."
    trace.record(session, person_id, "absence.added", summary, by=by, now=now, kind=kind, **trace.days(absence))
    return absence


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
        trace.record(session, person.id, "absence.cancelled", summary, by=by, now=now, **trace.days(absence))
    return absence
