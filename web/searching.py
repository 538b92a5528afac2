"""Buscar: products, strategies, entities, people and plans by a word, from any page; each for whoever may see it."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint
from flask import Response
from flask import request
from sqlalchemy.orm import Session

from db import reading
from db.errors import NotAllowed
from directory import access
from directory import entities
from directory import people
from directory.principal import Principal
from edge import identity
from edge import labels
from edge import names
from edge import sight
from edge.permission import signed_in
from engine import instances
from engine import submissions
from engine import tasks
from tracking import products
from tracking import strategies
from tracking import work_plans
from web.frame import HOME
from web.frame import page

blueprint = Blueprint("web_searching", __name__)

SHOWN = 8  # of each kind; the list of the kind has the rest
LONGEST = 100


@dataclass(frozen=True, slots=True)
class Found:
    """Something that fits: where it is, how it is called, and what tells it from its namesakes."""

    url: str
    title: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """What was found of a kind; `more` is the address of the list with all of them, empty when these are all."""

    title: str
    rows: list[Found]
    more: str


Search = Callable[[Session, Principal, str], list[Found]]


@blueprint.get("/buscar")
@signed_in
def found() -> Response:
    by, text = identity.current(), request.args.get("que", "").strip()[:LONGEST]
    with reading() as session:
        groups = [_group(session, by, text, *kind) for kind in _KINDS if access.may(by, kind[1])] if text else []
    kept = [group for group in groups if group.rows]
    return page("search.html", f"Buscar «{text}»" if text else "Buscar", crumbs=[HOME], text=text, groups=kept)


def _group(session: Session, by: Principal, text: str, title: str, action: str, place: str, search: Search) -> Group:
    rows = search(session, by, text)
    more = f"{place}?{urlencode({'buscar': text})}" if len(rows) > SHOWN else ""
    return Group(title, rows[:SHOWN], more)


def _products(session: Session, by: Principal, text: str) -> list[Found]:
    rows = products.listing(session, by, products.Filters(text=text), limit=SHOWN + 1).items
    return [Found(f"/productos/{row.code}", row.name, f"{row.code} · {labels.PRODUCT[row.status]}") for row in rows]


def _strategies(session: Session, by: Principal, text: str) -> list[Found]:
    rows = strategies.listing(session, by, strategies.Filters(text=text), limit=SHOWN + 1).items
    units = names.of_units(session, [row.unit_id for row in rows])
    return [Found(f"/estrategias/{row.id}", row.name, units.get(row.unit_id, "")) for row in rows]


def _entities(session: Session, by: Principal, text: str) -> list[Found]:
    rows = entities.search(session, text, limit=SHOWN + 1)
    called = names.of_entities(session, [row.id for row in rows])
    return [Found(f"/entidades/{row.id}", called[row.id], f"{entities.KINDS[row.kind]} · {row.code}") for row in rows]


def _people(session: Session, by: Principal, text: str) -> list[Found]:
    rows = people.search(session, text, usernames=access.may(by, "people.history"), limit=SHOWN + 1).items
    return [Found(f"/personas/{row.id}", row.name, row.position) for row in rows]


def _plans(session: Session, by: Principal, text: str) -> list[Found]:
    rows = work_plans.listing(session, by, work_plans.Filters(text=text), limit=SHOWN + 1).items
    places = names.of_entities(session, [row.entity_id for row in rows])
    of_plans = names.of_products(session, [row.product_id for row in rows])
    return [
        Found(
            f"/planes/{row.id}", places.get(row.entity_id, ""),
            f"{of_plans[row.product_id].name} · vigencia {row.vigencia} · {labels.PLAN[row.status]}",
        )
        for row in rows
    ]  # fmt: skip


def _submissions(session: Session, by: Principal, text: str) -> list[Found]:
    """What was sent with this number, if they may read it: the number of a paper that lies on the table."""
    row = submissions.with_receipt(session, text)
    if row is None:
        return []
    try:
        sight.submission(session, row.instance_id, row.id, by=by)
    except NotAllowed:
        return []
    title = instances.get(session, row.instance_id).title
    return [Found(f"/envios/{row.id}", row.receipt, f"{tasks.form_of(session, row).title} · {title}")]


# Title, the action that opens it, the list that has the rest, and the search.
_KINDS: tuple[tuple[str, str, str, Search], ...] = (
    ("Productos", "product.read", "/productos", _products),
    ("Estrategias", "strategy.read", "/estrategias", _strategies),
    ("Entidades", "plan.read", "/entidades", _entities),
    ("Planes de trabajo", "plan.read", "/planes", _plans),
    ("Personas", "people.read", "/personas", _people),
    ("Radicados", "task.read", "", _submissions),
)
