"""Remarks of a review: written on a submission, published with the review, answered by the author, closed."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from textwrap import shorten
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy import Select
from sqlalchemy import func
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy import update
from sqlalchemy.orm import Session
from sqlalchemy.orm import joinedload

from db import history
from db.actor import Actor
from db.errors import Conflict
from db.errors import InvalidData
from db.errors import NotAllowed
from db.errors import NotFound
from directory import access
from directory.access import Subject
from directory.principal import Principal
from engine import calls
from engine import definitions
from engine import separation
from engine import submissions
from engine.instances import subject
from engine.models import Instance
from engine.models import Observation
from engine.models import ObservationStatus
from engine.models import Submission
from engine.models import Task
from engine.models import TaskStatus
from forms.declaration import Field
from forms.declaration import Form
from forms.declaration import Kind

MAX_LENGTH = 5000
EXCERPT = 48  # characters by which a row is told from another
WRITTEN = (Kind.TEXT, Kind.LONG_TEXT)


def add(session: Session, task_id: int, path: str, text: str, *, by: Principal, now: datetime) -> Observation:
    """Write a remark, in the reviewing task, on the submission it reviews.

    `path` is `field`, `table/row/column`, or empty for the whole. Whoever holds the role that the review is for writes
    in it, whether or not somebody took it; who sends it sees them all. Raises NotAllowed, Conflict when the review was
    sent, InvalidData for an empty text or an unknown path.
    """
    task = _review(session, task_id)
    actor = _writer(task, by)
    separation.demand(session, task, by, actor)
    element = _reviewed_element(session, task)
    submission = submissions.latest(session, task.instance_id, element) if element else None
    if submission is None:
        raise Conflict("Esta tarea no revisa ningún envío.", code="nothing-reviewed")
    assert actor.person_id is not None
    observation = Observation(
        instance_id=task.instance_id,
        submission_id=submission.id,
        task_id=task.id,
        element=element,
        number=1 + (session.scalar(_last_number(task.instance_id)) or 0),
        round=task.round,
        path=path,
        label=label(definitions.form(session, submission.form_hash), path, submission.data),
        text=_checked(text),
        status=ObservationStatus.OPEN,
        published=False,
        author_id=actor.person_id,
        at=now,
    )
    session.add(observation)
    session.flush()
    return observation


def change(session: Session, observation_id: int, text: str, *, by: Principal, now: datetime) -> Observation:
    """Rewrite one's own remark before the review is sent."""
    observation = _own_unpublished(session, observation_id, by)
    observation.text, observation.at = _checked(text), now
    return observation


def remove(session: Session, observation_id: int, *, by: Principal, now: datetime) -> None:
    """Take back one's own remark before the review is sent; those written after it move up by one."""
    observation = _own_unpublished(session, observation_id, by)
    session.delete(observation)
    session.flush()
    later = select(Observation).where(
        Observation.instance_id == observation.instance_id, Observation.number > observation.number
    )
    following = list(session.scalars(later.order_by(Observation.number)))
    if all(row.task_id == observation.task_id and not row.published for row in following):
        for row in following:
            row.number -= 1
            session.flush()


def answer(session: Session, observation_id: int, text: str, *, by: Principal, now: datetime) -> Observation:
    """Answer a published remark. A later answer replaces the former until what was remarked on is sent again.

    A review that follows and does not hold it as attended to asks for it anew. Raises NotFound, NotAllowed, Conflict
    when the remark is closed or what was written to it waits for a review.
    """
    observation = _found(session, observation_id)
    actor = access.demand(by, "observation.answer", _instance_subject(session, observation.instance_id))
    over = observation.status == ObservationStatus.CLOSED or not is_current(session, observation)
    if not observation.published or over:
        raise Conflict("Esta observación no admite respuesta.", code="closed")
    observation.answer, observation.answered_by, observation.answered_at = _checked(text), actor.person_id, now
    observation.status = ObservationStatus.ANSWERED
    history.record(
        session, subject(observation.instance_id), "observation.answered", by=actor, now=now,
        element=observation.element, summary=f"Respondió la observación {observation.number}.",
        details={"observation": observation.number, "answer": observation.answer},
    )  # fmt: skip
    return observation


