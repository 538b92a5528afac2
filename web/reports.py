"""Informes: one's own by period, those of one's team, one report, and its document."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint
from flask import Response
from flask import request
from sqlalchemy.orm import Session

from db import clock
from db import reading
from db import transaction
from db.errors import InvalidData
from db.errors import NotFound
from directory import access
from directory import regions
from directory.principal import Principal
from edge import identity
from edge import names
from edge import personal_reads
from edge import steps
from edge.exports import answering
from edge.exports.of_products import REPORTS
from edge.file_names import file_name
from edge.permission import permission
from engine import tasks
from forms.words import capital
from tracking.models import Report
from tracking.models import ReportStatus
from tracking.reports import composing
from tracking.reports import kinds
from tracking.reports import owed
from tracking.reports import starting
from tracking.reports import store
from tracking.reports import waiting
from tracking.reports.store import Filters
from web import histories
from web import report_papers
from web import sheets
from web.frame import HOME
from web.frame import Link
from web.frame import chosen
from web.frame import go
from web.frame import page
from web.frame import paging
from web.submissions import attachment

blueprint = Blueprint("web_reports", __name__)

LIST = ("Informes", "/informes")


@blueprint.get("/informes")
@permission("report.read")
def mine() -> Response:
    if answering.by_page():
        by, filters = identity.current(), _filters()
        return answering.workbook(
            REPORTS, lambda session, part: store.mine(session, by, filters, **part), filters, by=by
        )
    return _mine()


@blueprint.post("/informes")
@permission("report.prepare")
def prepare() -> Response:
    """Begin a report, or go on with the one that was begun."""
    kind, period = request.form.get("kind", ""), request.form.get("period", "")
    try:
        with transaction() as session:
            row = starting.prepare(session, kind, period, by=identity.current(), now=clock.now())
    except InvalidData as error:
        return _mine(error.errors)
    if row.instance_id is not None:
        steps.settle(row.instance_id)
    if row.kind == kinds.SETA:
        return go(f"/informes/seta/{row.period}")
    with reading() as session:
        task_id = waiting.tasks_for(session, identity.current(), [row]).get(row.id)
    return go(f"/tareas/{task_id}" if task_id else f"/informes/{row.id}")


@blueprint.get("/informes/equipo")
@permission("report.oversee")
def team() -> Response:
    by = identity.current()
    filters = _filters(region_id=request.args.get("region", type=int))
    if answering.by_page():
        return answering.workbook(
            REPORTS, lambda session, part: store.listing(session, by, filters, **part), filters, by=by
        )
    with reading() as session:
        found = store.listing(session, by, filters, cursor=request.args.get("desde", ""))
        values = _listed(session, found.items)
        values["regions"] = [(row.id, row.name) for row in regions.current(session)]
        values["waiting"] = waiting.tasks_for(session, by, found.items)
    return page(
        "reports.html", "Informes del equipo", crumbs=[HOME, LIST], rows=found.items, own=False, offers=[], problems={},
        tabs=tabs(by, "/informes/equipo"), **values, **paging(found.next_cursor),
    )  # fmt: skip


@blueprint.get("/informes/<id:report_id>")
@permission("report.read")
def show(report_id: int) -> Response:
    by, now = identity.current(), clock.now()
    with reading() as session:
        row = store.get(session, report_id, by=by)
        values = _about(session, row, by)
        content = composing.shown(session, row, now)
        values["content"] = content
        values["figures"] = [(one["figure"], one["value"]) for one in content.get("figures", ())]
        values |= histories.values(session, store.chain(row.id))
    return page("report.html", row.title, crumbs=[HOME, LIST], row=row, labels=store.LABELS, **values)


@blueprint.get("/informes/<id:report_id>/documento")
@permission("report.read")
def document(report_id: int) -> Response:
    """The report as it was last presented, as a PDF."""
    with reading() as session:
        row = store.get(session, report_id, by=identity.current())
        if row.presented_at is None:
            raise NotFound("el documento del informe", report_id)
        content = report_papers.pdf(session, row)
    return attachment(content, "application/pdf", file_name(row.title, row.period, str(row.id), ending="pdf"))


def tabs(by: Principal, current: str) -> list[Link]:
    """The parts of these pages that are open to `by`."""
    parts = (
        ("Mis informes", "/informes", "report.read"),
        ("De mi equipo", "/informes/equipo", "report.oversee"),
        ("Obligaciones del contrato", "/informes/obligaciones", "contract.change"),
    )
    return [Link(label, url, url == current) for label, url, action in parts if access.may(by, action)]


def _mine(problems: Mapping[str, list[str]] | None = None) -> Response:
    by, now = identity.current(), clock.now()
    with reading() as session:
        found = store.mine(session, by, _filters(), cursor=request.args.get("desde", ""))
        may = access.may(by, "report.prepare")
        offers = owed.offers(session, by, clock.local_date(now)) if may else []
        values = _listed(session, found.items)
        values["waiting"] = waiting.tasks_for(session, by, found.items)
    return page(
        "reports.html", "Mis informes", crumbs=[HOME], rows=found.items, own=True, offers=offers, now=now,
        problems=problems or {}, code=422 if problems else 200, tabs=tabs(by, "/informes"), **values,
        **paging(found.next_cursor),
    )  # fmt: skip


def _filters(**more: Any) -> Filters:
    return Filters(
        text=request.args.get("buscar", ""), kind=chosen("tipo", kinds.KINDS), status=chosen("estado", store.LABELS),
        period=request.args.get("periodo", ""), **more,
    )  # fmt: skip


def _listed(session: Session, rows: list[Report]) -> dict[str, Any]:
    return {
        "kinds": [(one.key, one.title) for one in kinds.KINDS.values()],
        "labels": store.LABELS,
        "first_at": store.first_presentations(session, rows),
        "people": names.of_people(session, [row.person_id for row in rows]),
        "region_names": names.of_regions(session, [row.region_id for row in rows]),
    }


def _about(session: Session, row: Report, by: Principal) -> dict[str, Any]:
    sent = composing.sent(session, row)
    frozen = row.status in store.FROZEN
    first_at = store.first_presented(session, row)
    answers = sent.data if sent is not None and row.presented_at is not None else {}
    view = None
    if sent is not None and kinds.kind(row.kind).process == kinds.REGIONAL_REPORT:
        form = tasks.form_of(session, sent)
        personal_reads.answers(form, sent)
        view = sheets.readonly(session, form, sent.data)
    return {
        "of": kinds.kind(row.kind),
        "period": capital(kinds.period(kinds.kind(row.kind), row.period).label),
        "people": names.of_people(session, [row.person_id, row.presented_by, row.decided_by]),
        "region_names": names.of_regions(session, [row.region_id]),
        "sent": sent,
        "first_at": first_at,
        "corrected": first_at is not None and first_at != row.presented_at,
        "view": view,
        "frozen": frozen,
        "remarks_of": report_papers.remarks_of(answers),
        "said": answers,
        "files": names.of_files(session, answers.get("annexes") or []),
        "task_id": waiting.tasks_for(session, by, [row]).get(row.id),
        "writes": row.status in (ReportStatus.DRAFT, ReportStatus.RETURNED) and row.person_id in by.stands_for(),
        "seta_mine": row.kind == kinds.SETA and row.person_id == by.person_id,
    }
