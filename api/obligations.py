"""Plazos: lo que cada persona debe, con sus constancias y su cumplimiento."""

from collections.abc import Sequence
from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from api.blueprint import Blueprint
from api.lists import listed
from api.schemas.instances import ReasonSchema
from api.schemas.obligations import AcceptSchema
from api.schemas.obligations import FullObligationSchema
from api.schemas.obligations import ObligationPageSchema
from api.schemas.obligations import ObligationQuery
from api.schemas.obligations import ObligationSchema
from api.schemas.obligations import RateQuery
from api.schemas.obligations import RateSchema
from api.schemas.obligations import ReopenedSchema
from api.schemas.obligations import ReopenManySchema
from api.schemas.obligations import ReopenSchema
from api.schemas.obligations import ReturnSchema
from api.schemas.obligations import StatementInSchema
from api.schemas.obligations import StatementSchema
from api.schemas.obligations import WaivedSchema
from api.schemas.obligations import WaiveManySchema
from db import clock
from db import reading
from db import transaction
from db.paging import Page
from edge import identity
from edge import owed_dates
from edge.exports.of_deadlines import OWED
from edge.permission import permission
from notifications import acts
from notifications import obligations
from notifications import rates
from notifications import statements
from notifications import waiting
from notifications.acts import Waived
from notifications.models import Obligation
from notifications.models import Statement
from notifications.obligations import Filters
from notifications.rates import Rate
from notifications.statements import NewStatement

blueprint = Blueprint("obligations", __doc__)


@blueprint.route("/obligations")
@permission("obligation.read")
@blueprint.arguments(ObligationQuery, location="query")
@blueprint.response(200, ObligationPageSchema)
def index(query: dict[str, Any]) -> Page[Any] | Response:
    """Listar lo que deben las personas que usted puede ver."""
    return listed({**query, "now": clock.now()}, Filters, obligations.listing, OWED, dressed=_dressed)


@blueprint.route("/obligations/mine")
@permission("obligation.read")
@blueprint.arguments(ObligationQuery, location="query")
@blueprint.response(200, ObligationPageSchema)
def mine(query: dict[str, Any]) -> Page[Any] | Response:
    """Listar lo que usted debe, o deben aquellos por quienes actúa."""
    return listed({**query, "now": clock.now()}, Filters, obligations.mine, OWED, dressed=_dressed)


def _dressed(session: Session, rows: Sequence[Obligation]) -> list[dict[str, Any]]:
    """Obligations with the step for which each of them waits."""
    own = [name for name in ObligationSchema().fields if name != "waits_for"]
    awaited = waiting.awaited(session, rows)
    return [{**{name: getattr(row, name) for name in own}, "waits_for": awaited.get(row.id)} for row in rows]


@blueprint.route("/obligations/rates")
@permission("obligation.read")
@blueprint.arguments(RateQuery, location="query")
@blueprint.response(200, RateSchema(many=True))
def on_time(query: dict[str, Any]) -> list[Rate]:
    """Ver el cumplimiento por persona, región, producto, dependencia o política."""
    dimension = query.pop("dimension")
    with reading() as session:
        return rates.by_dimension(session, identity.current(), dimension, Filters(**query))


@blueprint.route("/obligations/<id:obligation_id>")
@permission("obligation.read")
@blueprint.response(200, FullObligationSchema)
def show(obligation_id: int) -> dict[str, Any]:
    """Ver una obligación, con sus cambios de fecha y sus constancias."""
    with reading() as session:
        row = obligations.get(session, obligation_id, by=identity.current())
        [values] = _dressed(session, [row])
        said = {"moves": obligations.moves_of(session, row.id), "statements": statements.of(session, row.id)}
        return {**values, **said}


@blueprint.route("/obligations/<id:obligation_id>/waive", methods=["POST"])
@permission("obligation.waive")
@blueprint.arguments(ReasonSchema)
@blueprint.response(200, ObligationSchema)
def waive(given: dict[str, Any], obligation_id: int) -> dict[str, Any]:
    """Dispensar una obligación, con la razón."""
    with transaction() as session:
        row = acts.waive(session, obligation_id, given["reason"], by=identity.current(), now=clock.now())
        [values] = _dressed(session, [row])
    owed_dates.follow([obligation_id])
    return values


@blueprint.route("/obligations/waive", methods=["POST"])
@permission("obligation.waive")
@blueprint.arguments(WaiveManySchema)
@blueprint.response(200, WaivedSchema)
def waive_many(given: dict[str, Any]) -> Waived:
    """Dispensar varias obligaciones, con la razón."""
    with transaction() as session:
        outcome = acts.waive_many(session, given["ids"], given["reason"], by=identity.current(), now=clock.now())
    owed_dates.follow(given["ids"])
    return outcome


@blueprint.route("/obligations/<id:obligation_id>/reopen", methods=["POST"])
@permission("obligation.waive")
@blueprint.arguments(ReopenSchema)
@blueprint.response(200, ObligationSchema)
def reopen(given: dict[str, Any], obligation_id: int) -> dict[str, Any]:
    """Reabrir una obligación que se dispensó, con la razón."""
    with transaction() as session:
        row = acts.reopen(session, obligation_id, **given, by=identity.current(), now=clock.now())
        [values] = _dressed(session, [row])
    owed_dates.follow([obligation_id])
    return values


@blueprint.route("/obligations/reopen", methods=["POST"])
@permission("obligation.waive")
@blueprint.arguments(ReopenManySchema)
@blueprint.response(200, ReopenedSchema)
def reopen_many(given: dict[str, Any]) -> Waived:
    """Reabrir varias obligaciones que alguien dispensó, con la razón."""
    with transaction() as session:
        outcome = acts.reopen_many(session, **given, by=identity.current(), now=clock.now())
    owed_dates.follow(given["ids"])
    return outcome


@blueprint.route("/obligations/<id:obligation_id>/statements", methods=["POST"])
@permission("obligation.state")
@blueprint.arguments(StatementInSchema)
@blueprint.creates(StatementSchema)
def present(session: Session, given: dict[str, Any], obligation_id: int) -> Statement:
    """Presentar la constancia de que algo se hizo."""
    new = NewStatement(**given)
    return statements.present(session, obligation_id, new, by=identity.current(), now=clock.now())


@blueprint.route("/statements/<id:statement_id>/accept", methods=["POST"])
@permission("statement.decide")
@blueprint.arguments(AcceptSchema)
@blueprint.response(200, StatementSchema)
def accept(given: dict[str, Any], statement_id: int) -> Statement:
    """Aceptar una constancia."""
    with transaction() as session:
        return statements.accept(session, statement_id, **given, by=identity.current(), now=clock.now())


@blueprint.route("/statements/<id:statement_id>/return", methods=["POST"])
@permission("statement.decide")
@blueprint.arguments(ReturnSchema)
@blueprint.response(200, StatementSchema)
def return_(given: dict[str, Any], statement_id: int) -> Statement:
    """Devolver una constancia, con lo que falta."""
    with transaction() as session:
        return statements.return_(session, statement_id, **given, by=identity.current(), now=clock.now())


@blueprint.route("/statements/<id:statement_id>/withdraw", methods=["POST"])
@permission("obligation.state")
@blueprint.response(200, StatementSchema)
def withdraw(statement_id: int) -> Statement:
    """Retirar una constancia propia que nadie ha decidido."""
    with transaction() as session:
        return statements.withdraw(session, statement_id, by=identity.current(), now=clock.now())
