"""Sending a task: the last look, the sending itself, and the receipt."""

import secrets
from typing import Any

from flask import Blueprint
from flask import Response
from flask import request
from sqlalchemy.orm import Session

from db import clock
from db import reading
from db import transaction
from db.errors import Conflict
from db.errors import InvalidData
from db.errors import NotFound
from directory import access
from directory import roles
from directory.principal import Principal
from edge import identity
from edge import steps
from edge import words
from edge.permission import permission
from engine import drafts
from engine import observations
from engine import status
from engine import submissions
from engine import tasks
from engine.models import Submission
from engine.models import Task
from forms import load
from web import batches
from web import names
from web import sheets
from web import task_page
from web.frame import HOME
from web.frame import go
from web.frame import page

blueprint = Blueprint("web_submitting", __name__)

VALIDATED = "validated"  # the verdict that sends nothing back


@blueprint.get("/tareas/<id:task_id>/revision")
@permission("task.complete")
def review(task_id: int) -> Response:
    """«Revise sus respuestas»: the draft as it will be sent; back to the form when it cannot be."""
    return _last_look(task_id)


def _last_look(task_id: int, problems: dict[str, list[str]] | None = None) -> Response:
    by, now = identity.current(), clock.now()
    with reading() as session:
        task = tasks.get(session, task_id, by=by)
        draft = drafts.find(session, task_id)
        if draft is None or task.status != "open":
            return go(f"/tareas/{task_id}")
        form = tasks.form_of(session, task)
        try:
            loaded = load.load(session, form, draft.data, context=sheets.context_of(task))
        except InvalidData as error:
            return _back(session, task, sheets.Typed(draft.data, error.errors), by)
        view = sheets.readonly(
            session, form, loaded.data, context=sheets.context_of(task), warnings=loaded.warnings,
            observations=[row for row in observations.standing(session, task, by=by) if row.element == task.element],
        )  # fmt: skip
        values = _unfinished(session, task, by)
        doubts = _doubts(values, draft.data)
        rows = batches.others(session, batches.ticked(), by)
        fields = {item.name: item.label for item in batches.may_differ(form)} if rows else {}
        chosen = [name for name in fields if name in request.values.getlist("distinto")]
        peers = batches.inputs(form, chosen, rows)
    return page(
        "task_review.html", f"Revise sus respuestas: {task.name}", crumbs=[HOME, (task.name, f"/tareas/{task_id}")],
        task=task, view=view, form=form, key=secrets.token_urlsafe(16), rows=rows, fields=fields,
        chosen=chosen, peers=peers, now=now, carried=batches.carried(),
        doubts=doubts, problems=problems or {}, code=422 if problems else 200, **values,
    )  # fmt: skip


@blueprint.post("/tareas/<id:task_id>/enviar")
@permission("task.complete")
def send(task_id: int) -> Response:
    """Complete the task with its draft. The key of the page makes a repeated click harmless."""
    by = identity.current()
    others = request.form.getlist("peer", type=int)
    with reading() as session:
        task = tasks.get(session, task_id, by=by)
        if _own(session, task, by) is not None:
            return _sent_before(session, task, others, by) if others else go(f"/tareas/{task_id}/recibo")
        draft = drafts.find(session, task_id)
        doubts = _doubts(_unfinished(session, task, by), draft.data) if draft else []
    if draft is None:
        raise Conflict(f"«{task.name}» no tiene un borrador por enviar.", code="no-draft")
    if doubts and task.status == "open" and request.form.get("confirmed") != "si":
        return _last_look(task_id, {"confirmed": ["Marque la casilla para confirmar que quiere enviarlo así."]})
    if others:
        return _send_all(task, others, draft.data, by)
    try:
        key, revision = request.form.get("key", ""), request.form.get("revision", type=int)
        steps.complete_task(task_id, draft.data, by=by, revision=revision, key=key)
    except InvalidData as error:
        with reading() as session:
            return _back(session, tasks.get(session, task_id, by=by), sheets.Typed(draft.data, error.errors), by)
    except Conflict as error:
        return _refused(task_id, draft.data, error, by)
    return go(f"/tareas/{task_id}/recibo")


