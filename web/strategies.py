"""Estrategias: the list, a new one, and one with its goals, its products, its partners and its government."""

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
from db.errors import Conflict
from db.errors import InvalidData
from directory import access
from directory import people
from directory import readings
from directory import units
from directory.models import Person
from directory.principal import Principal
from edge import finding
from edge import identity
from edge import names
from edge import personal_reads
from edge import steps
from edge.exports import answering
from edge.permission import permission
from engine import instances
from engine import sight
from engine import status
from engine import submissions
from engine import tasks
from tracking import life
from tracking import products
from tracking import strategies
from tracking import strategy_board
from tracking.models import Strategy
from web import diagrams
from web import once
from web import partner_view
from web.frame import HOME
from web.frame import chosen
from web.frame import go
from web.frame import page
from web.frame import paging
from web.frame import tabs
from web.reading_forms import Reader

blueprint = Blueprint("web_strategies", __name__)

LIST = ("Estrategias", "/estrategias")
PARTS = {"productos": "Productos", "socias": "Entidades socias"}


@blueprint.get("/estrategias")
@permission("strategy.read")
def listed() -> Response:
    by, text = identity.current(), request.args.get("buscar", "").strip()
    with reading() as session:
        found = strategies.listing(session, by, strategies.Filters(text=text), cursor=request.args.get("desde", ""))
        unit_names = names.of_units(session, [row.unit_id for row in found.items])
    return page(
        "strategies.html", "Estrategias", crumbs=[HOME], rows=found.items, units=unit_names, text=text,
        outside=access.allowed(by, "strategy.read") is None, **paging(found.next_cursor),
    )  # fmt: skip


@blueprint.get("/estrategias/nueva")
@permission("strategy.create")
def new() -> Response:
    return _new_page()


@blueprint.post("/estrategias/nueva")
@permission("strategy.create")
def create() -> Response:
    by, now, read = identity.current(), clock.now(), Reader()
    try:
        name = read.text("name", "Escriba el nombre de la estrategia.")
        objective = read.text("objective", "Escriba el objetivo de la estrategia.")
        unit_id = read.number("unit_id", "Elija la dependencia.") or 0
        lead_id = read.number("lead_id") or by.person_id
        read.check()
        made = once.run(partial(_started, name, objective, unit_id, lead_id, by, now), by=by, now=now)
    except Conflict as error:
        return _new_page({"name": [error.message]})
    except InvalidData as error:
        return _new_page(error.errors)
    for instance_id in made["instances"]:
        steps.settle(instance_id)
    flash(f"Creó la estrategia «{name}». Su definición comienza en la bandeja de quien la lidera.", "success")
    return go(f"/estrategias/{made['id']}")


def _started(
    name: str, objective: str, unit_id: int, lead_id: int, by: Principal, now: datetime, session: Session
) -> dict[str, Any]:
    row = life.start_strategy(session, name=name, objective=objective, unit_id=unit_id, lead_id=lead_id, by=by, now=now)
    started = instances.listed(session, ref=("strategy_id", row.id), limit=1).items
    return {"id": row.id, "instances": [instance.id for instance in started]}


@blueprint.get("/estrategias/<id:strategy_id>")
@permission("strategy.read")
def show(strategy_id: int) -> Response:
    by, now = identity.current(), clock.now()
    part = chosen("parte", PARTS, "productos")
    if part == "socias" and answering.by_page():
        return partner_view.workbook(strategy_id, by)
    with reading() as session:
        row = finding.strategy(session, strategy_id, by)
        outside = access.allowed(by, "strategy.read") is None
        values = partner_view.values(session, row, by, now) if part == "socias" else _products(session, row, by)
        values |= {"unit": names.of_units(session, [row.unit_id]).get(row.unit_id, ""), "outside": outside}
        values["lead"] = session.get_one(Person, row.lead_id)
        values |= _governance(session, strategy_id, by)
    if outside:
        personal_reads.note(readings.PERSON, [row.lead_id])
    return page(
        "strategy.html", row.name, crumbs=[HOME, LIST], row=row, stages=products.STAGES, now=now, part=part,
        parts=tabs(f"/estrategias/{strategy_id}", PARTS, part), **values,
    )  # fmt: skip


def _products(session: Session, row: Strategy, by: Principal) -> dict[str, Any]:
    """The board of the strategy."""
    found = strategy_board.listing(session, row, by, cursor=request.args.get("desde", ""))
    has_products = strategies.has_products(session, row.id)
    return {"products": found.items, "has_products": has_products, **paging(found.next_cursor)}


def _governance(session: Session, strategy_id: int, by: Principal) -> dict[str, Any]:
    """Where the definition of the strategy stands: its coloured diagram, its steps, and what it waits for."""
    case = next(iter(instances.listed(session, ref=("strategy_id", strategy_id), limit=1).items), None)
    if case is None:
        return {"picture": "", "steps": [], "waiting": [], "people": {}}
    instance = instances.get(session, case.id)
    key, waiting = instance.definition.key, tasks.open_of(session, instance.id)
    sent = submissions.of_instance(session, instance.id)
    steps = [step for step in status.steps(session, instance) if step.kind == "user"]
    states = status.element_states(session, instance).get(key, {})
    return {
        "picture": diagrams.picture(session, instance.definition, key, states),
        "steps": steps,
        "waiting": waiting,
        "sent": sent,
        "readable": sight.readable(sent, instance, by),
        "titles": {step.element: step.name for step in steps},
        "people": names.of_people(session, [row.assignee_id for row in waiting] + [row.author_id for row in sent]),
    }


def _new_page(problems: dict[str, list[str]] | None = None) -> Response:
    by, now = identity.current(), clock.now()
    with reading() as session:
        offered = [
            (unit.id, unit.name)
            for unit in units.every(session)
            if access.allowed(by, "strategy.create", access.Subject(unit_id=unit.id))
        ]
        leads = [(person.id, person.name) for person in people.holders(session, "technical_lead", now=now)]
    return page(
        "strategy_new.html", "Nueva estrategia", crumbs=[HOME, LIST], units=offered, leads=leads,
        leads_oneself=by.person_id in dict(leads), me=by.person_id, typed=request.form,
        longest=strategies.LONGEST_NAME, problems=problems or {}, code=422 if problems else 200,
    )  # fmt: skip
