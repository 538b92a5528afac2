"""Work items: read, claimed, released, assigned, completed."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Text
from sqlalchemy import bindparam
from sqlalchemy import cast
from sqlalchemy import delete
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import joinedload

from db import Actor
from db import history
from db.clock import local
from db.errors import Conflict
from db.errors import InvalidData
from db.errors import NotAllowed
from db.errors import NotFound
from db.writing import write_together
from directory import access
from directory.access import Subject
from directory.models import Person
from directory.principal import Principal
from directory.principal import load as load_principal
from engine import definitions
from engine import observations
from engine import registry
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
    access.demand(by, "task.read", subject_of(task))
    return task


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


def instructions(session: Session, task: Task) -> str:
    """What the diagram tells the person to do."""
    return element_of(session, task).instructions


def reviewed(session: Session, task: Task) -> Submission | None:
    """The submission that a reviewing task is about; None for other tasks."""
    element = element_of(session, task).properties.get("reviews", "")
    return submissions.latest(session, task.instance_id, element) if element else None


def consulted(session: Session, task: Task) -> list[Submission]:
    """What was sent since the submission under review at the elements that the diagram has the reviewer read."""
    since = reviewed(session, task)
    sent = [submissions.latest(session, task.instance_id, one) for one in element_of(session, task).words("reads")]
    return [row for row in sent if row is not None and since is not None and row.id > since.id]


def open_of(session: Session, instance_id: int) -> list[Task]:
    """What waits for people in an instance."""
    statement = (
        select(Task)
        .where(Task.instance_id == instance_id, Task.status == TaskStatus.OPEN)
        .options(joinedload(Task.instance).joinedload(Instance.definition))
        .order_by(Task.id)
    )
    return list(session.scalars(statement))


def claim(session: Session, task_id: int, *, by: Principal, now: datetime) -> Task:
    """Take a task that several people could do. Raises Conflict when somebody holds it."""
    task = _locked(session, task_id)
    actor = access.demand(by, "task.claim", subject_of(task))
    if task.assignee_id is not None:
        raise Conflict(f"La tarea ya la tiene {_name(session, task.assignee_id)}.", code="claimed")
    demand_separate(session, task, by, actor)
    task.assignee_id, task.claimed_at, task.revision = by.person_id, now, task.revision + 1
    _recorded(session, task, "task.claimed", f"Tomó la tarea «{task.name}».", actor, now)
    return task


def release(session: Session, task_id: int, *, by: Principal, now: datetime) -> Task:
    """Give back a task taken with `claim`. Raises Conflict when it was not taken."""
    task = _locked(session, task_id)
    actor = access.demand(by, "task.complete", subject_of(task))
    if task.claimed_at is None:
        raise Conflict("La tarea está asignada a una persona y no puede soltarse.", code="not-claimed")
    task.previous_holder_id, task.assignee_id = task.assignee_id, None
    task.claimed_at, task.revision = None, task.revision + 1
    _recorded(session, task, "task.released", f"Devolvió al grupo la tarea «{task.name}».", actor, now)
    return task


def assign(session: Session, task_id: int, person_id: int, *, by: Principal, now: datetime) -> Task:
    """Give a task to a person who could take it.

    Raises InvalidData (`person_id`) for somebody who does not hold its role there, or who wrote what it decides on.
    """
    task = _locked(session, task_id)
    actor = access.demand(by, "task.assign", subject_of(task))
    name = _fitting(session, task, person_id, now)
    task.previous_holder_id, task.assignee_id = task.assignee_id, person_id
    task.claimed_at, task.revision = None, task.revision + 1
    _recorded(session, task, "task.assigned", f"Asignó la tarea «{task.name}» a {name}.", actor, now)
    return task


def _fitting(session: Session, task: Task, person_id: int, now: datetime) -> str:
    """The name of a person who could take `task`. Raises InvalidData (`person_id`)."""
    if session.get(Person, person_id) is None:
        raise InvalidData({"person_id": ["Elija una persona del directorio."]})
    candidate = load_principal(session, person_id, now=now)
    if access.allowed(candidate, "task.complete", replace(subject_of(task), assignee_id=None)) is None:
        raise InvalidData({"person_id": [f"{candidate.name} no tiene el rol que pide esta tarea."]})
    try:
        demand_separate(session, task, candidate, candidate.actor())
    except NotAllowed as error:
        raise InvalidData({"person_id": [error.message]}) from error
    return candidate.name


def reassign_person(session: Session, from_id: int, to_id: int, *, by: Actor, now: datetime) -> int:
    """Give every open task of one person to another, and their part in open instances. Returns how many tasks."""
    people = cast(Instance.people, Text)
    part = people.like(f"%:{from_id},%") | people.like(f"%:{from_id}}}%")
    for instance in session.scalars(select(Instance).where(Instance.status == InstanceStatus.OPEN, part)):
        instance.people = {name: to_id if person == from_id else person for name, person in instance.people.items()}
    moved = select(Task).where(Task.assignee_id == from_id, Task.status == TaskStatus.OPEN)
    count = 0
    for task in session.scalars(moved.options(joinedload(Task.instance))):
        task.previous_holder_id, task.assignee_id, task.revision = from_id, to_id, task.revision + 1
        _recorded(session, task, "task.assigned", f"La tarea «{task.name}» pasó a {_name(session, to_id)}.", by, now)
        count += 1
    return count


def complete(
    session: Session,
    task_id: int,
    data: Mapping[str, Any],
    *,
    by: Principal,
    now: datetime,
    revision: int | None = None,
) -> Completed:
    """Send the form of a task and move its instance on.

    `revision` is the task's revision that the person saw. Raises NotFound, NotAllowed, InvalidData, and Conflict
    when the task was completed, cancelled or changed meanwhile (says who and when). Nothing is stored then.
    """
    task = _locked(session, task_id, revision)
    actor = access.demand(by, "task.complete", subject_of(task))
    demand_separate(session, task, by, actor)
    answers = _answers(session, task, data, now)
    with session.no_autoflush:  # read what is needed, then write everything at once
        submission = _submitted(session, task, answers, actor, now)
        _output(session, task, answers.data)
        loaded = state.load(session, task.instance)
        loaded.run.complete(task.work_id)
        task.status, task.ended_at, task.ended_by = TaskStatus.COMPLETED, now, by.person_id
        task.revision += 1
        opened = state.save(session, loaded, now=now)
        for fresh in opened:
            fresh.previous_holder_id = by.person_id
        _tidy(session, task)
        history.record(
            session, subject(task.instance_id), "task.completed", by=actor, now=now, element=task.element,
            summary=f"Completó «{task.name}»" + (f" (ronda {task.round})." if task.round > 1 else "."),
            details={"task": task.id, "process": task.process_key, "round": task.round, "receipt": submission.receipt,
                     "passed": loaded.run.passed},
        )  # fmt: skip
        write_together(session)
    ended, awaits = bool(loaded.run.end), task.instance.awaits_service
    return Completed(submission.receipt, submission, task, opened, answers.warnings, task.instance_id, ended, awaits)


def demand_separate(session: Session, task: Task, by: Principal, actor: Actor) -> None:
    """Raise NotAllowed when the person, or whom they act for, wrote what this task decides on."""
    elements = element_of(session, task).words("separate_from")
    if not elements:
        return
    statement = select(Submission.author_id, Submission.on_behalf_of).where(
        Submission.instance_id == task.instance_id, Submission.element.in_(elements)
    )
    authors = {person for row in session.execute(statement) for person in row if person is not None}
    if authors & ({by.person_id, actor.on_behalf_of} - {None}):
        raise NotAllowed("Nadie valida lo que escribió: esta tarea corresponde a otra persona.", action="task.complete")


def _answers(session: Session, task: Task, data: Mapping[str, Any], now: datetime) -> Answers:
    form = form_of(session, task)
    context = {"instance_id": task.instance_id, "task_id": task.id, **task.instance.refs}
    answers = load_form(session, form, data, context=context)
    check = registry.check(form.name)
    if check is not None:
        check(session, Context(session, task.instance, task.element), answers.data, now=now)
    return answers


def _submitted(session: Session, task: Task, answers: Answers, actor: Actor, now: datetime) -> Submission:
    assert actor.person_id is not None, "a person completes a task"
    submission = Submission(
        task_id=task.id,
        instance_id=task.instance_id,
        element=task.element,
        form_hash=task.form_hash,
        data=answers.data,
        author_id=actor.person_id,
        on_behalf_of=actor.on_behalf_of,
        capacity=actor.capacity,
        at=now,
        round=task.round,
        receipt=f"R-{local(now).year}-{task.id:06d}",
        warnings=answers.warnings,
    )
    session.add(submission)
    return submission


_FORGET_DRAFT = delete(Draft.__table__).where(Draft.task_id == bindparam("task_id"))  # type: ignore[arg-type]


def _tidy(session: Session, task: Task) -> None:
    """The draft has served; the remarks of a review become the author's to answer."""
    session.connection().execute(_FORGET_DRAFT, {"task_id": task.id})
    if element_of(session, task).properties.get("reviews"):
        observations.publish(session, task)


def _output(session: Session, task: Task, data: Mapping[str, Any]) -> None:
    """Copy the answers that the diagram names into the instance's variables."""
    pairs = [word.partition("=") for word in element_of(session, task).words("outputs")]
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
    if task.status == TaskStatus.COMPLETED:
        who = _name(session, task.ended_by)
        raise Conflict(f"«{task.name}» ya la completó {who}.", code="completed")
    if task.status == TaskStatus.CANCELLED:
        raise Conflict(f"«{task.name}» ya no hace falta: el proceso siguió otro camino.", code="cancelled")
    if revision is not None and revision != task.revision:
        raise Conflict(
            f"«{task.name}» cambió mientras usted la diligenciaba; lo que escribió se conserva.", code="stale"
        )
    return task


def _name(session: Session, person_id: int | None) -> str:
    name = session.scalar(select(Person.name).where(Person.id == person_id)) if person_id else None
    return name or "otra persona"


def _recorded(session: Session, task: Task, action: str, summary: str, by: Actor, now: datetime) -> None:
    history.record(
        session, subject(task.instance_id), action, by=by, now=now, element=task.element, summary=summary,
        details={"task": task.id, "assignee": task.assignee_id},
    )  # fmt: skip
