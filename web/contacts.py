"""Interacciones cortas: a call, a message, a question answered, in one line."""

from flask import Blueprint
from flask import Response
from flask import flash
from flask import request

from db import clock
from db import reading
from db import transaction
from db.errors import InvalidData
from directory import coverage
from edge import identity
from edge.permission import permission
from tracking import contacts
from web import names
from web.frame import HOME
from web.frame import chosen
from web.frame import go
from web.frame import local_address
from web.frame import page
from web.frame import paging
from web.reading_forms import Reader

blueprint = Blueprint("web_contacts", __name__)


@blueprint.get("/interacciones")
@permission("plan.read")
def listed() -> Response:
    by = identity.current()
    filters = contacts.Filters(
        entity_id=request.args.get("entidad", type=int),
        advisor_id=by.person_id if request.args.get("mias") else None,
        channel=chosen("medio", contacts.CHANNELS),
    )
    with reading() as session:
        found = contacts.listing(session, by, filters, cursor=request.args.get("desde", ""))
        people = names.of_people(session, [row.advisor_id for row in found.items])
        places = names.of_entities(session, [filters.entity_id, *(row.entity_id for row in found.items)])
    return page(
        "contacts.html", "Interacciones cortas", crumbs=[HOME], rows=found.items, people=people, entities=places,
        filters=filters, channels=contacts.CHANNELS, **paging(found.next_cursor),
    )  # fmt: skip


@blueprint.get("/interacciones/nueva")
@permission("contact.write")
def new() -> Response:
    return _page()


@blueprint.post("/interacciones/nueva")
@permission("contact.write")
def register() -> Response:
    by, now, read = identity.current(), clock.now(), Reader()
    try:
        entity_id = read.number("entity_id", "Elija la entidad.") or 0
        minutes = read.number("minutes", "Escriba cuántos minutos tomó.") or 0
        day = read.day("occurred_on") or clock.local_date(now)
        read.check()
        with transaction() as session:
            contacts.register(
                session, entity_id=entity_id, channel=read.text("channel"), topic=read.text("topic"), minutes=minutes,
                occurred_on=day, by=by, now=now,
            )  # fmt: skip
    except InvalidData as error:
        return _page(error.errors)
    flash("La interacción quedó registrada.", "success")
    return go(local_address(request.form.get("siguiente"), f"/entidades/{entity_id}"))


def _page(problems: dict[str, list[str]] | None = None) -> Response:
    by, today = identity.current(), clock.local_date(clock.now())
    typed = request.form.to_dict() or {"entity_id": request.args.get("entidad", "")}
    with reading() as session:
        wanted = [*coverage.entities_of(session, by.person_id, today)]
        wanted += [int(typed["entity_id"])] if typed.get("entity_id", "").isdecimal() else []
        offered = names.of_entities(session, wanted)
    return page(
        "contact_new.html", "Interacción corta", crumbs=[HOME], typed=typed, problems=problems or {}, today=today,
        entities=sorted(offered.items(), key=lambda item: item[1]), channels=contacts.CHANNELS,
        target=local_address(request.values.get("siguiente"), ""), code=422 if problems else 200,
    )  # fmt: skip
