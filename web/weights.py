"""Pesos de los hitos: confirming those that came from a doubtful source."""

from flask import Blueprint
from flask import Response
from flask import flash
from flask import request

from db import clock
from db import reading
from db import transaction
from db.errors import InvalidData
from db.errors import NotFound
from directory import access
from edge import identity
from edge.finding import product as found
from edge.permission import permission
from tracking import products
from tracking import templates
from web.frame import HOME
from web.frame import go
from web.frame import page

blueprint = Blueprint("web_weights", __name__)


@blueprint.get("/productos/<code>/pesos")
@permission("template.confirm")
def ask(code: str) -> Response:
    return _page(code)


@blueprint.post("/productos/<code>/pesos")
@permission("template.confirm")
def confirm(code: str) -> Response:
    """Say who answers for the weights, and with what support."""
    by, now = identity.current(), clock.now()
    try:
        with transaction() as session:
            template = templates.latest(session, found(session, code, by).id)
            if template is None or template.id != request.form.get("template", type=int):
                raise InvalidData({"note": ["La plantilla cambió desde que abrió esta página. Revísela otra vez."]})
            templates.confirm(session, template.id, note=request.form.get("note", ""), by=by, now=now)
    except InvalidData as error:
        return _page(code, error.errors)
    flash("Los pesos quedaron confirmados.", "success")
    return go(f"/productos/{code}")


def _page(code: str, problems: dict[str, list[str]] | None = None) -> Response:
    by = identity.current()
    with reading() as session:
        row = found(session, code, by)
        access.demand(by, "template.confirm", products.subject(row))
        template = templates.latest(session, row.id)
        if template is None:
            raise NotFound("la plantilla de hitos del producto", code)
        milestones = templates.milestones_of(session, template.id)
    return page(
        "product_weights.html", "Pesos de los hitos", crumbs=[HOME, ("Productos", "/productos"),
        (row.name, f"/productos/{code}")], row=row, version=template, milestones=milestones, problems=problems or {},
        code=422 if problems else 200,
    )  # fmt: skip
