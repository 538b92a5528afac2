"""Incidentes: automatic steps that failed, what was tried, and trying again."""

from flask import Blueprint
from flask import Response
from flask import flash
from flask import request

from db import clock
from db import reading
from db import transaction
from edge import identity
from edge import names
from edge import steps
from edge.permission import permission
from engine import incidents
from engine import instances
from web.frame import HOME
from web.frame import chosen
from web.frame import go
from web.frame import page
from web.frame import paging

blueprint = Blueprint("web_incidents", __name__)

STATUS = {"open": "Sin resolver", "resolved": "Resueltos"}
LIST = ("Incidentes", "/incidentes")


@blueprint.get("/incidentes")
@permission("incident.read")
def listed() -> Response:
    status = chosen("estado", STATUS, "open")
    with reading() as session:
        found = incidents.listed(session, status=status, cursor=request.args.get("desde", ""))
        titles = names.of_instances(session, [row.instance_id for row in found.items])
    return page(
        "incidents.html", "Incidentes", crumbs=[HOME], rows=found.items, titles=titles, status=status, statuses=STATUS,
        **paging(found.next_cursor),
    )  # fmt: skip


@blueprint.get("/incidentes/<id:incident_id>")
@permission("incident.read")
def show(incident_id: int) -> Response:
    with reading() as session:
        incident = incidents.get(session, incident_id)
        instance = instances.get(session, incident.instance_id)
    title = f"Incidente {incident.id}"
    return page("incident.html", title, crumbs=[HOME, LIST], incident=incident, instance=instance, statuses=STATUS)


@blueprint.post("/incidentes/reintentar")
@permission("incident.retry")
def retry() -> Response:
    """Try again the chosen incidents, each in a transaction of its own."""
    by, chosen_ids = identity.current(), request.form.getlist("incident", type=int)
    solved = 0
    for incident_id in chosen_ids:
        with transaction() as session:
            instance_id = incidents.retry(session, incident_id, by=by, now=clock.now())
        steps.settle(instance_id)
        with reading() as session:
            solved += incidents.get(session, incident_id).status == "resolved"
    _tell(len(chosen_ids), solved)
    return go("/incidentes")


def _tell(tried: int, solved: int) -> None:
    if not tried:
        flash("Elija al menos un incidente.", "warning")
    elif solved == tried:
        flash(f"Resueltos: {solved}. Los trámites siguieron su curso.", "success")
    else:
        flash(f"Resueltos: {solved} de {tried}. Los demás siguen fallando; vea el detalle de cada uno.", "warning")
