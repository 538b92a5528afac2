"""What happens to a person, in their history."""

from datetime import date
from datetime import datetime
from typing import Any

from babel.dates import format_date
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import history
from db.actor import Actor
from db.errors import NotFound
from directory.models import Period
from directory.models import Person


def person(person_id: int) -> history.Subject:
    """The chain of a person."""
    return history.Subject("person", person_id)


def lock(session: Session, person_id: int) -> Person:
    """The person, locked until the transaction ends so that their history keeps its order. Raises NotFound."""
    row = session.scalars(select(Person).where(Person.id == person_id).with_for_update()).one_or_none()
    if row is None:
        raise NotFound("la persona", person_id)
    return row


def record(
    session: Session,
    person_id: int,
    action: str,
    summary: str,
    *,
    reason: str = "",
    by: Actor,
    now: datetime,
    **details: Any,
) -> None:
    """Record an act in the history of a person whom the caller has locked."""
    subject = person(person_id)
    history.record(session, subject, action, by=by, now=now, summary=summary, details=details, reason=reason)


def days(period: Period) -> dict[str, str | None]:
    """The two days of `period`, for the details of a history row."""
    return {"since": period.since.isoformat(), "until": period.until.isoformat() if period.until else None}


def in_words(period: Period) -> str:
    """The days of `period` in words: «del 24 de noviembre de 2026 al 4 de diciembre de 2026»; «desde el …»."""
    if period.until is None:
        return f"desde el {day_in_words(period.since)}"
    return f"del {day_in_words(period.since)} al {day_in_words(period.until)}"


def day_in_words(day: date) -> str:
    """A day in words: «24 de noviembre de 2026»."""
    return format_date(day, "d 'de' MMMM 'de' y", locale="es_CO")
