"""Envíos: what was sent with a task, read-only, with what changed since the round before, and as a document."""

from urllib.parse import quote

from flask import Blueprint
from flask import Response
from sqlalchemy.orm import Session

from db import files
from db import reading
from db.errors import NotFound
from directory.principal import Principal
from edge import identity
from edge import sight
from edge.permission import permission
from engine import observations
from engine import submissions
from engine import tasks
from engine.models import Instance
from engine.models import Submission
from engine.models import Task
from forms import display
from forms import document
from web import names
from web import sheets
from web.frame import HOME
from web.frame import page

blueprint = Blueprint("web_submissions", __name__)


@blueprint.get("/envios/<id:submission_id>")
@permission("task.read")
def show(submission_id: int) -> Response:
    by = identity.current()
    with reading() as session:
        row, instance = _found(session, submission_id, by)
        before = submissions.previous(session, row)
        form = tasks.form_of(session, row)
        remarks = observations.of_submission(session, row.id, by=by)
        view = sheets.readonly(
            session, form, row.data, before=before.data if before else None, warnings=row.warnings, observations=remarks
        )
        people = names.of_people(session, [row.author_id, row.on_behalf_of])
        task = session.get_one(Task, row.task_id)
    return page(
        "submission.html", task.name, crumbs=[HOME], row=row, instance=instance, before=before, view=view, people=people
    )


@blueprint.get("/envios/<id:submission_id>/documento")
@permission("task.read")
def download(submission_id: int) -> Response:
    """The submission as a PDF to print or to take to a meeting."""
    by = identity.current()
    with reading() as session:
        row, instance = _found(session, submission_id, by)
        form = tasks.form_of(session, row)
        author = names.of_people(session, [row.author_id]).get(row.author_id, "")
        looked = display.lookups(session, form, row.data)
        content = document.pdf(
            form,
            row.data,
            at=row.at.replace(microsecond=0),
            names=looked,
            code=row.receipt,
            author=author,
            facts=[("Sobre", instance.title)],
        )
    return attachment(content, "application/pdf", f"{row.receipt}.pdf")


@blueprint.get("/archivos/<token>")
@permission("file.read")
def attached(token: str) -> Response:
    """A file that somebody attached; its token is the secret that a form or a page shows to those who may read it."""
    with reading() as session:
        row = files.get(session, token)
        content = files.content(row)
    return attachment(content, row.media_type, row.name)


def attachment(content: bytes, media_type: str, name: str) -> Response:
    """Bytes that the browser saves under `name` and never runs."""
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}
    return Response(content, content_type=media_type, headers=headers)


def _found(session: Session, submission_id: int, by: Principal) -> tuple[Submission, Instance]:
    row = submissions.get(session, submission_id)
    try:
        return row, sight.instance(session, row.instance_id, by=by)
    except NotFound as error:
        raise NotFound("el envío", submission_id) from error
