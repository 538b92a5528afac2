"""Entidades socias de las estrategias: quién participa, qué aporta y qué avances reporta."""

from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from api.blueprint import Blueprint
from api.lists import listed
from api.lists import slice_of
from api.preconditions import ETAG
from api.preconditions import IfMatchSchema
from api.preconditions import etag
from api.preconditions import matching
from api.preconditions import revision
from api.schemas.base import Paging
from api.schemas.instances import ReasonSchema
from api.schemas.partners import BoardRowPageSchema
from api.schemas.partners import PartnerAdvanceChangeSchema
from api.schemas.partners import PartnerAdvanceInSchema
from api.schemas.partners import PartnerAdvancePageSchema
from api.schemas.partners import PartnerAdvanceQuery
from api.schemas.partners import PartnerAdvanceSchema
from api.schemas.partners import PartnerChangeSchema
from api.schemas.partners import PartnerEndSchema
from api.schemas.partners import PartnerInSchema
from api.schemas.partners import PartnerPageSchema
from api.schemas.partners import PartnerSchema
from db import clock
from db import reading
from db import transaction
from db.paging import Page
from edge import finding
from edge import identity
from edge.exports.of_partners import ADVANCES
from edge.permission import permission
from tracking import partner_advances
from tracking import partners
from tracking import strategy_board
from tracking.models import PartnerAdvance
from tracking.models import StrategyPartner
from tracking.partner_advances import NewAdvance
from tracking.partners import NewPartner
from tracking.strategy_board import Row

blueprint = Blueprint("partners", __doc__)

MATCH = {"description": "Falta If-Match, con el ETag que recibió al leer."}


@blueprint.route("/strategies/<id:strategy_id>/board")
@permission("strategy.read")
@blueprint.arguments(Paging, location="query")
@blueprint.response(200, BoardRowPageSchema)
def board(query: dict[str, Any], strategy_id: int) -> Page[Row]:
    """Listar los productos de una estrategia con su etapa y su avance."""
    by = identity.current()
    with reading() as session:
        return strategy_board.listing(session, finding.strategy(session, strategy_id, by), by, **query)


@blueprint.route("/strategies/<id:strategy_id>/partners")
@permission("strategy.read")
@blueprint.arguments(Paging, location="query")
@blueprint.response(200, PartnerPageSchema)
def index(query: dict[str, Any], strategy_id: int) -> Page[StrategyPartner]:
    """Listar las entidades socias de una estrategia, las últimas en llegar primero."""
    by = identity.current()
    with reading() as session:
        row = finding.strategy(session, strategy_id, by)
        return slice_of(partners.listing(session, row, by=by, now=clock.now()), **query)


@blueprint.route("/strategies/<id:strategy_id>/partners", methods=["POST"])
@permission("partner.manage")
@blueprint.arguments(PartnerInSchema)
@blueprint.creates(PartnerSchema, at="/strategy-partners/{id}")
def add(session: Session, sent: NewPartner, strategy_id: int) -> StrategyPartner:
    """Agregar una entidad socia a una estrategia."""
    return partners.add(session, strategy_id, sent, by=identity.current(), now=clock.now())


@blueprint.route("/strategy-partners/<id:partner_id>")
@permission("strategy.read")
@blueprint.response(200, PartnerSchema, headers=ETAG)
def show(partner_id: int) -> Any:
    """Ver la participación de una entidad socia."""
    with reading() as session:
        row, _ = partners.get(session, partner_id, by=identity.current(), now=clock.now())
        return row, 200, etag(row.revision)


