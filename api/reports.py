"""Informes del periodo: los propios y los de quienes usted coordina."""

from typing import Any

from flask import Response

from api.blueprint import Blueprint
from api.lists import listed
from api.schemas.reports import NewReportSchema
from api.schemas.reports import PeriodReportPageSchema
from api.schemas.reports import PeriodReportSchema
from api.schemas.reports import PlacingSchema
from api.schemas.reports import PresentationSchema
from api.schemas.reports import ReportQuery
from api.schemas.reports import SetaDraftSchema
from api.schemas.reports import WholeReportSchema
from db import clock
from db import reading
from db import transaction
from db.errors import Conflict
from db.paging import Page
from edge import identity
from edge.exports.of_products import REPORTS
from edge.permission import permission
from tracking.models import Report
from tracking.reports import composing
from tracking.reports import kinds
from tracking.reports import placing
from tracking.reports import seta
from tracking.reports import starting
from tracking.reports import store

blueprint = Blueprint("reports", __doc__, "/reports")


@blueprint.route("")
@permission("report.read")
@blueprint.arguments(ReportQuery, location="query")
@blueprint.response(200, PeriodReportPageSchema)
def index(query: dict[str, Any]) -> Page[Report] | Response:
    """Listar los informes que usted puede ver, el periodo más reciente primero."""
    return listed(query, store.Filters, store.listing, REPORTS)


@blueprint.route("", methods=["POST"])
@permission("report.prepare")
@blueprint.arguments(NewReportSchema)
@blueprint.response(201, PeriodReportSchema)
def prepare(sent: dict[str, Any]) -> Report:
    """Empezar un informe propio, o recuperar el que se empezó. Los que lleva un proceso se presentan con su tarea."""
    with transaction() as session:
        return starting.prepare(session, sent["kind"], sent["period"], by=identity.current(), now=clock.now())


@blueprint.route("/<id:report_id>")
@permission("report.read")
@blueprint.response(200, WholeReportSchema)
def show(report_id: int) -> dict[str, Any]:
    """Ver un informe con lo que compuso el sistema."""
    with reading() as session:
        row = store.get(session, report_id, by=identity.current())
        whole = {column.key: getattr(row, column.key) for column in Report.__table__.c}
        first = store.first_presented(session, row)
        return {**whole, "first_presented_at": first, "content": composing.shown(session, row, clock.now())}


@blueprint.route("/<id:report_id>/seta", methods=["PUT"])
@permission("report.prepare")
@blueprint.arguments(SetaDraftSchema)
@blueprint.response(200, PeriodReportSchema)
def draft(sent: dict[str, Any], report_id: int) -> Report:
    """Guardar el borrador de un reporte SETA."""
    remarks = {row["plan_id"]: row["remark"] for row in sent["rows"]}
    quiet = [row["plan_id"] for row in sent["rows"] if row["quiet"]]
    by, now = identity.current(), clock.now()
    with transaction() as session:
        _demand_seta(store.get(session, report_id, by=by))
        return seta.save(session, report_id, remarks, quiet, revision=sent["revision"], by=by, now=now)


@blueprint.route("/<id:report_id>/seta/present", methods=["POST"])
@permission("report.prepare")
@blueprint.arguments(PresentationSchema, required=False)
@blueprint.response(200, PeriodReportSchema)
def present(sent: dict[str, Any], report_id: int) -> Report:
    """Presentar un reporte SETA: de cada plan sin movimiento debe decirse algo, y un mes en curso se confirma."""
    by = identity.current()
    with transaction() as session:
        _demand_seta(store.get(session, report_id, by=by))
        return seta.present(session, report_id, confirmed=sent["confirmed"], by=by, now=clock.now())


@blueprint.route("/<id:report_id>/activities", methods=["PUT"])
@permission("report.prepare")
@blueprint.arguments(PlacingSchema)
@blueprint.response(200, PeriodReportSchema)
def arrange(sent: dict[str, Any], report_id: int) -> Report:
    """Poner actividades del informe mensual bajo otra obligación del contrato que la suya, antes de presentarlo."""
    moves = {row["activity"]: row["obligation"] for row in sent["moves"]}
    by, now = identity.current(), clock.now()
    with transaction() as session:
        return placing.move(session, report_id, moves, revision=sent["revision"], by=by, now=now)


def _demand_seta(row: Report) -> None:
    if row.kind != kinds.SETA:
        raise Conflict("Este informe se presenta completando su tarea.", code="not-seta")
