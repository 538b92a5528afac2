"""Correcting an answer of a completed step: what was sent stays as it was, and the correction stands beside it."""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from datetime import UTC
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import joinedload

from db import Actor
from db import history
from db import seals
from db.clock import local_date
from db.errors import Conflict
from db.errors import InvalidData
from db.history import HistoryRow
from directory import access
from directory import reasons
from directory.principal import Principal
from engine import attachments
from engine import prefill
from engine import rectifiable
from engine import rectified
from engine import registry
from engine import state
from engine import submissions
from engine import tasks
from engine.context import Context
from engine.instances import subject
from engine.models import Instance
from engine.models import Rectification
from engine.models import Submission
from engine.models import Task
from engine.registry import Elsewhere
from forms import excerpt
from forms.answers import is_empty
from forms.declaration import Form
from forms.load import load

Values = dict[str, Any]
Errors = dict[str, list[str]]


def may(submission: Submission, task: Task, by: Principal) -> bool:
    """Whether `by` is somebody who corrects what was sent with `task`: who sent it, or who holds its role there."""
    return any(access.allowed(by, "submission.rectify", one) is not None for one in _subjects(submission, task))


@dataclass(frozen=True, slots=True)
class Offer:
    """What is told beside what was sent about correcting it: where, or why not (`refusal`)."""

    refusal: Elsewhere | None = None


def offered(session: Session, submission: Submission, task: Task, by: Principal) -> Offer | None:
    """Whether `by` is led to where it is corrected, or told why nothing of it is; None for everybody else."""
    return Offer(rectifiable.whole(session, submission, task)) if may(submission, task, by) else None


def task_for(session: Session, submission: Submission, *, by: Principal) -> Task:
    """The task with which `submission` was sent, its instance loaded, for whoever corrects it. Raises NotAllowed."""
    whole = joinedload(Task.instance).joinedload(Instance.definition)
    statement = select(Task).where(Task.id == submission.task_id).options(whole)
    task = session.scalars(statement.execution_options(populate_existing=True)).one()
    demand(by, submission, task)
    return task


def rectify(
    session: Session, submission_id: int, changes: Mapping[str, Any], *, reason: str, by: Principal, now: datetime,
    revision: int | None = None, confirmed: bool = False,
) -> list[Rectification]:  # fmt: skip
    """Correct answers of a submission: `changes` are what they should have said, by path (`milestones/2/name`).

    They are checked as the form checks them; what it said before and still says is not held against them. `revision` is
    the task's that the person saw; `confirmed` says that they mean what the process doubts. Raises NotFound, NotAllowed
    but for who sent it or holds its role there, Conflict when nothing of it may be corrected (see `rectifiable`) or it
    changed meanwhile, and InvalidData: by path, at `reason`, at `changes` when they change nothing, at `confirmed`.
    """
    submission = submissions.get(session, submission_id)
    task = state.lock_task(session, submission.task_id)
    actor = demand(by, submission, task)
    if revision is not None and revision != task.revision:
        raise Conflict("Alguien rectificó este envío mientras usted escribía; léalo de nuevo.", code="stale")
    refusal = rectifiable.whole(session, submission, task)
    if refusal is not None:
        raise Conflict(refusal.text, code="rectification")
    reason = reasons.demand(reason, "Escriba por qué rectifica la respuesta.")
    form, data = tasks.form_of(session, submission), rectified.answers(session, submission)
    values = _read(session, submission, task, form, data, changes, now)
    _demand_sound(session, task, form, data, values, by=by, confirmed=confirmed, now=now)
    before = {path: excerpt.value_at(data, path) for path in values}
    rows = [
        Rectification(
            submission_id=submission.id, instance_id=submission.instance_id, path=path,
            label=excerpt.heading(form, path, data), before=before[path], after=value, reason=reason,
            author_id=by.person_id, on_behalf_of=actor.on_behalf_of, capacity=actor.capacity, at=now,
        )
        for path, value in values.items()
    ]  # fmt: skip
    session.add_all(rows)
    task.revision += 1
    tasks.output(session, task, values, values.keys())
    session.flush()
    attachments.sent(session, task, values, now=now)
    _record(session, task, submission, form, rows, actor, now)
    also = registry.rectified(form.name)
    if also is not None:
        changed = {path: (before[path], value) for path, value in values.items()}
        also(session, Context(session, task.instance, task.element), changed, reason=reason, by=actor, now=now)
    return rows


def _subjects(submission: Submission, task: Task) -> list[access.Subject]:
    """The step as it is whoever's who sent it, and as it is that of whoever holds its role over the case."""
    place = access.Subject(task.unit_id, task.entity_id, task.region_id, role=task.role)
    return [replace(place, assignee_id=submission.author_id), place]


def demand(by: Principal, submission: Submission, task: Task) -> Actor:
    """`by` as who corrects what was sent with `task`: who sent it, or who holds its role there. Raises NotAllowed."""
    mine, free = _subjects(submission, task)
    grant = access.allowed(by, "submission.rectify", mine)
    return by.actor(grant) if grant is not None else access.demand(by, "submission.rectify", free)


