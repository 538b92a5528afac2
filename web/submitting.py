"""Sending a task: the last look and the sending itself."""

import secrets
from collections.abc import Mapping
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from flask import Blueprint
from flask import Response
from flask import request
from sqlalchemy.orm import Session

from db import clock
from db import reading
from db import transaction
from db.errors import AttError
from db.errors import Conflict
from db.errors import InvalidData
from db.errors import NotAllowed
from directory.principal import Principal
from edge import identity
from edge import names
from edge import proving
from edge import steps
from edge import words
from edge.permission import permission
from engine import batch
from engine import drafts
from engine import observations
from engine import prefill
from engine import submissions
from engine import tasks
from engine import under_review
from engine.models import Draft
from engine.models import Submission
from engine.models import Task
from forms import load
from web import apart
from web import batches
from web import differing
from web import once
from web import own_papers
from web import quiet
from web import reviewed
from web import sheets
from web import task_page
from web.frame import HOME
from web.frame import go
from web.frame import page
from web.tasks import seen

blueprint = Blueprint("web_submitting", __name__)

VALIDATED = "validated"  # the verdict that sends nothing back


@blueprint.get("/tareas/<id:task_id>/revision")
@permission("task.complete")
def review(task_id: int) -> Response:
    """«Revise sus respuestas»: the draft as it will be sent; back to the form when it cannot be."""
    return _last_look(task_id)


@blueprint.post("/tareas/<id:task_id>/revision")
@permission("task.complete")
def differ(task_id: int) -> Response:
    """«Cambiar qué es distinto», without script too: what was typed for each entity is kept, and its boxes change."""
    by, now = identity.current(), clock.now()
    typed: dict[int, sheets.Typed] = {}
    try:
        typed = _typed_apart(task_id, by, now)
        with transaction() as session:
            drafts.set_apart(session, task_id, differing.parts(typed), by=by, now=now, **seen())
    except Conflict as error:
        return _last_look(task_id, typed=typed, conflict=error.message)
    once.got_through(batches.copy_of(task_id), by)
    if problems := differing.problems(typed):
        return _last_look(task_id, problems, typed=typed)
    place = "lo-distinto" if request.form.getlist("distinto") else "entidades"
    return go(f"/tareas/{task_id}/revision{batches.carried()}#{place}")


@blueprint.post("/tareas/<id:task_id>/revision/borrador")
@permission("task.complete")
def save_apart(task_id: int) -> Response:
    """The quiet saving of what differs for each entity."""
    by, now = identity.current(), clock.now()
    try:
        typed = _typed_apart(task_id, by, now)
        with transaction() as session:
            draft = drafts.set_apart(session, task_id, differing.parts(typed), by=by, now=now, **seen())
    except AttError as error:
        return quiet.refused(task_id, error, by=by, now=now)
    return quiet.saved(now, revision=draft.apart["revision"])


def _typed_apart(task_id: int, by: Principal, now: datetime) -> dict[int, sheets.Typed]:
    """What this request says of each other entity, by task; its files are stored, whatever becomes of the rest."""
    with transaction() as session:
        task, rows = tasks.get(session, task_id, by=by), batches.others(session, batches.ticked(), by)
        return differing.read(session, tasks.form_of(session, task), rows, by=by, now=now)


def _last_look(
    task_id: int,
    problems: dict[str, list[str]] | None = None,
    since: Sequence[str] = (),
    *,
    typed: Mapping[int, sheets.Typed] | None = None,
    conflict: str = "",
) -> Response:
    """The page once more: with `problems`, what changed `since` it was seen, or a `conflict` about what is `typed`."""
    by, now = identity.current(), clock.now()
    with reading() as session:
        task = tasks.get(session, task_id, by=by)
        draft = drafts.seen(session, task, by=by)
        if draft is None or task.status != "open":
            return go(f"/tareas/{task_id}")
        form, shown = tasks.form_of(session, task), task_page.kept(session, task, draft)
        try:
            loaded = load.load(session, form, shown, context=sheets.context_of(task))
            tasks.demand_fitting(session, task, loaded.data, now=now)
        except InvalidData as error:
            return task_page.again(task_id, sheets.Typed(shown, error.errors), 422, by=by)
        except Conflict as error:  # something else has to be done first; nobody changed what is typed
            return task_page.again(task_id, sheets.Typed(shown, {"": [error.message]}), 409, by=by)
        view = sheets.readonly(
            session, form, loaded.data, context=sheets.context_of(task), warnings=loaded.warnings,
            observations=[row for row in observations.standing(session, task, by=by) if row.element == task.element],
        )  # fmt: skip
        values = _unfinished(session, task, by)
        values["hints"] = prefill.hints(session, task, loaded.data)
        values["consequences"] = prefill.consequences(session, task, loaded.data, now=now)
        rows = batches.others(session, batches.ticked(), by)
        doubts = [*_doubts(values, shown), *_of_process(session, [task, *rows], shown)]
        if rows:
            values |= _of_others(session, task, draft, loaded.data, rows, typed, by, now)
            values["carries"] = own_papers.shown(session, form, values["sent"])
            doubts += own_papers.doubts(form, values["sent"])
        values["seen"] = reviewed.mark(form, shown, values["own"])
        values["saved_by"] = names.of_people(session, [draft.saved_by]).get(draft.saved_by, "")
    return page(
        "task_review.html", f"Revise sus respuestas: {task.name}", crumbs=[HOME, (task.name, f"/tareas/{task_id}")],
        task=task, view=view, form=form, key=secrets.token_urlsafe(16), rows=rows, now=now, carried=batches.carried(),
        doubts=doubts, problems=problems or {}, since=since, conflict=conflict, draft=draft,
        code=409 if since or conflict else 422 if problems else 200, **values,
    )  # fmt: skip


