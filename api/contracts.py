"""Obligaciones del contrato de una persona, por las que se ordena su informe mensual."""

from typing import Any

from sqlalchemy.orm import Session

from api.blueprint import Blueprint
from api.schemas.contracts import ContractInSchema
from api.schemas.contracts import ContractSchema
from db import clock
from db import reading
from db import transaction
from db.errors import InvalidData
from directory import access
from directory import people
from directory.access import Subject
from edge import identity
from edge.permission import permission
from tracking.reports import contract
from tracking.reports.contract import Clause

blueprint = Blueprint("contracts", __doc__, "/people/<id:person_id>/contract")


@blueprint.route("")
@permission("contract.change")
@blueprint.response(200, ContractSchema)
def show(person_id: int) -> dict[str, Any]:
    """Ver las obligaciones del contrato propio, o del de cualquiera para quien administra."""
    with reading() as session:
        row = people.get(session, person_id)
        access.demand(identity.current(), "contract.change", Subject(people=frozenset({row.id})))
        return _of(session, row.id)


@blueprint.route("", methods=["PUT"])
@permission("contract.change")
@blueprint.arguments(ContractInSchema)
@blueprint.response(200, ContractSchema)
def write(sent: dict[str, Any], person_id: int) -> dict[str, Any]:
    """Reemplazar las obligaciones del contrato."""
    clauses = [Clause(**{**row, "activities": tuple(row["activities"])}) for row in sent["clauses"]]
    try:
        with transaction() as session:
            contract.write(session, person_id, clauses, by=identity.current(), now=clock.now())
            return _of(session, person_id)
    except InvalidData as error:
        raise InvalidData({_path(name): messages for name, messages in error.errors.items()}) from error


def _of(session: Session, person_id: int) -> dict[str, Any]:
    own = contract.written(session, person_id)
    return {"person_id": person_id, "own": bool(own), "clauses": own or list(contract.OURS)}


def _path(name: str) -> str:
    """`number-0`, as a form of a page names it, as the member of a body."""
    member, _, index = name.rpartition("-")
    return f"clauses/{index}/{member}" if member else name or "clauses"
