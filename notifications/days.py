"""The calendar as people changed it: extra non-working days by place, the cut-off hour; every change is a version."""

from collections.abc import Iterable
from datetime import date
from datetime import datetime
from datetime import time
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy import and_
from sqlalchemy import func
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import history
from db.actor import Actor
from db.errors import Conflict
from db.errors import InvalidData
from db.errors import NotFound
from directory import reasons
from directory.models import Department
from directory.models import Entity
from directory.models import Region
from notifications.calendar import CUT_OFF
from notifications.calendar import WorkingDays
from notifications.calendar import in_words
from notifications.models import CalendarVersion
from notifications.models import NonWorkingDay
from notifications.words import at_hour

SCOPES = {"national": "Todo el país", "region": "Región", "department": "Departamento", "entity": "Entidad"}
CHAIN = history.Subject("calendar", 1)
EARLIEST, LATEST = time(8), time(23, 59)


def load(session: Session, *, entity_id: int | None = None, region_id: int | None = None) -> WorkingDays:
    """The working days of a place under the newest version of the calendar: one query.

    An entity has the extra days of its department, and those of `region_id`, which the caller fills.
    """
    newest = select(func.max(CalendarVersion.number)).scalar_subquery()
    statement = (
        select(CalendarVersion.number, CalendarVersion.cut_off, NonWorkingDay.day, NonWorkingDay.reason)
        .join_from(CalendarVersion, NonWorkingDay, and_(_valid(), _reaches(entity_id, region_id)), isouter=True)
        .where(CalendarVersion.number == newest)
        .order_by(NonWorkingDay.id)
    )
    rows = session.execute(statement).all()
    if not rows:
        return WorkingDays()
    return WorkingDays({row.day: row.reason for row in rows if row.day}, rows[0].number, rows[0].cut_off)


def current(session: Session) -> int:
    """Number of the newest version; 0 while nobody changed the calendar."""
    return session.scalar(select(func.max(CalendarVersion.number))) or 0


def versions(session: Session) -> list[CalendarVersion]:
    """Every change of the calendar, newest first."""
    return list(session.scalars(select(CalendarVersion).order_by(CalendarVersion.number.desc())))


def extra(session: Session, year: int) -> list[NonWorkingDay]:
    """The days that people added to a year and did not take back, in order."""
    of_year = NonWorkingDay.day.between(date(year, 1, 1), date(year, 12, 31))
    return list(session.scalars(select(NonWorkingDay).where(of_year, _valid()).order_by(NonWorkingDay.day)))


def add(
    session: Session, day: date, scope_kind: str, scope_code: str, reason: str, *, by: Actor, now: datetime
) -> NonWorkingDay:
    """Make `day` a non-working day in a place. Writes a version of the calendar.

    Raises InvalidData (`day`, `scope_kind`, `scope_code`, `reason`); Conflict when it already is one there.
    """
    number = _locked(session)
    row = proposed(session, day, scope_kind, scope_code, reason)
    row.created_at, row.created_by = now, by.person_id
    session.add(row)
    _change(session, number, f"Declaró no hábil el {in_words(day)}: {row.reason}.", by=by, now=now)
    return row


def remove(session: Session, day_id: int, reason: str, *, by: Actor, now: datetime) -> NonWorkingDay:
    """Make an extra day a working day again; its row stays. Raises NotFound, Conflict, InvalidData (`reason`)."""
    number = _locked(session)
    row = removable(session, day_id)
    reasons.demand(reason, "Diga por qué vuelve a ser hábil.")
    row.removed_at, row.removed_by = now, by.person_id
    _change(session, number, f"Volvió hábil el {in_words(row.day)}.", by=by, now=now, reason=reason.strip())
    return row


def proposed(session: Session, day: date, scope_kind: str, scope_code: str, reason: str) -> NonWorkingDay:
    """The row that `add` would keep, kept nowhere. Raises what `add` raises."""
    _check(session, day, scope_kind, scope_code, reason.strip())
    same = select(NonWorkingDay.id).where(
        NonWorkingDay.day == day,
        NonWorkingDay.scope_kind == scope_kind,
        NonWorkingDay.scope_code == scope_code,
        _valid(),
    )
    if session.scalars(same).first():
        raise Conflict(f"El {in_words(day)} ya es un día no hábil allí.", code="exists")
    return NonWorkingDay(day=day, scope_kind=scope_kind, scope_code=scope_code, reason=reason.strip())


