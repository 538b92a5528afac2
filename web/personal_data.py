"""What the system keeps of somebody: for themselves, and for whoever answers their request."""

from datetime import date
from datetime import datetime
from typing import Any

from flask import Blueprint
from flask import Response
from flask import json
from flask import request

from db import clock
from db import reading
from db.errors import InvalidData
from directory import people
from edge import identity
from edge import person_file
from edge import personal_reads
from edge.file_names import file_name
from edge.permission import permission
from edge.permission import signed_in
from web import filters
from web.frame import HOME
from web.frame import page
from web.person_page import LIST
from web.submissions import attachment

blueprint = Blueprint("web_personal_data", __name__)

ACCOUNT = ("Mi cuenta", "/mi-cuenta")
JSON = "json"
SHOWN = 50
"""So many rows of a kind stand on the page; the file has all of them."""


@blueprint.get("/mi-cuenta/datos")
@signed_in
def own() -> Response:
    """Everything of whoever asks, to be read or (`?formato=json`) taken along."""
    me = identity.current().person_id
    return _file(me) if request.args.get("formato") == JSON else _page(me, "Mis datos", ACCOUNT)


@blueprint.get("/personas/<id:person_id>/datos-personales")
@permission("people.manage")
def ask(person_id: int) -> Response:
    """Whoever answers somebody's request says first what for."""
    return _asked(person_id, {})


@blueprint.post("/personas/<id:person_id>/datos-personales")
@permission("people.manage")
def of_person(person_id: int) -> Response:
    """Everything of somebody, once it is said what for."""
    try:
        purpose = personal_reads.demand_purpose(request.form.get("purpose", ""))
    except InvalidData as error:
        return _asked(person_id, error.errors)
    if request.form.get("formato") == JSON:
        return _file(person_id, purpose)
    return _page(person_id, "Lo que se guarda de esta persona", LIST, purpose)


def _asked(person_id: int, problems: dict[str, list[str]]) -> Response:
    with reading() as session:
        row = people.get(session, person_id)
    here = (row.name, f"/personas/{row.id}")
    return page(
        "personal_data_ask.html", "Datos que se guardan de esta persona", crumbs=[HOME, LIST, here], row=row,
        typed=request.form, problems=problems, code=422 if problems else 200,
    )  # fmt: skip


def _page(person_id: int, title: str, above: tuple[str, str], purpose: str = "") -> Response:
    with reading() as session:
        row = people.get(session, person_id)
        parts = person_file.read(session, person_id, purpose=purpose)
    own = row.id == identity.current().person_id
    crumbs = [HOME, above, *([] if own else [(row.name, f"/personas/{row.id}")])]
    response = page(
        "personal_data.html", title, crumbs=crumbs, row=row, parts=parts, shown=SHOWN, said=_said, purpose=purpose,
        own=own, now=clock.now(),
    )  # fmt: skip
    response.headers["Cache-Control"] = "no-store"
    return response


def _file(person_id: int, purpose: str = "") -> Response:
    with reading() as session:
        told = person_file.as_json(session, person_id, purpose=purpose)
    now = clock.now()
    content = json.dumps({"at": clock.local(now).isoformat(timespec="seconds"), **told}, indent=2).encode()
    name = file_name("Datos personales", told["name"], clock.local_date(now).isoformat(), ending="json")
    response = attachment(content, "application/json", name)
    response.headers["Cache-Control"] = "no-store"
    return response


def _said(value: Any) -> str:
    """A datum as people read it."""
    if isinstance(value, datetime):
        return filters.moment(value)
    if isinstance(value, date):
        return filters.day(value)
    if isinstance(value, bool):
        return "sí" if value else "no"
    return "" if value is None else str(value)
