"""Estrategias, que agrupan productos."""

from typing import Any

from sqlalchemy.orm import Session

from api.blueprint import Blueprint
from api.lists import parted
from api.schemas.products import StrategyInSchema
from api.schemas.products import StrategyPageSchema
from api.schemas.products import StrategyQuery
from api.schemas.products import StrategySchema
from db import clock
from db import reading
from db.paging import Page
from edge import identity
from edge.permission import permission
from edge.steps import settle
from tracking import life
from tracking import strategies
from tracking.models.products import Strategy

blueprint = Blueprint("strategies", __doc__, "/strategies")


@blueprint.route("")
@permission("strategy.read")
@blueprint.arguments(StrategyQuery, location="query")
@blueprint.response(200, StrategyPageSchema)
def index(query: dict[str, Any]) -> Page[Strategy]:
    """Listar estrategias por nombre."""
    filters, page = parted(query, strategies.Filters)
    with reading() as session:
        return strategies.listing(session, filters, **page)


@blueprint.route("", methods=["POST"])
@permission("strategy.create")
@blueprint.arguments(StrategyInSchema)
@blueprint.creates(StrategySchema, at="/strategies/{id}", then=lambda row: settle(row.instance_id))
def create(session: Session, sent: dict[str, Any]) -> Strategy:
    """Crear una estrategia y empezar la definición de su gobernanza."""
    return life.start_strategy(session, **sent, by=identity.current(), now=clock.now())


@blueprint.route("/<id:strategy_id>")
@permission("strategy.read")
@blueprint.response(200, StrategySchema)
def show(strategy_id: int) -> Strategy:
    """Ver una estrategia."""
    with reading() as session:
        return strategies.get(session, strategy_id)
