"""Captura de indicadores: the value of an indicator in a period, and its corrections."""

from functools import partial
from typing import Any

from flask import Blueprint
from flask import Response
from flask import flash
from flask import request
from sqlalchemy.orm import Session

from db import clock
from db import reading
from db import transaction
from db.errors import Conflict
from db.errors import InvalidData
from edge import finding
from edge import identity
from edge import names
from edge.permission import permission
from notifications import periods
from tracking import indicators
from tracking import products
from tracking.indicators import NewCapture
from tracking.models import IndicatorCapture
from tracking.models import Product
from web import conflicts
from web import once
from web.frame import HOME
from web.frame import go
from web.frame import page
from web.reading_forms import Reader
from web.reading_forms import uploads

blueprint = Blueprint("web_indicators", __name__)

Problems = dict[str, list[str]]


@blueprint.get("/productos/<id:product_id>/indicadores")
@permission("product.read")
def by_id(product_id: int) -> Response:
    with reading() as session:
        return go(f"/productos/{finding.code_of(session, product_id, identity.current())}?parte=indicadores")


@blueprint.get("/productos/<code>/indicadores/captura")
@permission("indicator.capture")
def ask(code: str) -> Response:
    return _new(code)


@blueprint.post("/productos/<code>/indicadores/captura")
@permission("indicator.capture")
def capture(code: str) -> Response:
    by, now, read = identity.current(), clock.now(), Reader()
    tokens = request.form.getlist("files_kept")
    about, _, period = request.form.get("about", "").rpartition("|")
    try:
        said = _said(read)
        with transaction() as session:
            tokens = uploads(session, "files", by=by.actor(), now=now)
        if not about:
            read.errors["about"] = ["Elija el indicador y el periodo."]
        read.check()
        once.run(partial(_captured, code, about, period, said, tokens), by=by, now=now)
    except InvalidData as error:
        known = {"indicator": "about", "period": "about"}
        return _new(code, {known.get(path, path): said for path, said in error.errors.items()}, tokens, 422)
    except Conflict as error:
        return _new(code, {"": [error.message]}, tokens, 409)
    once.got_through(f"captura-{code}", by)
    flash("La captura quedó registrada.", "success")
    return go(f"/productos/{code}?parte=indicadores")


@blueprint.get("/indicadores/<id:capture_id>")
@permission("product.read")
def show(capture_id: int) -> Response:
    return _one(capture_id)


@blueprint.post("/indicadores/<id:capture_id>/<any(rectificacion, anulacion):act>")
@permission("indicator.capture")
def change(capture_id: int, act: str) -> Response:
    """Correct a capture, or annul it; either with its reason."""
    by, now, read = identity.current(), clock.now(), Reader()
    how: dict[str, Any] = {
        "reason": read.text("reason"),
        "revision": request.form.get("revision", type=int),
        "by": by,
        "now": now,
    }
    tokens: list[str] = []
    try:
        if act == "rectificacion":
            said = _said(read)
            with transaction() as session:
                tokens = uploads(session, "files", by=by.actor(), now=now)
            read.check()
        with transaction() as session:
            if act == "anulacion":
                row = indicators.annul(session, capture_id, **how)
            else:
                kept = indicators.get(session, capture_id).files
                row = indicators.rectify(session, capture_id, {**said, "files": [*kept, *tokens]}, **how)
            code = products.get(session, row.product_id).code
    except InvalidData as error:
        return _one(capture_id, act, error.errors, 422)
    except Conflict as error:
        return _one(capture_id, act, conflicts.told(error, f"/indicadores/{capture_id}"), 409)
    once.got_through(f"{act}-captura-{capture_id}", by)
    flash("La captura quedó rectificada." if act == "rectificacion" else "La captura quedó anulada.", "success")
    return go(f"/productos/{code}?parte=indicadores")


def _captured(
    code: str, indicator: str, period: str, said: dict[str, Any], tokens: list[str], session: Session
) -> dict[str, Any]:
    by, now = identity.current(), clock.now()
    product = finding.product(session, code, by, "indicator.capture")
    sure = request.form.get("confirmed") == "si"
    new = NewCapture(indicator=indicator, period=period, files=tokens, confirmed=sure, **said)
    return {"capture": indicators.capture(session, product.id, new, by=by, now=now).id}


def _said(read: Reader) -> dict[str, Any]:
    return {
        "value": read.text("value", "Escriba el valor."),
        "captured_on": read.day("captured_on", "Escriba la fecha de la captura."),
        "source": read.text("source", "Escriba de dónde sale el valor."),
        "note": read.text("note"),
    }


def _new(code: str, problems: Problems | None = None, tokens: list[str] | None = None, status: int = 200) -> Response:
    by, now = identity.current(), clock.now()
    with reading() as session:
        row = finding.product(session, code, by, "indicator.capture")
        options = [
            (f"{one.indicator.name}|{period.key}", f"{one.indicator.name}: {period.label}")
            for one in indicators.series(session, row)
            for period in indicators.open_periods(one.indicator, row, [each.period for each in one.captures], now=now)
        ]
        files = names.of_files(session, tokens or [])
    chosen = request.form.get("about", request.args.get("de", ""))
    return page(
        "indicator_capture.html", "Capturar un indicador", crumbs=_crumbs(row), product=row, options=options,
        chosen=chosen, typed=request.form, tokens=tokens or [], files=files, today=clock.local_date(now),
        problems=problems or {}, code=status,
    )  # fmt: skip


def _one(capture_id: int, opened: str = "", problems: Problems | None = None, status: int = 200) -> Response:
    by, now = identity.current(), clock.now()
    with reading() as session:
        row = indicators.get(session, capture_id)
        product = finding.product(session, products.get(session, row.product_id).code, by)
        people = names.of_people(session, [row.captured_by])
        files = names.of_files(session, row.files)
        writes = row.annulled_at is None and indicators.may_capture(product, by)
    return page(
        "indicator.html", row.indicator, crumbs=_crumbs(product), row=row, product=product, people=people, files=files,
        period=_label(row), writes=writes, opened=opened, typed=request.form, today=clock.local_date(now),
        problems=problems or {}, code=status,
    )  # fmt: skip


def _label(row: IndicatorCapture) -> str:
    period = periods.of_key(row.period)
    return period.label if period is not None else row.period


def _crumbs(row: Product) -> list[tuple[str, str]]:
    return [HOME, ("Productos", "/productos"), (row.name, f"/productos/{row.code}?parte=indicadores")]
