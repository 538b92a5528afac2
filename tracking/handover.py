"""One act that gives all that somebody carries to another, from a day on: plans, coverage, products, tasks, drafts."""

from datetime import date
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import history
from db.actor import Actor
from db.clock import local_date
from db.errors import Conflict
from db.errors import InvalidData
from db.errors import NotFound
from directory import access
from directory import coverage
from directory import entities
from directory.models import Person
from directory.principal import Principal
from engine import tasks
from tracking import trace
from tracking import work_plans
from tracking.models import Handover
from tracking.models import Product
from tracking.models import ProductStatus
from tracking.models import Strategy
from tracking.models import WorkPlan


def request(
    session: Session, from_id: int, to_id: int, since: date, *, reason: str, by: Principal, now: datetime
) -> Handover:
    """Ask that `to_id` carries everything of `from_id` from a day on, which may lie ahead.

    Raises NotFound, NotAllowed unless `by` may in every region and unit concerned, InvalidData (`to_id`, `since`,
    `reason`), Conflict when a handover of that person is waiting already.
    """
    giver = session.get(Person, from_id)
    if giver is None:
        raise NotFound("la persona", from_id)
    actor = _demand(session, giver, since, by)
    receiver = trace.active_person(session, to_id, "to_id")
    if to_id in (from_id, by.person_id):
        raise InvalidData({"to_id": ["Elija a otra persona para recibir: nadie se entrega trabajo a sí mismo."]})
    if since < local_date(now):
        raise InvalidData({"since": ["La entrega empieza hoy o después."]})
    reason = trace.required(reason, "reason", "Escriba el motivo de la entrega.")
    if any(row.from_id == from_id for row in waiting(session)):
        raise Conflict(f"{giver.name} ya tiene una entrega en espera.", code="handover_waiting")
    row = Handover(
        from_id=from_id, to_id=to_id, since=since, reason=reason, requested_at=now, requested_by=by.person_id, result={}
    )
    session.add(row)
    session.flush()
    summary = f"Pidió que {receiver.name} reciba el trabajo de {giver.name} desde el {since.isoformat()}."
    _record(session, row, "handover.requested", summary, actor, now)
    return row


def due(session: Session, now: datetime) -> list[int]:
    """Ids of the handovers whose day has come and that were not applied, oldest first."""
    today = local_date(now)
    return [row.id for row in waiting(session) if row.since <= today]


def waiting(session: Session) -> list[Handover]:
    """The handovers that are still to be applied, by day."""
    statement = select(Handover).where(Handover.applied_at.is_(None), Handover.cancelled_at.is_(None))
    return list(session.scalars(statement.order_by(Handover.since, Handover.id)))


def apply(session: Session, handover_id: int, *, by: Actor, now: datetime) -> Handover:
    """Do what a handover says, at once and whole; doing it twice changes nothing.

    Raises NotFound, Conflict when it was cancelled or its day has not come, InvalidData when who receives is no longer
    active.
    """
    row = _locked(session, handover_id)
    if row.applied_at is not None:
        return row
    if row.cancelled_at is not None:
        raise Conflict("Esta entrega se canceló.", code="handover_cancelled")
    if row.since > local_date(now):
        raise Conflict(f"Esta entrega empieza el {row.since.isoformat()}.", code="handover_early")
    trace.active_person(session, row.to_id, "to_id")
    row.result = {
        "entities": _give_coverage(session, row, by, now),
        "plans": _give_plans(session, row, by, now),
        "products": _give_products(session, row, by, now),
        "strategies": _give_strategies(session, row, by, now),
        "tasks": tasks.reassign_person(session, row.from_id, row.to_id, by=by, now=now),
    }
    row.applied_at = now
    session.flush()
    _record(session, row, "handover.applied", "Se hizo la entrega.", by, now)
    return row


def cancel(session: Session, handover_id: int, *, by: Principal, now: datetime) -> Handover:
    """Call a handover off. Raises NotFound, NotAllowed, Conflict when it was applied or cancelled."""
    row = _locked(session, handover_id)
    actor = _demand(session, session.get_one(Person, row.from_id), row.since, by)
    if row.applied_at is not None or row.cancelled_at is not None:
        raise Conflict("Esta entrega ya se hizo o se canceló.", code="handover_ended")
    row.cancelled_at = now
    session.flush()
    _record(session, row, "handover.cancelled", "Canceló la entrega.", actor, now)
    return row


def _demand(session: Session, giver: Person, since: date, by: Principal) -> Actor:
    for product in session.scalars(select(Product).where(Product.lead_id == giver.id)):
        access.demand(by, "handover.run", access.Subject(unit_id=product.unit_id))
    covered = coverage.entities_of(session, giver.id, since)
    regions = sorted(set(entities.regions_of(session, covered).values()))
    actor = access.demand(
        by, "handover.run", access.Subject(unit_id=giver.unit_id, region_id=next(iter(regions), None))
    )
    for region in regions[1:]:
        access.demand(by, "handover.run", access.Subject(unit_id=giver.unit_id, region_id=region))
    return actor


def _give_coverage(session: Session, row: Handover, by: Actor, now: datetime) -> int:
    covered = coverage.entities_of(session, row.from_id, row.since)
    for entity_id in covered:
        coverage.hand_over(session, entity_id, row.to_id, row.since, by=by, now=now)
    return len(covered)


def _give_plans(session: Session, row: Handover, by: Actor, now: datetime) -> int:
    mine = select(WorkPlan.id).where(WorkPlan.advisor_id == row.from_id, WorkPlan.status.in_(trace.RUNNING))
    plan_ids = session.scalars(mine.order_by(WorkPlan.id)).all()
    for plan_id in plan_ids:
        work_plans.assign_advisor(session, plan_id, row.to_id, reason=row.reason, by=by, now=now)
    return len(plan_ids)


def _give_products(session: Session, row: Handover, by: Actor, now: datetime) -> int:
    led = select(Product.id).where(Product.lead_id == row.from_id, Product.status == ProductStatus.ACTIVE)
    product_ids = session.scalars(led.order_by(Product.id)).all()
    for product_id in product_ids:
        product = trace.product(session, product_id)
        product.lead_id = row.to_id
        session.flush()
        trace.record(session, product, "product.lead_changed", "Cambió de líder.", by=by, now=now, reason=row.reason,
                     details={"lead_id": [row.from_id, row.to_id]})  # fmt: skip
    return len(product_ids)


def _give_strategies(session: Session, row: Handover, by: Actor, now: datetime) -> int:
    led = session.scalars(select(Strategy).where(Strategy.lead_id == row.from_id).with_for_update()).all()
    for strategy in led:
        strategy.lead_id = row.to_id
        session.flush()
        trace.record(session, strategy, "strategy.lead_changed", "Cambió de líder.", by=by, now=now, reason=row.reason,
                     details={"lead_id": [row.from_id, row.to_id]})  # fmt: skip
    return len(led)


def _locked(session: Session, handover_id: int) -> Handover:
    statement = select(Handover).where(Handover.id == handover_id).with_for_update()
    row = session.scalars(statement.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotFound("la entrega", handover_id)
    return row


def _record(session: Session, row: Handover, action: str, summary: str, by: Actor, now: datetime) -> None:
    subject = history.Subject("handover", row.id)
    details = {"from_id": row.from_id, "to_id": row.to_id, "since": row.since.isoformat(), "result": row.result}
    history.record(session, subject, action, by=by, now=now, summary=summary, details=details, reason=row.reason)
