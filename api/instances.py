"""Procesos en curso: dónde van, qué se hizo y qué se envió."""

from typing import Any

from flask import Response

from api.blueprint import Blueprint
from api.lists import slice_of
from api.preconditions import ETAG
from api.preconditions import etag
from api.schemas.base import Paging
from api.schemas.instances import HistoryPageSchema
from api.schemas.instances import InstanceDetailSchema
from api.schemas.instances import InstancePageSchema
from api.schemas.instances import InstanceQuery
from api.schemas.instances import InstanceSchema
from api.schemas.instances import ReasonSchema
from api.schemas.instances import SubmissionDetailSchema
from api.schemas.instances import SubmissionPageSchema
from api.schemas.system import DiagramQuery
from api.schemas.system import RestartSchema
from api.schemas.system import WaitingPageSchema
from api.schemas.tasks import ObservationPageSchema
from api.schemas.tasks import TaskPageSchema
from db import clock
from db import history
from db import reading
from db import transaction
from db.history import HistoryRow
from db.paging import Page
from edge import identity
from edge import personal_reads
from edge import sight
from edge.permission import permission
from edge.steps import settle
from engine import definitions
from engine import drawing
from engine import incidents
from engine import instances
from engine import observations
from engine import rectified
from engine import repairs
from engine import status
from engine import submissions
from engine import tasks
from engine.models import Instance
from engine.models import Observation
from engine.models import Submission
from engine.models import Task
from engine.repairs import Waiting
from forms.declaration import to_json

blueprint = Blueprint("instances", __doc__, "/instances")

BESIDE = {"form", "in_force", "rectifications"}
SHOWN = InstanceSchema().fields.keys() - {"process", "version"} | {"definition"}


@blueprint.route("")
@permission("history.read")
@blueprint.arguments(InstanceQuery, location="query")
@blueprint.response(200, InstancePageSchema)
def index(query: dict[str, Any]) -> Page[Instance]:
    """Listar los procesos en curso y terminados, los últimos primero."""
    with reading() as session:
        return sight.listed(session, identity.current(), **query)


@blueprint.route("/<id:instance_id>")
@permission("history.read")
@blueprint.response(200, InstanceDetailSchema)
def show(instance_id: int) -> Any:
    """Ver un proceso en curso: qué espera y todos sus pasos."""
    with reading() as session:
        row = sight.instance(session, instance_id, by=identity.current())
        steps, position = status.steps(session, row), status.position(session, row)
        shown = {name: getattr(row, name) for name in SHOWN}
        return {**shown, "steps": steps, "position": position}, 200, etag(row.revision)


@blueprint.route("/<id:instance_id>/history")
@permission("history.read")
@blueprint.arguments(Paging, location="query")
@blueprint.response(200, HistoryPageSchema)
def chain(query: dict[str, Any], instance_id: int) -> Page[HistoryRow]:
    """Ver todo lo que se hizo, en orden y encadenado."""
    with reading() as session:
        row = sight.instance(session, instance_id, by=identity.current())
        return history.page(session, instances.subject(row.id), **query)


@blueprint.route("/<id:instance_id>/diagram")
@permission("history.read")
@blueprint.arguments(DiagramQuery, location="query")
@blueprint.response(200, {"type": "string"}, content_type="image/svg+xml", description="El dibujo.")
def diagram(query: dict[str, Any], instance_id: int) -> Response:
    """Ver el diagrama dibujado, con lo hecho y lo que está en curso."""
    with reading() as session:
        row = sight.instance(session, instance_id, by=identity.current())
        key = query["diagram"] or row.definition.key
        states = status.element_states(session, row).get(key, {})
        drawn = drawing.svg(definitions.diagram(session, row.definition_id, key), states)
    return Response(drawn, content_type="image/svg+xml; charset=utf-8")


@blueprint.route("/<id:instance_id>/tasks")
@permission("history.read")
@blueprint.arguments(Paging, location="query")
@blueprint.response(200, TaskPageSchema)
def open_tasks(query: dict[str, Any], instance_id: int) -> Page[Task]:
    """Listar lo que espera por personas."""
    with reading() as session:
        row = sight.instance(session, instance_id, by=identity.current())
        return slice_of(tasks.open_of(session, row.id), **query)


@blueprint.route("/<id:instance_id>/observations")
@permission("history.read")
@blueprint.arguments(Paging, location="query")
@blueprint.response(200, ObservationPageSchema)
def remarks(query: dict[str, Any], instance_id: int) -> Page[Observation]:
    """Listar las observaciones que usted puede ver."""
    with reading() as session:
        row = sight.instance(session, instance_id, by=identity.current())
        return slice_of(observations.of_instance(session, row.id, by=identity.current()), **query)


@blueprint.route("/<id:instance_id>/submissions")
@permission("history.read")
@blueprint.arguments(Paging, location="query")
@blueprint.response(200, SubmissionPageSchema)
def sent(query: dict[str, Any], instance_id: int) -> Page[Submission]:
    """Listar lo que se ha enviado, sin las respuestas."""
    with reading() as session:
        row = sight.instance(session, instance_id, by=identity.current())
        return slice_of(submissions.of_instance(session, row.id), **query)


@blueprint.route("/<id:instance_id>/submissions/<id:submission_id>")
@permission("history.read")
@blueprint.response(200, SubmissionDetailSchema, headers=ETAG)
def one_sent(instance_id: int, submission_id: int) -> Any:
    """Ver un envío con sus respuestas, lo que se rectificó de ellas y el formulario de entonces."""
    with reading() as session:
        row = sight.submission(session, instance_id, submission_id, by=identity.current())
        shown = {name: getattr(row, name) for name in SubmissionDetailSchema().fields.keys() - BESIDE}
        beside = {"in_force": rectified.answers(session, row), "rectifications": rectified.of(session, row.id)}
        form = tasks.form_of(session, row)
        personal_reads.answers(form, row)
        whole = {**shown, **beside, "form": to_json(form)}
        return whole, 200, etag(session.get_one(Task, row.task_id).revision)


@blueprint.route("/<id:instance_id>/cancel", methods=["POST"])
@permission("instance.cancel")
@blueprint.arguments(ReasonSchema)
@blueprint.response(204)
def cancel(given: dict[str, Any], instance_id: int) -> None:
    """Terminar un proceso antes de su fin, con la razón."""
    with transaction() as session:
        repairs.cancel(session, instance_id, given["reason"], by=identity.current(), now=clock.now())


@blueprint.route("/<id:instance_id>/waiting")
@permission("incident.read")
@blueprint.arguments(Paging, location="query")
@blueprint.response(200, WaitingPageSchema)
def waiting(query: dict[str, Any], instance_id: int) -> Page[Waiting]:
    """Listar lo que un proceso espera según lo guardado, para repararlo."""
    with reading() as session:
        incidents.demand_seeing(session, instance_id, by=identity.current())
        return slice_of(repairs.waiting(session, instance_id), **query)


@blueprint.route("/<id:instance_id>/restart", methods=["POST"])
@permission("step.restart")
@blueprint.arguments(RestartSchema)
@blueprint.response(204)
def restart(given: dict[str, Any], instance_id: int) -> None:
    """Reiniciar un paso que el proceso espera, con la razón; si es automático, se hace de una vez."""
    with transaction() as session:
        repairs.restart(session, instance_id, **given, by=identity.current(), now=clock.now())
    settle(instance_id)