@blueprint.route("/strategy-partners/<id:partner_id>", methods=["PATCH"])
@permission("partner.manage")
@blueprint.arguments(IfMatchSchema, location="headers")
@blueprint.arguments(PartnerChangeSchema)
@blueprint.response(200, PartnerSchema)
@blueprint.alt_response(428, **MATCH)
def correct(headers: dict[str, Any], sent: dict[str, Any], partner_id: int) -> StrategyPartner:
    """Corregir lo que aporta una entidad socia o sus días, también si ya terminó; la historia conserva lo que decía."""
    how = {"reason": sent.pop("reason"), "confirmed": sent.pop("confirmed"), "revision": revision(headers["if_match"])}
    with matching(), transaction() as session:
        return partners.correct(session, partner_id, sent, **how, by=identity.current(), now=clock.now())


@blueprint.route("/strategy-partners/<id:partner_id>/end", methods=["POST"])
@permission("partner.manage")
@blueprint.arguments(PartnerEndSchema)
@blueprint.response(200, PartnerSchema)
def end(sent: dict[str, Any], partner_id: int) -> StrategyPartner:
    """Terminar la participación de una entidad socia desde un día, con la razón; queda escrita."""
    with transaction() as session:
        return partners.end(session, partner_id, **sent, by=identity.current(), now=clock.now())


@blueprint.route("/strategies/<id:strategy_id>/advances")
@permission("advance.read")
@blueprint.arguments(PartnerAdvanceQuery, location="query")
@blueprint.response(200, PartnerAdvancePageSchema)
def advances(query: dict[str, Any], strategy_id: int) -> Page[PartnerAdvance] | Response:
    """Listar los avances de las entidades socias de una estrategia que usted puede ver, los últimos primero."""
    with reading() as session:
        finding.strategy(session, strategy_id, identity.current())
    asked = {**query, "strategy_id": strategy_id}
    return listed(asked, partner_advances.Filters, partner_advances.listing, ADVANCES)


@blueprint.route("/strategy-partners/<id:partner_id>/advances", methods=["POST"])
@permission("advance.write")
@blueprint.arguments(PartnerAdvanceInSchema)
@blueprint.creates(PartnerAdvanceSchema, at="/partner-advances/{id}")
def report(session: Session, sent: NewAdvance, partner_id: int) -> PartnerAdvance:
    """Reportar un avance de la entidad socia, mientras dure su participación."""
    return partner_advances.report(session, partner_id, sent, by=identity.current(), now=clock.now())


@blueprint.route("/partner-advances/<id:advance_id>")
@permission("advance.read")
@blueprint.response(200, PartnerAdvanceSchema, headers=ETAG)
def advance(advance_id: int) -> Any:
    """Ver un avance de una entidad socia."""
    with reading() as session:
        row, _ = partner_advances.get(session, advance_id, by=identity.current())
        return row, 200, etag(row.revision)


@blueprint.route("/partner-advances/<id:advance_id>", methods=["PATCH"])
@permission("advance.correct")
@blueprint.arguments(IfMatchSchema, location="headers")
@blueprint.arguments(PartnerAdvanceChangeSchema)
@blueprint.response(200, PartnerAdvanceSchema)
@blueprint.alt_response(428, **MATCH)
def rectify(headers: dict[str, Any], sent: dict[str, Any], advance_id: int) -> PartnerAdvance:
    """Rectificar un avance que usted reportó, con la razón; la historia conserva lo que decía."""
    reason, seen = sent.pop("reason"), revision(headers["if_match"])
    by, now = identity.current(), clock.now()
    with matching(), transaction() as session:
        return partner_advances.rectify(session, advance_id, sent, reason=reason, revision=seen, by=by, now=now)


@blueprint.route("/partner-advances/<id:advance_id>/annul", methods=["POST"])
@permission("advance.correct")
@blueprint.arguments(ReasonSchema)
@blueprint.response(200, PartnerAdvanceSchema)
def annul(given: dict[str, Any], advance_id: int) -> PartnerAdvance:
    """Anular un avance que usted reportó, con la razón."""
    with transaction() as session:
        return partner_advances.annul(
            session, advance_id, reason=given["reason"], by=identity.current(), now=clock.now()
        )  # fmt: skip
