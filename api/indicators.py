"""Indicadores de un producto: su meta por vigencia y lo capturado por periodo."""

from typing import Any

from sqlalchemy.orm import Session

from api.blueprint import Blueprint
from api.lists import slice_of
from api.preconditions import ETAG
from api.preconditions import IfMatchSchema
from api.preconditions import etag
from api.preconditions import matching
from api.preconditions import revision
from api.schemas.base import Paging
from api.schemas.indicators import CaptureChangeSchema
from api.schemas.indicators import CaptureInSchema
from api.schemas.indicators import CaptureSchema
from api.schemas.indicators import IndicatorPageSchema
from api.schemas.instances import ReasonSchema
from db import clock
from db import reading
from db import transaction
from db.paging import Page
from edge import finding
from edge import identity
from edge.permission import permission
from tracking import indicators
from tracking import products
from tracking.indicators import NewCapture
from tracking.indicators import Series
from tracking.models import IndicatorCapture

blueprint = Blueprint("indicators", __doc__)


@blueprint.route("/products/<string(maxlength=40):code>/indicators")
@permission("product.read")
@blueprint.arguments(Paging, location="query")
@blueprint.response(200, IndicatorPageSchema)
def index(query: dict[str, Any], code: str) -> Page[Series]:
    """Listar los indicadores del protocolo vigente, con sus metas y lo capturado."""
    with reading() as session:
        row = finding.product(session, code, identity.current())
        return slice_of(indicators.series(session, row), **query)


@blueprint.route("/products/<string(maxlength=40):code>/indicators/captures", methods=["POST"])
@permission("indicator.capture")
@blueprint.arguments(CaptureInSchema)
@blueprint.creates(CaptureSchema, at="/indicator-captures/{id}")
def capture(session: Session, sent: dict[str, Any], code: str) -> IndicatorCapture:
    """Capturar el valor de un indicador en un periodo; cumple lo que se debe de él."""
    by, now = identity.current(), clock.now()
    row = finding.product(session, code, by, "indicator.capture")
    return indicators.capture(session, row.id, NewCapture(**sent), by=by, now=now)


@blueprint.route("/indicator-captures/<id:capture_id>")
@permission("product.read")
@blueprint.response(200, CaptureSchema, headers=ETAG)
def show(capture_id: int) -> Any:
    """Ver una captura."""
    with reading() as session:
        row = indicators.get(session, capture_id)
        finding.product(session, products.get(session, row.product_id).code, identity.current())
        return row, 200, etag(row.revision)


@blueprint.route("/indicator-captures/<id:capture_id>", methods=["PATCH"])
@permission("indicator.capture")
@blueprint.arguments(IfMatchSchema, location="headers")
@blueprint.arguments(CaptureChangeSchema)
@blueprint.response(200, CaptureSchema)
@blueprint.alt_response(428, description="Falta If-Match, con el ETag que recibió al leer.")
def rectify(headers: dict[str, Any], sent: dict[str, Any], capture_id: int) -> IndicatorCapture:
    """Rectificar una captura, con la razón; la historia del producto conserva lo que decía."""
    reason, seen = sent.pop("reason"), revision(headers["if_match"])
    by, now = identity.current(), clock.now()
    with matching(), transaction() as session:
        return indicators.rectify(session, capture_id, sent, reason=reason, revision=seen, by=by, now=now)


@blueprint.route("/indicator-captures/<id:capture_id>/annul", methods=["POST"])
@permission("indicator.capture")
@blueprint.arguments(ReasonSchema)
@blueprint.response(200, CaptureSchema)
def annul(given: dict[str, Any], capture_id: int) -> IndicatorCapture:
    """Anular una captura, con la razón; lo que cumplió vuelve a quedar pendiente."""
    with transaction() as session:
        return indicators.annul(session, capture_id, reason=given["reason"], by=identity.current(), now=clock.now())
