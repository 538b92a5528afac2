"""What tasks tell: that one is new or came back, and that it is about to fall due.

A task is told of to whom it is assigned; a free one, to everybody who could take it; one of somebody who may no
longer act, once to whoever supervises. Only what a review sends back
comes back: a step that its diagram repeats (a periodic one) is new every time.
"""

from collections import defaultdict
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import contains_eager

from db.clock import local_date
from directory import acting
from directory.chunks import chunks
from engine import definitions
from engine import owing
from engine.models import Definition
from engine.models import Instance
from engine.models import Task
from engine.models import TaskStatus
from notifications.ledger import OPEN
from notifications.models import Obligation
from notifications.models import Reminder
from notifications.notices import Item
from notifications.notices import Notice
from notifications.notices import Round
from notifications.notices import notice_source
from notifications.obligation_notices import role_of
from notifications.supervisors import Book

TASK = "task"
BACK = "task.back"
UNABLE = "task.unable"
NEW, RETURNED = "new", "returned"
UNATTENDED = "unattended"  # under the id of who holds it: it comes again when it is of another who may not act
SOON = 2  # working days before the due day
RUNGS = {"due-2": -SOON, "due0": 0}
APPEARED = 0  # the version under which a task's first notice stands: it does not come again when the due date moves

Place = tuple[str, int | None, int | None, int | None]  # role, unit, region and entity of a free task
Step = tuple[int, str, str]  # definition, diagram and element at which a task stands


@notice_source(TASK)
class Tasks:
    """The source of notices of the engine."""

    def due(self, session: Session, turn: Round, holders: Collection[int]) -> Iterable[Notice]:
        """Open tasks assigned to `holders`, and free ones that they could take."""
        back, unable = _back(session, turn), _unable(session, turn)
        yield from _unattended(session, turn, holders)
        for some in chunks(sorted(set(holders) - unable)):
            mine = _open().where(Task.assignee_id.in_(some)).order_by(Task.assignee_id, Task.due_sort, Task.id)
            for row in _stream(session, mine):
                yield _notice(turn, row, row.assignee_id, back)
        yield from self._free(session, turn, holders, back)

    def items(self, session: Session, reminders: Sequence[Reminder], *, now: datetime) -> dict[int, Item]:
        """The lines of what is still open and still theirs."""
        statement = select(Task).join(Task.instance).options(contains_eager(Task.instance))
        statement = statement.where(Task.status == TaskStatus.OPEN)
        found: dict[int, Task] = {}
        for some in chunks(sorted({reminder.source_id for reminder in reminders})):
            found |= {task.id: task for task in session.scalars(statement.where(Task.id.in_(some)))}
        meets = _meets(session, found.values(), now)
        unable = acting.unable(
            session, {task.assignee_id for task in found.values() if task.assignee_id is not None}, local_date(now)
        )
        lines = {}
        for reminder in reminders:
            task = found.get(reminder.source_id)
            if task is not None and _stands(task, reminder, unable):
                lines[reminder.id] = replace(_item(task, reminder), within=meets.get(task.id, ""))
        return lines

    def _free(
        self, session: Session, turn: Round, holders: Collection[int], back: Collection[Step]
    ) -> Iterator[Notice]:
        candidates = _candidates(session, turn)
        theirs: dict[Place, list[int]] = defaultdict(list)
        for person in sorted(holders):
            for place in candidates.get(person, ()):
                theirs[place].append(person)
        if theirs:
            roles = sorted({role for role, *_ in theirs})
            free = _open().where(Task.assignee_id.is_(None), Task.role.in_(roles)).order_by(Task.due_sort, Task.id)
            for row in _stream(session, free):
                for person in theirs.get((row.role, row.unit_id, row.region_id, row.entity_id), ()):
                    yield _notice(turn, row, person, back)


def _meets(session: Session, tasks: Collection[Task], now: datetime) -> dict[int, str]:
    """Task → the page of the open obligation that it meets, or that is about the task itself."""
    met = owing.of_tasks(session, tasks, now=now)
    found = {task_id: f"/plazos/{one.obligation_id}" for task_id, one in met.items() if one.obligation_id}
    ids = sorted(task.id for task in tasks)
    about = select(Obligation.subject_id, Obligation.id)
    about = about.where(Obligation.subject_kind == TASK, Obligation.status.in_(OPEN))
    for some in chunks(ids):
        rows = session.execute(about.where(Obligation.subject_id.in_(some)))
        found |= {task_id: f"/plazos/{obligation_id}" for task_id, obligation_id in rows}
    return found


def _candidates(session: Session, turn: Round) -> dict[int, list[Place]]:
    """Person → the places of free tasks that they could take; looked up once for the whole round."""
    if TASK not in turn.memo:
        book, found = Book(session, turn.today), defaultdict(list)
        places = (Task.role, Task.unit_id, Task.region_id, Task.entity_id)
        free = select(*places).where(Task.status == TaskStatus.OPEN, Task.assignee_id.is_(None)).distinct()
        for role, unit, region, entity in session.execute(free):
            for person in book.holders(role, unit_id=unit, region_id=region, entity_id=entity):
                found[person].append((role, unit, region, entity))
        turn.memo[TASK] = found
    candidates: dict[int, list[Place]] = turn.memo[TASK]
    return candidates


