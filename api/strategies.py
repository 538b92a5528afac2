"""Estrategias, que agrupan productos."""

from typing import Any

from api.blueprint import Blueprint
from api.schemas.products import StrategyInSchema
from api.schemas.products import StrategyPageSchema
from api.schemas.products import StrategyQuery
from api.schemas.products import StrategySchema
from db import clock
from db import reading
from db import transaction
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
    page = {name: query.pop(name) for name in ("limit", "cursor")}
    with reading() as session:
        return strategies.listing(session, strategies.Filters(query.pop("q"), **query), **page)


@blueprint.route("", methods=["POST"])
@permission("strategy.create")
@blueprint.arguments(StrategyInSchema)
@blueprint.response(201, StrategySchema)
def create(sent: dict[str, Any]) -> Strategy:
    """Crear una estrategia y empezar la definición de su gobernanza."""
    with transaction() as session:
        row = life.start_strategy(session, **sent, by=identity.current(), now=clock.now())
    if row.instance_id is not None:
        settle(row.instance_id)
    return row


@blueprint.route("/<id:strategy_id>")
@permission("strategy.read")
@blueprint.response(200, StrategySchema)
def show(strategy_id: int) -> Strategy:
    """Ver una estrategia."""
    with reading() as session:
        return strategies.get(session, strategy_id)
