"""The same step for several instances at once: which tasks can go together.

Each instance keeps its own submission and history; the edge completes them one by one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import joinedload

from db import history
from db.errors import Conflict
from db.errors import NotFound
from directory import access
from directory import reasons
from directory.principal import Principal
from engine import drafts
from engine import prefill
from engine import state
from engine.inbox import TASK_COLUMNS
from engine.instances import subject
from engine.models import Draft
from engine.models import Instance
from engine.models import Task
from engine.models import TaskStatus
from engine.tasks import element_of
from engine.tasks import form_of
from engine.tasks import subject_of
from forms import fixed
from forms import joint
from forms import shape
from forms import spelling
from forms.difference import difference

MOST = 200


def peers(session: Session, task: Task, *, by: Principal) -> list[Task]:
    """Open tasks of other instances at the same element, with the same form, that this person can complete with it.

    Empty when the diagram does not allow the element to be done for several at once.
    """
    if element_of(session, task).properties.get("batch") != "true":
        return []
    statement = (
        select(Task)
        .join(Task.instance)
        .where(
            Task.status == TaskStatus.OPEN,
            Task.process_key == task.process_key,
            Task.element == task.element,
            Task.form_hash == task.form_hash,
            Task.id != task.id,
        )
        .options(joinedload(Task.instance).joinedload(Instance.definition))
        .order_by(Instance.title)
        .limit(MOST)
    )
    found = session.scalars(access.visible(statement, by, "task.complete", TASK_COLUMNS))
    return [other for other in found if _same_subject(other.instance, task.instance)]


@dataclass(frozen=True, slots=True)
class Together:
    """How one task of several gets its answers from those that were written for all of them.

    `first` is what the case on whose page they were written gave to the form. A draft that the task has of its own
    prevails, unless `replaced` is its revision: then somebody saw it and chose the common answers. `override` is what
    was written for this task alone.
    """

    first: Mapping[str, Any]
    override: Mapping[str, Any] = field(default_factory=dict)
    replaced: int | None = None
    leading: bool = False  # the task on whose page they were written: its answers are those


def given(session: Session, task_id: int, *, now: datetime) -> dict[str, Any]:
    """What the case of a task gives to its form before anything is written. Raises NotFound."""
    return prefill.initial(session, _loaded(session, task_id), now=now)


def own(
    session: Session, task_id: int, data: Mapping[str, Any], together: Together, *, now: datetime
) -> dict[str, Any]:
    """The answers `data`, written for several tasks, as they are for this one (forms/joint.py).

    A task that is open no more gets `data` as it is: completing it says so. Raises NotFound, and Conflict when the
    draft that is to be replaced was saved again since.
    """
    task = _loaded(session, task_id)
    if task.status != TaskStatus.OPEN:
        return {**data, **together.override}
    form, mine = form_of(session, task), prefill.initial(session, task, now=now)
    if together.leading:
        return fixed.in_place(form, {**data, **together.override}, mine)
    answers = joint.for_another(form, data, together.first, mine)
    draft = drafts.find(session, task_id)
    if draft is not None and together.replaced is None:
        answers = joint.keeping(form, answers, shape.sound(form, draft.data), mine)
    elif draft is not None and together.replaced != draft.revision:
        raise Conflict("Su borrador propio cambió después de que usted eligió reemplazarlo; revíselo.", code="stale")
    return fixed.in_place(form, {**answers, **together.override}, mine)


def drafted(session: Session, task: Task, *, by: Principal, now: datetime) -> Draft | None:
    """The draft of its own that a task has, when it answers anything that its case did not give to the form."""
    draft = drafts.seen(session, task, by=by)
    if draft is None:
        return None
    form, mine = form_of(session, task), prefill.initial(session, task, now=now)
    said = joint.keeping(form, mine, shape.sound(form, draft.data), mine)
    return draft if any(difference(form, spelling.answers(form, mine), spelling.answers(form, said))) else None


def _loaded(session: Session, task_id: int) -> Task:
    with_definition = joinedload(Task.instance).joinedload(Instance.definition)
    task = session.scalars(select(Task).where(Task.id == task_id).options(with_definition)).one_or_none()
    if task is None:
        raise NotFound("la tarea", task_id)
    return task


def leave_out(session: Session, task_id: int, reason: str, *, by: Principal, now: datetime) -> None:
    """Write in the case of a task why it did not go along with a batch; the task stays open.

    Raises NotFound, NotAllowed, Conflict when the task is open no more, InvalidData (`left_out`) without a reason.
    """
    reasons.demand(reason, "Escriba por qué queda por fuera.", "left_out")
    task = state.lock_task(session, task_id)
    actor = access.demand(by, "task.complete", subject_of(task))
    if task.status != TaskStatus.OPEN:
        raise Conflict(f"«{task.name}» ya no está abierta en {task.instance.title}.", code="ended")
    history.record(
        session, subject(task.instance_id), "task.left_out", by=actor, now=now, element=task.element,
        summary=f"Dejó esta entidad por fuera del registro conjunto de «{task.name}».", details={"task": task.id},
        reason=reason.strip(),
    )  # fmt: skip


def _same_subject(one: Instance, other: Instance) -> bool:
    """Whether two instances are about the same product: what their refs share, but for their own plan."""
    shared = set(one.refs) & set(other.refs)
    return any(one.refs[name] == other.refs[name] for name in shared)
