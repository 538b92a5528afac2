"""Portafolio público: search and the sheet of a product, for everybody; no account and no cookies."""

from flask import Blueprint
from flask import Response
from flask import request

from db import reading
from directory import entities
from edge.permission import public
from tracking import portfolio
from tracking import products
from web.frame import chosen
from web.frame import page
from web.frame import paging

blueprint = Blueprint("web_portfolio", __name__)

LIST = ("Portafolio", "/portafolio")


@blueprint.get("/portafolio")
@public
def listed() -> Response:
    with reading() as session:
        departments = {row.code: row.name for row in entities.departments(session)}
        filters = portfolio.Filters(
            text=request.args.get("buscar", "").strip(),
            department=chosen("departamento", departments),
            capacity=request.args.get("capacidad", "").strip(),
        )
        found = portfolio.search(session, filters, cursor=request.args.get("desde", ""))
        sheets = [(row.code, row.name, row.sheet) for row in found.items]
    return page(
        "portfolio.html", "Portafolio de asistencia técnica territorial", sheets=sheets, filters=filters,
        departments=departments, **paging(found.next_cursor),
    )  # fmt: skip


@blueprint.get("/portafolio/<code>")
@public
def show(code: str) -> Response:
    with reading() as session:
        sheet = portfolio.sheet(session, code)
    return page("portfolio_sheet.html", sheet.name, crumbs=[LIST], sheet=sheet, stages=products.STAGES)
