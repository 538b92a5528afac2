"""Dependencias: finding them, what hangs on each, and what the administrator changes of them."""

from datetime import datetime
from functools import partial
from typing import Any

from flask import Blueprint
from flask import Response
from flask import flash
from flask import request
from sqlalchemy.orm import Session

from db import Actor
from db import clock
from db import reading
from db import transaction
from db.errors import Conflict
from db.errors import InvalidData
from directory import access
from directory import unit_acts
from directory import unit_tree
from directory import units
from directory.models import Unit
from edge import identity
from edge.permission import permission
from tracking import unit_ties
from web import once
from web import stale
from web import unit_page
from web.frame import HOME
from web.frame import go
from web.frame import page
from web.frame import paging
from web.reading_forms import Reader

blueprint = Blueprint("web_units", __name__)


@blueprint.get("/dependencias")
@permission("setting.read")
def listed() -> Response:
    text, retired = request.args.get("buscar", "").strip(), bool(request.args.get("retiradas"))
    with reading() as session:
        found = unit_tree.listing(session, text, retired=retired, cursor=request.args.get("desde", ""))
    return page(
        "units.html", "Dependencias", crumbs=[HOME], rows=found.items, text=text, retired=retired,
        **paging(found.next_cursor),
    )  # fmt: skip


@blueprint.get("/dependencias/nueva")
@permission("unit.manage")
def new() -> Response:
    return _new_page()


@blueprint.post("/dependencias/nueva")
@permission("unit.manage")
def add() -> Response:
    by, now, read = identity.current(), clock.now(), Reader()
    actor, parent_id = access.demand(by, "unit.manage"), read.number("parent_id")
    try:
        read.check()
        made = once.run(partial(_added, read, parent_id, actor, now), by=by, now=now)
    except InvalidData as error:
        return _new_page(error.errors)
    flash(f"Creó la dependencia «{made['name']}».", "success")
    return go(f"/dependencias/{made['id']}")


def _added(read: Reader, parent_id: int | None, actor: Actor, now: datetime, session: Session) -> dict[str, Any]:
    row = unit_acts.add(
        session, read.text("code"), read.text("name"), parent_id=parent_id,
        confirmed=bool(request.form.get("confirmed")), by=actor, now=now,
    )  # fmt: skip
    return {"id": row.id, "name": row.name}


@blueprint.get("/dependencias/<id:unit_id>")
@permission("setting.read")
def show(unit_id: int) -> Response:
    return unit_page.render(unit_id)


@blueprint.post("/dependencias/<id:unit_id>/datos")
@permission("unit.manage")
def change(unit_id: int) -> Response:
    """Correct its code or name, or hang it under another."""
    actor, read = access.demand(identity.current(), "unit.manage"), Reader()
    try:
        data: dict[str, Any] = {"code": read.text("code"), "name": read.text("name")}
        data["parent_id"] = read.number("parent_id")
        read.check()
        with transaction() as session:
            row = unit_acts.hold(session, unit_id)
            mine = stale.changed(request.form, unit_page.standing(row), said=partial(_in_words, session))
            unit_acts.change(
                session, unit_id, **{name: data[name] for name in mine}, reason=read.text("reason"),
                confirmed=bool(request.form.get("confirmed")), by=actor, now=clock.now(),
            )  # fmt: skip
    except InvalidData as error:
        return unit_page.render(unit_id, error.errors)
    flash("La dependencia quedó corregida." if mine else "No había nada que cambiar: ya está así.", "success")
    return go(f"/dependencias/{unit_id}")


@blueprint.post("/dependencias/<id:unit_id>/estado")
@permission("unit.manage")
def switch(unit_id: int) -> Response:
    """Retire it, which asks for a reason, or bring it back."""
    actor, now = access.demand(identity.current(), "unit.manage"), clock.now()
    try:
        with transaction() as session:
            row = _switched(session, unit_id, actor, now)
            told = _switched_in_words(row)
    except InvalidData as error:
        return unit_page.render(unit_id, {"why": error.errors["reason"]})
    except Conflict as error:
        return unit_page.render(unit_id, {"use": [error.message]})
    flash(told, "success")
    return go(f"/dependencias/{unit_id}")


def _switched(session: Session, unit_id: int, actor: Actor, now: datetime) -> Unit:
    if request.form.get("use") == "no":
        return unit_ties.retire(session, unit_id, reason=request.form.get("why", ""), by=actor, now=now)
    return unit_acts.restore(session, unit_id, by=actor, now=now)


def _switched_in_words(row: Unit) -> str:
    return f"«{row.name}» ya no se ofrece." if row.disabled_at else f"«{row.name}» se ofrece otra vez."


def _in_words(session: Session, name: str, value: str) -> str:
    """A datum of a unit as people read it: the name of the one above it, and the rest as it is."""
    return units.get(session, int(value)).name if name == "parent_id" and value else value


def _new_page(problems: dict[str, list[str]] | None = None) -> Response:
    with reading() as session:
        every = [(unit.id, unit.name) for unit in units.every(session)]
    return page(
        "unit_new.html", "Nueva dependencia", crumbs=[HOME, unit_page.LIST], units=every, typed=request.form,
        parent=request.form.get("parent_id", request.args.get("en", "")), problems=problems or {},
        code=422 if problems else 200,
    )  # fmt: skip