def _of_others(
    session: Session, task: Task, draft: Draft, data: dict[str, Any], rows: Sequence[Task],
    typed: Mapping[int, sheets.Typed] | None, by: Principal, now: datetime,
) -> dict[str, Any]:  # fmt: skip
    """What the last look shows of the other entities, with what was kept for each or is `typed` by now."""
    form, first = tasks.form_of(session, task), batch.given(session, task.id, now=now)
    kept = drafts.merged_apart(draft.apart, differing.parts(typed) if typed else {})
    each = apart.found(session, task, task_page.kept(session, task, draft), rows, by=by, now=now)
    return {
        "own_answers": each,
        "of_others": {one.task.id: prefill.consequences(session, one.task, one.answers, now=now) for one in each},
        "fields": {item.name: item.label for item in differing.may_differ(form)},
        "sent": own_papers.answers(form, task, data, each, kept),
        "chosen": differing.chosen(form, kept),
        "kept": kept,
        "copy": batches.copy_of(task.id),
        "boxes": differing.boxes(session, form, rows, kept, typed),
        "copied": batches.copied(form, data, first),
        "left_out": [one for one in batch.peers(session, task, by=by) if one not in rows],
    }


@blueprint.post("/tareas/<id:task_id>/enviar")
@permission("task.complete")
def send(task_id: int) -> Response:
    """Complete the task with its draft. The key of the page makes a repeated click harmless.

    What was typed for other entities is kept first, whatever becomes of the sending.
    """
    by = identity.current()
    try:
        return _sent(task_id, by)
    except NotAllowed as error:
        return task_page.taken(task_id, {}, error, by=by)


def _sent(task_id: int, by: Principal) -> Response:
    others = request.form.getlist("peer", type=int)
    with reading() as session:
        task = tasks.get(session, task_id, by=by)
        if _own(session, task, by) is not None:
            return _sent_before(session, task, others, by) if others else go(f"/tareas/{task_id}/recibo")
        draft = drafts.find(session, task_id)
        shown = task_page.kept(session, task, draft) if draft else {}
        unfinished, form = _unfinished(session, task, by), tasks.form_of(session, task)
        since = reviewed.changed(form, request.form.get("seen", ""), shown, unfinished["own"])
        decides = tasks.decides(session, task)
        together = [task, *batches.others(session, others, by)]
        doubts = [*_doubts(unfinished, shown), *_of_process(session, together, shown)]
    if draft is None:
        raise Conflict(f"«{task.name}» no tiene un borrador por enviar.", code="no-draft")
    typed = _kept_apart(task, by) if others else {}
    if others and task.status == "open":
        doubts += _of_proof(task, others, draft, typed, by)
    if since and task.status == "open":
        return _last_look(task_id, since=since, typed=typed)
    if doubts and task.status == "open" and request.form.get("confirmed") != "si":
        unsure = {"confirmed": ["Marque la casilla para confirmar que quiere enviarlo así."]}
        return _last_look(task_id, unsure, typed=typed)
    if decides and task.status == "open":
        proving.demand()
    if others:
        return _send_all(task, others, draft.data, typed, by)
    return _send_one(task_id, draft.data, shown, by)


def _kept_apart(task: Task, by: Principal) -> dict[int, sheets.Typed]:
    """What was typed for the other entities, kept where the task still has its draft: the sending says the rest."""
    now = clock.now()
    typed = _typed_apart(task.id, by, now)
    with suppress(AttError):
        with transaction() as session:
            drafts.set_apart(session, task.id, differing.parts(typed), by=by, now=now)
        once.got_through(batches.copy_of(task.id), by)
    return typed


