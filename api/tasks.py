"""Tareas: lo que espera por personas."""

from typing import Any

from sqlalchemy.orm import Session

from api.blueprint import Blueprint
from api.preconditions import ETAG
from api.preconditions import WriteHeadersSchema
from api.preconditions import etag
from api.preconditions import matching
from api.preconditions import revision
from api.schemas.tasks import AnswersSchema
from api.schemas.tasks import AssignSchema
from api.schemas.tasks import BatchInSchema
from api.schemas.tasks import DraftInSchema
from api.schemas.tasks import DraftSchema
from api.schemas.tasks import OutcomesSchema
from api.schemas.tasks import ReceiptSchema
from api.schemas.tasks import TaskDetailSchema
from api.schemas.tasks import TaskPageSchema
from api.schemas.tasks import TaskQuery
from api.schemas.tasks import TaskSchema
from db import clock
from db import reading
from db import transaction
from db.paging import Page
from edge import identity
from edge import steps
from edge.permission import permission
from engine import drafts
from engine import observations
from engine import prefill
from engine import tasks
from engine.inbox import InboxFilter
from engine.inbox import inbox
from engine.models import Draft
from engine.models import Task
from forms.catalogues import resolve_all
from forms.declaration import to_json
from forms.json_schema import json_schema

blueprint = Blueprint("tasks", __doc__, "/tasks")


@blueprint.route("")
@permission("task.read")
@blueprint.arguments(TaskQuery, location="query")
@blueprint.response(200, TaskPageSchema)
def index(query: dict[str, Any]) -> Page[Task]:
    """Listar tareas abiertas, las que vencen primero."""
    wanted = InboxFilter(query["q"], query["process"], query["element"], query["group"], query["mine"])
    with reading() as session:
        by, now = identity.current(), clock.now()
        return inbox(session, by, wanted, now=now, limit=query["limit"], cursor=query["cursor"])


@blueprint.route("/<id:task_id>")
@permission("task.read")
@blueprint.response(200, TaskDetailSchema, headers=ETAG)
def show(task_id: int) -> Any:
    """Ver una tarea con su formulario, lo ya escrito y las observaciones."""
    with reading() as session:
        task = tasks.get(session, task_id, by=identity.current())
        return _detail(session, task), 200, etag(task.revision)


@blueprint.route("/<id:task_id>/claim", methods=["POST"])
@permission("task.claim")
@blueprint.response(200, TaskSchema)
def claim(task_id: int) -> Any:
    """Tomar una tarea libre."""
    with transaction() as session:
        return _with_etag(tasks.claim(session, task_id, by=identity.current(), now=clock.now()))


@blueprint.route("/<id:task_id>/release", methods=["POST"])
@permission("task.complete")
@blueprint.response(200, TaskSchema)
def release(task_id: int) -> Any:
    """Devolver al grupo una tarea que se tomó."""
    with transaction() as session:
        return _with_etag(tasks.release(session, task_id, by=identity.current(), now=clock.now()))


@blueprint.route("/<id:task_id>/assign", methods=["POST"])
@permission("task.assign")
@blueprint.arguments(AssignSchema)
@blueprint.response(200, TaskSchema)
def assign(sent: dict[str, Any], task_id: int) -> Any:
    """Asignar una tarea a una persona."""
    with transaction() as session:
        return _with_etag(tasks.assign(session, task_id, sent["person_id"], by=identity.current(), now=clock.now()))


@blueprint.route("/<id:task_id>/draft", methods=["PUT"])
@permission("task.complete")
@blueprint.arguments(DraftInSchema)
@blueprint.response(200, DraftSchema)
def save_draft(sent: dict[str, Any], task_id: int) -> Draft:
    """Guardar un borrador, sin revisarlo."""
    with transaction() as session:
        by, now = identity.current(), clock.now()
        return drafts.save(session, task_id, sent["data"], by=by, now=now, revision=sent["revision"])


@blueprint.route("/<id:task_id>/draft", methods=["DELETE"])
@permission("task.complete")
@blueprint.response(204)
def discard_draft(task_id: int) -> None:
    """Desechar el borrador."""
    with transaction() as session:
        drafts.discard(session, task_id, by=identity.current(), now=clock.now())


@blueprint.route("/<id:task_id>/complete", methods=["POST"])
@permission("task.complete")
@blueprint.arguments(WriteHeadersSchema, location="headers")
@blueprint.arguments(AnswersSchema)
@blueprint.response(200, ReceiptSchema)
def complete(headers: dict[str, Any], sent: dict[str, Any], task_id: int) -> dict[str, Any]:
    """Completar una tarea: el envío queda en firme y el proceso avanza."""
    expected = revision(headers["if_match"])
    with matching():
        answer = steps.complete_task(
            task_id, sent["data"], by=identity.current(), revision=expected, key=headers["idempotency_key"]
        )
    return answer.body


@blueprint.route("/complete-batch", methods=["POST"])
@permission("task.complete")
@blueprint.arguments(BatchInSchema)
@blueprint.response(200, OutcomesSchema)
def complete_batch(sent: dict[str, Any]) -> dict[str, Any]:
    """Completar el mismo paso de varios procesos; lo que falle en uno no detiene los demás."""
    overrides = {row["task_id"]: row["data"] for row in sent["overrides"]}
    return {"items": steps.complete_batch(sent["task_ids"], sent["data"], overrides, by=identity.current())}


def _with_etag(task: Task) -> tuple[Task, int, dict[str, str]]:
    return task, 200, etag(task.revision)


def _detail(session: Session, task: Task) -> dict[str, Any]:
    form = tasks.form_of(session, task)
    values: dict[str, Any] = TaskSchema().dump(task)
    return {
        **{name: getattr(task, name) for name in values.keys() - {"instance_title"}},
        "instance": task.instance,
        "instructions": tasks.instructions(session, task),
        "form": to_json(form),
        "schema": json_schema(form, resolve_all(session, form, task.instance.refs)),
        "initial": prefill.initial(session, task, now=clock.now()),
        "draft": drafts.find(session, task.id),
        "observations": observations.standing(session, task, by=identity.current()),
    }