def removable(session: Session, day_id: int) -> NonWorkingDay:
    """The declared day with this id. Raises NotFound, and Conflict when it was taken back before."""
    row = session.get(NonWorkingDay, day_id)
    if row is None:
        raise NotFound("el día no hábil", day_id)
    if row.removed_at is not None:
        raise Conflict("Ese día ya había vuelto a ser hábil.", code="removed")
    return row


def set_cut_off(session: Session, hour: time, reason: str, *, by: Actor, now: datetime) -> CalendarVersion:
    """Change the hour at which a working day ends. Raises InvalidData (`cut_off`, `reason`)."""
    number = _locked(session)
    check_cut_off(hour, reason)
    summary = f"El día hábil termina {at_hour(hour).rstrip('.')}."
    return _change(session, number, summary, by=by, now=now, reason=reason.strip(), cut_off=hour)


def check_cut_off(hour: time, reason: str) -> None:
    """Raise InvalidData (`cut_off`, `reason`) for an hour at which no working day may end, or without a reason."""
    if not EARLIEST <= hour <= LATEST:
        raise InvalidData({"cut_off": ["Elija una hora entre las 8:00 a. m. y las 11:59 p. m."]})
    reasons.demand(reason, "Diga por qué cambia la hora.")


def place_names(session: Session, rows: Iterable[NonWorkingDay]) -> dict[int, str]:
    """Where each extra day is not worked, in words, by its id."""
    rows = list(rows)
    named = {("national", ""): SCOPES["national"]}
    for kind, (key, name) in _PLACES.items():
        codes = {row.scope_code for row in rows if row.scope_kind == kind}
        wanted = key.in_(codes if kind == "department" else [int(code) for code in codes])
        named |= {(kind, str(found)): words for found, words in session.execute(select(key, name).where(wanted))}
    return {row.id: named.get((row.scope_kind, row.scope_code), "") for row in rows}


_PLACES: dict[str, tuple[Any, Any]] = {
    "region": (Region.id, Region.name),
    "department": (Department.code, Department.name),
    "entity": (Entity.id, Entity.name),
}


def _valid() -> ColumnElement[bool]:
    return NonWorkingDay.removed_at.is_(None)


def _reaches(entity_id: int | None, region_id: int | None) -> ColumnElement[bool]:
    places = [NonWorkingDay.scope_kind == "national"]
    if region_id is not None:
        places.append(and_(NonWorkingDay.scope_kind == "region", NonWorkingDay.scope_code == str(region_id)))
    if entity_id is not None:
        department = select(Entity.department_code).where(Entity.id == entity_id).scalar_subquery()
        places.append(and_(NonWorkingDay.scope_kind == "department", NonWorkingDay.scope_code == department))
        places.append(and_(NonWorkingDay.scope_kind == "entity", NonWorkingDay.scope_code == str(entity_id)))
    return or_(*places)


def _check(session: Session, day: date, scope_kind: str, scope_code: str, reason: str) -> None:
    problems: dict[str, list[str]] = {}
    if not reason:
        problems["reason"] = ["Diga por qué no se trabaja ese día."]
    if not WorkingDays().is_working(day):
        problems["day"] = [f"El {in_words(day)} ya es no hábil ({WorkingDays().why_not(day)})."]
    if scope_kind not in SCOPES:
        problems["scope_kind"] = ["Elija un alcance de la lista."]
    elif not _exists(session, scope_kind, scope_code):
        problems["scope_code"] = ["Elija un lugar de la lista."]
    if problems:
        raise InvalidData(problems)


def _exists(session: Session, scope_kind: str, scope_code: str) -> bool:
    if scope_kind == "national":
        return not scope_code
    if scope_kind == "department":
        return session.get(Department, scope_code) is not None
    table = Region if scope_kind == "region" else Entity
    return scope_code.isdecimal() and session.get(table, int(scope_code)) is not None


def _locked(session: Session) -> int:
    """Number of the newest version. Two changes follow each other: all of them lock the first version."""
    session.execute(select(CalendarVersion.id).where(CalendarVersion.number == 1).with_for_update())
    return current(session)


def _change(
    session: Session,
    number: int,
    summary: str,
    *,
    by: Actor,
    now: datetime,
    reason: str = "",
    cut_off: time | None = None,
) -> CalendarVersion:
    before = session.scalar(select(CalendarVersion.cut_off).where(CalendarVersion.number == number)) or CUT_OFF
    version = CalendarVersion(
        number=number + 1, changed_at=now, changed_by=by.person_id, cut_off=cut_off or before, summary=summary
    )
    session.add(version)
    session.flush()
    history.record(session, CHAIN, "calendar.changed", by=by, now=now, summary=summary, reason=reason)
    return version
