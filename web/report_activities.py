"""Mover actividades del informe mensual a otra obligación del contrato, antes de presentarlo."""

from flask import Blueprint
from flask import Response
from flask import flash
from flask import request

from db import clock
from db import reading
from db import transaction
from db.errors import Conflict
from db.errors import InvalidData
from directory import access
from edge import identity
from edge.permission import permission
from tracking.reports import composing
from tracking.reports import placing
from tracking.reports import store
from web.frame import HOME
from web.frame import go
from web.frame import page
from web.reports import LIST

blueprint = Blueprint("web_report_activities", __name__)

PREFIX = "actividad-"


@blueprint.get("/informes/<id:report_id>/actividades")
@permission("report.prepare")
def show(report_id: int) -> Response:
    return _page(report_id)


@blueprint.post("/informes/<id:report_id>/actividades")
@permission("report.prepare")
def write(report_id: int) -> Response:
    typed = {name.removeprefix(PREFIX): value for name, value in request.form.items() if name.startswith(PREFIX)}
    moves = {key: int(value) for key, value in typed.items() if value.isdecimal() and len(value) < 9 and int(value)}
    revision = request.form.get("revision", type=int) or 0
    try:
        with transaction() as session:
            placing.move(session, report_id, moves, revision=revision, by=identity.current(), now=clock.now())
    except InvalidData as error:
        return _page(report_id, {"": [said for told in error.errors.values() for said in told]}, 422)
    except Conflict as error:
        return _page(report_id, {"": [error.message]}, 409)
    flash("Las actividades quedaron ordenadas así. Revise el informe antes de presentarlo.", "success")
    return go(f"/informes/{report_id}")


def _page(report_id: int, problems: dict[str, list[str]] | None = None, code: int = 200) -> Response:
    by, now = identity.current(), clock.now()
    with reading() as session:
        row = store.get(session, report_id, by=by)
        access.demand(by, "report.prepare", store.subject(row))
        groups = composing.shown(session, row, now).get("obligations", [])
        clauses = placing.offered(session, row)
    return page(
        "report_activities.html", "Actividades por obligación", crumbs=[HOME, LIST, (row.title, f"/informes/{row.id}")],
        row=row, groups=groups, offered=[(one.number, f"{one.number}. {one.text}") for one in clauses], prefix=PREFIX,
        typed=request.form, frozen=row.status in store.FROZEN, problems=problems or {}, code=code,
    )  # fmt: skip
