"""Work items: read, claimed, released, assigned, completed."""

from collections.abc import Collection
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy import Text
from sqlalchemy import bindparam
from sqlalchemy import cast
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import joinedload

from db import Actor
from db import history
from db import seals
from db.clock import local_date
from db.errors import Conflict
from db.errors import InvalidData
from db.errors import NotAllowed
from db.errors import NotFound
from db.types import Written
from db.writing import write_together
from directory import access
from directory.access import Subject
from directory.models import Person
from directory.principal import Principal
from directory.principal import load as load_principal
from engine import attachments
from engine import definitions
from engine import endings
from engine import observations
from engine import personal
from engine import prefill
from engine import registry
from engine import reserved
from engine import separation
from engine import state
from engine import submissions
from engine.bundle import Element
from engine.context import Context
from engine.instances import subject
from engine.models import Draft
from engine.models import Instance
from engine.models import InstanceStatus
from engine.models import Submission
from engine.models import Task
from engine.models import TaskStatus
from forms.declaration import Form
from forms.load import Loaded as Answers
from forms.load import load as load_form


@dataclass(frozen=True, slots=True)
class Completed:
    """The receipt of a completed task, and what it opened."""

    receipt: str
    submission: Submission
    task: Task
    opened: list[Task]
    warnings: dict[str, list[str]]
    instance_id: int
    ended: bool
    awaits_service: bool  # a handler is to run now


def get(session: Session, task_id: int, *, by: Principal) -> Task:
    """The task with its instance and definition. Raises NotFound, NotAllowed."""
    task = _found(session, task_id)
    _demand_sight(task, by)
    return task


def given_on(session: Session, task_id: int, *, by: Principal) -> Task | None:
    """The open task that was of `by`, or of whom they act for, until it passed to somebody else; None otherwise.

    They need not be able to read it any more: it is for telling who was filling it in where it went.
    """
    task = _found(session, task_id)
    return task if task.status == TaskStatus.OPEN and task.previous_holder_id in by.stands_for() else None


def known_to(session: Session, task_id: int, *, by: Principal) -> Task | None:
    """The task, if `by` may read it, had it before, or could have taken it while it was free; None otherwise."""
    try:
        task = _found(session, task_id)
    except NotFound:
        return None
    free = replace(subject_of(task), assignee_id=None)
    held = task.previous_holder_id in by.stands_for()
    return task if held or may_read(task, by) or access.allowed(by, "task.claim", free) else None


def may_read(task: Task, by: Principal) -> bool:
    """Whether `get` gives the task to `by`."""
    subject = subject_of(task)
    seen = access.allowed(by, reserved.READ, subject) is not None
    return seen and not reserved.closed(by, task.process_key, subject)


def _demand_sight(task: Task, by: Principal) -> None:
    subject = subject_of(task)
    access.demand(by, reserved.READ, subject)
    if missing := reserved.closed(by, task.process_key, subject):
        access.demand(by, missing, subject)


def subject_of(task: Task) -> Subject:
    """The task as the permission table sees it."""
    return Subject(
        unit_id=task.unit_id,
        entity_id=task.entity_id,
        region_id=task.region_id,
        assignee_id=task.assignee_id,
        role=task.role,
        people=frozenset(task.instance.people.values()),
    )


def form_of(session: Session, row: Task | Submission) -> Form:
    """The stored declaration of the form that `row` uses."""
    return definitions.form(session, row.form_hash)


def element_of(session: Session, task: Task) -> Element:
    """The node of the diagram at which `task` stands."""
    element = definitions.bundle(session, task.instance.definition).find(task.process_key, task.element)
    assert element is not None, f"{task.element} stands in no diagram"
    return element


def decides(session: Session, task: Task) -> bool:
    """Whether the task stands at a gate, where what was written is answered, validated or published."""
    return bool(element_of(session, task).properties.get("gate"))


def instructions(session: Session, task: Task) -> str:
    """What the diagram tells the person to do."""
    return element_of(session, task).instructions


def open_of(session: Session, *instance_ids: int) -> list[Task]:
    """What waits for people in one or more instances, the oldest first."""
    statement = (
        select(Task)
        .where(Task.instance_id.in_(instance_ids), Task.status == TaskStatus.OPEN)
        .options(joinedload(Task.instance).joinedload(Instance.definition))
        .order_by(Task.id)
    )
    return list(session.scalars(statement))


