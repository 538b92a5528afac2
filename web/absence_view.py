"""What is shown with an absence: why, who registered it, what falls due meanwhile, and who stands in."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from db import clock
from directory import absences
from directory import delegations
from directory.models import Absence
from directory.models import Delegation
from edge import names
from notifications.ical import Item
from tracking import agenda


@dataclass(frozen=True, slots=True)
class Away:
    """An absence. `author` is who registered it when it was somebody else; `items` fall due on its days to come."""

    row: Absence
    author: str
    over: bool
    items: list[Item]
    stand_ins: list[tuple[Delegation, str]]  # with the name of who acts


def shown(session: Session, rows: Collection[Absence], now: datetime, *, meanwhile: bool = True) -> list[Away]:
    """Absences of one person; with what falls due on their days to come and who stands in, when `meanwhile`."""
    authors = absences.registered_by_others(session, rows)
    if not meanwhile:
        return [Away(row, authors.get(row.id, ""), over=True, items=[], stand_ins=[]) for row in rows]
    return [_away(session, row, authors.get(row.id, ""), now) for row in rows]


def _away(session: Session, row: Absence, author: str, now: datetime) -> Away:
    today = clock.local_date(now)
    until = row.until or today
    if until < today:
        return Away(row, author, over=True, items=[], stand_ins=[])
    lent = delegations.covering(session, row.person_id, max(row.since, today), until)
    known = names.of_people(session, [one.to_id for one in lent])
    items = agenda.of_person(session, row.person_id, max(row.since, today), until, now=now)
    return Away(row, author, over=False, items=items, stand_ins=[(one, known.get(one.to_id, "")) for one in lent])
