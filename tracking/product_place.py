"""Where a product stands: its strategy, its unit and who leads it, changed after it was created."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.actor import Actor
from db.errors import InvalidData
from db.errors import NotAllowed
from db.errors import NotFound
from directory import access
from directory import principal
from directory import units
from directory.access import Subject
from directory.chunks import chunks
from directory.principal import Principal
from engine import instances
from engine import participants
from tracking import products
from tracking import trace
from tracking.models import CorrectiveAction
from tracking.models import Product
from tracking.models import Strategy
from tracking.models import SupportRequest
from tracking.models import WorkPlan


def move(
    session: Session, product_id: int, *, unit_id: int, lead_id: int, strategy_id: int | None, reason: str,
    by: Principal, now: datetime,
) -> Product:  # fmt: skip
    """Give a product its unit, lead and strategy; its running plans and everything that waits go with it.

    Another unit is for whoever may decide in both. Raises NotFound, NotAllowed, Conflict when the product ended,
    InvalidData (`reason`, `lead_id` of somebody who does not lead in that unit, `unit_id` when nothing changes).
    """
    row = held(session, product_id)
    actor = access.demand(by, "product.place", products.subject(row))
    if unit_id != row.unit_id:
        actor = _received(session, unit_id, by)
    reason = trace.reasoned(reason, "Escriba el motivo del cambio.")
    changed = _changed(session, row, unit_id, lead_id, strategy_id, now)
    plans = list(session.scalars(_running(row.id)))
    cases = [one for one in (row.instance_id, *(plan.instance_id for plan in plans)) if one is not None]
    row.strategy_id = strategy_id
    if unit_id != row.unit_id:
        row.unit_id = unit_id
        for plan in plans:
            plan.unit_id = unit_id
        participants.move(session, [*cases, *_of_actions(session, plans)], unit_id)
    if lead_id != row.lead_id:
        row.lead_id = lead_id
        for instance_id in cases:
            participants.appoint(session, instance_id, "lead", lead_id, by=actor, now=now)
    session.flush()
    said = "; ".join(f"{what}: de {before} a {after}" for what, before, after in changed)
    details = {"changed": [list(one) for one in changed]}
    trace.record(session, row, "product.placed", f"Cambió {said}.", by=actor, now=now, details=details, reason=reason)
    return row


def _received(session: Session, unit_id: int, by: Principal) -> Actor:
    """Who decides that a product passes to that unit. Raises NotFound, NotAllowed."""
    grant = access.allowed(by, "product.place", Subject(unit_id=unit_id))
    if grant is None:
        name = units.get(session, unit_id).name
        raise NotAllowed(f"Usted no dirige «{name}»: pasarle un producto es para quien dirige ambas dependencias.",
                         action="product.place")  # fmt: skip
    return by.actor(grant)


def held(session: Session, product_id: int) -> Product:
    """The product, locked until the transaction ends, after its case. Raises NotFound, Conflict when it ended."""
    row = products.get(session, product_id)
    if row.instance_id is not None:
        instances.hold(session, row.instance_id)
    return trace.active_product(session, product_id)


def _changed(
    session: Session, row: Product, unit_id: int, lead_id: int, strategy_id: int | None, now: datetime
) -> list[tuple[str, str, str]]:
    """What changes, in words: what, from, to."""
    before, after = units.get(session, row.unit_id), units.get(session, unit_id)
    if unit_id != row.unit_id:
        units.demand_in_use(session, unit_id)
    found = [("la dependencia", before.name, after.name)] if unit_id != row.unit_id else []
    if (lead_id, unit_id) != (row.lead_id, row.unit_id):
        lead = products.demand_lead(session, lead_id, after, now=now)
        if lead_id != row.lead_id:
            found.append(("quién lo lidera", principal.load(session, row.lead_id, now=now).name, lead.name))
    if strategy_id != row.strategy_id:
        found.append(("la estrategia", _strategy(session, row.strategy_id), _strategy(session, strategy_id)))
    if not found:
        raise InvalidData({"unit_id": ["No hay nada que cambiar: el producto ya está así."]})
    return found


def _strategy(session: Session, strategy_id: int | None) -> str:
    if strategy_id is None:
        return "ninguna"
    row = session.get(Strategy, strategy_id)
    if row is None:
        raise NotFound("la estrategia", strategy_id)
    return row.name


def _running(product_id: int) -> Any:
    mine = WorkPlan.product_id == product_id, WorkPlan.status.in_(trace.RUNNING)
    return select(WorkPlan).where(*mine).order_by(WorkPlan.id).with_for_update()


def _of_actions(session: Session, plans: list[WorkPlan]) -> list[int]:
    """The processes of the corrective actions and of the requests for experts that were opened in these plans."""
    found: list[int] = []
    for ids in chunks([plan.id for plan in plans]):
        for model in (CorrectiveAction, SupportRequest):
            mine = select(model.instance_id).where(model.plan_id.in_(ids))
            found += [one for one in session.scalars(mine) if one is not None]
    return found
