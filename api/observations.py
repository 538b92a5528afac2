"""Observaciones: lo que una revisión pide corregir."""

from typing import Any

from sqlalchemy.orm import Session

from api.blueprint import Blueprint
from api.schemas.tasks import AnswerSchema
from api.schemas.tasks import ObservationChangeSchema
from api.schemas.tasks import ObservationInSchema
from api.schemas.tasks import ObservationSchema
from db import clock
from db import transaction
from edge import identity
from edge.permission import permission
from engine import observations
from engine.models import Observation

blueprint = Blueprint("observations", __doc__)


@blueprint.route("/tasks/<id:task_id>/observations", methods=["POST"])
@permission("observation.add")
@blueprint.arguments(ObservationInSchema)
@blueprint.creates(ObservationSchema)
def add(session: Session, sent: dict[str, Any], task_id: int) -> Observation:
    """Hacer una observación desde la tarea de revisión."""
    by, now = identity.current(), clock.now()
    return observations.add(session, task_id, sent["path"], sent["text"], by=by, now=now)


@blueprint.route("/observations/<id:observation_id>", methods=["PATCH"])
@permission("observation.add")
@blueprint.arguments(ObservationChangeSchema)
@blueprint.response(200, ObservationSchema)
def change(sent: dict[str, Any], observation_id: int) -> Observation:
    """Reescribir una observación propia antes de enviar la revisión."""
    with transaction() as session:
        return observations.change(session, observation_id, sent["text"], by=identity.current(), now=clock.now())


@blueprint.route("/observations/<id:observation_id>", methods=["DELETE"])
@permission("observation.add")
@blueprint.response(204)
def remove(observation_id: int) -> None:
    """Retirar una observación propia antes de enviar la revisión."""
    with transaction() as session:
        observations.remove(session, observation_id, by=identity.current(), now=clock.now())


@blueprint.route("/observations/<id:observation_id>/answer", methods=["POST"])
@permission("observation.answer")
@blueprint.arguments(AnswerSchema)
@blueprint.response(200, ObservationSchema)
def answer(sent: dict[str, Any], observation_id: int) -> Observation:
    """Responder una observación."""
    with transaction() as session:
        return observations.answer(session, observation_id, sent["text"], by=identity.current(), now=clock.now())


@blueprint.route("/observations/<id:observation_id>/close", methods=["POST"])
@permission("observation.add")
@blueprint.response(200, ObservationSchema)
def close(observation_id: int) -> Observation:
    """Dar por atendida una observación."""
    with transaction() as session:
        return observations.close(session, observation_id, by=identity.current(), now=clock.now())