def is_current(session: Session, observation: Observation) -> bool:
    """Whether what it remarks on is to be sent again: it was not since, or a review followed."""
    newest = submissions.latest(session, observation.instance_id, observation.element)
    if newest is None or newest.id == observation.submission_id:
        return True
    instance = session.get_one(Instance, observation.instance_id, options=[joinedload(Instance.definition)])
    reviews = definitions.bundle(session, instance.definition).reviewing(observation.element)
    later = select(Submission.id).where(
        Submission.instance_id == instance.id, Submission.id > newest.id, Submission.element.in_(reviews)
    )
    return session.scalar(later.limit(1)) is not None


def close(session: Session, observation_id: int, *, by: Principal, now: datetime) -> Observation:
    """Hold a remark as attended to, until `reopen`: in the review that follows, by who makes it.

    Raises NotFound, NotAllowed; Conflict when it already was.
    """
    observation = _found(session, observation_id)
    actor = _reviewer(session, observation, by)
    if observation.status == ObservationStatus.CLOSED:
        raise Conflict(f"La observación {observation.number} ya estaba atendida.", code="closed")
    observation.status, observation.closed_by, observation.closed_at = ObservationStatus.CLOSED, actor.person_id, now
    history.record(
        session, subject(observation.instance_id), "observation.closed", by=actor, now=now, element=observation.element,
        summary=f"Dio por atendida la observación {observation.number}.", details={"observation": observation.number},
    )  # fmt: skip
    return observation


def reopen(session: Session, observation_id: int, *, by: Principal, now: datetime) -> Observation:
    """Hold a remark as not attended to after all. Raises NotFound, NotAllowed; Conflict when it was not closed."""
    observation = _found(session, observation_id)
    actor = _reviewer(session, observation, by)
    if observation.status != ObservationStatus.CLOSED:
        raise Conflict(f"La observación {observation.number} no estaba atendida.", code="open")
    observation.status = ObservationStatus.ANSWERED if observation.answer else ObservationStatus.OPEN
    observation.closed_by = observation.closed_at = None
    history.record(
        session, subject(observation.instance_id), "observation.reopened", by=actor, now=now,
        element=observation.element, summary=f"Volvió a dejar pendiente la observación {observation.number}.",
        details={"observation": observation.number},
    )  # fmt: skip
    return observation


def of_instance(session: Session, instance_id: int, *, by: Principal) -> list[Observation]:
    """The remarks of an instance that this person may see, by number."""
    mine = Observation.published.is_(True) | (Observation.author_id == by.person_id)
    statement = select(Observation).where(Observation.instance_id == instance_id, mine)
    return list(session.scalars(statement.order_by(Observation.number)))


def of_submission(
    session: Session, submission_id: int, *, by: Principal, review: Task | None = None
) -> list[Observation]:
    """The remarks on one submission that this person may see, by number; whoever makes `review` sees all of it."""
    statement = select(Observation).where(Observation.submission_id == submission_id, _seen(session, by, review))
    return list(session.scalars(statement.order_by(Observation.number)))


def sent_with(session: Session, task_id: int) -> list[Observation]:
    """The remarks that went out with a review, by number; the caller has looked whether its case may be read."""
    statement = select(Observation).where(Observation.task_id == task_id, Observation.published.is_(True))
    return list(session.scalars(statement.order_by(Observation.number)))


def before(session: Session, submission: Submission) -> list[Observation]:
    """The remarks of earlier rounds on what `submission` says anew in the same call of its process, by number."""
    statement = select(Observation).where(
        Observation.instance_id == submission.instance_id, Observation.element == submission.element,
        Observation.submission_id < submission.id, Observation.published.is_(True),
        Observation.task_id >= calls.of_task(session, submission.task_id),
    )  # fmt: skip
    return list(session.scalars(statement.order_by(Observation.number)))


