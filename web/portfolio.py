"""Portafolio público: search and the sheet of a product, for everybody; no account and no cookies."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint
from flask import Response
from flask import request
from sqlalchemy.orm import Session

from db import reading
from directory import entities
from edge.permission import public
from forms import catalogues
from tracking import portfolio
from web.frame import chosen
from web.frame import page
from web.frame import paging

blueprint = Blueprint("web_portfolio", __name__)

LIST = ("Portafolio", "/portafolio")


# Words by which products are found → the catalogue that says them; and more of them that only the sheet shows.
FILTERS = {"capacidad": "capacity_types", "tema": "descriptors", "momento": "moments"}
SAID = (*FILTERS.values(), "modalities")


@blueprint.get("/portafolio")
@public
def listed() -> Response:
    with reading() as session:
        departments = {row.code: row.name for row in entities.departments(session)}
        labels = _labels(session)
        capacity, descriptor, moment = (chosen(name, labels[list]) for name, list in FILTERS.items())
        filters = portfolio.Filters(
            text=request.args.get("buscar", "").strip(), department=chosen("departamento", departments),
            capacity=capacity, descriptor=descriptor, moment=moment,
        )  # fmt: skip
        found = portfolio.search(session, filters, cursor=request.args.get("desde", ""))
        sheets = [(row.code, row.name, row.sheet) for row in found.items]
    return page(
        "portfolio.html", "Portafolio de asistencia técnica territorial", sheets=sheets, filters=filters,
        departments=departments, labels=labels, **paging(found.next_cursor),
    )  # fmt: skip


@blueprint.get("/portafolio/<code>")
@public
def show(code: str) -> Response:
    with reading() as session:
        sheet = portfolio.sheet(session, code)
        labels = _labels(session)
    said = {name: _in_words(labels[name], sheet.facts.get(name) or []) for name in SAID}
    return page("portfolio_sheet.html", sheet.name, crumbs=[LIST], sheet=sheet, said=said)


def _labels(session: Session) -> dict[str, dict[str, str]]:
    """Catalogue → value → label."""
    return {name: {item.value: item.label for item in catalogues.resolve(session, name)} for name in SAID}


def _in_words(labels: dict[str, str], values: Sequence[Any]) -> list[str]:
    """Labels of `values`; a value that left its catalogue stays as it was written."""
    return [labels.get(str(value), str(value)) for value in values]
