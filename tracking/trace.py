"""What this room writes in history, and the locks that keep each chain in order."""

from collections.abc import Mapping
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from typing import TypeVar

from sqlalchemy import Select
from sqlalchemy import bindparam
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import history
from db.actor import Actor
from db.characters import too_long
from db.errors import Conflict
from db.errors import InvalidData
from db.errors import NotFound
from directory import access
from directory import reasons
from directory.access import Subject
from directory.models import Person
from directory.principal import Principal
from tracking.models import Advisory
from tracking.models import PlanStatus
from tracking.models import Product
from tracking.models import ProductStatus
from tracking.models import Strategy
from tracking.models import WorkPlan

T = TypeVar("T")

RUNNING = (PlanStatus.OPEN, PlanStatus.WITHOUT_ADVISOR)
"""States in which a plan can still change."""


def product(session: Session, product_id: int) -> Product:
    """The product, locked until the transaction ends. Raises NotFound."""
    row = session.scalars(_locked(select(Product).where(Product.id == product_id))).one_or_none()
    if row is None:
        raise NotFound("el producto", product_id)
    return row


def active_product(session: Session, product_id: int) -> Product:
    """The product, locked. Raises NotFound, or Conflict when it is closed or withdrawn."""
    row = product(session, product_id)
    if row.status != ProductStatus.ACTIVE:
        how = "se cerró" if row.status == ProductStatus.CLOSED else "se retiró"
        raise Conflict(f"«{row.name}» ya {how}; no admite cambios.", code="product_ended")
    return row


def plan(session: Session, plan_id: int) -> WorkPlan:
    """The work plan, locked until the transaction ends. Raises NotFound."""
    row = session.scalars(_PLAN, {"id": plan_id}).one_or_none()
    if row is None:
        raise NotFound("el plan de trabajo", plan_id)
    return row


def running_plan(session: Session, plan_id: int) -> WorkPlan:
    """The work plan, locked. Raises NotFound, or Conflict when it ended."""
    return _running(plan(session, plan_id))


def turning(session: Session, plan_id: int, by: Principal, action: str) -> tuple[WorkPlan, Actor]:
    """The running plan, locked, and the capacity in which `by` does `action` on it.

    Raises NotFound and NotAllowed first, so that whoever may not see the plan learns nothing of it, then Conflict when
    it ended.
    """
    row = plan(session, plan_id)
    actor = access.demand(by, action, scope_of_plan(session, row))
    return _running(row), actor


def _running(row: WorkPlan) -> WorkPlan:
    if row.status not in RUNNING:
        how = "se cerró" if row.status == PlanStatus.CLOSED else "se canceló"
        raise Conflict(f"Este plan de trabajo ya {how}; no admite cambios.", code="plan_ended")
    return row


def scope_of_plan(session: Session, row: WorkPlan) -> Subject:
    """Where a plan is and who takes part in it: its advisor and the product's lead."""
    return _scope(row, session.scalar(_LEAD, {"id": row.product_id}))


def _scope(row: WorkPlan, lead: int | None) -> Subject:
    people = frozenset(person for person in (row.advisor_id, lead) if person is not None)
    return Subject(unit_id=row.unit_id, entity_id=row.entity_id, region_id=row.region_id, people=people)


def scopes_of_plans(session: Session, rows: Sequence[WorkPlan]) -> list[Subject]:
    """`scope_of_plan` of each of `rows`, asked together."""
    led = select(Product.id, Product.lead_id).where(Product.id.in_({row.product_id for row in rows}))
    leads: dict[int, int | None] = {row.id: row.lead_id for row in session.execute(led)} if rows else {}
    return [_scope(row, leads.get(row.product_id)) for row in rows]


def subject(row: Product | WorkPlan | Strategy | Advisory) -> history.Subject:
    """The chain of history of `row`."""
    return history.Subject(row.__tablename__, row.id)


def record(
    session: Session,
    row: Product | WorkPlan | Strategy | Advisory,
    action: str,
    summary: str,
    *,
    by: Actor,
    now: datetime,
    details: Mapping[str, Any] | None = None,
    reason: str = "",
) -> None:
    """Append an act to the history of `row`, which the caller has locked or just made."""
    history.record(session, subject(row), action, by=by, now=now, summary=summary, details=details, reason=reason)


def _locked(statement: Select[T]) -> Select[T]:
    """Rows as they are once the lock is held, not as this session read them before."""
    return statement.with_for_update().execution_options(populate_existing=True)


# Every act on a plan asks these: they are built once.
_PLAN = _locked(select(WorkPlan).where(WorkPlan.id == bindparam("id")))
_LEAD = select(Product.lead_id).where(Product.id == bindparam("id"))


def required(value: str, path: str, message: str) -> str:
    """`value` without blanks around it. Raises InvalidData at `path` when nothing is left."""
    if not value.strip():
        raise InvalidData({path: [message]})
    return value.strip()


def named(name: str, message: str, *, most: int) -> str:
    """`name` without blanks around it. Raises InvalidData (`name`) when it is empty or longer than `most`."""
    name = required(name, "name", message)
    if told := too_long(name, most, "Nombre"):
        raise InvalidData({"name": [told]})
    return name


def reasoned(reason: str, message: str) -> str:
    """`reason` without blanks around it. Raises InvalidData (`reason`) when no word is in it."""
    return reasons.demand(reason, message)


def active_person(session: Session, person_id: int, path: str) -> Person:
    """The person. Raises InvalidData at `path` when they do not exist or are disabled."""
    row = session.get(Person, person_id)
    if row is None or row.disabled_at is not None:
        raise InvalidData({path: ["Elija una persona activa del directorio."]})
    return row
