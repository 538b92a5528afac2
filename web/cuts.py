"""Cortes: figures frozen at an instant, and freezing those of a period."""

from collections.abc import Mapping
from datetime import date
from datetime import timedelta
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
from edge import identity
from edge import names
from edge.exports import answering
from edge.exports import of_deadlines
from edge.permission import permission
from notifications import cuts
from notifications import periods
from notifications import rates
from notifications.models import Cut
from tracking import cuts as acts
from web.deadlines import MINE
from web.deadlines import tabs
from web.frame import HOME
from web.frame import go
from web.frame import page

blueprint = Blueprint("web_cuts", __name__)

LIST = ("Cortes", "/cortes")


@blueprint.get("/cortes")
@permission("cut.read")
def listed() -> Response:
    return _page()


@blueprint.post("/cortes")
@permission("cut.take")
def take() -> Response:
    kind, period = request.form.get("kind", ""), request.form.get("period", "")
    try:
        if "confirmar" not in request.form:
            return _confirm_page(kind, period)
        with transaction() as session:
            cut = acts.take(session, kind, period, by=identity.current(), now=clock.now())
    except InvalidData as error:
        return _page(error.errors)
    except Conflict as error:
        return _page({"": [error.message]})
    flash("El corte quedó hecho: sus cifras no cambian aunque se siga registrando.", "success")
    return go(f"/cortes/{cut.id}")


@blueprint.get("/cortes/<id:cut_id>")
@permission("cut.read")
def show(cut_id: int) -> Response:
    with reading() as session:
        cut = cuts.get(session, cut_id)
        people = names.of_people(session, [cut.taken_by])
        labels = _all_labels(session, cut)
    if answering.by_page():
        return _workbook(cut, labels)
    return _shown(f"Corte {periods.of_the(cut.figures['label'])}", cut, people, labels)


def _workbook(cut: Cut, labels: Mapping[str, Mapping[int, str]]) -> Response:
    """The figures of all its tables."""
    rows = of_deadlines.rows_of_cut(cut.figures)
    title = f"{cuts.known().get(cut.kind, cut.kind)}: corte {periods.of_the(cut.figures['label'])}"
    export = of_deadlines.cut(title, labels, list(rows[0][1]) if rows else [])
    return answering.workbook(export, answering.whole(rows), None, by=identity.current())


def _confirm_page(kind: str, period: str) -> Response:
    """The figures as they would be frozen: nothing is kept yet."""
    with reading() as session:
        cut = cuts.foreseen(session, kind, period, by=identity.current(), now=clock.now())
        labels = _all_labels(session, cut)
    return _shown(f"Hacer el corte {periods.of_the(cut.figures['label'])}", cut, {}, labels)


def _shown(title: str, cut: Cut, people: Mapping[int, str], labels: Mapping[str, Mapping[int, str]]) -> Response:
    as_of = date.fromisoformat(cut.figures["as_of"]) if "as_of" in cut.figures else None
    return page(
        "cut.html", title, crumbs=[HOME, MINE, LIST], cut=cut, people=people, labels=labels, kinds=cuts.known(),
        as_of=as_of, words=of_deadlines.CUT_PARTS, columns=of_deadlines.CUT_FIGURES,
    )  # fmt: skip


def _page(problems: Mapping[str, list[str]] | None = None) -> Response:
    by, today = identity.current(), clock.local_date(clock.now())
    offered = [*_before(periods.QUARTERLY, today, 4), *_before(periods.MONTHLY, today, 4)]
    with reading() as session:
        rows = cuts.every(session)
        people = names.of_people(session, [row.taken_by for row in rows])
    return page(
        "cuts.html", "Cortes", crumbs=[HOME, MINE], rows=rows, people=people, kinds=cuts.known(),
        tabs=tabs(by, "/cortes"),
        periods=[(one.key, one.label) for one in offered], problems=problems or {}, code=422 if problems else 200,
    )  # fmt: skip


def _before(frequency: str, today: Any, count: int) -> list[periods.Period]:
    found: list[periods.Period] = []
    start = periods.of(frequency, today).start
    for _ in range(count):
        found.append(periods.of(frequency, start - timedelta(days=1)))
        start = found[-1].start
    return found


def _all_labels(session: Session, cut: Cut) -> dict[str, dict[int, str]]:
    return {name: _labels(session, name, cut) for name, rows in cut.figures.items() if isinstance(rows, list)}


def _labels(session: Session, name: str, cut: Cut) -> dict[int, str]:
    keys = [row["key"] for row in cut.figures[name] if row["key"] is not None]
    if name == "products":
        return {key: product.name for key, product in names.of_products(session, keys).items()}
    return rates.names(session, {"regions": "region", "policies": "policy"}.get(name, ""), keys)
