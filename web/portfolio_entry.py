"""La ficha pública después de C4: publishing later, correcting, taking down."""

import json
from hashlib import sha256
from typing import Any

from flask import Blueprint
from flask import Response
from flask import flash
from flask import request
from sqlalchemy.orm import Session

from db import clock
from db import reading
from db import transaction
from db.errors import InvalidData
from directory import access
from edge import identity
from edge import names
from edge.finding import product as found
from edge.permission import permission
from forms import catalogues
from tracking import portfolio_entry
from tracking.models import Product
from web import stale
from web.frame import HOME
from web.frame import go
from web.frame import page

blueprint = Blueprint("web_portfolio_entry", __name__)

TEXTS = ("summary", "provider", "provider_kind", "portal_url")
LISTS = {"capacity_types": "capacity_types", "descriptors": "descriptors"}
STATE, PUBLIC = "state", "public"  # what the page shows of the sheet, for whoever has it open in two windows
LONGEST = 800  # characters of a text of the sheet, as in the form of C4


@blueprint.get("/productos/<code>/portafolio")
@permission("portfolio.edit")
def ask(code: str) -> Response:
    return _page(code)


@blueprint.post("/productos/<code>/portafolio")
@permission("portfolio.edit")
def publish(code: str) -> Response:
    """Publish what was held back, or correct what is public."""
    by, reason = identity.current(), request.form.get("reason", "")
    try:
        data = _typed()
        with transaction() as session:
            row = found(session, code, by)
            _demand_as_shown(session, row)
            portfolio_entry.publish(session, row.id, data, reason=reason, by=by, now=clock.now())
    except InvalidData as error:
        return _page(code, error.errors)
    corrected = request.form.get(stale.SHOWN + STATE, "").startswith(PUBLIC)
    flash("La ficha pública quedó corregida." if corrected else "La ficha quedó publicada en el portafolio.", "success")
    return go(f"/productos/{code}")


@blueprint.post("/productos/<code>/portafolio/retiro")
@permission("portfolio.edit")
def take_down(code: str) -> Response:
    by, reason = identity.current(), request.form.get("down_reason", "")
    try:
        with transaction() as session:
            row = found(session, code, by)
            _demand_as_shown(session, row)
            portfolio_entry.take_down(session, row.id, reason=reason, by=by, now=clock.now())
    except InvalidData as error:
        return _page(code, {{"reason": "down_reason"}.get(name, name): said for name, said in error.errors.items()})
    flash("La ficha salió del portafolio público; se puede volver a publicar.", "success")
    return go(f"/productos/{code}")


def _page(code: str, problems: dict[str, list[str]] | None = None) -> Response:
    by = identity.current()
    with reading() as session:
        row = found(session, code, by)
        access.demand(by, "portfolio.edit", portfolio_entry.subject(session))
        offered = {name: catalogues.resolve(session, name) for name in ("providers", *LISTS.values())}
        values = {
            "typed": _given()
            if request.method == "POST" and "down_reason" not in request.form
            else _start(session, row),
            "offered": {name: [(one.value, one.label) for one in options] for name, options in offered.items()},
            "versions": list(portfolio_entry.versions(session, row.id)),
            "standing": stale.shown(request.form, STATE, _state(row), problems),
            "possible": row.status == "active" and portfolio_entry.is_past_c4(row),
        }
    title = "Ficha pública del portafolio"
    return page(
        "product_portfolio.html", title, crumbs=[HOME, ("Productos", "/productos"), (row.name, f"/productos/{code}")],
        row=row, problems=problems or {}, code=422 if problems else 200, **values,
    )  # fmt: skip


def _state(row: Product) -> str:
    """The public sheet as it stands, in a mark that changes when it is corrected, published or taken down."""
    said = json.dumps(row.sheet, sort_keys=True, ensure_ascii=False).encode()
    return f"{PUBLIC if row.published_at else 'held'}-{sha256(said).hexdigest()[:16]}"


def _demand_as_shown(session: Session, row: Product) -> None:
    """Raises InvalidData when somebody changed the sheet since the page was shown."""
    session.refresh(row, with_for_update=True)
    last = next(portfolio_entry.acts(session, row.id), None)
    stale.demand_shown(request.form, STATE, _state(row), last)


def _start(session: Session, row: Product) -> dict[str, Any]:
    """What was public last, or else what the protocol says."""
    if row.sheet:
        return dict(row.sheet)
    return {
        "summary": "\n".join(row.protocol.get("capacity_objectives", ())),
        "provider": names.of_units(session, [row.unit_id]).get(row.unit_id, ""),
        "capacity_types": row.protocol.get("capacity_types", []),
    }


def _given() -> dict[str, Any]:
    texts = {name: request.form.get(name, "").strip() for name in TEXTS}
    return {**texts, **{name: request.form.getlist(name) for name in LISTS}}


def _typed() -> dict[str, Any]:
    """The sheet as it was typed. Raises InvalidData for an address or a text that nobody could read."""
    data, errors = _given(), {}
    if data["portal_url"] and not data["portal_url"].startswith("https://"):
        errors["portal_url"] = ["Escriba una dirección que empiece por https://."]
    for name in TEXTS:
        if len(data[name]) > LONGEST:
            errors[name] = [f"Escriba {LONGEST} caracteres como máximo."]
    with reading() as session:
        for name, catalogue in {**LISTS, "provider_kind": "providers"}.items():
            known = {one.value for one in catalogues.resolve(session, catalogue)} | {""}
            if not {data[name]} <= known if isinstance(data[name], str) else not set(data[name]) <= known:
                errors[name] = ["Elija entre las opciones de la lista."]
    if errors:
        raise InvalidData(errors)
    return data
