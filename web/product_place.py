"""Estrategia, dependencia y liderazgo de un producto, cambiados después de crearlo."""

from typing import Any

from flask import Blueprint
from flask import Response
from flask import flash
from flask import request
from sqlalchemy.orm import Session

from db import clock
from db import history
from db import reading
from db import transaction
from db.errors import InvalidData
from db.history import HistoryRow
from db.history import Subject
from directory import access
from directory import people
from directory import units
from directory.principal import Principal
from edge import identity
from edge.finding import product as found
from edge.permission import permission
from tracking import product_place
from tracking import strategies
from tracking.models import Product
from web import stale
from web.frame import HOME
from web.frame import go
from web.frame import page
from web.reading_forms import Reader

blueprint = Blueprint("web_product_place", __name__)


@blueprint.get("/productos/<code>/lugar")
@permission("product.place")
def ask(code: str) -> Response:
    return _page(code)


@blueprint.post("/productos/<code>/lugar")
@permission("product.place")
def change(code: str) -> Response:
    by, now, read = identity.current(), clock.now(), Reader()
    try:
        typed: dict[str, Any] = {
            "unit_id": read.number("unit_id", "Elija la dependencia.") or 0,
            "lead_id": read.number("lead_id", "Elija quién lo lidera.") or 0,
            "strategy_id": read.number("strategy_id"),
        }
        read.check()
        with transaction() as session:
            row = product_place.held(session, found(session, code, by, "product.place").id)
            last, standing = _last(session, row), _standing(row)
            mine = stale.changed(request.form, standing, last)
            wanted = {name: typed[name] if name in mine else getattr(row, name) for name in typed}
            product_place.move(session, row.id, **wanted, reason=read.text("reason"), by=by, now=now)
    except InvalidData as error:
        return _page(code, error.errors)
    if last and stale.left(request.form, standing):
        flash(f"{stale.told(last)} Eso se conserva.", "warning")
    flash("El producto quedó como usted indicó. Sus planes y tareas en curso pasaron con él.", "success")
    return go(f"/productos/{code}")


def _page(code: str, problems: dict[str, list[str]] | None = None) -> Response:
    by, now = identity.current(), clock.now()
    with reading() as session:
        row = found(session, code, by, "product.place")
        standing = _standing(row)
        values = {
            "units": _offered(session, row, by),
            "leads": [(person.id, person.name) for person in people.holders(session, "technical_lead", now=now)],
            "strategies": [(one.id, one.name)
                           for one in strategies.listing(session, by, strategies.Filters(), limit=200).items],
        }  # fmt: skip
    return page(
        "product_place.html", "Cambiar el lugar del producto", crumbs=[HOME, ("Productos", "/productos"),
        (row.name, f"/productos/{code}")], row=row, **_shown(standing, problems),
        problems=problems or {}, code=422 if problems else 200, **values,
    )  # fmt: skip


def _offered(session: Session, row: Product, by: Principal) -> list[tuple[int, str]]:
    """The units to which `by` may pass the product, and the one where it stands."""
    return [
        (unit.id, unit.name)
        for unit in units.offered(session, row.unit_id)
        if unit.id == row.unit_id or access.allowed(by, "product.place", access.Subject(unit_id=unit.id))
    ]


def _standing(row: Product) -> dict[str, str]:
    """Where a product stands, as the form shows it."""
    return {name: str(getattr(row, name) or "") for name in ("unit_id", "lead_id", "strategy_id")}


def _last(session: Session, row: Product) -> HistoryRow | None:
    return history.last_by_person(session, Subject("product", row.id), action="product.placed")


def _shown(standing: dict[str, str], problems: dict[str, list[str]] | None) -> dict[str, dict[str, str]]:
    """The answers of the form as it is given or comes back, and what they are compared with when it is sent."""
    if not request.form:
        return {"typed": standing, "standing": standing}
    return {
        "typed": {**request.form.to_dict(), **stale.kept(request.form, standing)},
        "standing": stale.still_shown(request.form, standing, problems),
    }
