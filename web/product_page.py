"""What the page of a product shows: where it stands, its diagram, and one of its parts at a time."""

from datetime import datetime
from typing import Any

from flask import request
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.files import StoredFile
from db.history import Subject
from directory import access
from directory import roles
from directory.principal import Principal
from edge import sight
from engine import instances
from engine import status
from engine import submissions
from engine import tasks
from engine.models import Instance
from tracking import life
from tracking import products
from tracking import work_plans
from tracking.models import Product
from tracking.models import Strategy
from web import changes
from web import diagrams
from web import histories
from web import names
from web.frame import chosen
from web.frame import paging
from web.frame import tabs

PARTS = {
    "formularios": "Formularios", "historia": "Historia", "entidades": "Entidades", "personas": "Personas",
    "archivos": "Archivos",
}  # fmt: skip


def values(session: Session, row: Product, *, by: Principal, now: datetime) -> dict[str, Any]:
    """Everything that templates/product.html needs."""
    part = chosen("parte", PARTS, "formularios")
    instance = instances.get(session, row.instance_id) if row.instance_id else None
    where = products.subject(row)
    waiting = tasks.open_of(session, instance.id) if instance else []
    base = {
        "row": row,
        "part": part,
        "parts": tabs(f"/productos/{row.code}", PARTS, part),
        "stages": products.STAGES,
        "position": status.position(session, instance) if instance else "",
        "waiting": waiting,
        "holders": names.of_people(session, [task.assignee_id for task in waiting]),
        "role_of": roles.label,
        "strategy": _strategy(session, row),
        "unit": names.of_units(session, [row.unit_id]).get(row.unit_id, ""),
        "lead": names.of_people(session, [row.lead_id]).get(row.lead_id, ""),
        "can_withdraw": row.status == "active" and access.allowed(by, "product.withdraw", where),
        "can_modify": access.allowed(by, "product.modify", where) and _modifiable(session, row),
        "mark": changes.product_mark(session, row),
        "now": now,
    }
    shown = _diagram(session, instance) if instance else {"steps": [], "picture": ""}
    return base | shown | _READERS[part](session, row, instance, by)


def _strategy(session: Session, row: Product) -> Strategy | None:
    return session.get(Strategy, row.strategy_id) if row.strategy_id else None


def _modifiable(session: Session, row: Product) -> bool:
    """Whether its case waits for somebody to ask for a modification."""
    if row.status != "active" or not row.instance_id:
        return False
    return life.MODIFICATION in instances.accepts(session, row.instance_id)


def _diagram(session: Session, instance: Instance) -> dict[str, Any]:
    """One diagram of the tree, coloured, and all its steps as a list."""
    titles = diagrams.titles(session, instance.definition)
    steps = status.steps(session, instance)
    present = next((step.process_key for step in steps if step.state == "now" and step.kind == "user"), "")
    key = chosen("diagrama", titles, present or next(iter(titles)))
    picture = diagrams.picture(session, instance.definition, key, status.element_states(session, instance).get(key, {}))
    return {"steps": steps, "picture": picture, "diagram": key, "diagrams": titles}


def _forms(session: Session, row: Product, instance: Instance | None, by: Principal) -> dict[str, Any]:
    sent = submissions.of_instance(session, instance.id) if instance else []
    step_names = {step.element: step.name for step in status.steps(session, instance)} if instance else {}
    people = names.of_people(session, [item.author_id for item in sent])
    by_step: dict[str, list[Any]] = {}
    for item in sent:
        by_step.setdefault(step_names.get(item.element, item.element), []).append(item)
    return {"by_step": by_step, "people": people}


def _history(session: Session, row: Product, instance: Instance | None, by: Principal) -> dict[str, Any]:
    case = [instances.subject(instance.id)] if instance else []
    return histories.values(session, Subject("product", row.id), *case)


def _entities(session: Session, row: Product, instance: Instance | None, by: Principal) -> dict[str, Any]:
    found = work_plans.listing(
        session, by, work_plans.Filters(product_id=row.id), cursor=request.args.get("desde", ""), limit=50
    )
    without = products.entities_of(session, row.id) if not found.items else []
    ids = [plan.entity_id for plan in found.items] + without[:100]
    return {
        "plans": found.items,
        "focalised": without,
        "entities": names.of_entities(session, ids),
        "people": names.of_people(session, [plan.advisor_id for plan in found.items]),
        **paging(found.next_cursor),
    }


def _people(session: Session, row: Product, instance: Instance | None, by: Principal) -> dict[str, Any]:
    sent = submissions.of_instance(session, instance.id) if instance else []
    part_of: dict[int, set[str]] = {row.lead_id: {"Lidera el producto"}}
    for item in sent:
        part_of.setdefault(item.author_id, set()).add(item.capacity or "Participa")
    return {"part_of": part_of, "people": names.of_people(session, part_of)}


def _files(session: Session, row: Product, instance: Instance | None, by: Principal) -> dict[str, Any]:
    """Every file that was attached to a form of the product, newest first."""
    if instance is None or not sight.may_read(instance, by):
        return {"files": [], "people": {}}
    tokens: dict[str, int] = {}
    for item in submissions.of_instance(session, instance.id):
        full = submissions.get(session, item.id)
        tokens |= dict.fromkeys(_tokens(full.data), item.id)
    statement = select(StoredFile).where(StoredFile.token.in_(tokens))
    files = sorted(session.scalars(statement), key=lambda file: file.uploaded_at, reverse=True)
    return {"files": files, "people": names.of_people(session, [file.uploaded_by for file in files])}


def _tokens(data: Any) -> list[str]:
    """Texts in the answers that have the look of a file's token; those that are none are not found."""
    if isinstance(data, str):
        return [data] if len(data) == 32 and data.isalnum() else []
    inner = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    return [token for value in inner for token in _tokens(value)]


_READERS = {
    "formularios": _forms, "historia": _history, "entidades": _entities, "personas": _people, "archivos": _files,
}  # fmt: skip
