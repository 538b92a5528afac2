"""Estrategias, que agrupan productos."""

from typing import Any

from sqlalchemy.orm import Session

from api.blueprint import Blueprint
from api.lists import parted
from api.schemas.products import StrategyDetailSchema
from api.schemas.products import StrategyInSchema
from api.schemas.products import StrategyPageSchema
from api.schemas.products import StrategyQuery
from api.schemas.products import StrategySchema
from db import clock
from db import reading
from db.paging import Page
from directory import readings
from directory.models import Person
from edge import finding
from edge import identity
from edge import personal_reads
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
        return strategies.listing(session, identity.current(), filters, **page)


@blueprint.route("", methods=["POST"])
@permission("strategy.create")
@blueprint.arguments(StrategyInSchema)
@blueprint.creates(StrategySchema, at="/strategies/{id}", then=lambda row: settle(row.instance_id))
def create(session: Session, sent: dict[str, Any]) -> Strategy:
    """Crear una estrategia y empezar la definición de su gobernanza."""
    return life.start_strategy(session, **sent, by=identity.current(), now=clock.now())


@blueprint.route("/<id:strategy_id>")
@permission("strategy.read")
@blueprint.response(200, StrategyDetailSchema)
def show(strategy_id: int) -> dict[str, Any]:
    """Ver una estrategia, con el contacto de quien la lidera."""
    with reading() as session:
        row = finding.strategy(session, strategy_id, identity.current())
        lead = session.get_one(Person, row.lead_id)
    personal_reads.note(readings.PERSON, [lead.id])
    return {**{name: getattr(row, name) for name in StrategySchema._declared_fields}, "lead": lead}