def open_counts(session: Session, instance_ids: Collection[int]) -> dict[int, int]:
    """Instance → how many tasks wait in it; without those in which none does."""
    statement = (
        select(Task.instance_id, func.count())
        .where(Task.instance_id.in_(instance_ids), Task.status == TaskStatus.OPEN)
        .group_by(Task.instance_id)
    )
    return dict(session.execute(statement).all())


# Every act of a plan asks it: it is built once.
_LAST_AT = (
    select(Task)
    .where(Task.instance_id.in_(bindparam("instances", expanding=True)), Task.element == bindparam("element"))
    .order_by(Task.id)
)


def last_at(session: Session, element: str, instance_ids: Collection[int]) -> dict[int, Task]:
    """Instance → its newest task at `element`, open or ended; without those instances that never came there."""
    found = session.scalars(_LAST_AT, {"element": element, "instances": sorted(instance_ids)})
    return {task.instance_id: task for task in found}


def roles_held(session: Session, person_id: int) -> list[Subject]:
    """For each role and place of the open tasks of a person, that place: what whoever takes them over must hold."""
    columns = (Task.role, Task.unit_id, Task.entity_id, Task.region_id)
    statement = select(*columns).where(*_passing(person_id), Task.role != "")
    rows = session.execute(statement.distinct().order_by(*columns))
    return [Subject(role=role, unit_id=unit, entity_id=entity, region_id=region) for role, unit, entity, region in rows]


def count_held(session: Session, person_id: int, *, but_in: Collection[int] = ()) -> int:
    """How many open tasks a person holds that somebody else may be given; without those of the instances `but_in`."""
    by_case = select(Task.instance_id, func.count()).where(*_passing(person_id)).group_by(Task.instance_id)
    return sum(count for case, count in session.execute(by_case) if case not in but_in)


def _passing(person_id: int) -> tuple[ColumnElement[bool], ...]:
    """The open tasks of a person that can go to somebody else, as conditions."""
    return Task.assignee_id == person_id, Task.status == TaskStatus.OPEN, ~personal.steps()


def claim(session: Session, task_id: int, *, by: Principal, now: datetime) -> Task:
    """Take a task that several people could do. Raises Conflict when somebody holds it."""
    task = _locked(session, task_id)
    actor = access.demand(by, "task.claim", subject_of(task))
    if task.assignee_id is not None:
        raise Conflict(f"La tarea ya la tiene {_name(session, task.assignee_id)}.", code="claimed")
    separation.demand(session, task, by, actor)
    task.assignee_id, task.claimed_at, task.revision = by.person_id, now, task.revision + 1
    _recorded(session, task, "task.claimed", f"Tomó la tarea «{task.name}».", actor, now)
    return task


def release(session: Session, task_id: int, *, by: Principal, now: datetime) -> Task:
    """Give back a task taken with `claim`. Raises Conflict when it was not taken."""
    task = _locked(session, task_id)
    actor = access.demand(by, "task.complete", subject_of(task))
    separation.demand(session, task, by, actor)
    if task.claimed_at is None:
        raise Conflict("La tarea está asignada a una persona y no puede soltarse.", code="not-claimed")
    task.previous_holder_id, task.assignee_id = task.assignee_id, None
    task.claimed_at, task.revision = None, task.revision + 1
    _recorded(session, task, "task.released", f"Devolvió al grupo la tarea «{task.name}».", actor, now)
    return task


def assign(session: Session, task_id: int, person_id: int, *, by: Principal, now: datetime, reason: str = "") -> Task:
    """Give a task to a person who could take it; why, where somebody says it.

    Raises InvalidData (`person_id`) for somebody who does not hold its role there, or who wrote what it decides on, and
    NotAllowed for whoever wrote that themselves: nobody chooses who decides on their work.
    """
    task = _locked(session, task_id)
    actor = demand_assigning(session, task, by)
    name = _fitting(session, task, person_id, now)
    task.previous_holder_id, task.assignee_id = task.assignee_id, person_id
    task.claimed_at, task.revision = None, task.revision + 1
    _recorded(session, task, "task.assigned", f"Asignó la tarea «{task.name}» a {name}.", actor, now, reason.strip())
    return task


def demand_assigning(session: Session, task: Task, by: Principal) -> Actor:
    """Who says who does `task`. Raises NotAllowed, also for what decides on what `by` wrote."""
    actor = access.demand(by, "task.assign", subject_of(task))
    if separation.wrote(session, task, {by.person_id, actor.on_behalf_of} - {None}):
        raise NotAllowed("Nadie elige quién revisa lo que escribió: la asigna otra persona.", action="task.assign")
    return actor


