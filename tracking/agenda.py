"""The agenda: what falls due between two days, obligations and tasks together, for a person or for a team."""

from collections.abc import Iterable
from collections.abc import Iterator
from datetime import date
from datetime import datetime
from datetime import timedelta

from sqlalchemy import Select
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import joinedload

from db.clock import local_date
from directory import access
from directory.principal import Principal
from engine import inbox
from engine import owing
from engine import reserved
from engine.models import Task
from engine.models import TaskStatus
from notifications import obligations
from notifications import waiting
from notifications.calendar import LAW
from notifications.ical import Item
from notifications.ledger import OPEN
from notifications.models import Obligation
from notifications.waiting import Awaited

MOST = 2000
"""Items of one agenda; a team of more than that looks at its lists."""

BACK = timedelta(days=60)
EARLIEST = date(2000, 1, 1)
AHEAD = timedelta(days=400)
OBLIGATION_WARNINGS = (timedelta(days=5), timedelta(days=2))
TASK_WARNINGS = (timedelta(days=2),)


def around(session: Session, by: Principal, *, team: bool, now: datetime) -> list[Item]:
    """What `by` (or their team) owes and has not done: what is overdue, however long, and all that comes.

    What is overdue for over two months is counted apart, so that it crowds out nothing of the rest.
    """
    since = local_date(now) - BACK
    old = between(session, by, EARLIEST, since - timedelta(days=1), team=team, now=now)
    recent = between(session, by, since, local_date(now) + AHEAD, team=team, now=now)
    known = {item.key for item in recent}
    return [*(item for item in old if item.key not in known), *recent]


def between(
    session: Session, by: Principal, since: date, until: date, *, team: bool = False, now: datetime
) -> list[Item]:
    """Open obligations and tasks due from `since` to `until`, in order; those of the team are those in sight of `by`.

    A task that is an obligation too (a gate of the DER), or meets one of these, stands once, as the obligation.
    """
    start, end = _span(since, until)
    owed = _obligations(session, by, start, end, team=team)
    return _together(session, owed, _tasks(session, by, start, end, team=team), now)


def of_person(session: Session, person_id: int, since: date, until: date, *, now: datetime) -> list[Item]:
    """What one person has not done and falls due from `since` to `until`: what they owe and the tasks in their name."""
    start, end = _span(since, until)
    owed = session.scalars(_open_obligations(start, end).where(Obligation.debtor_id == person_id))
    tasks = session.scalars(_open_tasks(start, end).where(Task.assignee_id == person_id))
    return _together(session, owed, tasks, now)


def _span(since: date, until: date) -> tuple[datetime, datetime]:
    return LAW.at_cut_off(since) - timedelta(hours=18), LAW.at_cut_off(until) + timedelta(hours=7)


def _together(session: Session, owed: Iterable[Obligation], tasks: Iterable[Task], now: datetime) -> list[Item]:
    rows, found = list(owed), list(tasks)
    twice = {row.subject_id for row in rows if row.subject_kind == "task"} | _meeting(session, rows, found, now)
    steps = waiting.awaited(session, rows)
    items = [
        *(_of_obligation(row, steps.get(row.id)) for row in rows),
        *_of_tasks(task for task in found if task.id not in twice),
    ]
    return sorted(items, key=lambda item: (item.due_at, item.key))[:MOST]


def _meeting(session: Session, rows: Iterable[Obligation], tasks: Iterable[Task], now: datetime) -> set[int]:
    """The tasks that, done, meet one of these obligations."""
    known = {row.id for row in rows}
    met = owing.of_tasks(session, tasks, now=now)
    return {task_id for task_id, owed in met.items() if owed.obligation_id in known}


def by_day(items: Iterable[Item]) -> dict[date, list[Item]]:
    """`items` under the day, in Colombia, on which each falls due."""
    days: dict[date, list[Item]] = {}
    for item in items:
        days.setdefault(local_date(item.due_at), []).append(item)
    return days


def _obligations(session: Session, by: Principal, start: datetime, end: datetime, *, team: bool) -> list[Obligation]:
    statement = _open_obligations(start, end)
    if team:
        statement = access.visible(statement, by, "obligation.read", obligations.SCOPE)
    else:
        statement = statement.where(Obligation.debtor_id.in_(sorted(by.stands_for())))
    return list(session.scalars(statement))


def _open_obligations(start: datetime, end: datetime) -> Select[Obligation]:
    return (
        select(Obligation)
        .where(Obligation.status.in_(OPEN), Obligation.due_at >= start, Obligation.due_at < end)
        .order_by(Obligation.due_at, Obligation.id)
        .limit(MOST)
    )


def _tasks(session: Session, by: Principal, start: datetime, end: datetime, *, team: bool) -> list[Task]:
    rows = _open_tasks(start, end)
    if team:
        return list(session.scalars(reserved.tasks(rows, by, inbox.TASK_COLUMNS)))
    return list(session.scalars(access.visible(rows, by, reserved.DO, inbox.TASK_COLUMNS)))


def _open_tasks(start: datetime, end: datetime) -> Select[Task]:
    return (
        select(Task)
        .where(Task.status == TaskStatus.OPEN, Task.due_sort >= start, Task.due_sort < end)
        .order_by(Task.due_sort, Task.id)
        .limit(MOST)
        .options(joinedload(Task.instance))
    )


def _of_obligation(row: Obligation, step: Awaited | None) -> Item:
    """What waits for the step before says so, and warns of nothing: it cannot be done yet."""
    title = f"{row.title}: {row.subject_label}" if row.subject_label else row.title
    return Item(
        key=f"obligation-{row.id}",
        title=f"{waiting.ESPERA}: {title}" if step is not None else title,
        detail=f"{step.said} {row.explanation}" if step is not None else row.explanation,
        due_at=row.due_at,
        path=f"/plazos/{row.id}",
        version=row.version,
        changed_at=row.changed_at,
        warnings=() if step is not None else OBLIGATION_WARNINGS,
        tentative=step is not None,
    )


def _of_tasks(tasks: Iterable[Task]) -> Iterator[Item]:
    for task in tasks:
        assert task.due_at is not None, "tasks are listed by their due instant"
        yield Item(
            key=f"task-{task.id}",
            title=f"{task.name}: {task.instance.title}",
            detail=task.due_reason,
            due_at=task.due_at,
            path=f"/tareas/{task.id}",
            version=task.revision,
            changed_at=task.created_at,
            warnings=TASK_WARNINGS,
        )
