"""Tarea: a form with what surrounds it, its draft, and handing it in."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint
from flask import Response
from flask import flash
from flask import jsonify
from flask import request
from sqlalchemy.orm import Session

from db import clock
from db import reading
from db import transaction
from db.errors import AttError
from db.errors import Conflict
from db.errors import InvalidData
from directory.principal import Principal
from edge import identity
from edge import words
from edge.permission import permission
from engine import drafts
from engine import observations
from engine import prefill
from engine import tasks
from engine.models import Task
from forms import load
from forms import posted
from web import batches
from web import names
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
    pressed = posted.action(request.form.to_dict(flat=False)) or "review"
    found = sheets.Typed({})
    try:
        with transaction() as session:
            task = tasks.get(session, task_id, by=by)
            form = tasks.form_of(session, task)
            found = sheets.typed(session, form, by=by.actor(), now=now)
            found.answers = posted.act(form, found.answers, pressed)
            drafts.save(session, task_id, found.answers, by=by, now=now, revision=_revision(session, task_id, by))
            task_acts.remark(session, task, pressed, by=by, now=now, errors=found.errors)
    except Conflict as error:
        return _conflict(task_id, found.answers, error)
    if pressed == "review" and not found.errors:
        found.errors = _checked(task_id, found.answers)
    if found.errors:
        return _again(task_id, found, 422)
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
            revision = _revision(session, task_id, by)
            draft = drafts.save(session, task_id, found.answers, by=by, now=now, revision=revision)
    except AttError as error:
        status = 409 if isinstance(error, Conflict) else 422
        return _json({"saved": False, "message": error.message}, status)
    message = f"Borrador guardado a las {words.clock_time(now)}"
    saved = {"saved": True, "message": message, "revision": draft.revision, "saved_at": now.isoformat()}
    return _json({**saved, "hints": _hints(task_id, found.answers, by)})


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
    with transaction() as session:
        drafts.discard(session, task_id, by=identity.current(), now=clock.now())
    flash("El borrador se descartó. El formulario volvió a su punto de partida.", "success")
    return go(f"/tareas/{task_id}")


@blueprint.post("/observaciones/<id:observation_id>/cierre")
@permission("observation.add")
def close(observation_id: int) -> Response:
    with transaction() as session:
        row = observations.close(session, observation_id, by=identity.current(), now=clock.now())
    flash(f"La observación {row.number} quedó cerrada.", "success")
    return go(f"/tareas/{request.form.get('task', type=int) or row.task_id}#observaciones")


def _hints(task_id: int, answers: dict[str, Any], by: Principal) -> list[dict[str, str]]:
    """What the script shows beside the questions as they are typed."""
    with reading() as session:
        told = prefill.hints(session, tasks.get(session, task_id, by=by), answers)
    return [{"path": hint.path, "text": hint.text, "url": hint.url} for hint in told]


def _revision(session: Session, task_id: int, by: Principal) -> int | None:
    """The revision of the draft that was on the page; 0 stands for a page opened before there was one.

    None when the draft is one's own: a quiet saving under way, or one whose answer got lost, is nobody else's change.
    """
    draft = drafts.find(session, task_id)
    if draft is not None and draft.saved_by == by.person_id:
        return None
    return request.form.get("revision", type=int)


def _checked(task_id: int, answers: Mapping[str, Any]) -> dict[str, list[str]]:
    with reading() as session:
        task = tasks.get(session, task_id, by=identity.current())
        try:
            load.load(session, tasks.form_of(session, task), answers, context=sheets.context_of(task))
        except InvalidData as error:
            return error.errors
    return {}


def _again(task_id: int, found: sheets.Typed, status: int, conflict: str = "") -> Response:
    """The page once more, with what was typed."""
    by, now = identity.current(), clock.now()
    with reading() as session:
        task = tasks.get(session, task_id, by=by)
        values = task_page.values(session, task, by=by, now=now, typed=found, conflict=conflict)
    return page("task.html", task.name, code=status, problems=found.errors, **values)


def _conflict(task_id: int, answers: dict[str, Any], error: Conflict) -> Response:
    """Somebody was faster: say who, and keep what was typed in sight."""
    by = identity.current()
    with reading() as session:
        task = tasks.get(session, task_id, by=by)
        if task.status != "open":
            return _too_late(session, task, answers, error)
    return _again(task_id, sheets.Typed(answers), 409, conflict=error.message)


def _too_late(session: Session, task: Task, answers: dict[str, Any], error: Conflict) -> Response:
    form = tasks.form_of(session, task)
    view = sheets.readonly(session, form, answers, context=sheets.context_of(task))
    who = names.of_people(session, [task.ended_by]).get(task.ended_by or 0, "")
    return page("task_too_late.html", task.name, code=409, task=task, view=view, message=error.message, who=who)


def _next(task_id: int, pressed: str) -> str:
    if pressed == "review":
        return f"/tareas/{task_id}/revision{batches.carried()}"
    if pressed == "draft":
        flash(f"Borrador guardado a las {words.clock_time(clock.now())}", "success")
        return f"/tareas/{task_id}{batches.carried()}"
    verb, _, rest = pressed.partition(":")
    anchor = "observaciones" if verb in task_acts.VERBS else f"p-{rest.partition(':')[0]}"
    return f"/tareas/{task_id}{batches.carried()}#{anchor}"


def _json(body: dict[str, Any], status: int = 200) -> Response:
    response = jsonify(body)
    response.status_code = status
    return response
