"""Interacciones cortas: a call, a message, a question answered, in one line; and taking one back."""

from typing import Any

from flask import Blueprint
from flask import Response
from flask import flash
from flask import request
from sqlalchemy.orm import Session

from db import clock
from db import reading
from db import transaction
from db.errors import Conflict
from db.errors import InvalidData
from directory import access
from directory import coverage
from directory.names import normalise
from edge import identity
from edge import names
from edge.exports import answering
from edge.exports.of_assistance import CONTACTS
from edge.permission import permission
from tracking import contacts
from tracking.advisory_places import outside
from web import histories
from web import once
from web import picking
from web.frame import HOME
from web.frame import chosen
from web.frame import go
from web.frame import local_address
from web.frame import number
from web.frame import page
from web.frame import paging
from web.reading_forms import Reader

blueprint = Blueprint("web_contacts", __name__)

LIST = ("Interacciones cortas", "/interacciones")


@blueprint.get("/interacciones")
@permission("plan.read")
def listed() -> Response:
    by = identity.current()
    filters = contacts.Filters(
        entity_id=number("entidad"),
        advisor_id=by.person_id if request.args.get("mias") else number("persona"),
        text=request.args.get("buscar", "").strip(),
        channel=chosen("medio", contacts.CHANNELS),
        status="annulled" if request.args.get("anuladas") else "standing",
    )
    if answering.by_page():
        return answering.workbook(
            CONTACTS, lambda session, part: contacts.listing(session, by, filters, **part), filters, by=by
        )
    with reading() as session:
        offered = [] if outside(by) else coverage.advisors(session, now=clock.now())
        found = contacts.listing(session, by, filters, cursor=request.args.get("desde", ""))
        people = names.of_people(session, [row.advisor_id for row in found.items])
        places = names.of_entities(session, [filters.entity_id, *(row.entity_id for row in found.items)])
    return page(
        "contacts.html", "Interacciones cortas", crumbs=[HOME], rows=found.items, people=people, entities=places,
        filters=filters, offered=offered, channels=contacts.CHANNELS, **paging(found.next_cursor),
    )  # fmt: skip


@blueprint.get("/interacciones/nueva")
@permission("contact.write")
def new() -> Response:
    return _new_page()


@blueprint.post("/interacciones/nueva")
@permission("contact.write")
def register() -> Response:
    if picking.asked():
        return _new_page()
    by, now, read = identity.current(), clock.now(), Reader()
    entity_id = read.number("entity_id", "Elija la entidad.") or 0
    minutes = read.number("minutes", "Escriba cuántos minutos tomó.") or 0
    day = read.day("occurred_on") or clock.local_date(now)
    channel, topic = read.text("channel"), read.text("topic")
    problems = contacts.problems(channel, topic, minutes, day, now=now) | read.errors
    if problems:
        return _new_page(problems)

    def act(session: Session) -> dict[str, Any]:
        row = contacts.register(
            session, entity_id=entity_id, channel=channel, topic=topic, minutes=minutes, occurred_on=day, by=by,
            now=now, confirmed=request.form.get("confirmed") == "si",
        )  # fmt: skip
        return {"id": row.id}

    try:
        once.run(act, by=by, now=now)
    except InvalidData as error:
        return _new_page(error.errors)
    once.got_through(once.copy_of("interaccion"), by)
    flash("La interacción quedó registrada.", "success")
    return go(local_address(request.form.get("siguiente"), f"/entidades/{entity_id}"))


@blueprint.get("/interacciones/<id:contact_id>")
@permission("plan.read")
def show(contact_id: int) -> Response:
    return _page(contact_id)


@blueprint.post("/interacciones/<id:contact_id>/anulacion")
@permission("contact.correct")
def annul(contact_id: int) -> Response:
    """Take a contact back; it stays in the history with the reason."""
    reason, by = request.form.get("reason", ""), identity.current()
    try:
        with transaction() as session:
            contacts.annul(session, contact_id, reason=reason, by=by, now=clock.now())
    except InvalidData as error:
        return _page(contact_id, error.errors)
    except Conflict as error:
        return _page(contact_id, {"": [error.message]})
    flash("La interacción quedó anulada: ya no cuenta, pero se conserva en la historia.", "success")
    return go(f"/interacciones/{contact_id}")


def _page(contact_id: int, problems: dict[str, list[str]] | None = None) -> Response:
    by = identity.current()
    with reading() as session:
        row = contacts.get(session, contact_id, by=by)
        entity = names.of_entities(session, [row.entity_id]).get(row.entity_id, "")
        people = names.of_people(session, [row.advisor_id])
        past = histories.values(session, contacts.chain(row.id))
    mine = access.allowed(by, "contact.correct", contacts.subject(row)) is not None
    return page(
        "contact.html", row.topic, crumbs=[HOME, LIST], row=row, entity=entity, people=people, mine=mine,
        channels=contacts.CHANNELS, problems=problems or {}, code=422 if problems else 200, **past,
    )  # fmt: skip


def _new_page(problems: dict[str, list[str]] | None = None) -> Response:
    by, today = identity.current(), clock.local_date(clock.now())
    typed = request.form.to_dict() or {"entity_id": request.args.get("entidad", "")}
    opened = once.opened_for("entidad")
    with reading() as session:
        offered = contacts.entities_to_contact(session, by, today)
        asked = typed.get("entity_id", "")
        if asked.isdecimal() and contacts.may_register(session, by, int(asked)):
            offered.add(int(asked))
        named = sorted(names.of_entities(session, offered).items(), key=lambda item: normalise(item[1]))
    return page(
        "contact_new.html", "Interacción corta", crumbs=[HOME, LIST], typed=typed, problems=problems or {}, today=today,
        entities=picking.picker("entity_id", named, asked), channels=contacts.CHANNELS,
        target=local_address(request.values.get("siguiente"), ""), opened=opened,
        copy=once.copy_of("interaccion", opened), code=422 if problems else 200,
    )  # fmt: skip
