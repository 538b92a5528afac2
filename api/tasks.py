"""Tareas: lo que espera por personas."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from api.blueprint import Blueprint
from api.preconditions import ETAG
from api.preconditions import IdempotencySchema
from api.preconditions import WriteHeadersSchema
from api.preconditions import etag
from api.preconditions import matching
from api.preconditions import revision
from api.schemas.tasks import AssignSchema
from api.schemas.tasks import BatchInSchema
from api.schemas.tasks import CompletionSchema
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
from db.errors import NotAllowed
from db.errors import NotFound
from db.paging import Page
from directory.principal import Principal
from edge import identity
from edge import proving
from edge import steps
from edge.permission import permission
from engine import drafts
from engine import observations
from engine import prefill
from engine import submissions
from engine import tasks
from engine import under_review
from engine.inbox import InboxFilter
from engine.inbox import inbox
from engine.models import Draft
from engine.models import Submission
from engine.models import Task
from forms import shape
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
        by, now = identity.current(), clock.now()
        return _with_etag(tasks.assign(session, task_id, sent["person_id"], by=by, now=now, reason=sent["reason"]))


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
@blueprint.arguments(CompletionSchema)
@blueprint.response(200, ReceiptSchema)
def complete(headers: dict[str, Any], sent: dict[str, Any], task_id: int) -> dict[str, Any]:
    """Completar una tarea: el envío queda en firme y el proceso avanza."""
    expected = revision(headers["if_match"])
    _prove([task_id])
    with matching():
        answer = steps.complete_task(
            task_id, sent["data"], by=identity.current(), revision=expected, key=headers["idempotency_key"],
            confirmed=sent["confirmed"],
        )  # fmt: skip
    return answer.body


@blueprint.route("/complete-batch", methods=["POST"])
@permission("task.complete")
@blueprint.arguments(IdempotencySchema, location="headers")
@blueprint.arguments(BatchInSchema)
@blueprint.response(200, OutcomesSchema)
def complete_batch(headers: dict[str, Any], sent: dict[str, Any]) -> dict[str, Any]:
    """Completar el mismo paso de varios procesos; lo que falle en uno no detiene los demás.

    Repetida con la misma clave, lo ya hecho recibe su primer recibo y sólo se intenta otra vez lo que falló.
    """
    _prove(sent["task_ids"])
    overrides = {row["task_id"]: row["data"] for row in sent["overrides"]}
    left_out = {row["task_id"]: row["reason"] for row in sent["left_out"]}
    replaced = {row["task_id"]: row["revision"] for row in sent["replaced_drafts"]}
    outcomes = steps.complete_batch(
        sent["task_ids"], sent["data"], overrides, by=identity.current(), key=headers["idempotency_key"],
        left_out=left_out, replaced=replaced, confirmed=sent["confirmed"],
    )  # fmt: skip
    return {"items": outcomes}


def _prove(task_ids: Sequence[int]) -> None:
    """A browser that decides at a gate must have proved lately who sits there; a token serves as such a proof."""
    if identity.by_token():
        return
    by = identity.current()
    with reading() as session:
        decides = any(_decides(session, task_id, by) for task_id in task_ids)
    if decides:
        proving.demand()


def _decides(session: Session, task_id: int, by: Principal) -> bool:
    """Whether a task stands at a gate; not one that is refused anyway: of a batch it stops no other."""
    try:
        return tasks.decides(session, tasks.get(session, task_id, by=by))
    except (NotFound, NotAllowed):
        return False


def _with_etag(task: Task) -> tuple[Task, int, dict[str, str]]:
    return task, 200, etag(task.revision)


def _detail(session: Session, task: Task) -> dict[str, Any]:
    form, now = tasks.form_of(session, task), clock.now()
    draft, initial = drafts.seen(session, task, by=identity.current()), prefill.initial(session, task, now=now)
    answers = shape.sound(form, draft.data) if draft is not None else initial
    values: dict[str, Any] = TaskSchema().dump(task)
    return {
        **{name: getattr(task, name) for name in values.keys() - {"instance_title"}},
        "instance": task.instance,
        "instructions": tasks.instructions(session, task),
        "form": to_json(form),
        "schema": json_schema(form, resolve_all(session, form, task.instance.refs)),
        "initial": initial,
        "draft": draft,
        "heard": _heard(session, task),
        "consequences": prefill.consequences(session, task, answers, now=now) if task.status == "open" else [],
        "observations": observations.standing(session, task, by=identity.current()),
    }


def _heard(session: Session, task: Task) -> list[Submission]:
    """The reviews that the page of a task shows at its top."""
    if task.status != "open":
        return []
    rows = under_review.consulted(session, task) or [review for review, _ in under_review.heard(session, task)]
    return [submissions.get(session, row.id) for row in rows]