@blueprint.get("/tareas/<id:task_id>/recibo")
@permission("task.read")
def receipt(task_id: int) -> Response:
    """What was sent, what happens next, until when, and the next task when it is one's own."""
    by, now = identity.current(), clock.now()
    with reading() as session:
        task = tasks.get(session, task_id, by=by)
        sent = next((row for row in submissions.of_instance(session, task.instance_id) if row.task_id == task.id), None)
        if sent is None:
            raise NotFound("el recibo de la tarea", task_id)
        waiting = tasks.open_of(session, task.instance_id)
        mine = [row for row in waiting if access.allowed(by, "task.complete", tasks.subject_of(row))]
        mine.sort(key=lambda row: (row.process_key != task.process_key, row.due_sort, row.id))
        people = names.of_people(session, [sent.author_id, *(row.assignee_id for row in waiting)])
        position = status.position(session, task.instance)
    return page(
        "task_receipt.html", "Recibo", crumbs=[HOME], task=task, sent=sent, waiting=waiting, mine=mine, people=people,
        position=position, now=now, role_of=roles.label,
    )  # fmt: skip


def _unfinished(session: Session, task: Task, by: Principal) -> dict[str, Any]:
    """Remarks nobody answered, and the remarks that will be published with a review."""
    standing = observations.standing(session, task, by=by)
    reviews = tasks.reviewed(session, task)
    unanswered = [row for row in standing if row.published and row.status == "open" and reviews is None]
    own = [row for row in standing if row.task_id == task.id and not row.published]
    return {"unanswered": unanswered, "own": own}


def _doubts(unfinished: dict[str, Any], answers: dict[str, Any]) -> list[str]:
    """What the person should say that they mean, in their words: what is sent contradicts remarks that stand."""
    left, written = len(unfinished["unanswered"]), len(unfinished["own"])
    doubts = []
    if left:
        verb = "queda" if left == 1 else "quedan"
        doubts.append(f"Envío aunque {verb} {words.counted(left, 'observación', 'observaciones')} sin responder")
    if written and answers.get("verdict") == VALIDATED:
        doubts.append(f"Valido aunque escribí {words.counted(written, 'observación', 'observaciones')}")
    return doubts


def _own(session: Session, task: Task, by: Principal) -> Submission | None:
    sent = [row for row in submissions.of_instance(session, task.instance_id) if row.task_id == task.id]
    return sent[0] if sent and sent[0].author_id == by.person_id else None


def _back(session: Session, task: Task, found: sheets.Typed, by: Principal) -> Response:
    values = task_page.values(session, task, by=by, now=clock.now(), typed=found)
    return page("task.html", task.name, code=422, problems=found.errors, **values)


def _refused(task_id: int, data: dict[str, Any], error: Conflict, by: Principal) -> Response:
    with reading() as session:
        task = tasks.get(session, task_id, by=by)
        if task.status == "open":
            values = task_page.values(
                session, task, by=by, now=clock.now(), typed=sheets.Typed(data), conflict=error.message
            )
            return page("task.html", task.name, code=409, **values)
        view = sheets.readonly(session, tasks.form_of(session, task), data, context=sheets.context_of(task))
        return page("task_too_late.html", task.name, code=409, task=task, view=view, message=error.message)


def _send_all(task: Task, others: list[int], data: dict[str, Any], by: Principal) -> Response:
    now = clock.now()
    with transaction() as session:
        rows = batches.others(session, others, by)
        form, chosen = tasks.form_of(session, task), request.form.getlist("distinto")
        typed = batches.read(session, form, chosen, rows, by=by, now=now)
    return _results(batches.complete([task.id, *(row.id for row in rows)], data, typed, by=by, now=now), by)


def _sent_before(session: Session, task: Task, others: list[int], by: Principal) -> Response:
    return _results(batches.already(session, [task, *batches.others(session, others, by)], by), by)


def _results(outcomes: list[steps.Outcome], by: Principal) -> Response:
    with reading() as session:
        rows = {row.task_id: tasks.get(session, row.task_id, by=by) for row in outcomes}
    done = sum(row.done for row in outcomes)
    status_code = 200 if done == len(outcomes) else 422
    return page(
        "task_batch.html", "Resultado por entidad", crumbs=[HOME], outcomes=outcomes, rows=rows, done=done,
        code=status_code,
    )  # fmt: skip
