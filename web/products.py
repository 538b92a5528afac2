"""Productos: the list, a new one, and its early end or modification. The page of one stands in `product_page`."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from flask import Blueprint
from flask import Response
from flask import flash
from flask import request
from markupsafe import Markup
from sqlalchemy.orm import Session

from db import clock
from db import reading
from db import transaction
from db.errors import InvalidData
from directory import access
from directory import people
from directory import units
from directory.principal import Principal
from edge import identity
from edge import labels
from edge import names
from edge import steps
from edge import words
from edge.exports import answering
from edge.exports.of_products import PRODUCTS
from edge.finding import code_of
from edge.finding import product as found
from edge.permission import permission
from engine import instances
from engine import status
from engine import tasks
from tracking import life
from tracking import products
from tracking import similar
from tracking import strategies
from tracking import work_plans
from tracking.models import Product
from tracking.models import ProductStatus
from web import once
from web import product_page
from web.frame import HOME
from web.frame import chosen
from web.frame import go
from web.frame import number
from web.frame import page
from web.frame import paging
from web.reading_forms import Reader

blueprint = Blueprint("web_products", __name__)

STATUS = labels.PRODUCT
SORTS = {"name": "Por nombre", "-created": "Los más recientes primero", "code": "Por código"}
LIST = ("Productos", "/productos")
TO_FILL = Markup('La modificación quedó abierta: diligencie su formulario, <a href="/tareas/{}">{}</a>.')


@blueprint.get("/productos")
@permission("product.read")
def listed() -> Response:
    by = identity.current()
    offered = {key: label for key, label in SORTS.items() if key in products.SORTS}
    sort = chosen("orden", offered, "name")
    filters = products.Filters(
        text=request.args.get("buscar", "").strip(),
        stage=chosen("etapa", products.STAGES),
        status=chosen("estado", STATUS),
        unit_id=number("dependencia"),
    )
    if answering.by_page():
        return answering.workbook(
            PRODUCTS, lambda session, part: products.listing(session, by, filters, sort=sort, **part), filters, by=by
        )
    with reading() as session:
        found = products.listing(session, by, filters, sort=sort, cursor=request.args.get("desde", ""))
        leads = names.of_people(session, [row.lead_id for row in found.items])
        every = [(unit.id, unit.name) for unit in units.every(session)]
    return page(
        "products.html", "Productos", crumbs=[HOME], rows=found.items, people=leads, units=every, filters=filters,
        unit_names=dict(every), sorts=offered, sort=sort, stages=products.STAGES, statuses=STATUS,
        **paging(found.next_cursor),
    )  # fmt: skip


@blueprint.get("/productos/nuevo")
@permission("product.create")
def new() -> Response:
    return _new_page({"strategy_id": request.args.get("estrategia", "")})


@blueprint.post("/productos/nuevo")
@permission("product.create")
def create() -> Response:
    """Create a product, after showing those that look like it once."""
    by, now, read = identity.current(), clock.now(), Reader()
    try:
        name = read.text("name", "Escriba el nombre del producto.")
        unit_id = read.number("unit_id", "Elija la dependencia.") or 0
        lead_id, strategy_id = read.number("lead_id") or by.person_id, read.number("strategy_id")
        read.check()
        seen = request.form.get("similar_seen") == name or once.is_again(by)
        if not seen and (alike := _similar(name)):
            return _new_page(request.form.to_dict(), alike=alike)
        made = once.run(partial(_started, name, unit_id, lead_id, strategy_id, by, now), by=by, now=now)
    except InvalidData as error:
        return _new_page(request.form.to_dict(), problems=error.errors, status=422)
    code, instance_id = made["code"], made["instance_id"]
    steps.settle(instance_id)
    flash(f"Creó el producto {code} «{name}».", "success")
    with reading() as session:
        mine = {task.id for task in tasks.open_of(session, instance_id) if task.assignee_id == by.person_id}
        ordered = [step.task_id for step in status.steps(session, instances.get(session, instance_id))]
    first = next((task_id for task_id in ordered if task_id in mine), None)
    return go(f"/tareas/{first}" if first else f"/productos/{code}")


def _started(
    name: str, unit_id: int, lead_id: int, strategy_id: int | None, by: Principal, now: datetime, session: Session
) -> dict[str, Any]:
    row = life.start_product(
        session, name=name, unit_id=unit_id, lead_id=lead_id, strategy_id=strategy_id, by=by, now=now
    )
    return {"code": row.code, "instance_id": row.instance_id}


@blueprint.get("/productos/<id:product_id>")
@permission("product.read")
def by_id(product_id: int) -> Response:
    with reading() as session:
        return go(f"/productos/{code_of(session, product_id, identity.current())}")


@blueprint.get("/productos/<code>")
@permission("product.read")
def show(code: str) -> Response:
    by, now = identity.current(), clock.now()
    with reading() as session:
        row = found(session, code, by)
        values = product_page.values(session, row, by=by, now=now)
    return page("product.html", row.name, crumbs=[HOME, LIST], statuses=STATUS, **values)


@blueprint.get("/productos/<code>/retiro")
@permission("product.withdraw")
def ask_withdrawal(code: str) -> Response:
    return _ask(code, "product.withdraw", "withdrawal")


@blueprint.post("/productos/<code>/retiro")
@permission("product.withdraw")
def withdraw(code: str) -> Response:
    return _send(code, "product.withdraw", "withdrawal", life.withdraw_product, _withdrawn)


@blueprint.get("/productos/<code>/modificacion")
@permission("product.modify")
def ask_modification(code: str) -> Response:
    return _ask(code, "product.modify", "modification")


@blueprint.post("/productos/<code>/modificacion")
@permission("product.modify")
def modify(code: str) -> Response:
    return _send(code, "product.modify", "modification", life.request_modification, _opened)


def _ask(
    code: str, action: str, kind: str, problems: dict[str, list[str]] | None = None, status: int = 200
) -> Response:
    """Ask before an act that turns the whole product, naming what will happen."""
    by = identity.current()
    with reading() as session:
        row = found(session, code, by, action)
        running = len(work_plans.running(session, row.id))
        plans = words.counted(running, "plan de trabajo", "planes de trabajo")
        open_to = instances.accepts(session, row.instance_id) if row.instance_id else frozenset()
    which = "su plan tampoco" if running == 1 else f"sus {plans} tampoco" if running else ""
    sure = "Entiendo que el producto no se puede volver a abrir" + (f", y {which}" if which else "")
    title = "Retirar el producto" if kind == "withdrawal" else "Modificar el protocolo"
    return page(
        "product_turn.html", title, crumbs=[HOME, LIST, (row.name, f"/productos/{code}")], row=row, plans=plans,
        sure=sure, kind=kind, possible=kind == "withdrawal" or life.MODIFICATION in open_to, problems=problems or {},
        code=status,
    )  # fmt: skip


def _send(code: str, action: str, kind: str, act: Any, done: Callable[..., str]) -> Response:
    by, now, reason = identity.current(), clock.now(), request.form.get("reason", "")
    unsure = kind == "withdrawal" and request.form.get("confirmed") != "si"
    try:
        if unsure:
            raise InvalidData({"confirmed": ["Marque la casilla para confirmar que retira el producto."]})
        with transaction() as session:
            stepped = act(session, found(session, code, by, action).id, reason, by=by, now=now)
    except InvalidData as error:
        return _ask(code, action, kind, error.errors, 422)
    steps.settle(stepped.instance_id)
    with reading() as session:
        flash(done(session, found(session, code, by), by, now), "success")
    return go(f"/productos/{code}")


def _withdrawn(session: Session, row: Product, _by: Principal, _now: datetime) -> str:
    """What came of a withdrawal by now: the page below tells the rest."""
    if row.status != ProductStatus.WITHDRAWN:
        return "El producto se está retirando."
    running = len(work_plans.running(session, row.id))
    verb = "se está cerrando" if running == 1 else "se están cerrando"
    plans = words.counted(running, "plan de trabajo", "planes de trabajo")
    return "El producto quedó retirado." + (f" {verb.capitalize()} {plans}." if running else "")


def _opened(session: Session, row: Product, by: Principal, now: datetime) -> str:
    """Where the form of a modification is: the link to it for whoever has it, which may be who opened it."""
    open_tasks = tasks.open_of(session, row.instance_id) if row.instance_id else []
    born = [one for one in open_tasks if one.created_at >= now and one.assignee_id in by.stands_for()]
    if not born:
        return "La modificación quedó abierta: su formulario está en la bandeja de quien lidera el producto."
    return TO_FILL.format(born[-1].id, born[-1].name)


def _similar(name: str) -> list[similar.Match]:
    with reading() as session:
        return similar.similar_products(session, name)


def _new_page(
    typed: dict[str, str], *, problems: dict[str, list[str]] | None = None, alike: Any = (), status: int = 200
) -> Response:
    by, now = identity.current(), clock.now()
    with reading() as session:
        offered = [
            (unit.id, unit.name)
            for unit in units.every(session)
            if access.allowed(by, "product.create", access.Subject(unit_id=unit.id))
        ]
        leads = [(person.id, person.name) for person in people.holders(session, "technical_lead", now=now)]
        every = [(row.id, row.name) for row in strategies.listing(session, by, strategies.Filters(), limit=200).items]
    return page(
        "product_new.html", "Nuevo producto", crumbs=[HOME, LIST], typed=typed, problems=problems or {}, alike=alike,
        units=offered, leads=leads, leads_oneself=by.person_id in dict(leads),
        strategies=every, me=by.person_id, longest=products.LONGEST_NAME, code=status,
    )  # fmt: skip
