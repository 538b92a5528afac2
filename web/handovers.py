"""Empalmes: giving all the work of a person to another, asked before and left for its day."""

from datetime import date
from typing import Any

from flask import Blueprint
from flask import Response
from flask import flash
from flask import request
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import clock
from db import reading
from db import transaction
from db.errors import Conflict
from db.errors import InvalidData
from db.errors import NotAllowed
from directory import ways_in
from directory.models import Person
from directory.models import RoleGrant
from directory.periods import active_on
from edge import identity
from edge import names
from edge.permission import permission
from tracking import carried
from tracking import giving
from tracking import handover
from tracking import receiving
from web import picking
from web.frame import HOME
from web.frame import go
from web.frame import page
from web.reading_forms import Reader

blueprint = Blueprint("web_handovers", __name__)


@blueprint.get("/empalmes/nuevo")
@permission("handover.run")
def new_handover() -> Response:
    return _page()


@blueprint.post("/empalmes/nuevo")
@permission("handover.run")
def hand_over() -> Response:
    """Ask first, naming what changes hands; then do it, or leave it for its day."""
    by, now, read = identity.current(), clock.now(), Reader()
    if picking.asked():
        return _page()
    try:
        from_id = read.number("from_id", "Elija quién entrega.") or 0
        to_id = read.number("to_id", "Elija quién recibe.") or 0
        since = read.day("since", "Escriba desde cuándo.") or clock.local_date(now)
        reason = read.text("reason", "Escriba el motivo.")
        read.check()
        if request.form.get("confirmed") != "si":
            with reading() as session:
                asked = handover.check(session, from_id, to_id, since, by=by, now=now)
                load = _load(session, asked, since)
            return _page(load=load)
        with transaction() as session:
            row = handover.request(session, from_id, to_id, since, reason=reason, by=by, now=now)
    except InvalidData as error:
        return _page(error.errors)
    except (Conflict, NotAllowed) as error:
        return _page({"from_id": [error.message]})
    flash("El empalme quedó hecho." if row.applied_at else "El empalme quedó programado para su día.", "success")
    return go(f"/personas/{to_id}")


@blueprint.post("/empalmes/<id:handover_id>/cancelacion")
@permission("handover.run")
def cancel(handover_id: int) -> Response:
    reason = request.form.get(f"cancel-{handover_id}", "")
    try:
        with transaction() as session:
            row = handover.cancel(session, handover_id, reason=reason, by=identity.current(), now=clock.now())
    except InvalidData as error:
        return _page({f"cancel-{handover_id}": error.errors["reason"]})
    flash("El empalme se canceló.", "success")
    return go(f"/personas/{row.from_id}")


def _receivers(session: Session, today: date) -> list[tuple[int, str]]:
    """Active people with an account who may carry work."""
    barred = select(RoleGrant.person_id).where(RoleGrant.role.in_(receiving.BARRED), active_on(RoleGrant, today))
    statement = select(Person).where(
        Person.disabled_at.is_(None), Person.id.in_(ways_in.people()), Person.id.not_in(barred)
    )
    return [(row.id, row.name) for row in session.scalars(statement.order_by(Person.search_name, Person.id))]


def _load(session: Session, asked: handover.Asked, since: date) -> dict[str, Any]:
    """What changes hands, for the page that asks before."""
    return {
        "carried": carried.in_words(asked.carried), "giver": asked.giver.name, "receiver": asked.receiver.name,
        "since": since, "no_account": not ways_in.has(session, asked.receiver.id),
    }  # fmt: skip


def _page(problems: dict[str, list[str]] | None = None, *, load: dict[str, Any] | None = None) -> Response:
    today = clock.local_date(clock.now())
    typed = request.form.to_dict() or {"from_id": request.args.get("de", "")}
    with reading() as session:
        offered = giving.givers(session, identity.current(), today)
        waiting = handover.seen(session, by=identity.current())
        mine = {row.id for row in waiting if handover.may_cancel(session, row, identity.current())}
        known = names.of_people(session, [key for row in waiting for key in (row.from_id, row.to_id)])
        receivers = _receivers(session, today)
    return page(
        "handover.html", "Empalme", crumbs=[HOME], typed=typed, load=load or {},
        people=picking.picker("from_id", offered, typed.get("from_id")),
        receivers=picking.picker("to_id", receivers, typed.get("to_id")),
        waiting=waiting, cancellable=mine, known=known, today=today, problems=problems or {},
        code=422 if problems else 200,
    )  # fmt: skip
