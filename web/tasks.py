"""Tarea: a form with what surrounds it, its draft, and handing it in."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint
from flask import Response
from flask import flash
from flask import request

from db import clock
from db import reading
from db import transaction
from db.errors import AttError
from db.errors import Conflict
from db.errors import InvalidData
from db.errors import NotAllowed
from directory import access
from directory.principal import Principal
from edge import identity
from edge import words
from edge.permission import permission
from engine import drafts
from engine import prefill
from engine import tasks
from forms import load
from forms import posted
from web import batches
from web import entity_finder
from web import once
from web import quiet
from web import sheets
from web import task_acts
from web import task_page
from web.frame import go
from web.frame import page

blueprint = Blueprint("web_tasks", __name__)


@blueprint.get("/tareas/<id:task_id>")
@permission("task.read")
def show(task_id: int) -> Response:
    by, now = identity.current(), clock.now()
    with reading() as session:
        task = tasks.get(session, task_id, by=by)
        values = task_page.values(session, task, by=by, now=now)
    return page("task.html", task.name, **values)


@blueprint.post("/tareas/<id:task_id>")
@permission("task.complete")
def write(task_id: int) -> Response:
    """Every button of the page comes here: what was typed is kept first, whatever the button does."""
    by, now = identity.current(), clock.now()
    pressed = entity_finder.pressed("review")
    found = sheets.Typed({})
    try:
        with transaction() as session:
            task = tasks.get(session, task_id, by=by)
            form = tasks.form_of(session, task)
            found = sheets.typed(session, form, by=by.actor(), now=now)
            found.answers = posted.act(form, found.answers, pressed)
            drafts.save(session, task_id, found.answers, by=by, now=now, together=batches.ticked(), **seen())
            task_acts.remark(session, task, pressed, by=by, now=now, errors=found.errors)
    except Conflict as error:
        return task_page.overtaken(task_id, found.answers, error, by=by)
    except NotAllowed as error:
        return task_page.taken(task_id, found.answers, error, by=by)
    if pressed == "review" and not found.errors:
        found.errors = _checked(task_id, found.answers)
    if found.errors:
        return task_page.again(task_id, found, 422, by=by)
    once.got_through(f"tarea-{task_id}", by)
    return go(_next(task_id, pressed))


@blueprint.post("/tareas/<id:task_id>/borrador")
@permission("task.complete")
def save_draft(task_id: int) -> Response:
    """The quiet saving of the page's script: a small JSON answer, never a page."""
    by, now = identity.current(), clock.now()
    try:
        with transaction() as session:
            task = tasks.get(session, task_id, by=by)
            found = sheets.typed(session, tasks.form_of(session, task), by=by.actor(), now=now)
            draft = drafts.save(session, task_id, found.answers, by=by, now=now, together=batches.ticked(), **seen())
    except AttError as error:
        return quiet.refused(task_id, error, by=by, now=now)
    return quiet.saved(now, revision=draft.revision, hints=_hints(task_id, found.answers, by))


@blueprint.get("/tareas/<id:task_id>/entidades")
@permission("task.complete")
def suggest(task_id: int) -> Response:
    """Entities that what is typed may mean, for the script of the page of somebody who may complete the task."""
    with reading() as session:
        task = tasks.get(session, task_id, by=identity.current())
        access.demand(identity.current(), "task.complete", tasks.subject_of(task))
        found = entity_finder.look(session, request.args.get("buscar", "")[:100])
    return quiet.answer(entity_finder.as_json(found))


@blueprint.post("/tareas/<id:task_id>/tomar")
@permission("task.claim")
def claim(task_id: int) -> Response:
    with transaction() as session:
        task = tasks.claim(session, task_id, by=identity.current(), now=clock.now())
    flash(f"Usted tomó la tarea «{task.name}».", "success")
    return go(f"/tareas/{task_id}")


@blueprint.post("/tareas/<id:task_id>/devolver")
@permission("task.claim")
def release(task_id: int) -> Response:
    with transaction() as session:
        task = tasks.release(session, task_id, by=identity.current(), now=clock.now())
    flash(f"«{task.name}» quedó libre para que la tome otra persona del equipo.", "success")
    return go("/bandeja")


@blueprint.post("/tareas/<id:task_id>/descartar")
@permission("task.complete")
def discard(task_id: int) -> Response:
    by = identity.current()
    with transaction() as session:
        drafts.discard(session, task_id, by=by, now=clock.now())
    for copy in (f"tarea-{task_id}", batches.copy_of(task_id)):
        once.got_through(copy, by)
    flash("El borrador se descartó. El formulario volvió a su punto de partida.", "success")
    return go(f"/tareas/{task_id}")


def _hints(task_id: int, answers: dict[str, Any], by: Principal) -> list[dict[str, str]]:
    """What the script shows beside the questions as they are typed."""
    with reading() as session:
        told = prefill.hints(session, tasks.get(session, task_id, by=by), answers)
    return [{"path": hint.path, "text": hint.text, "url": hint.url} for hint in told]


def seen() -> dict[str, Any]:
    """Which page it is, and the revision of what it saves that was on it: 0 when there was none yet."""
    return {"revision": request.form.get("revision", type=int), "page": request.form.get("page", "")[:40]}


def _checked(task_id: int, answers: Mapping[str, Any]) -> dict[str, list[str]]:
    with reading() as session:
        task = tasks.get(session, task_id, by=identity.current())
        try:
            load.load(session, tasks.form_of(session, task), answers, context=sheets.context_of(task))
        except InvalidData as error:
            return error.errors
    return {}


def _next(task_id: int, pressed: str) -> str:
    if pressed == "review":
        return f"/tareas/{task_id}/revision{batches.carried()}"
    if pressed == "draft":
        flash(f"Borrador guardado a las {words.clock_time(clock.now())}", "success")
        return f"/tareas/{task_id}{batches.carried()}"
    verb, _, rest = pressed.partition(":")
    anchor = "observaciones" if verb in task_acts.VERBS else f"p-{rest.partition(':')[0]}"
    carried, looked = batches.carried(), entity_finder.asked(pressed)
    joined = f"{carried}{'&' if carried else '?'}{looked}" if looked else carried
    return f"/tareas/{task_id}{joined}#{anchor}"
