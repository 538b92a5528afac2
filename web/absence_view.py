"""What is shown with an absence: why, who registered it, what falls due meanwhile, and who stands in."""

from collections.abc import Collection
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from datetime import datetime
from datetime import timedelta

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
    """An absence. `author` is who registered it when it was somebody else; `items` fall due on its days to come.

    `alone` are the stretches of those days on which nobody who is at work acts for them, when somebody does on others.
    """

    row: Absence
    author: str
    over: bool
    items: list[Item]
    stand_ins: list[tuple[Delegation, str]]  # with the name of who acts
    alone: list[tuple[date, date]] = field(default_factory=list)
    away: dict[int, list[Absence]] = field(default_factory=dict)  # delegation → when who acts is away too


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
    start = max(row.since, today)
    lent = delegations.covering(session, row.person_id, start, until)
    known = names.of_people(session, [one.to_id for one in lent])
    items = agenda.of_person(session, row.person_id, start, until, now=now)
    away = {
        one.id: absences.during(session, one.to_id, max(one.since, start), min(one.until or until, until))
        for one in lent
    }
    return Away(
        row, author, over=False, items=items, stand_ins=[(one, known.get(one.to_id, "")) for one in lent],
        alone=_alone(lent, away, start, until) if lent else [], away=away,
    )  # fmt: skip


def _alone(
    lent: Sequence[Delegation], away: Mapping[int, Sequence[Absence]], start: date, until: date
) -> list[tuple[date, date]]:
    """The stretches, first and last day, from `start` to `until` on which nobody of `lent` is at work."""
    found: list[tuple[date, date]] = []
    for day in (start + timedelta(days=number) for number in range((until - start).days + 1)):
        held = [one for one in lent if one.since <= day <= (one.until or day)]
        if any(not any(row.since <= day <= (row.until or day) for row in away[one.id]) for one in held):
            continue
        if found and found[-1][1] == day - timedelta(days=1):
            found[-1] = found[-1][0], day
        else:
            found.append((day, day))
    return found