def _unable(session: Session, turn: Round) -> set[int]:
    """Who holds an open task and may not act; looked up once for the whole round."""
    if UNABLE not in turn.memo:
        held = select(Task.assignee_id).where(Task.status == TaskStatus.OPEN, Task.assignee_id.is_not(None)).distinct()
        turn.memo[UNABLE] = acting.unable(session, set(session.scalars(held)), turn.today)
    unable: set[int] = turn.memo[UNABLE]
    return unable


def _unattended(session: Session, turn: Round, holders: Collection[int]) -> Iterator[Notice]:
    """Tasks of those who may not act, for those of `holders` who supervise where they are."""
    unable = _unable(session, turn)
    if not unable:
        return
    book = Book(session, turn.today)
    for some in chunks(sorted(unable)):
        for row in _stream(session, _open().where(Task.assignee_id.in_(some)).order_by(Task.due_sort, Task.id)):
            overdue = row.due_at is not None and row.due_at < turn.now
            for person in book.of(region_id=row.region_id, unit_id=row.unit_id, debtor_id=row.assignee_id):
                if person in holders:
                    role = role_of(book, person, row.region_id, row.unit_id)
                    yield Notice(TASK, row.id, row.assignee_id, person, (UNATTENDED,), role, overdue)


def _back(session: Session, turn: Round) -> set[Step]:
    """The steps, of those open again, that a review sends back; looked up once for the whole round."""
    if BACK not in turn.memo:
        steps = select(Instance.definition_id, Task.process_key, Task.element).join(Task.instance)
        again = steps.where(Task.status == TaskStatus.OPEN, Task.round > 1).distinct()
        turn.memo[BACK] = {tuple(row) for row in session.execute(again) if _reviewed(session, *row)}
    back: set[Step] = turn.memo[BACK]
    return back


def _reviewed(session: Session, definition_id: int, process_key: str, element_id: str) -> bool:
    """Whether another step of the diagram reviews what this one sends, or what it answers for."""
    definition = session.get_one(Definition, definition_id)
    elements = definitions.bundle(session, definition).elements[process_key]
    about = {element_id}.union(*(one.words("answers") for one in elements if one.id == element_id))
    return any(about.intersection(one.words("reviews")) for one in elements if one.id != element_id)


def _open() -> Any:
    return (
        select(
            Task.id, Task.assignee_id, Task.role, Task.round, Task.due_at, Task.unit_id, Task.region_id, Task.entity_id,
            Instance.definition_id, Task.process_key, Task.element, owing.dated_by_the_ledger().label("follows"),
        )
        .join(Task.instance)
        .where(Task.status == TaskStatus.OPEN)
    )  # fmt: skip


def _stream(session: Session, statement: Any) -> Iterable[Row[Any]]:
    return session.execute(statement.execution_options(yield_per=1000))


def _notice(turn: Round, row: Row[Any], person: int, back: Collection[Step]) -> Notice:
    version = APPEARED
    returned = row.round > 1 and (row.definition_id, row.process_key, row.element) in back
    rungs: tuple[str, ...] = (RETURNED if returned else NEW,)
    if row.due_at is not None and not row.follows:  # of the date of an obligation its own ladder tells
        due_on = local_date(row.due_at)
        come = tuple(key for key, count in RUNGS.items() if turn.rung_day(due_on, count) <= turn.today)
        version, rungs = (_version(row.due_at), come) if come else (version, rungs)
    overdue = row.due_at is not None and not row.follows and row.due_at < turn.now
    return Notice(TASK, row.id, version, person, rungs, row.role, overdue)


def _version(due_at: datetime) -> int:
    """The version of a due date: another day is told of anew."""
    return local_date(due_at).toordinal()


def _stands(task: Task, reminder: Reminder, unable: Collection[int]) -> bool:
    """Whether what the reminder says is still so, and still concerns whom it was for."""
    if reminder.rung == UNATTENDED:
        return task.assignee_id == reminder.version and task.assignee_id in unable
    if task.assignee_id in unable:
        return False
    holder = reminder.on_behalf_of or reminder.recipient_id
    if task.assignee_id not in (None, holder):
        return False
    return reminder.version == APPEARED or (task.due_at is not None and reminder.version == _version(task.due_at))


def _item(task: Task, reminder: Reminder) -> Item:
    return Item(
        title=task.name,
        about=task.instance.title,
        link=f"/tareas/{task.id}",
        why=_why(task, reminder.rung),
        due_at=task.due_at,
        due_on=local_date(task.due_at) if task.due_at else None,
        explanation=task.due_reason,
        kind=task.name,
        listing=f"/bandeja?paso={task.element}",
        entity_id=task.entity_id,
    )


def _why(task: Task, rung: str) -> str:
    if rung == UNATTENDED:
        return "Quien la tiene ya no puede atenderla: asígnela a otra persona, o pida que la entregue."
    if task.assignee_id is None:
        return "La puede tomar cualquier persona de su grupo."
    if rung == RETURNED:
        return f"Volvió a usted: es la ronda {task.round}."
    return "Es una tarea nueva suya." if rung == NEW else "Es una tarea suya."
