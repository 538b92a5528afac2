"""«Hay cambios»: whether a page that somebody reads still shows what there is. Asked for by a quiet script.

A mark is any text that differs when the page would; it says nothing by itself.
"""

from flask import Blueprint
from flask import Response
from flask import jsonify
from sqlalchemy.orm import Session

from db import reading
from directory import access
from edge import identity
from edge.finding import product as found
from edge.permission import permission
from engine import drafts
from engine import instances
from engine import operations
from engine import tasks
from engine.models import Operation
from engine.models import Task
from tracking.models import Product

blueprint = Blueprint("web_changes", __name__)


@blueprint.get("/cambios/tareas/<id:task_id>")
@permission("task.read")
def of_task(task_id: int) -> Response:
    by = identity.current()
    with reading() as session:
        return _answer(task_mark(session, tasks.get(session, task_id, by=by), by.person_id))


@blueprint.get("/cambios/productos/<code>")
@permission("product.read")
def of_product(code: str) -> Response:
    with reading() as session:
        return _answer(product_mark(session, found(session, code, identity.current())))


@blueprint.get("/cambios/operaciones/<id:operation_id>")
@permission("operation.read")
def of_operation(operation_id: int) -> Response:
    with reading() as session:
        operation = operations.get(session, operation_id)
        access.demand(identity.current(), "operation.read", access.Subject(assignee_id=operation.started_by))
        return _answer(operation_mark(operation))


def task_mark(session: Session, task: Task, reader_id: int) -> str:
    """Moves with the task, its case, and the draft of somebody else: one's own typing is no news."""
    draft = drafts.find(session, task.id)
    theirs = draft.revision if draft is not None and draft.saved_by != reader_id else 0
    return f"{task.status}.{task.revision}.{task.instance.revision}.{theirs}"


def product_mark(session: Session, row: Product) -> str:
    """Moves with the product and its case."""
    revision = instances.get(session, row.instance_id).revision if row.instance_id else 0
    return f"{row.stage}.{row.status}.{revision}"


def operation_mark(row: Operation) -> str:
    """Moves with every part that is done."""
    return f"{row.status}.{row.done}.{row.failed}"


def _answer(mark: str) -> Response:
    response = jsonify({"mark": mark})
    response.headers["Cache-Control"] = "no-store"
    return response
