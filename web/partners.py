"""Entidades socias: who takes part in a strategy beside the DNP, and what they report that they did."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
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
from directory import units
from directory.models import Unit
from directory.principal import Principal
from edge import finding
from edge import identity
from edge import names
from edge.permission import permission
from tracking import partner_units
from tracking import partners
from tracking.models import Strategy
from tracking.partners import NewPartner
from web import conflicts
from web import once
from web import partner_past
from web import partner_view
from web.frame import HOME
from web.frame import go
from web.frame import number
from web.frame import page
from web.reading_forms import Reader

blueprint = Blueprint("web_partners", __name__)

Problems = dict[str, list[str]]

PEOPLED = "Las personas que ya tienen el rol en ella ven la estrategia desde el día en que participa."
UNPEOPLED = "Quien administra el sistema da el rol a las personas de ella."


@blueprint.get("/estrategias/<id:strategy_id>/socias/nueva")
@permission("partner.manage")
def new(strategy_id: int) -> Response:
    return _new(strategy_id)


@blueprint.post("/estrategias/<id:strategy_id>/socias/nueva")
@permission("partner.manage")
def add(strategy_id: int) -> Response:
    by, now, read = identity.current(), clock.now(), Reader()
    said = NewPartner(
        unit_id=read.number("existing") or read.number("unit_id"), code=read.text("code"), name=read.text("name"),
        contribution=read.text("contribution"), confirmed=_sure(),
        since=read.day("since", "Escriba desde qué día participa.") or clock.local_date(now),
    )  # fmt: skip
    try:
        made = once.run(partial(_added, strategy_id, said, read, by, now), by=by, now=now)
    except InvalidData as error:
        return _new(strategy_id, error.errors)
    once.got_through(f"socia-{strategy_id}", by)
    flash(f"La entidad socia quedó agregada. {PEOPLED if made['peopled'] else UNPEOPLED}", "success")
    return go(f"/estrategias/{strategy_id}?parte=socias")


@blueprint.get("/socias/<id:partner_id>")
@permission("strategy.read")
def show(partner_id: int) -> Response:
    return _one(partner_id)


@blueprint.post("/socias/<id:partner_id>/correccion")
@permission("partner.manage")
def correct(partner_id: int) -> Response:
    """Say otherwise what a partner brings and on which days it takes part, with the reason."""
    by, now, read = identity.current(), clock.now(), Reader()
    changes: dict[str, Any] = {name: request.form[name] for name in ("contribution",) if name in request.form}
    changes["since"] = read.day("since", "Escriba desde qué día participa.") or clock.local_date(now)
    changes["until"] = read.day("until")
    try:
        with transaction() as session, read.together():
            row = partners.correct(session, partner_id, changes, **_how("reason"), by=by, now=now)
    except InvalidData as error:
        return _one(partner_id, "correccion", dict(error.errors), 422)
    except Conflict as error:
        return _one(partner_id, "correccion", conflicts.told(error, f"/socias/{partner_id}"), 409)
    once.got_through(f"correccion-socia-{partner_id}", by)
    flash("La participación quedó corregida.", "success")
    return go(f"/estrategias/{row.strategy_id}?parte=socias")


@blueprint.post("/socias/<id:partner_id>/fin")
@permission("partner.manage")
def end(partner_id: int) -> Response:
    """Say from which day on a partner takes no part, and why."""
    by, now, read = identity.current(), clock.now(), Reader()
    day = read.day("from_day", "Escriba desde qué día ya no participa.") or clock.local_date(now)
    try:
        with transaction() as session, read.together():
            row = partners.end(session, partner_id, day, **_how("why"), by=by, now=now)
    except InvalidData as error:
        return _one(partner_id, "fin", at_field(error.errors, "reason", "why"), 422)
    except Conflict as error:
        return _one(partner_id, "fin", conflicts.told(error, f"/socias/{partner_id}"), 409)
    once.got_through(f"fin-socia-{partner_id}", by)
    flash("El fin de la participación quedó escrito.", "success")
    return go(f"/estrategias/{row.strategy_id}?parte=socias")


def at_field(errors: Mapping[str, list[str]], path: str, field: str) -> Problems:
    """`errors` with those at `path` put where the page asks for it: two forms on one page share no name."""
    return {field if one == path else one: list(told) for one, told in errors.items()}


def crumbs(row: Strategy) -> list[tuple[str, str]]:
    """The way back to the partners of a strategy."""
    return [HOME, ("Estrategias", "/estrategias"), (row.name, f"/estrategias/{row.id}?parte=socias")]


def _how(reason: str) -> dict[str, Any]:
    """Why, from which state of the row and how surely something is changed; `reason` is the box of the first."""
    return {
        "reason": request.form.get(reason, ""),
        "revision": request.form.get("revision", type=int),
        "confirmed": _sure(),
    }


def _sure() -> bool:
    return request.form.get("confirmed") == "si"


def _added(
    strategy_id: int, said: NewPartner, read: Reader, by: Principal, now: datetime, session: Session
) -> dict[str, Any]:
    with read.together():
        row = partners.add(session, strategy_id, said, by=by, now=now)
    return {"id": row.id, "peopled": partner_units.has_people(session, row.unit_id, clock.local_date(now))}


def _new(strategy_id: int, problems: Problems | None = None) -> Response:
    by, now = identity.current(), clock.now()
    with reading() as session:
        row = finding.strategy(session, strategy_id, by, "partner.manage")
        offered = [(unit.id, unit.name) for unit in partner_units.offered(session, row)]
        since = Reader().day("since") or clock.local_date(now)
        same = _same(session) if problems else []
        taking = partner_units.taking_part(session, row, since) if same else {}
    return page(
        "partner_new.html", "Agregar una entidad socia", crumbs=crumbs(row), strategy=row, offered=offered,
        known=[unit for unit in same if unit.id in dict(offered) and unit.id not in taking],
        taking=[(unit, taking[unit.id]) for unit in same if unit.id in taking], typed=request.form,
        chosen=number("entidad"), today=clock.local_date(now), problems=problems or {},
        longest={"code": units.LONGEST_CODE, "name": units.LONGEST_NAME}, code=422 if problems else 200,
    )  # fmt: skip


def _same(session: Session) -> list[Unit]:
    """The units that have the code or the name which were typed, or nearly that name."""
    code, name = (request.form.get(field, "") for field in ("code", "name"))
    found = [*(units.alike(session, code=code) if code else ()), *partner_units.twins(session, name)]
    return list({unit.id: unit for unit in found}.values())


def _one(partner_id: int, opened: str = "", problems: Problems | None = None, status: int = 200) -> Response:
    by, now = identity.current(), clock.now()
    with reading() as session:
        row, strategy = partners.get(session, partner_id, by=by, now=now)
        if opened:  # what they sent is told to be wrong only to who may send it
            finding.strategy(session, strategy.id, by, "partner.manage")
        unit = names.of_units(session, [row.unit_id])[row.unit_id]
        state = partner_view.state(row, now)
        manages = partners.may_manage(strategy, by)
        past = partner_past.values(session, partners.chain(row.id)) if manages else {"acts": []}
        reports = partners.may_report(row, strategy, by, now)
        gone = manages and state in ("over", "never")
        again = gone and row.unit_id in {unit.id for unit in partner_units.offered(session, strategy)}
    return page(
        "partner.html", unit, crumbs=crumbs(strategy), row=row, strategy=strategy, state=state,
        manages=manages, again=again, reports=reports, opened=opened, typed=request.form,
        today=clock.local_date(now), problems=problems or {}, code=status, **past,
    )  # fmt: skip
