"""Rectificaciones: lo que se corrige de un envío sin cambiarlo."""

from typing import Any

from sqlalchemy.orm import Session

from api.blueprint import Blueprint
from api.preconditions import ETAG
from api.preconditions import IfMatchSchema
from api.preconditions import etag
from api.preconditions import matching
from api.preconditions import revision
from api.schemas.instances import RectifiablesSchema
from api.schemas.instances import RectifiedSchema
from api.schemas.instances import RectifyAnswersSchema
from db import clock
from db import reading
from db.errors import InvalidData
from edge import identity
from edge import personal_reads
from edge import sight
from edge.permission import permission
from engine import rectifiable
from engine import rectifications
from engine import tasks
from engine.registry import Elsewhere

blueprint = Blueprint("rectifications", __doc__, "/instances/<id:instance_id>/submissions/<id:submission_id>")


@blueprint.route("/rectifiable")
@permission("submission.rectify")
@blueprint.response(200, RectifiablesSchema, headers=ETAG)
def index(instance_id: int, submission_id: int) -> Any:
    """Ver qué respuestas de un envío se pueden rectificar, y de las demás por qué no y dónde se corrigen."""
    by = identity.current()
    with reading() as session:
        row = sight.submission(session, instance_id, submission_id, by=by)
        task = rectifications.task_for(session, row, by=by)
        personal_reads.answers(tasks.form_of(session, row), row)
        items = [
            {"path": spot.path, "label": spot.label, "value": spot.value, **_told(spot.refusal)}
            for spot in rectifiable.spots(session, row, task)
        ]
        whole = _told(rectifiable.whole(session, row, task))
        return {**whole, "items": items}, 200, etag(task.revision)


@blueprint.route("/rectifications", methods=["POST"])
@permission("submission.rectify")
@blueprint.arguments(IfMatchSchema, location="headers")
@blueprint.arguments(RectifyAnswersSchema)
@blueprint.creates(RectifiedSchema)
def rectify(
    session: Session, headers: dict[str, Any], sent: dict[str, Any], instance_id: int, submission_id: int
) -> dict[str, Any]:
    """Rectificar respuestas de un paso completado: el envío queda como estaba y la rectificación a su lado."""
    by, now, changes = identity.current(), clock.now(), {one["path"]: one["value"] for one in sent["changes"]}
    if len(changes) < len(sent["changes"]):
        raise InvalidData({"changes": ["Envíe cada respuesta una sola vez."]})
    expected = revision(headers["if_match"])
    sight.submission(session, instance_id, submission_id, by=by)
    with matching():
        rows = rectifications.rectify(
            session, submission_id, changes, reason=sent["reason"], by=by, now=now, revision=expected,
            confirmed=sent["confirmed"],
        )  # fmt: skip
    return {"instance_id": instance_id, "submission_id": submission_id, "rectifications": rows}


def _told(refusal: Elsewhere | None) -> dict[str, str]:
    return {"refusal": refusal.text, "url": refusal.url} if refusal is not None else {"refusal": "", "url": ""}
