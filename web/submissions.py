"""Envíos: what was sent with a task, read-only, with what changed since the round before, and as a document."""

from io import BytesIO
from urllib.parse import quote

from flask import Blueprint
from flask import Response
from sqlalchemy.orm import Session
from sqlalchemy.orm import joinedload

from db import files
from db import reading
from directory import attachments
from directory.principal import Principal
from edge import identity
from edge import names
from edge import personal_reads
from edge import sight
from edge.exports.answering import XLSX
from edge.file_names import file_name
from edge.permission import permission
from edge.words import clock_time
from edge.words import ended
from engine import definitions
from engine import instances
from engine import observations
from engine import rectifications
from engine import rectified
from engine import submissions
from engine import tasks
from engine.models import Instance
from engine.models import Submission
from engine.models import Task
from forms import display
from forms import document
from forms import excerpt
from forms import list_workbook
from forms.list_workbook import Column
from tracking import protocol_versions
from tracking.models import Product
from web import dossier
from web import milestone_overview
from web import rectified as corrections
from web import sheets
from web.filters import full_moment
from web.frame import HOME
from web.frame import page

blueprint = Blueprint("web_submissions", __name__)

SHEET = (Column("Pregunta", 40), Column("Respuesta", 60), Column("Rectificaciones", 60))


@blueprint.get("/envios/<id:submission_id>")
@permission("task.read")
def show(submission_id: int) -> Response:
    by = identity.current()
    with reading() as session:
        row, instance = found(session, submission_id, by)
        before = submissions.previous(session, row)
        remarks = observations.of_submission(session, row.id, by=by)
        said = rectified.answers(session, before) if before else None
        view = sheets.sent(session, row, before=said, warnings=row.warnings, observations=remarks)
        people = names.of_people(session, [row.author_id, row.on_behalf_of])
        task = session.get_one(Task, row.task_id, options=[joinedload(Task.instance)])
        given, left = observations.sent_with(session, row.task_id), observations.left_open(session, row)
        ruling = _ruling(session, row, instance)
        correctable = rectifications.offered(session, row, task, by)
    return page(
        "submission.html", task.name, crumbs=[HOME], row=row, task=task, instance=instance, before=before, view=view,
        people=people, remarks=given, left_open=left, ruling=ruling, correctable=correctable,
    )  # fmt: skip


def _ruling(session: Session, row: Submission, instance: Instance) -> str:
    """Of a protocol that another version replaced, which one it was and which is in force; empty for the rest."""
    product = session.get(Product, instance.refs.get("product_id") or 0)
    versions = protocol_versions.of_product(session, product) if product and product.instance_id == instance.id else []
    number = next((one.number for one in versions[1:] if one.sent.id == row.id), None)
    return f"Es la versión {number} del protocolo. Rige la versión {versions[0].number}." if number else ""


@blueprint.get("/envios/<id:submission_id>/documento")
@permission("task.read")
def download(submission_id: int) -> Response:
    """The submission as a PDF to print or to take to a meeting."""
    by = identity.current()
    with reading() as session:
        row, instance = found(session, submission_id, by)
        form = tasks.form_of(session, row)
        personal_reads.answers(form, row)
        author = names.of_people(session, [row.author_id]).get(row.author_id, "")
        definition = definitions.get(session, instance.definition_id)
        said = rectified.answers(session, row)
        looked = display.lookups(session, form, said)
        content = document.pdf(
            form,
            said,
            at=row.at.replace(microsecond=0),
            names=looked,
            code=row.receipt,
            author=f"{author} ({row.capacity})" if row.capacity else author,
            facts=[
                ("Hora", clock_time(row.at)),
                ("Sobre", instance.title),
                ("Ronda", str(row.round)),
                ("Proceso", f"{definition.title}, versión {definition.version}"),
            ],
            before=[
                *corrections.part(session, form, row),
                *dossier.verdicts(session, row),
                *milestone_overview.of_submission(session, row, said),
            ],
            after=[*dossier.said_with(session, row), *dossier.remarks(session, row, by=by)],
        )
    return attachment(content, "application/pdf", file_name(form.title, instance.title, row.receipt, ending="pdf"))


@blueprint.get("/envios/<id:submission_id>/hoja")
@permission("task.read")
def workbook(submission_id: int) -> Response:
    """The answers of a submission as a workbook, a line each, with what was corrected of them beside it."""
    target = BytesIO()
    with reading() as session:
        row, instance = found(session, submission_id, identity.current())
        form, said = tasks.form_of(session, row), rectified.answers(session, row)
        personal_reads.answers(form, row)
        notes, looked = corrections.notes(session, form, row), display.lookups(session, form, said)
        author = names.of_people(session, [row.author_id]).get(row.author_id, "")
        lines = [
            (excerpt.heading(form, path, said), display.text(place.field, place.value, looked),
             "\n".join(notes.get(path, ())))
            for path, place in excerpt.places(form, said).items()
        ]  # fmt: skip
        told = [instance.title, f"{author}, {ended(full_moment(row.at))} Radicado {row.receipt}, ronda {row.round}"]
    list_workbook.write(target, form.title, told, SHEET, lines)
    return attachment(target.getvalue(), XLSX, file_name(form.title, instance.title, row.receipt, ending="xlsx"))


@blueprint.get("/archivos/<token>")
@permission("file.read")
def attached(token: str) -> Response:
    """A file that somebody attached, for them and for whoever may read what uses it."""
    with reading() as session:
        row = attachments.find(session, token, by=identity.current())
        content = files.content(row)
    personal_reads.file(row)
    return attachment(content, row.media_type, row.name)


def attachment(content: bytes, media_type: str, name: str) -> Response:
    """Bytes that the browser saves under `name` and never runs."""
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}
    return Response(content, content_type=media_type, headers=headers)


def found(session: Session, submission_id: int, by: Principal) -> tuple[Submission, Instance]:
    """What was sent with its data, and its case, for whoever may read it. Raises NotFound, NotAllowed."""
    row = submissions.get(session, submission_id)
    return sight.submission(session, row.instance_id, row.id, by=by), instances.get(session, row.instance_id)
