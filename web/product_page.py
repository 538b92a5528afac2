"""What the page of a product shows: where it stands, its diagram, and one of its parts at a time."""

from collections import Counter
from collections.abc import Mapping
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import request
from sqlalchemy.orm import Session

from db.history import Subject
from directory import access
from directory import attachments
from directory import roles
from directory.principal import Principal
from edge import names
from engine import calls
from engine import instances
from engine import operations
from engine import sight
from engine import status
from engine import submissions
from engine import tasks
from engine.models import Instance
from engine.models import Operation
from notifications import periods
from tracking import followed
from tracking import indicators
from tracking import life
from tracking import portfolio_entry
from tracking import products
from tracking import protocol_versions
from tracking import templates
from tracking import work_plans
from tracking.models import Product
from tracking.models import Strategy
from tracking.protocol_versions import Version
from tracking.sources import indicators as source
from web import changes
from web import diagrams
from web import histories
from web.frame import chosen
from web.frame import paging
from web.frame import tabs
from web.plans import STATUS as PLAN_STATUS

PARTS = {
    "formularios": "Formularios", "historia": "Historia", "entidades": "Entidades", "indicadores": "Indicadores",
    "personas": "Personas", "archivos": "Archivos",
}  # fmt: skip


def values(session: Session, row: Product, *, by: Principal, now: datetime) -> dict[str, Any]:
    """Everything that templates/product.html needs."""
    part = chosen("parte", PARTS, "formularios")
    instance = instances.get(session, row.instance_id) if row.instance_id else None
    where = products.subject(row)
    waiting = tasks.open_of(session, instance.id) if instance else []
    under_way = operations.under_way(session, ("product_id", row.id))
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
        "can_place": row.status == "active" and access.allowed(by, "product.place", where),
        "can_publish": row.status == "active"
        and portfolio_entry.is_past_c4(row)
        and access.allowed(by, "portfolio.edit", portfolio_entry.subject(session)),
        "can_confirm": _doubtful(session, row) and access.allowed(by, "template.confirm", where),
        "mark": changes.product_mark(session, row),
        "begun": [one for one in under_way if operations.readable(one, by)],
        "unfinished": "" if row.status == "active" else _unfinished(under_way),
        "now": now,
    }
    shown = _diagram(session, instance) if instance else {"steps": [], "picture": ""}
    return base | shown | _READERS[part](session, row, instance, by)


def _strategy(session: Session, row: Product) -> Strategy | None:
    return session.get(Strategy, row.strategy_id) if row.strategy_id else None


def _unfinished(under_way: Sequence[Operation]) -> str:
    """What long work still has to do before this product's case is over, in words; empty when nothing is."""
    return " ".join(f"{one.title}, va en {one.done} de {one.total}{_STOPPED.get(one.status, '')}." for one in under_way)


_STOPPED = {"cancelled": " y está detenida", "failed": " y se detuvo por un error"}


def _modifiable(session: Session, row: Product) -> bool:
    """Whether its case waits for somebody to ask for a modification."""
    if row.status != "active" or not row.instance_id:
        return False
    return life.MODIFICATION in instances.accepts(session, row.instance_id)


def _doubtful(session: Session, row: Product) -> bool:
    """Whether the weights of its milestones wait for somebody to confirm them."""
    template = templates.latest(session, row.id)
    return template is not None and not template.confirmed


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
    versions = protocol_versions.of_product(session, row)
    calls_of = calls.of_instance(session, instance.id) if instance else {}
    groups: dict[tuple[str, int], list[Any]] = {}
    for item in sent:
        groups.setdefault((item.element, calls_of[item.task_id][1]), []).append(item)
    several = _called_anew(calls_of)
    return {
        "by_step": [
            (step_names.get(element, element), items, _came_to(calls_of[items[0].task_id], several, versions, calls_of))
            for (element, _), items in groups.items()
        ],
        "versions": versions,
        "people": names.of_people(session, [item.author_id for item in sent]),
        "readable": sight.readable(sent, instance, by),
    }


Call = tuple[str, int]


def _called_anew(calls_of: Mapping[int, Call]) -> set[str]:
    """The processes that were called more than once."""
    counted = Counter(process for process, _ in set(calls_of.values()))
    return {process for process, count in counted.items() if count > 1}


def _came_to(call: Call, several: set[str], versions: Sequence[Version], calls_of: Mapping[int, Call]) -> str:
    """Of a step of a process that was called anew, which version of the protocol that call made, if any."""
    made = next((one.number for one in versions if calls_of[one.sent.task_id] == call), None)
    if made is not None:
        return f"Versión {made} del protocolo"
    return "No hace parte de ninguna versión del protocolo" if call[0] in several else ""


def _history(session: Session, row: Product, instance: Instance | None, by: Principal) -> dict[str, Any]:
    case = [instances.subject(instance.id)] if instance else []
    return histories.values(session, Subject("product", row.id), *case)


def _entities(session: Session, row: Product, instance: Instance | None, by: Principal) -> dict[str, Any]:
    of_it = work_plans.Filters(product_id=row.id)
    found = work_plans.listing(session, by, of_it, sort="entity", cursor=request.args.get("desde", ""), limit=50)
    without = products.entities_of(session, row.id) if not found.items else []
    ids = [plan.entity_id for plan in found.items] + without[:100]
    return {
        "plans": found.items,
        "plan_count": work_plans.count(session, by, of_it),
        "unfocalised": work_plans.count(session, by, work_plans.Filters(product_id=row.id, unfocalised=True)),
        "focalised": without,
        "plan_statuses": PLAN_STATUS,
        "followed": followed.of_plans(session, found.items),
        "entities": names.of_entities(session, ids),
        "people": names.of_people(session, [plan.advisor_id for plan in found.items]),
        **paging(found.next_cursor),
    }


def _indicators(session: Session, row: Product, instance: Instance | None, by: Principal) -> dict[str, Any]:
    """Each indicator with its captures and its years, and who may capture."""
    series, formerly = indicators.series(session, row), indicators.formerly(session, row)
    captures = [*formerly, *(capture for one in series for capture in one.captures)]
    found = {capture.period: periods.of_key(capture.period) for capture in captures}
    return {
        "series": series,
        "formerly": formerly,
        "labels": {key: period.label if period is not None else key for key, period in found.items()},
        "frequencies": source.FREQUENCIES,
        "people": names.of_people(session, [capture.captured_by for capture in captures]),
        "may_capture": indicators.may_capture(row, by),
    }


def _people(session: Session, row: Product, instance: Instance | None, by: Principal) -> dict[str, Any]:
    sent = submissions.of_instance(session, instance.id) if instance else []
    part_of: dict[int, set[str]] = {row.lead_id: {"Lidera el producto"}}
    for item in sent:
        part_of.setdefault(item.author_id, set()).add(item.capacity or "Participa")
    return {"part_of": part_of, "people": names.of_people(session, part_of)}


def _files(session: Session, row: Product, instance: Instance | None, by: Principal) -> dict[str, Any]:
    """Every file that was attached to a form of the product, newest first; `closed` when `by` may read none."""
    files = attachments.of(session, instances.subject(instance.id)) if instance is not None else []
    if instance is None or not sight.may_read(instance, by):
        return {"files": [], "people": {}, "closed": bool(files)}
    return {"files": files, "people": names.of_people(session, [file.uploaded_by for file in files])}


_READERS = {
    "formularios": _forms, "historia": _history, "entidades": _entities, "indicadores": _indicators,
    "personas": _people, "archivos": _files,
}  # fmt: skip
