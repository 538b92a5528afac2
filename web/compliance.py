"""Cumplimiento de plazos: who keeps to their terms, each figure a link to the obligations that it counts."""

from collections.abc import Callable
from collections.abc import Sequence
from urllib.parse import urlencode

from flask import Blueprint
from flask import Response
from flask import request
from sqlalchemy.orm import Session

from db import reading
from directory import access
from directory.principal import Principal
from edge import identity
from edge import names
from edge.exports import answering
from edge.exports import of_deadlines
from edge.permission import permission
from notifications import policies
from notifications import rates
from notifications.obligations import Filters
from notifications.rates import Rate
from web.deadlines import MINE
from web.deadlines import tabs
from web.deadlines import values_of
from web.frame import HOME
from web.frame import chosen
from web.frame import page
from web.frame import span

blueprint = Blueprint("web_compliance", __name__)

ARGUMENTS = {
    "person": "persona", "region": "region", "product": "producto", "unit": "dependencia", "policy": "politica",
}  # fmt: skip
DIMENSIONS = {
    "person": "Persona", "region": "Región", "product": "Producto", "unit": "Dependencia", "policy": "Política",
}  # fmt: skip


@blueprint.get("/plazos/cumplimiento")
@permission("obligation.read")
def on_time() -> Response:
    by = identity.current()
    by_what = chosen("por", DIMENSIONS, "person")
    since, until = span("vence_desde", "vence_hasta")
    filters = Filters(
        policy=request.args.get("politica", ""), region_id=request.args.get("region", type=int),
        since=since, until=until,
    )  # fmt: skip
    with reading() as session:
        lines = rates.by_dimension(session, by, by_what, filters)
        total = rates.total(session, by, filters)
        labels = _labels(session, by_what, [line.key for line in lines if line.key is not None])
        keys = _keys(session, by_what, lines)
        values = values_of(session, [], policies_of=True)
    if answering.by_page():
        export = of_deadlines.rates(DIMENSIONS[by_what], labels)
        return answering.workbook(export, answering.whole(lines), filters, by=by)
    return page(
        "deadlines_rates.html", "Cumplimiento de plazos", crumbs=[HOME, MINE], lines=lines, total=total, labels=labels,
        dimensions=DIMENSIONS, dimension=by_what, tabs=tabs(by, "/plazos/cumplimiento"), keys=keys,
        to_rows=_to_rows(by, by_what), **values,
    )  # fmt: skip


def _to_rows(by: Principal, dimension: str) -> Callable[[str, int | str | None], str]:
    """Given a state and a key of `dimension` (None: all of them), the address of the obligations that it counts."""
    base = "/plazos/equipo" if access.may(by, "obligation.oversee") else "/plazos"
    kept = {name: request.args.get(name, "") for name in ("politica", "region", "vence_desde", "vence_hasta")}

    def address(state: str, key: int | str | None = None) -> str:
        asked = {**kept, "estado": state, "cuenta": "1"} | ({} if key is None else {ARGUMENTS[dimension]: str(key)})
        return f"{base}?{urlencode({name: value for name, value in asked.items() if value})}"

    return address


def _keys(session: Session, dimension: str, lines: Sequence[Rate]) -> dict[int, int | str]:
    """The id of a line as the filters of the list take it: that of a policy is its key there."""
    ids = [line.key for line in lines if line.key is not None]
    return {key: held.key for key, held in policies.many(session, ids).items()} if dimension == "policy" else {}


def _labels(session: Session, dimension: str, keys: list[int]) -> dict[int, str]:
    if dimension == "product":
        return {key: product.name for key, product in names.of_products(session, keys).items()}
    return rates.names(session, dimension, keys)