def _read(
    session: Session, submission: Submission, task: Task, form: Form, data: Values, changes: Mapping[str, Any],
    now: datetime,
) -> Values:  # fmt: skip
    """What changes, as it is stored. Raises InvalidData for what may not be corrected, cannot be read, or is the same.

    Each value is read by the limits of its own question; rules come after.
    """
    known = {spot.path: spot for spot in rectifiable.spots(session, submission, task)}
    errors: Errors = {}
    for path in changes:
        refusal = known[path].refusal if path in known else None
        if path not in known:
            errors[path] = ["Ese dato no está en lo que se envió."]
        elif refusal is not None:
            errors[path] = [refusal.text]
    if errors:
        raise InvalidData(errors)
    paths = {excerpt.name_of(path): path for path in changes}
    asked = excerpt.excerpt(form, data, changes)
    try:
        raw = {name: changes[path] for name, path in paths.items()}
        loaded = load(session, asked, raw, context=_context(task, now)).data
    except InvalidData as error:
        told = {paths.get(path.partition("/")[0], path): said for path, said in error.errors.items()}
        raise InvalidData(told) from error
    values = {path: loaded.get(name) for name, path in paths.items()}
    fresh = {path: value for path, value in values.items() if not excerpt.same(value, known[path].value)}
    if not fresh:
        raise InvalidData({"changes": ["Escriba lo correcto: dice lo mismo que ya estaba."]})
    return fresh


def _demand_sound(
    session: Session, task: Task, form: Form, data: Values, values: Values, *, by: Principal, confirmed: bool,
    now: datetime,
) -> None:  # fmt: skip
    """Raise InvalidData when the form, with `values` in it, is wrong in a way in which it was not before."""
    after = excerpt.replaced(data, values)
    attachments.demand_own(session, task, values, by=by, now=now)
    known = _problems(session, task, form, data, now)
    errors = {path: fresh for path, said in _problems(session, task, form, after, now).items()
              if (fresh := [one for one in said if one not in known.get(path, ())])}  # fmt: skip
    left = excerpt.places(form, after)
    gone = [path for path, place in excerpt.places(form, data).items()
            if not is_empty(place.value) and path not in values and path not in left]  # fmt: skip
    if gone:
        named = "», «".join(excerpt.heading(form, path, data) for path in gone)
        errors.setdefault(next(iter(values)), []).append(f"Con este cambio sobraría lo que se respondió en «{named}».")
    if errors:
        raise InvalidData(errors)
    doubts = set(prefill.doubts(session, task, after, now=now)) - set(prefill.doubts(session, task, data, now=now))
    if doubts and not confirmed:
        raise InvalidData({"confirmed": [f"Confirme antes de rectificar: «{doubt}»." for doubt in sorted(doubts)]})


def _problems(session: Session, task: Task, form: Form, data: Values, now: datetime) -> Errors:
    """Everything that is wrong with `data`, by the form and by what the process checks."""
    errors: Errors = {}
    try:
        load(session, form, data, context=_context(task, now))
    except InvalidData as error:
        errors |= error.errors
    check = registry.check(form.name)
    if check is None or errors:
        return errors
    try:
        check(session, Context(session, task.instance, task.element), data, now=now)
    except InvalidData as error:
        for path, said in error.errors.items():
            errors.setdefault(path, []).extend(said)
    except Conflict as error:
        errors.setdefault("", []).append(error.message)
    return errors


def _context(task: Task, now: datetime) -> dict[str, Any]:
    return {"instance_id": task.instance_id, "task_id": task.id, "today": local_date(now), **task.instance.refs}


def _record(
    session: Session, task: Task, submission: Submission, form: Form, rows: list[Rectification], by: Actor,
    now: datetime,
) -> None:  # fmt: skip
    """The act in the chain of the instance; personal data stays in the rows alone."""
    told = [
        {"path": row.path, **({} if _personal(form, row.path) else {"before": row.before, "after": row.after})}
        for row in rows
    ]
    labels = "; ".join(row.label for row in rows)
    history.record(
        session, subject(task.instance_id), "submission.rectified", by=by, now=now, element=task.element,
        summary=f"Rectificó una respuesta de «{task.name}»: {labels}.", reason=rows[0].reason,
        details={"task": task.id, "process": task.process_key, "submission": submission.id,
                 "receipt": submission.receipt, "changes": told,
                 "rectifications": [row.id for row in rows], seals.NAME: _seal(rows)},
    )  # fmt: skip


def _seal(rows: Sequence[Rectification]) -> str:
    """The seal of what was corrected: who, when, in which capacity, and every answer before and after."""
    return seals.seal(*_content(rows))


def _content(rows: Sequence[Rectification]) -> list[list[Any]]:
    return [
        [row.submission_id, row.path, row.before, row.after, row.reason, row.author_id, row.on_behalf_of, row.capacity,
         row.at.astimezone(UTC).isoformat(timespec="microseconds")]
        for row in rows
    ]  # fmt: skip


@seals.sealed("submission.rectified")
def _sealed(session: Session, acts: Sequence[HistoryRow]) -> dict[int, str]:
    ids = {act.id: list(act.details.get("rectifications", ())) for act in acts}
    statement = select(Rectification).where(Rectification.id.in_([key for some in ids.values() for key in some]))
    found = {row.id: row for row in session.scalars(statement)}
    whole = {key: some for key, some in ids.items() if found.keys() >= set(some)}
    return {key: seals.text(*_content([found[one] for one in some])) for key, some in whole.items()}


def _personal(form: Form, path: str) -> bool:
    return form.field(path.partition("/")[0]).personal or excerpt.field_at(form, path).personal
