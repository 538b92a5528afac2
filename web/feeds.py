"""Suscripciones de calendario: private addresses that calendar programs read, and the files at them."""

from typing import Any

from flask import Blueprint
from flask import Response
from flask import flash
from flask import make_response
from flask import request

from db import clock
from db import reading
from db import transaction
from db.errors import InvalidData
from db.errors import NotFound
from directory import access
from directory import principal
from edge import identity
from edge.permission import permission
from edge.permission import public
from edge.permission import signed_in
from notifications import feeds
from notifications import ical
from notifications import letterhead
from tracking import agenda
from web.frame import HOME
from web.frame import go
from web.frame import page

blueprint = Blueprint("web_feeds", __name__)

HERE = "/calendario/suscripciones"


@blueprint.get(HERE)
@permission("calendar.read")
def listed() -> Response:
    return _page()


@blueprint.post(HERE)
@permission("calendar.read")
def open_() -> Response:
    """A new address; it is shown on this answer and never again."""
    by, now = identity.current(), clock.now()
    team = request.form.get("team") == "si" and access.may(by, "obligation.oversee")
    try:
        with transaction() as session:
            opened = feeds.open_(session, by.person_id, request.form.get("name", ""), team=team, by=by.actor(), now=now)
    except InvalidData as error:
        return _page(error.errors)
    response = _page(address=letterhead.current().link(f"/calendario/agenda/{opened.secret}.ics"))
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.post(f"{HERE}/<id:feed_id>/revocacion")
@signed_in
def revoke(feed_id: int) -> Response:
    by = identity.current()
    with transaction() as session:
        feeds.revoke(session, by.person_id, feed_id, by=by.actor(), now=clock.now())
    flash("La suscripción quedó revocada: esa dirección ya no responde.", "success")
    return go(HERE)


@blueprint.get("/calendario/agenda/<secret>.ics")
@public
def read(secret: str) -> Response:
    """The file of the feed with this secret: what its owner, or their team, has still to do."""
    now = clock.now()
    with reading() as session:
        row = feeds.find(session, secret)
        owner = principal.load(session, row.owner_id, now=now)
        if not access.may(owner, "calendar.read"):  # whoever has no access or no role any more reads nothing
            raise NotFound("la suscripción", "")
        items = agenda.around(session, owner, team=row.team, now=now)
        name = f"ATT, equipo de {owner.name}" if row.team else f"ATT, {owner.name}"
        stale = feeds.needs_touch(row, now=now)
    if stale:
        with transaction() as session:
            feeds.touch(session, row.id, now=now)
    answer = make_response(ical.file(name, items))
    answer.headers["Content-Type"] = "text/calendar; charset=utf-8"
    answer.headers["Content-Disposition"] = 'attachment; filename="att.ics"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _page(problems: dict[str, list[str]] | None = None, *, address: str = "") -> Response:
    by = identity.current()
    with reading() as session:
        rows = feeds.of(session, by.person_id)
    values: dict[str, Any] = {"rows": rows, "address": address, "typed": request.form, "problems": problems or {}}
    crumbs = [HOME, ("Calendario", "/calendario")]
    return page("feeds.html", "Suscripciones de calendario", crumbs=crumbs, code=422 if problems else 200, **values)
