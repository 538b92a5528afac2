"""Operaciones: long work done in batches, its progress, and what people should look at."""

from flask import Blueprint
from flask import Response
from flask import flash
from flask import request
from sqlalchemy.orm import Session

from db import clock
from db import reading
from db import transaction
from db.errors import InvalidData
from directory import access
from edge import identity
from edge import names
from edge.permission import permission
from engine import definitions
from engine import migrating
from engine import operations
from engine.models import Definition
from engine.models import Operation
from web import changes
from web.frame import HOME
from web.frame import chosen
from web.frame import go
from web.frame import page
from web.frame import paging

blueprint = Blueprint("web_operations", __name__)

STATUS = {
    "running": "En curso",
    "done": "Terminada",
    "cancelled": "Detenida por una persona",
    "failed": "Detenida por un error",
}
LIST = ("Operaciones", "/operaciones")


@blueprint.get("/operaciones")
@permission("operation.read")
def listed() -> Response:
    status = chosen("estado", STATUS)
    with reading() as session:
        found = operations.listed(session, by=identity.current(), status=status, cursor=request.args.get("desde", ""))
        people = names.of_people(session, [row.started_by for row in found.items])
    return page(
        "operations.html", "Operaciones", crumbs=[HOME], rows=found.items, people=people, status=status,
        statuses=STATUS, **paging(found.next_cursor),
    )  # fmt: skip


@blueprint.get("/operaciones/<id:operation_id>")
@permission("operation.read")
def show(operation_id: int) -> Response:
    return _page(operation_id)


@blueprint.post("/operaciones/<id:operation_id>/cancelar")
@permission("operation.cancel")
def cancel(operation_id: int) -> Response:
    """Stop what runs, with the reason."""
    try:
        with transaction() as session:
            reason = request.form.get("reason", "")
            operations.cancel(session, operation_id, reason, by=identity.current(), now=clock.now())
    except InvalidData as error:
        return _page(operation_id, error.errors)
    flash("La operación se detuvo. Lo que ya se había hecho se conserva.", "success")
    return go(f"/operaciones/{operation_id}")


@blueprint.post("/operaciones/<id:operation_id>/reanudar")
@permission("operation.cancel")
def resume(operation_id: int) -> Response:
    """Go on with what stopped."""
    with transaction() as session:
        operations.resume(session, operation_id, by=identity.current(), now=clock.now())
    flash("La operación continúa donde se detuvo.", "success")
    return go(f"/operaciones/{operation_id}")


def _page(operation_id: int, problems: dict[str, list[str]] | None = None) -> Response:
    with reading() as session:
        operation = _readable(session, operation_id)
        people = names.of_people(session, [operation.started_by])
        stopped = operations.stopped_by(session, operation)
        moved = _moved(session, operation)
    return page(
        "operation.html", operation.title, crumbs=[HOME, LIST], operation=operation, people=people, statuses=STATUS,
        now=clock.now(), mark=changes.operation_mark(operation), stopped=stopped, moved=moved,
        problems=problems or {}, code=422 if problems else 200,
    )  # fmt: skip


def _moved(session: Session, operation: Operation) -> Definition | None:
    """The version to which the operation takes cases, or tries to; None when it does something else."""
    if operation.kind != migrating.KIND:
        return None
    return definitions.get(session, int(operation.params["definition_id"]))


def _readable(session: Session, operation_id: int) -> Operation:
    operation = operations.get(session, operation_id)
    access.demand(identity.current(), "operation.read", access.Subject(assignee_id=operation.started_by))
    return operation
