"""Operaciones: trabajo largo que avanza por partes."""

from typing import Any

from api.blueprint import Blueprint
from api.schemas.instances import ReasonSchema
from api.schemas.system import OperationPageSchema
from api.schemas.system import OperationQuery
from api.schemas.system import OperationSchema
from db import clock
from db import reading
from db import transaction
from db.paging import Page
from directory import access
from directory.access import Subject
from edge import identity
from edge.permission import permission
from engine import operations
from engine.models import Operation

blueprint = Blueprint("operations", __doc__, "/operations")


@blueprint.route("")
@permission("operation.read")
@blueprint.arguments(OperationQuery, location="query")
@blueprint.response(200, OperationPageSchema)
def index(query: dict[str, Any]) -> Page[Operation]:
    """Listar las operaciones que usted puede ver: primero las que siguen o se detuvieron, luego las últimas."""
    with reading() as session:
        return operations.listed(session, by=identity.current(), **query)


@blueprint.route("/<id:operation_id>")
@permission("operation.read")
@blueprint.response(200, OperationSchema)
def show(operation_id: int) -> Operation:
    """Ver cómo va una operación."""
    with reading() as session:
        row = operations.get(session, operation_id)
        access.demand(identity.current(), "operation.read", Subject(people=frozenset({row.started_by or 0})))
        return row


@blueprint.route("/<id:operation_id>/cancel", methods=["POST"])
@permission("operation.cancel")
@blueprint.arguments(ReasonSchema)
@blueprint.response(200, OperationSchema)
def cancel(sent: dict[str, Any], operation_id: int) -> Operation:
    """Detener una operación después de la parte en curso, con el motivo; lo hecho queda."""
    with transaction() as session:
        return operations.cancel(session, operation_id, sent["reason"], by=identity.current(), now=clock.now())
