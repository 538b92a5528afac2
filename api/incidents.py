"""Incidentes: lo que falló después de un paso que ya quedó en firme."""

from typing import Any

from api.blueprint import Blueprint
from api.schemas.system import IncidentPageSchema
from api.schemas.system import IncidentQuery
from api.schemas.system import IncidentSchema
from api.schemas.system import RetriedManySchema
from api.schemas.system import RetryManySchema
from db import clock
from db import reading
from db import transaction
from db.paging import Page
from edge import identity
from edge import repairing
from edge.permission import permission
from edge.repairing import Retried
from edge.steps import settle
from engine import incidents
from engine.models import Incident

blueprint = Blueprint("incidents", __doc__, "/incidents")


@blueprint.route("")
@permission("incident.read")
@blueprint.arguments(IncidentQuery, location="query")
@blueprint.response(200, IncidentPageSchema)
def index(query: dict[str, Any]) -> Page[Incident]:
    """Listar incidentes, los últimos primero."""
    with reading() as session:
        query["text"] = query.pop("q")
        return incidents.listed(session, by=identity.current(), **query)


@blueprint.route("/<id:incident_id>")
@permission("incident.read")
@blueprint.response(200, IncidentSchema)
def show(incident_id: int) -> Incident:
    """Ver un incidente."""
    with reading() as session:
        return incidents.get(session, incident_id, by=identity.current())


@blueprint.route("/<id:incident_id>/retry", methods=["POST"])
@permission("incident.retry")
@blueprint.response(200, IncidentSchema)
def retry(incident_id: int) -> Incident:
    """Reintentar ahora; la respuesta dice cómo quedó el incidente."""
    with transaction() as session:
        instance_id = incidents.retry(session, incident_id, by=identity.current(), now=clock.now())
    settle(instance_id)
    with reading() as session:
        return incidents.get(session, incident_id)


@blueprint.route("/retry", methods=["POST"])
@permission("incident.retry")
@blueprint.arguments(RetryManySchema)
@blueprint.response(200, RetriedManySchema)
def retry_many(sent: dict[str, Any]) -> dict[str, list[Retried]]:
    """Reintentar varios; la respuesta dice cómo quedó cada uno. Los últimos de muchos se intentan segundos después."""
    return {"items": repairing.retry(sent["ids"], by=identity.current(), reason=sent["reason"])}
