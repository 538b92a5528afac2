"""A form of a task as an Excel workbook: taken away with what is answered, and brought back into the draft."""

from typing import Any

from flask import Blueprint
from flask import Response
from flask import flash
from flask import request
from sqlalchemy.orm import Session

from db import clock
from db import reading
from db import transaction
from db.errors import Conflict
from db.errors import InvalidData
from db.errors import NotAllowed
from directory.principal import Principal
from edge import identity
from edge import names
from edge.exports.answering import XLSX
from edge.file_names import file_name
from edge.permission import permission
from engine import completable
from engine import drafts
from engine import prefill
from engine import tasks
from engine.models import Task
from forms import fixed
from forms import load
from forms import workbook
from forms import workbook_in
from forms.declaration import Form
from web import sheets
from web import task_page
from web import tasks as tasks_page
from web.frame import go
from web.submissions import attachment

blueprint = Blueprint("web_task_sheets", __name__)

EXCEPT = (
    "El libro se recibió, salvo lo que se señala: el borrador tiene lo demás que dice el libro. Donde no se reconoció "
    "la opción o la fecha de una pregunta quedó lo que ya estaba."
)


@blueprint.get("/tareas/<id:task_id>/libro")
@permission("task.complete")
def download(task_id: int) -> Response:
    """The workbook of the form, with the draft or what the case gives."""
    by = identity.current()
    with reading() as session:
        task = _mine(session, task_id, by)
        form = tasks.form_of(session, task)
        answers, owner = _answers(session, task, form, by), _owner(session, task, form)
        content = workbook.template(session, form, answers, context=sheets.context_of(task), owner=owner)
    return attachment(content, XLSX, file_name(task.name, task.instance.title, ending="xlsx"))


@blueprint.post("/tareas/<id:task_id>/libro")
@permission("task.complete")
def upload(task_id: int) -> Response:
    """Put the answers of a workbook into the draft; those that cannot be kept so are said with their cell."""
    by, now = identity.current(), clock.now()
    file = request.files.get("libro")
    found = sheets.Typed({})
    try:
        with transaction() as session:
            task = _mine(session, task_id, by)
            form = tasks.form_of(session, task)
            before = found.answers = _answers(session, task, form, by)
            book = _read(session, task, form, file.read() if file else b"")
            found.answers = fixed.in_place(form, book.over(before), prefill.initial(session, task, now=now))
            found.errors = _doubts(session, task, form, book, found.answers)
            found.answers |= book.keeping(form, found.errors, before)
            drafts.save(session, task_id, found.answers, by=by, now=now, **tasks_page.seen())
        if found.errors:
            flash(EXCEPT, "warning")
    except InvalidData as error:
        found.errors = error.errors
    except Conflict as error:
        return task_page.overtaken(task_id, found.answers, error, by=by)
    if found.errors:
        return task_page.again(task_id, found, 422, by=by)
    flash("El borrador tiene ahora lo que dice el libro. Revíselo antes de enviarlo.", "success")
    return go(f"/tareas/{task_id}")


def _mine(session: Session, task_id: int, by: Principal) -> Task:
    """The task, when `by` may fill it in. Raises NotFound, NotAllowed, and Conflict when it is open no more."""
    task = tasks.get(session, task_id, by=by)
    if task.status != "open":
        raise Conflict("La tarea ya no está abierta.", code="completed")
    if not completable.may_complete(session, task, by):
        raise NotAllowed("Esta tarea corresponde a otra persona.", action="task.complete")
    return task


def _answers(session: Session, task: Task, form: Form, by: Principal) -> dict[str, Any]:
    draft = drafts.seen(session, task, by=by)
    given = prefill.initial(session, task, now=clock.now())
    return fixed.in_place(form, task_page.kept(session, task, draft) if draft else given, given)


def _read(session: Session, task: Task, form: Form, content: bytes) -> workbook_in.Read:
    """What the workbook says. Raises InvalidData (`libro`) when it is none of this form and this task."""
    if not content:
        raise InvalidData({"libro": ["Elija el libro de Excel que diligenció."]})
    try:
        return workbook_in.read(
            session, form, content, context=sheets.context_of(task), owner=_owner(session, task, form)
        )
    except InvalidData as error:
        raise InvalidData({"libro": [said for told in error.errors.values() for said in told]}) from error


def _owner(session: Session, task: Task, form: Form) -> workbook.Owner:
    """The task of a workbook: who answers for many products and entities mixes up their files."""
    title, place = task.instance.title, names.of_entities(session, [task.entity_id]).get(task.entity_id or 0, "")
    name = place.rpartition(", ")[0]
    if name and title.startswith(f"{name} · "):  # that of a plan begins with its entity, without the department
        title, place = f"{place}{title.removeprefix(name)}", ""
    turn = f"ronda {task.round}" if task.round > 1 else ""
    words = " · ".join(part for part in (task.name, title, place, turn) if part)
    return workbook.Owner(f"{form.name}#{task.id}", words)


def _doubts(
    session: Session, task: Task, form: Form, book: workbook_in.Read, answers: dict[str, Any]
) -> dict[str, list[str]]:
    """What is wrong with what the workbook says; that something is not answered yet is no matter of its cells."""
    try:
        load.load(session, form, answers, context=sheets.context_of(task))
    except InvalidData as error:
        return book.doubts(error)
    return {}