def left_open(session: Session, review: Submission) -> list[Observation]:
    """The remarks of earlier rounds that a review, when it was sent, did not hold as attended to, by number."""
    whole = joinedload(Task.instance).joinedload(Instance.definition)
    task = session.get_one(Task, review.task_id, options=[whole])
    statement = _of_earlier_rounds(session, task, until=review.id)
    still = or_(Observation.closed_at.is_(None), Observation.closed_at > review.at)
    return list(session.scalars(statement.where(still).order_by(Observation.number)))


def own(session: Session, task: Task, *, by: Principal) -> list[Observation]:
    """The remarks that `by` wrote in the review `task` and that are not sent yet, by number."""
    statement = select(Observation).where(
        Observation.task_id == task.id, Observation.author_id == by.person_id, Observation.published.is_(False)
    )
    return list(session.scalars(statement.order_by(Observation.number)))


def standing(session: Session, task: Task, *, by: Principal) -> list[Observation]:
    """The remarks to show beside the form of `task`: those not closed on what it writes, answers or reviews.

    Those of an earlier call of its process are over.
    """
    bundle = definitions.bundle(session, task.instance.definition)
    element = bundle.find(task.process_key, task.element)
    assert element is not None
    elements = {task.element, *element.words("reviews"), *element.words("answers")}
    statement = select(Observation).where(
        Observation.instance_id == task.instance_id,
        Observation.element.in_(elements),
        Observation.status != ObservationStatus.CLOSED,
        Observation.task_id >= calls.begun(session, task.instance_id, task.process_key, task.id),
        _seen(session, by, task),
    )
    return list(session.scalars(statement.order_by(Observation.number)))


def _seen(session: Session, by: Principal, review: Task | None) -> ColumnElement[bool]:
    """Remarks that were sent, one's own, and those of the review that one may send.

    Whoever wrote what is reviewed may not, whatever role they were lent: they read it once it is sent.
    """
    ways = [Observation.published.is_(True), Observation.author_id == by.person_id]
    grant = access.allowed(by, "task.complete", _subject(review)) if review is not None else None
    if review is not None and grant is not None and not separation.wrote_as(session, review, by, grant):
        ways.append(Observation.task_id == review.id)
    return or_(*ways)


def publish(session: Session, task: Task) -> None:
    """Let the author see the remarks written in `task`, now that the review is sent.

    What they answered to earlier ones and the review does not hold as attended to waits for another answer.
    """
    session.execute(update(Observation).where(Observation.task_id == task.id).values(published=True))
    answered = Observation.status == ObservationStatus.ANSWERED
    for row in session.scalars(_of_earlier_rounds(session, task).where(answered)):
        row.status = ObservationStatus.OPEN


def _of_earlier_rounds(session: Session, review: Task, *, until: int = calls.LAST) -> Select[Any]:
    """The remarks on what the task `review` reviews, but for those on its newest version before the submission `until`.

    Those of an earlier call of its process are over.
    """
    element = _reviewed_element(session, review)
    newest = select(func.max(Submission.id)).where(
        Submission.instance_id == review.instance_id, Submission.element == element, Submission.id < until
    )
    return select(Observation).where(
        Observation.instance_id == review.instance_id, Observation.element == element,
        Observation.submission_id < newest.scalar_subquery(), Observation.published.is_(True),
        Observation.task_id >= calls.begun(session, review.instance_id, review.process_key, review.id),
        Observation.task_id < review.id,
    )  # fmt: skip


def label(form: Form, path: str, data: Mapping[str, Any] | None = None) -> str:
    """`path` in words: «Hitos, fila 2 («Socializar el plan…»), peso»; a row is told by its first words in `data`.

    Raises InvalidData when the form has no such place.
    """
    if not path:
        return "General"
    name, *rest = path.split("/")
    try:
        field = form.field(name)
    except KeyError as error:
        raise InvalidData({"path": [f"El formulario no tiene el campo «{name}»."]}) from error
    words = [field.label]
    if rest:
        row = int(rest[0]) if rest[0].isdecimal() else None
        words.append(rest[0] if row is None else f"fila {row + 1}{_excerpt(field, row, data)}")
    columns = {column.name: column.label for column in field.columns}
    words.extend(columns.get(part, part) for part in rest[1:])
    return ", ".join(words)


