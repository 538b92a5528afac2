"""Reporte SETA del mes: a row per plan, «sin novedad» in bulk, kept as a draft until it is presented."""

from collections.abc import Mapping

from flask import Blueprint
from flask import Response
from flask import flash
from flask import request

from db import clock
from db import reading
from db import transaction
from db.errors import Conflict
from db.errors import InvalidData
from edge import identity
from edge.file_names import file_name
from edge.permission import permission
from edge.words import counted
from forms.words import capital
from tracking.models import Report
from tracking.reports import early
from tracking.reports import kinds
from tracking.reports import seta
from tracking.reports import sheet
from tracking.reports import store
from web import conflicts
from web import once
from web.frame import HOME
from web.frame import go
from web.frame import page
from web.reports import LIST
from web.submissions import attachment

blueprint = Blueprint("web_seta", __name__)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Problems = dict[str, list[str]]


@blueprint.get("/informes/seta/<period>")
@permission("report.prepare")
def show(period: str) -> Response:
    row = _own(period)
    if row.status in store.FROZEN:
        return go(f"/informes/{row.id}")
    return _page(row)


@blueprint.post("/informes/seta/<period>")
@permission("report.prepare")
def write(period: str) -> Response:
    """Keep what was typed, say «sin novedad» of what stood still, or look at it before it is presented."""
    by, now = identity.current(), clock.now()
    row, act = _own(period), request.form.get("act", "")
    remarks = {int(name[7:]): text for name, text in request.form.items() if _is_remark(name)}
    quiet = [int(value) for value in request.form.getlist("quiet") if value.isdecimal()]
    revision, saved = request.form.get("revision", type=int) or 0, False
    try:
        with transaction() as session:
            seta.save(session, row.id, remarks, quiet, revision=revision, by=by, now=now)
            said = seta.all_quiet(session, row.id, by=by, now=now) if act == "quiet" else 0
        saved = True
        if act == "present":
            with transaction() as session:
                sure = request.form.get("confirmed") == "si"
                seta.present(session, row.id, confirmed=sure, by=by, now=now)
    except InvalidData as error:
        return _page(_own(period), error.errors, remarks, quiet, saved=saved)
    except Conflict as error:
        return _page(_own(period), conflicts.told(error, request.path), remarks, quiet, saved=saved, code=409)
    once.got_through(f"seta-{period}", by)
    if act == "present":
        flash("El reporte quedó presentado.", "success")
        return go(f"/informes/{row.id}")
    words = f"{counted(said, 'plan quedó', 'planes quedaron')} «sin novedad»." if act == "quiet" else ""
    flash(f"{words} Borrador guardado.".strip(), "success")
    return go(f"/informes/seta/{period}")


@blueprint.get("/informes/<id:report_id>/hoja")
@permission("report.read")
def workbook(report_id: int) -> Response:
    """The rows of a SETA report as an Excel workbook, in whatever state it is."""
    with reading() as session:
        row = store.get(session, report_id, by=identity.current())
        content = sheet.workbook(row.title, seta.rows(session, row) if row.kind == kinds.SETA else [])
    return attachment(content, XLSX, file_name(row.title, row.period, str(row.id), ending="xlsx"))


def _own(period: str) -> Report:
    """One's report of a month, once it was begun in the list of reports. Raises NotFound."""
    with reading() as session:
        return seta.of_person(session, identity.current().person_id, period)


def _is_remark(name: str) -> bool:
    return name.startswith("remark-") and name[7:].isdecimal() and len(name) < 26


def _page(
    row: Report,
    problems: Problems | None = None,
    remarks: Mapping[int, str] | None = None,
    quiet: list[int] | None = None,
    *,
    saved: bool = False,
    code: int = 422,
) -> Response:
    """The report with what is kept, or with what was typed when that could not be kept; `saved` when it was."""
    with reading() as session:
        rows = seta.rows(session, row)
    for one in rows:
        if remarks is not None:
            one["remark"] = remarks.get(one["plan_id"], one["remark"])
        if quiet is not None:
            one["quiet"] = one["plan_id"] in quiet
    still = sum(1 for one in rows if not seta.moved(one))
    silent = sum(1 for one in rows if not (seta.moved(one) or one["remark"] or one["quiet"]))
    return page(
        "seta.html", row.title, crumbs=[HOME, LIST], row=row, rows=rows, still=still, silent=silent, moved=seta.moved,
        period=capital(kinds.period(kinds.kind(row.kind), row.period).label), doubt=early.doubt(row, clock.now()),
        problems=problems or {}, saved=saved, code=code if problems else 200,
    )  # fmt: skip