def _send_one(task_id: int, data: dict[str, Any], shown: dict[str, Any], by: Principal) -> Response:
    key, revision = request.form.get("key", ""), request.form.get("revision", type=int)
    sure = request.form.get("confirmed") == "si"
    try:
        steps.complete_task(task_id, data, by=by, revision=revision, key=key, confirmed=sure)
    except InvalidData as error:
        return task_page.again(task_id, sheets.Typed(shown, error.errors), 422, by=by)
    except Conflict as error:
        return task_page.overtaken(task_id, shown, error, by=by)
    except NotAllowed as error:
        return task_page.taken(task_id, shown, error, by=by)
    once.got_through(f"tarea-{task_id}", by)
    return go(f"/tareas/{task_id}/recibo")


def _unfinished(session: Session, task: Task, by: Principal) -> dict[str, Any]:
    """Remarks nobody answered or attended to, and the remarks that will be published with a review."""
    standing = observations.standing(session, task, by=by)
    reviews = under_review.reviewed(session, task)
    unanswered = [row for row in standing if row.published and row.status == "open" and reviews is None]
    own = [row for row in standing if row.task_id == task.id and not row.published]
    unattended = [row for row in standing if row.published and reviews is not None and row.task_id != task.id]
    said = [row for row in standing if row.status == "answered" and reviews is None]
    replied = [row for row in said if observations.is_current(session, row)]
    return {"unanswered": unanswered, "own": own, "unattended": unattended, "replied": replied}


def _doubts(unfinished: dict[str, Any], answers: dict[str, Any]) -> list[str]:
    """What the person should say that they mean, in their words: what is sent contradicts remarks that stand."""
    left, written = len(unfinished["unanswered"]), len(unfinished["own"])
    doubts = []
    if left:
        verb = "queda" if left == 1 else "quedan"
        doubts.append(f"Envío aunque {verb} {words.counted(left, 'observación', 'observaciones')} sin responder")
    open_still = len(unfinished["unattended"])
    if open_still and answers.get("verdict") == VALIDATED:
        remarks = "queda 1 observación" if open_still == 1 else f"quedan {open_still} observaciones"
        doubts.append(f"Valido aunque {remarks} de rondas anteriores sin atender")
    if written and answers.get("verdict") == VALIDATED:
        doubts.append(f"Valido aunque escribí {words.counted(written, 'observación', 'observaciones')}")
    return doubts


def _of_process(session: Session, rows: Sequence[Task], answers: dict[str, Any]) -> list[str]:
    """What the process asks to confirm, of the first task and of the others with their names; nothing once done."""
    now, first = clock.now(), rows[0].id
    return [
        doubt if row.id == first else f"{row.instance.title}: {doubt}"
        for row in rows if row.status == "open"
        for doubt in prefill.doubts(session, row, answers, now=now)
    ]  # fmt: skip


def _of_proof(
    task: Task, others: list[int], draft: Draft, typed: Mapping[int, sheets.Typed], by: Principal
) -> list[str]:
    """What is to be confirmed of the files that go with each entity."""
    now = clock.now()
    with reading() as session:
        form, rows = tasks.form_of(session, task), batches.others(session, others, by)
        data = task_page.kept(session, task, draft)
        each = apart.found(session, task, data, rows, by=by, now=now)
        kept = drafts.merged_apart(draft.apart, differing.parts(typed))
        return own_papers.doubts(form, own_papers.answers(form, task, data, each, kept))


def _own(session: Session, task: Task, by: Principal) -> Submission | None:
    sent = [row for row in submissions.of_instance(session, task.instance_id) if row.task_id == task.id]
    return sent[0] if sent and sent[0].author_id == by.person_id else None


def _send_all(
    task: Task, others: list[int], data: dict[str, Any], typed: dict[int, sheets.Typed], by: Principal
) -> Response:
    now = clock.now()
    with reading() as session:
        rows = batches.others(session, others, by)
        left_out = batches.reasons(one.id for one in batch.peers(session, task, by=by) if one not in rows)
    ids, key = [task.id, *(row.id for row in rows)], request.form.get("key", "")
    replaced = apart.replaced(ids)
    return _results(
        batches.complete(
            ids, data, typed, by=by, now=now, key=key, left_out=left_out, replaced=replaced,
            confirmed=request.form.get("confirmed") == "si",
        ), by,
    )  # fmt: skip


def _sent_before(session: Session, task: Task, others: list[int], by: Principal) -> Response:
    return _results(batches.already(session, [task, *batches.others(session, others, by)], by), by)


def _results(outcomes: list[steps.Outcome], by: Principal) -> Response:
    with reading() as session:
        rows = {row.task_id: tasks.get(session, row.task_id, by=by) for row in outcomes}
    for row in outcomes:
        if row.done:
            once.got_through(f"tarea-{row.task_id}", by)
            once.got_through(batches.copy_of(row.task_id), by)
    done = sum(row.done for row in outcomes)
    status_code = 200 if done == len(outcomes) else 422
    return page(
        "task_batch.html", "Resultado por entidad", crumbs=[HOME], outcomes=outcomes, rows=rows, done=done,
        code=status_code,
    )  # fmt: skip
