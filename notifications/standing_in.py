"""Why somebody is told of what is another's: for whom, while they are away, and by which delegation, in words."""

from collections import defaultdict
from collections.abc import Collection
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory import people
from directory import roles
from directory.models import Absence
from directory.models import Delegation
from notifications.calendar import in_words
from notifications.calendar import month_name
from notifications.models import Reminder


def sentences(session: Session, reminders: Sequence[Reminder]) -> dict[int, str]:
    """Reminder → whose matter it is, from when to when they are away, and why its reader is told of it.

    Only of reminders that are told to a delegate. The kind of an absence is nobody else's business and is not said.
    """
    given = [one for one in reminders if one.on_behalf_of is not None]
    away = {one.on_behalf_of for one in given if one.on_behalf_of is not None}
    if not away:
        return {}
    named = {key: person.name for key, person in people.many(session, away).items()}
    absences, lent = _absences(session, away), _delegations(session, away)
    return {
        one.id: _said(
            named.get(one.on_behalf_of or 0, "otra persona"),
            [row for row in absences[one.on_behalf_of or 0] if _holds(row, one.day)],
            [row for row in lent[one.on_behalf_of or 0, one.recipient_id] if _holds(row, one.day)],
        )
        for one in given
    }


def span(since: date, until: date | None) -> str:
    """«del 24 de noviembre al 5 de diciembre de 2026»; «desde el 24 de noviembre de 2026» without an end."""
    if until is None:
        return f"desde el {in_words(since)}"
    if since == until:
        return f"el {in_words(since)}"
    if since.year != until.year:
        return f"del {in_words(since)} al {in_words(until)}"
    first = f"{since.day}" if since.month == until.month else f"{since.day} de {month_name(since.month)}"
    return f"del {first} al {in_words(until)}"


def _said(name: str, absences: Sequence[Any], lent: Sequence[Any]) -> str:
    away = f", que está ausente {span(absences[-1].since, absences[-1].until)}" if absences else ", que está ausente"
    what = " y ".join(_lent(row) for row in lent) or "lo suyo"
    return f"Le corresponde a {name}{away}. Se lo avisamos a usted porque {name} le delegó {what}."


def _lent(row: Any) -> str:
    role = f"su rol de {roles.label(row.role)}" if row.role else "todas sus funciones"
    return f"{role} {span(row.since, row.until)}"


def _holds(row: Any, day: date) -> bool:
    return row.since <= day and (row.until is None or day <= row.until)


def _absences(session: Session, away: Collection[int]) -> dict[int, list[Any]]:
    statement = select(Absence.person_id, Absence.since, Absence.until).where(
        Absence.person_id.in_(sorted(away)), Absence.revoked_at.is_(None)
    )
    found: dict[int, list[Any]] = defaultdict(list)
    for row in session.execute(statement.order_by(Absence.until, Absence.id)):
        found[row.person_id].append(row)
    return found


def _delegations(session: Session, away: Collection[int]) -> dict[tuple[int, int], list[Any]]:
    columns = (Delegation.from_id, Delegation.to_id, Delegation.role, Delegation.since, Delegation.until)
    statement = select(*columns).where(Delegation.from_id.in_(sorted(away)), Delegation.revoked_at.is_(None))
    found: dict[tuple[int, int], list[Any]] = defaultdict(list)
    for row in session.execute(statement.order_by(Delegation.since, Delegation.id)):
        found[row.from_id, row.to_id].append(row)
    return found
