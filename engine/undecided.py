"""What nobody could do on a day that is not for who wrote something in its case (`separate_from`).

Whoever else might is away, or wrote it: decisions on what others sent, and the support that an expert is asked for.

An absence locks nobody out; whoever plans one is told what would wait for their return.
"""

from collections.abc import Collection
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from datetime import date
from datetime import datetime
from datetime import time
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import contains_eager

from db import clock
from directory import absences
from directory import principal
from directory.models import Absence
from directory.models import Delegation
from directory.models import Period
from directory.periods import active_on
from directory.periods import overlapping
from directory.principal import DELEGATION
from directory.principal import ENCARGO
from directory.principal import Grant
from directory.principal import Principal
from engine import completable
from engine import reviewing
from engine.models import Instance
from engine.models import Task
from engine.models import TaskStatus

MOST = 50
"""So many tasks of one person are looked at, those due first."""
NOTHING: Mapping[int, tuple[Grant, ...]] = {}


@dataclass(frozen=True, slots=True)
class StandIn:
    """Who would act for somebody who is away, with one of their roles or with all of them."""

    person_id: int
    role: str = ""


def nobody_may(session: Session, rows: Collection[Task], *, now: datetime) -> set[int]:
    """Ids of those of some open tasks that are not for who wrote and that nobody at work today may do."""
    kept, today = reviewing.separated(session), clock.local_date(now)
    found = [task for task in rows if task.status == TaskStatus.OPEN and kept.get(task.element)]
    return {task.id for task in found if not _somebody(session, task, today)}


def left_by(
    session: Session, person_id: int, since: date, until: date, *, to: StandIn | None = None, now: datetime
) -> list[tuple[Task, date]]:
    """What is a person's to do today and nobody could do while they are away, each with its first such day.

    `to` acts for them besides those who already do.
    """
    by = principal.load(session, person_id, now=now)
    lent = _lent(by, to) if to is not None else {}
    whole = contains_eager(Task.instance).joinedload(Instance.definition)
    waiting = reviewing.apart(session, by).options(whole).order_by(Task.due_sort, Task.id).limit(MOST)
    rows = session.scalars(waiting).all()
    days = _turns(session, since, until) if rows else []
    first = ((task, _first(session, task, days, person_id, lent)) for task in rows)
    return [(task, day) for task, day in first if day is not None]


def _first(
    session: Session, task: Task, days: Sequence[date], but: int, lent: Mapping[int, tuple[Grant, ...]]
) -> date | None:  # fmt: skip
    """The first of some days on which nobody other than `but` may do it."""
    return next((day for day in days if not _somebody(session, task, day, but=but, lent=lent)), None)


def _lent(by: Principal, to: StandIn) -> dict[int, tuple[Grant, ...]]:
    """Who would stand in, with what a delegation of that role, or of every one, lends of what somebody holds."""
    own = (one for one in by.grants if one.on_behalf_of is None and one.source != ENCARGO)
    return {
        to.person_id: tuple(
            replace(one, on_behalf_of=by.person_id, on_behalf_name=by.name, source=DELEGATION)
            for one in own
            if to.role in ("", one.role)
        )
    }


def _somebody(
    session: Session, task: Task, day: date, *, but: int | None = None, lent: Mapping[int, tuple[Grant, ...]] = NOTHING
) -> bool:
    """Whether somebody at work on `day`, other than `but`, may do it; with what is `lent` besides, by person."""
    noon = datetime.combine(day, time(12), clock.BOGOTA)
    known = principal.load_many(session, _candidates(session, task, day) | set(lent), now=noon)
    away = absences.absent(session, set(known), day) | {but}
    return any(
        completable.may_complete(session, task, replace(one, grants=(*one.grants, *lent.get(key, ()))))
        for key, one in known.items()
        if key not in away
    )


def _candidates(session: Session, task: Task, day: date) -> set[int]:
    """Whose a task is on a day, or all who hold its role while it is free, and who acts for them."""
    held = {task.assignee_id} if task.assignee_id else set(session.scalars(principal.holders_of(task.role, day)))
    lent = select(Delegation.to_id).where(Delegation.from_id.in_(sorted(held)), active_on(Delegation, day))
    return held | set(session.scalars(lent))


def _turns(session: Session, since: date, until: date) -> list[date]:
    """The days between two on which it may change who is at work: the first, and where something begins or ends."""
    found = {since}
    tables: tuple[type[Period], ...] = (Absence, Delegation)
    for table in tables:
        for begins, ends in session.execute(select(table.since, table.until).where(overlapping(table, since, until))):
            found |= {begins} | ({ends + timedelta(days=1)} if ends else set())
    return sorted(day for day in found if since <= day <= until)
