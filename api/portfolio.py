"""Portafolio: lo que todos pueden ver, con cuenta o sin ella."""

from typing import Any

from api.blueprint import Blueprint
from api.lists import parted
from api.schemas.portfolio import PortfolioQuery
from api.schemas.portfolio import PublishedPageSchema
from api.schemas.portfolio import SheetSchema
from db import reading
from db.paging import Page
from edge.permission import public
from tracking import portfolio
from tracking.models.products import Product

blueprint = Blueprint("portfolio", __doc__, "/portfolio")


@blueprint.route("")
@public
@blueprint.arguments(PortfolioQuery, location="query")
@blueprint.response(200, PublishedPageSchema)
def index(query: dict[str, Any]) -> Page[Product]:
    """Listar los productos publicados, por nombre."""
    filters, page = parted(query, portfolio.Filters)
    with reading() as session:
        return portfolio.search(session, filters, **page)


@blueprint.route("/<string(maxlength=40):code>")
@public
@blueprint.response(200, SheetSchema)
def show(code: str) -> portfolio.Sheet:
    """Ver la ficha pública de un producto."""
    with reading() as session:
        return portfolio.sheet(session, code)