def _fitting(session: Session, task: Task, person_id: int, now: datetime) -> str:
    """The name of a person who could take `task`. Raises InvalidData (`person_id`)."""
    if session.get(Person, person_id) is None:
        raise InvalidData({"person_id": ["Elija una persona del directorio."]})
    if personal.is_one(task) and person_id != task.assignee_id:
        raise InvalidData({"person_id": [f"«{task.name}» es de quien lo debe y no cambia de manos."]})
    candidate = load_principal(session, person_id, now=now)
    if access.allowed(candidate, "task.complete", replace(subject_of(task), assignee_id=None)) is None:
        raise InvalidData({"person_id": [f"{candidate.name} no tiene el rol que pide esta tarea."]})
    try:
        separation.demand(session, task, candidate, candidate.actor())
    except NotAllowed as error:
        raise InvalidData({"person_id": [error.message]}) from error
    return candidate.name


def reassign_person(session: Session, from_id: int, to_id: int, *, by: Actor, now: datetime) -> int:
    """Give every open task of one person to another, and their part in open instances. Returns how many tasks.

    What is about that person stays theirs, task and part (`engine.personal`).
    However many they are, it takes the same few queries; the instances are locked, in order.
    """
    moved = select(Task).where(*_passing(from_id)).order_by(Task.id)
    people = cast(Instance.people, Text)
    part = people.like(f"%:{from_id},%") | people.like(f"%:{from_id}}}%")
    concerned = part | Instance.id.in_(moved.with_only_columns(Task.instance_id).order_by(None))
    held = select(Instance).where(Instance.status == InstanceStatus.OPEN, concerned).order_by(Instance.id)
    theirs = personal.definitions(session)
    for instance in session.scalars(held.with_for_update().execution_options(populate_existing=True)):
        if instance.definition_id in theirs:
            continue
        instance.people = {name: to_id if person == from_id else person for name, person in instance.people.items()}
    found = session.scalars(moved.execution_options(populate_existing=True)).all()
    name = _name(session, to_id)
    for task in found:
        task.previous_holder_id, task.assignee_id, task.revision = from_id, to_id, task.revision + 1
    entries = [_entry(task, "task.assigned", f"La tarea «{task.name}» pasó a {name}.") for task in found]
    history.record_all(session, entries, by=by, now=now)
    return len(found)


def complete(
    session: Session,
    task_id: int,
    data: Mapping[str, Any],
    *,
    by: Principal,
    now: datetime,
    revision: int | None = None,
    confirmed: bool = False,
) -> Completed:
    """Send the form of a task and move its instance on.

    `revision` is the task's revision that the person saw; `confirmed` says that they mean what the process doubts.
    Raises NotFound, NotAllowed, InvalidData (at `confirmed` while something is to be confirmed), and Conflict when the
    task was completed, cancelled or changed meanwhile (says who and when). Nothing is stored then.
    """
    task = state.lock_task(session, task_id)
    actor = access.demand(by, "task.complete", subject_of(task))  # before it is told who was faster
    _demand_open(session, task, revision)
    separation.demand(session, task, by, actor)
    answers = _answers(session, task, data, by, now)
    if not confirmed:
        _demand_no_doubt(session, task, answers.data, now)
    with session.no_autoflush:  # read what is needed, then write everything at once
        submission = _submitted(session, task, answers, actor, now)
        output(session, task, answers.data)
        loaded = state.load(session, task.instance)
        loaded.run.complete(task.work_id)
        task.status, task.ended_at, task.ended_by = TaskStatus.COMPLETED, now, by.person_id
        task.revision += 1
        opened = state.save(session, loaded, now=now)
        for fresh in opened:
            fresh.previous_holder_id = by.person_id
        if element_of(session, task).properties.get("reviews"):
            observations.publish(session, task)  # they are the author's to answer now
        history.record(
            session, subject(task.instance_id), "task.completed", by=actor, now=now, element=task.element,
            summary=f"Completó «{task.name}»" + (f" (ronda {task.round})." if task.round > 1 else "."),
            details={"task": task.id, "process": task.process_key, "round": task.round, "receipt": submission.receipt,
                     seals.NAME: submissions.seal(submission),
                     **loaded.run.account()},
        )  # fmt: skip
        write_together(session, without=[(Draft, {"task_id": task.id})])
        attachments.sent(session, task, answers.data, now=now)
    _tell(session, task, actor, now)
    ended, awaits = bool(loaded.run.end), task.instance.awaits_service
    return Completed(submission.receipt, submission, task, opened, answers.warnings, task.instance_id, ended, awaits)


