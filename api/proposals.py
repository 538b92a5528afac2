"""Propuestas de versiones de los procesos: quien propone no publica."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from api.blueprint import Blueprint
from api.schemas.instances import ReasonSchema
from api.schemas.processes import ProposalDetailSchema
from api.schemas.processes import ProposalPageSchema
from api.schemas.processes import ProposalQuery
from api.schemas.processes import ProposalSchema
from api.schemas.processes import ProposeSchema
from api.schemas.processes import VersionChangesSchema
from api.schemas.system import DiagramQuery
from api.schemas.system import ProcessSchema
from db import clock
from db import reading
from db import transaction
from db.errors import NotFound
from db.paging import Page
from directory import access
from edge import identity
from edge.permission import permission
from engine import definitions
from engine import proposals
from engine.models import Definition
from engine.models import Proposal

blueprint = Blueprint("proposals", __doc__, "/processes")

SHOWN = [field.attribute or name for name, field in ProposalSchema().fields.items()]


@dataclass(frozen=True, slots=True)
class _Given:
    """What is proposed, checked, and why."""

    checked: proposals.Checked
    reason: str


def _checked(view: Callable[..., Any]) -> Callable[..., Any]:
    """Check the bundle before the transaction of `view` begins: it may take seconds, and nobody is to wait for it."""

    @wraps(view)
    def checking(sent: dict[str, Any], *more: Any) -> Any:
        access.demand(identity.current(), "process.deploy")
        with reading() as session:
            files = proposals.completed(session, sent["process"], sent["files"])
        return view(_Given(proposals.check(sent["process"], files), sent["reason"]), *more)

    return checking


@blueprint.route("", methods=["POST"])
@permission("process.deploy")
@blueprint.arguments(ProposeSchema)
@_checked
@blueprint.creates(ProposalSchema, at="/processes/proposals/{id}")
def propose(session: Session, given: _Given) -> Proposal:
    """Proponer una versión de un proceso: se revisa, y espera a que otra persona la publique."""
    return proposals.propose(session, given.checked, reason=given.reason, by=identity.current(), now=clock.now())


@blueprint.route("/proposals")
@permission("process.read")
@blueprint.arguments(ProposalQuery, location="query")
@blueprint.response(200, ProposalPageSchema)
def index(query: dict[str, Any]) -> Page[Proposal]:
    """Listar las versiones propuestas, las últimas primero."""
    with reading() as session:
        named = {"text": query.pop("q"), "key": query.pop("process")}
        return proposals.listed(session, **named, **query)


@blueprint.route("/proposals/<id:proposal_id>")
@permission("process.read")
@blueprint.response(200, ProposalDetailSchema)
def show(proposal_id: int) -> dict[str, Any]:
    """Ver una propuesta, con lo que cambiaría."""
    with reading() as session:
        row = proposals.get(session, proposal_id)
        shown = {name: getattr(row, name) for name in SHOWN}
        return {**shown, "changes": proposals.difference(session, row)}


@blueprint.route("/proposals/<id:proposal_id>/bpmn")
@permission("process.read")
@blueprint.arguments(DiagramQuery, location="query")
@blueprint.response(200, {"type": "string"}, content_type="application/xml", description="El diagrama en BPMN 2.0.")
def diagram(query: dict[str, Any], proposal_id: int) -> Response:
    """Descargar un diagrama de una propuesta."""
    with reading() as session:
        row = proposals.get(session, proposal_id)
        _, proposed = proposals.bundles(session, row)
        key = query["diagram"] or row.key
        if key not in proposed.elements:
            raise NotFound("el diagrama", key)
        content = proposed.files[proposed.file_of(key)]
    return Response(content, content_type="application/xml; charset=utf-8")


@blueprint.route("/proposals/<id:proposal_id>/publish", methods=["POST"])
@permission("process.publish")
@blueprint.arguments(ReasonSchema)
@blueprint.response(200, ProcessSchema)
def publish(sent: dict[str, Any], proposal_id: int) -> Definition:
    """Publicar una versión que propuso otra persona: los casos nuevos empiezan con ella."""
    with reading() as session:
        checked = proposals.check_again(session, proposal_id)
    by, now = identity.current(), clock.now()
    with transaction() as session:
        return proposals.publish(session, proposal_id, checked, reason=sent["reason"], by=by, now=now)


@blueprint.route("/proposals/<id:proposal_id>/reject", methods=["POST"])
@permission("process.publish")
@blueprint.arguments(ReasonSchema)
@blueprint.response(200, ProposalSchema)
def reject(sent: dict[str, Any], proposal_id: int) -> Proposal:
    """Rechazar una versión que propuso otra persona, con el motivo."""
    by, now = identity.current(), clock.now()
    with transaction() as session:
        return proposals.reject(session, proposal_id, reason=sent["reason"], by=by, now=now)


@blueprint.route("/<string(maxlength=100):key>/versions/<id:number>/changes")
@permission("process.read")
@blueprint.response(200, VersionChangesSchema)
def changes(key: str, number: int) -> dict[str, Any]:
    """Ver qué cambió en una versión frente a la anterior."""
    with reading() as session:
        return {"items": definitions.changes(session, definitions.version(session, key, number))}
