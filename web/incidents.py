"""Incidentes: automatic steps that failed, what was tried, and trying one or many again."""

from flask import Blueprint
from flask import Response
from flask import flash
from flask import request
from sqlalchemy.orm import Session

from db import invariants
from db import reading
from directory import access
from directory.principal import Principal
from edge import identity
from edge import names
from edge import repairing
from edge.permission import permission
from edge.words import counted
from engine import incidents
from engine import operations
from notifications import postmaster
from web.frame import HOME
from web.frame import Link
from web.frame import chosen
from web.frame import go
from web.frame import local_address
from web.frame import page
from web.frame import paging

blueprint = Blueprint("web_incidents", __name__)

STATUS = {"open": "Sin resolver", "resolved": "Resueltos"}
LIST = ("Incidentes", "/incidentes")
FEW = 25
"""What else failed is counted up to this many."""


@blueprint.get("/incidentes")
@permission("incident.read")
def listed() -> Response:
    status, by = chosen("estado", STATUS, "open"), identity.current()
    text = request.args.get("buscar", "")[:100]
    with reading() as session:
        found = incidents.listed(session, by=by, status=status, text=text, cursor=request.args.get("desde", ""))
        titles = names.of_instances(session, [row.instance_id for row in found.items])
        steps, besides = incidents.steps(session, found.items), _besides(session, by)
    return page(
        "incidents.html", "Incidentes", crumbs=[HOME], rows=found.items, titles=titles, status=status, statuses=STATUS,
        text=text, steps=steps, besides=besides, most=repairing.MOST, **paging(found.next_cursor),
    )  # fmt: skip


@blueprint.get("/incidentes/<id:incident_id>")
@permission("incident.read")
def show(incident_id: int) -> Response:
    with reading() as session:
        incident = incidents.get(session, incident_id, by=identity.current())
        instance = incidents.demand_seeing(session, incident.instance_id, by=identity.current())
        people = names.of_people(session, [incident.resolved_by])
        step = incidents.steps(session, [incident])[incident.id]
    title = f"Incidente {incident.id}"
    return page(
        "incident.html", title, crumbs=[HOME, LIST], incident=incident, instance=instance, statuses=STATUS,
        people=people, step=step,
    )  # fmt: skip


@blueprint.post("/incidentes/reintentar")
@permission("incident.retry")
def retry() -> Response:
    """Try again the chosen incidents, or all of those that a search finds, each in a transaction of its own."""
    by, chosen_ids = identity.current(), request.form.getlist("incident", type=int)
    if "todos" in request.form:
        with reading() as session:
            chosen_ids = incidents.matching(
                session, by=by, text=request.form.get("buscar", "")[:100], limit=repairing.MOST
            )
    tried = repairing.retry(chosen_ids, by=by, reason=request.form.get("reason", "")[:500])
    _tell(tried)
    return go(local_address(request.form.get("volver"), LIST[1]))


def _tell(tried: list[repairing.Retried]) -> None:
    solved, waiting = sum(one.solved for one in tried), max(len(tried) - repairing.AT_ONCE, 0)
    if not tried:
        flash("Elija al menos un incidente.", "warning")
    elif solved == len(tried):
        flash(f"Resueltos: {solved}. Los trámites siguieron su curso.", "success")
    elif waiting:
        flash(f"Se reintentan {counted(len(tried), 'incidente', 'incidentes')}; en menos de un minuto vuelva a mirar "
              "cuáles quedan.", "success")  # fmt: skip
    else:
        flash(f"Resueltos: {solved} de {len(tried)}. Los demás siguen fallando; vea el detalle de cada uno.", "warning")


def _besides(session: Session, by: Principal) -> list[Link]:
    """What else failed, where `by` may look at it: long work, messages, and what must always hold."""
    found: list[Link] = []
    if access.may(by, "operation.read"):
        rows = operations.listed(session, by=by, status="failed", limit=FEW).items
        found.append(_counted(len(rows), "operación detenida por un error", "operaciones detenidas por un error",
                              "/operaciones?estado=failed"))  # fmt: skip
    if access.may(by, "message.read"):
        failed = postmaster.listed(session, by=by, status="failed", limit=FEW).items
        found.append(_counted(len(failed), "mensaje que no se pudo enviar", "mensajes que no se pudieron enviar",
                              "/mensajes?estado=failed"))  # fmt: skip
    if access.may(by, "system.watch"):
        broken = sum(1 for state in invariants.states(session).values() if state.found or state.error)
        found.append(_counted(broken, "invariante que no se cumple", "invariantes que no se cumplen", "/invariantes"))
    return [link for link in found if link.count]


def _counted(count: int, one: str, many: str, url: str) -> Link:
    said = f"más de {FEW - 1} {many}" if count >= FEW else counted(count, one, many)
    return Link(said[:1].upper() + said[1:], url, count=str(count) if count else "")