def _tell(session: Session, task: Task, actor: Actor, now: datetime) -> None:
    """Record what the form of `task`, now sent, means besides."""
    sent = registry.sent(str(element_of(session, task).properties.get("form", "")))
    if sent is not None:
        sent(session, Context(session, task.instance, task.element), task, by=actor, now=now)


def demand_fitting(session: Session, task: Task, data: Mapping[str, Any], *, now: datetime) -> None:
    """Raise InvalidData where answers that the form takes do not fit what the case has come to."""
    check = registry.check(form_of(session, task).name)
    if check is not None:
        check(session, Context(session, task.instance, task.element), data, now=now)


def _answers(session: Session, task: Task, data: Mapping[str, Any], by: Principal, now: datetime) -> Answers:
    form = form_of(session, task)
    context = {"instance_id": task.instance_id, "task_id": task.id, "today": local_date(now), **task.instance.refs}
    answers = load_form(session, form, data, context=context)
    attachments.demand_own(session, task, answers.data, by=by, now=now)
    demand_fitting(session, task, answers.data, now=now)
    return answers


def _demand_no_doubt(session: Session, task: Task, data: Mapping[str, Any], now: datetime) -> None:
    doubts = prefill.doubts(session, task, data, now=now)
    if doubts:
        raise InvalidData({"confirmed": [f"Confirme antes de enviar: «{doubt}»." for doubt in doubts]})


def _submitted(session: Session, task: Task, answers: Answers, actor: Actor, now: datetime) -> Submission:
    assert actor.person_id is not None, "a person completes a task"
    submission = Submission(
        task_id=task.id,
        instance_id=task.instance_id,
        element=task.element,
        form_hash=task.form_hash,
        data=Written(answers.data),  # sealed and stored
        author_id=actor.person_id,
        on_behalf_of=actor.on_behalf_of,
        capacity=actor.capacity,
        at=now,
        round=task.round,
        receipt=submissions.receipt(task.id, now),
        warnings=answers.warnings,
    )
    session.add(submission)
    return submission


def output(session: Session, task: Task, data: Mapping[str, Any], questions: Collection[str] | None = None) -> None:
    """Copy the answers that the diagram names into the instance's variables; to some `questions` alone, if given."""
    pairs = [word.partition("=") for word in element_of(session, task).words("outputs")]
    pairs = [pair for pair in pairs if questions is None or pair[2] in questions]
    if pairs:
        found = {variable: _scalar(data.get(name)) for variable, _, name in pairs}
        task.instance.variables = {**task.instance.variables, **found}


def _scalar(value: object) -> str | bool | int:
    return value if isinstance(value, str | bool | int) else ""


def _found(session: Session, task_id: int) -> Task:
    statement = (
        select(Task)
        .where(Task.id == task_id)
        .options(joinedload(Task.instance).joinedload(Instance.definition))
        .execution_options(populate_existing=True)
    )
    task = session.scalars(statement).one_or_none()
    if task is None:
        raise NotFound("la tarea", task_id)
    return task


def _locked(session: Session, task_id: int, revision: int | None = None) -> Task:
    """The open task, its instance locked. Raises NotFound, and Conflict when it is open no more or changed."""
    task = state.lock_task(session, task_id)
    _demand_open(session, task, revision)
    return task


def _demand_open(session: Session, task: Task, revision: int | None) -> None:
    if task.status == TaskStatus.COMPLETED:
        who = _name(session, task.ended_by)
        raise Conflict(f"«{task.name}» ya la completó {who}.", code="completed")
    if task.status == TaskStatus.CANCELLED:
        raise Conflict(f"«{task.name}» ya no hace falta. {endings.of(session, task)}", code="cancelled")
    if revision is not None and revision != task.revision:
        raise Conflict(
            f"«{task.name}» cambió mientras usted la diligenciaba; lo que escribió se conserva.", code="stale"
        )


def _name(session: Session, person_id: int | None) -> str:
    name = session.scalar(select(Person.name).where(Person.id == person_id)) if person_id else None
    return name or "otra persona"


def _recorded(
    session: Session, task: Task, action: str, summary: str, by: Actor, now: datetime, reason: str = ""
) -> None:
    history.record_all(session, [_entry(task, action, summary, reason)], by=by, now=now)


def _entry(task: Task, action: str, summary: str, reason: str = "") -> history.Entry:
    details = {"task": task.id, "assignee": task.assignee_id}
    return history.Entry(subject(task.instance_id), action, summary, task.element, details, reason)