def _excerpt(table: Field, index: int, data: Mapping[str, Any] | None) -> str:
    rows = (data or {}).get(table.name) or []
    if not isinstance(rows, list) or index >= len(rows) or not isinstance(rows[index], dict):
        return ""
    written = (rows[index].get(column.name) for column in table.columns if column.kind in WRITTEN)
    text = next((" ".join(value.split()) for value in written if isinstance(value, str) and value.strip()), "")
    return f" («{shorten(text, EXCERPT, placeholder='…')}»)" if text else ""


def _review(session: Session, task_id: int) -> Task:
    statement = (
        select(Task).where(Task.id == task_id).options(joinedload(Task.instance).joinedload(Instance.definition))
    )
    task = session.scalars(statement).one_or_none()
    if task is None:
        raise NotFound("la tarea", task_id)
    if task.status != TaskStatus.OPEN:
        raise Conflict("La revisión ya se envió.", code="completed")
    return task


def _reviewed_element(session: Session, task: Task) -> str:
    element = definitions.bundle(session, task.instance.definition).find(task.process_key, task.element)
    return element.properties.get("reviews", "") if element else ""


def _subject(task: Task) -> Subject:
    people = frozenset(task.instance.people.values())
    return Subject(task.unit_id, task.entity_id, task.region_id, task.assignee_id, task.role, people)


def _writer(task: Task, by: Principal) -> Actor:
    """`by` as somebody for whom the review is. Raises NotAllowed."""
    access.demand(by, "observation.add", _subject(task))
    free = replace(_subject(task), assignee_id=None)
    grant = access.allowed(by, "task.complete", _subject(task)) or access.allowed(by, "task.complete", free)
    if grant is None:
        raise NotAllowed("Sólo escribe observaciones quien puede hacer esta revisión.", action="observation.add")
    return by.actor(grant)


def _reviewer(session: Session, observation: Observation, by: Principal) -> Actor:
    """`by` as who makes the review, open now, of what the remark is about. Raises NotAllowed."""
    waiting = (
        select(Task)
        .where(Task.instance_id == observation.instance_id, Task.status == TaskStatus.OPEN)
        .options(joinedload(Task.instance).joinedload(Instance.definition))
    )
    for task in session.scalars(waiting):
        if _reviewed_element(session, task) == observation.element and task.id != observation.task_id:
            actor = access.demand(by, "task.complete", _subject(task))
            separation.demand(session, task, by, actor)
            return actor
    access.demand(by, "task.read", _instance_subject(session, observation.instance_id))
    raise NotAllowed(
        "Una observación la da por atendida quien hace la revisión siguiente, mientras está abierta.",
        action="observation.add",
    )


def _instance_subject(session: Session, instance_id: int) -> Subject:
    instance = session.get_one(Instance, instance_id)
    return Subject(instance.unit_id, instance.entity_id, instance.region_id, people=frozenset(instance.people.values()))


def _found(session: Session, observation_id: int) -> Observation:
    observation = session.get(Observation, observation_id)
    if observation is None:
        raise NotFound("la observación", observation_id)
    return observation


def _own_unpublished(session: Session, observation_id: int, by: Principal) -> Observation:
    observation = _found(session, observation_id)
    if observation.author_id != by.person_id:
        raise NotFound("la observación", observation_id)
    if observation.published:
        raise Conflict("La revisión ya se envió; la observación no puede cambiarse.", code="published")
    return observation


def _checked(text: str) -> str:
    text = text.strip()
    if not text:
        raise InvalidData({"text": ["Escriba la observación."]})
    if len(text) > MAX_LENGTH:
        raise InvalidData({"text": [f"Use como máximo {MAX_LENGTH} caracteres."]})
    return text


def _last_number(instance_id: int) -> Select[Any]:
    return select(func.max(Observation.number)).where(Observation.instance_id == instance_id)
