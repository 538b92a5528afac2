"""Lecturas: who read personal data, for whoever controls it, and for each person who read theirs."""

import re
from collections.abc import Sequence
from typing import Any

from flask import Blueprint
from flask import Response
from flask import request
from sqlalchemy.orm import Session

from db import reading
from directory import readings
from directory.models import PersonalReading
from edge import identity
from edge import names
from edge.exports import answering
from edge.exports.of_people import READINGS
from edge.permission import permission
from edge.permission import signed_in
from web.frame import HOME
from web.frame import chosen
from web.frame import number
from web.frame import page
from web.frame import paging
from web.frame import span

blueprint = Blueprint("web_readings", __name__)

ACCOUNT = ("Mi cuenta", "/mi-cuenta")
PLACES = {
    readings.ATTENDEES: "/asesorias/{}", readings.CONSENT: "/planes/{}?parte=consentimiento",
    readings.ANSWERS: "/envios/{}",
}  # fmt: skip
"""Where what was read stands, for the kinds that have a page each."""


@blueprint.get("/lecturas")
@permission("reading.read")
def listed() -> Response:
    since, until = span("del", "al")
    filters = readings.Filters(
        text=request.args.get("buscar", "").strip(), kind=chosen("clase", readings.KINDS),
        person_id=number("persona"), reader_id=number("lector"), since=since, until=until,
    )  # fmt: skip
    if answering.by_page():
        by = identity.current()
        return answering.workbook(
            READINGS, lambda session, part: readings.listing(session, filters, **part), filters, by=by
        )
    with reading() as session:
        found = readings.listing(session, filters, cursor=request.args.get("desde", ""))
        values = _lookups(session, found.items, filters.person_id, filters.reader_id)
    return page(
        "readings.html", "Lecturas de datos personales", crumbs=[HOME], rows=found.items, filters=filters,
        **values, **paging(found.next_cursor),
    )  # fmt: skip


@blueprint.get("/mi-cuenta/lecturas")
@signed_in
def own() -> Response:
    """Who read the data of whoever asks (Ley 1581 de 2012, art. 8)."""
    me = identity.current().person_id
    with reading() as session:
        found = readings.of_person(session, me, cursor=request.args.get("desde", ""))
        values = _lookups(session, found.items)
    return page(
        "my_readings.html", "Quién leyó mis datos", crumbs=[HOME, ACCOUNT], rows=found.items, **values,
        **paging(found.next_cursor),
    )  # fmt: skip


def _lookups(session: Session, rows: Sequence[PersonalReading], *also: int | None) -> dict[str, Any]:
    links = {
        row.id: PLACES[row.kind].format(ids[0])
        for row in rows
        if row.kind in PLACES and len(ids := readings.ids_of(row)) == 1
    }
    whose = names.of_people(session, [*(row.person_id for row in rows), *also])
    through = {row.id: _through(row) for row in rows}
    return {"kinds": readings.KINDS, "whose": whose, "links": links, "through": through}


def _through(row: PersonalReading) -> str:
    """Where it was read: «En la página /asesorias/…», «Por un programa, en /api/v1/people»."""
    method, _, address = row.route.partition(" ")
    where = _PART.sub("…", address)
    if method not in _METHODS:
        return f"Con la orden «{row.route}»"
    return f"Por un programa, en {where}" if where.startswith("/api/") else f"En la página {where}"


_PART, _METHODS = re.compile("<[^>]*>"), ("GET", "POST")
