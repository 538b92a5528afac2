"""Strategies: an objective with measurable goals that groups products."""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import paging
from db.actor import Actor
from db.errors import Conflict
from db.errors import NotFound
from directory import access
from directory import units
from directory.access import Subject
from directory.access import demand
from directory.names import normalise
from directory.principal import Principal
from directory.searching import holding
from tracking import trace
from tracking.models import Product
from tracking.models import Strategy

LONGEST_NAME = 200
SCOPE = access.ScopeColumns(unit_id=Strategy.unit_id, people=(Strategy.lead_id,), strategy_id=Strategy.id)


@dataclass(frozen=True, slots=True)
class Filters:
    """Which strategies to list; what is empty does not filter."""

    text: str = ""
    unit_id: int | None = None
    lead_id: int | None = None


def create(
    session: Session,
    *,
    name: str,
    objective: str,
    unit_id: int,
    lead_id: int,
    goals: Sequence[Mapping[str, Any]] = (),
    by: Principal,
    now: datetime,
) -> Strategy:
    """Create a strategy. Goals are mappings with `goal`, and `indicator` and `target` when known.

    Raises NotAllowed, NotFound for the unit, InvalidData (`name`, `objective`, `lead_id`), Conflict for a name in use.
    """
    actor = demand(by, "strategy.create", Subject(unit_id=unit_id))
    units.get(session, unit_id)
    name = trace.named(name, "Escriba el nombre de la estrategia.", most=LONGEST_NAME)
    objective = trace.required(objective, "objective", "Escriba el objetivo de la estrategia.")
    trace.active_person(session, lead_id, "lead_id")
    _check_free(session, name)
    row = Strategy(
        name=name, search_name=normalise(name), objective=objective, goals=[dict(goal) for goal in goals], details={},
        unit_id=unit_id, lead_id=lead_id, created_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    trace.record(session, row, "strategy.created", f"Creó la estrategia «{name}».", by=actor, now=now)
    return row


def get(session: Session, strategy_id: int) -> Strategy:
    """The strategy with this id. Raises NotFound."""
    row = session.get(Strategy, strategy_id)
    if row is None:
        raise NotFound("la estrategia", strategy_id)
    return row


def subject(row: Strategy, partner_id: int | None = None) -> Subject:
    """Where a strategy is and who leads it, for `directory.access`; about one of its partners, if one is given."""
    return Subject(
        unit_id=row.unit_id, people=frozenset({row.lead_id}), strategy_id=row.id, partner_id=partner_id
    )  # fmt: skip


def has_products(session: Session, strategy_id: int) -> bool:
    """Whether a strategy has any product, in anybody's sight."""
    return session.scalars(select(Product.id).where(Product.strategy_id == strategy_id).limit(1)).first() is not None


def listing(
    session: Session, by: Principal, filters: Filters, *, limit: int = paging.DEFAULT_LIMIT, cursor: str = ""
) -> paging.Page[Strategy]:
    """The strategies that `by` may read, by name: the staff all of them, a partner those of which it is part."""
    statement = select(Strategy).where(*holding(filters.text, also=(Strategy.search_name,)))
    statement = access.visible(statement, by, "strategy.read", SCOPE)
    if filters.unit_id is not None:
        statement = statement.where(Strategy.unit_id == filters.unit_id)
    if filters.lead_id is not None:
        statement = statement.where(Strategy.lead_id == filters.lead_id)
    keys = (paging.Key(Strategy.search_name), paging.Key(Strategy.id))
    return paging.page(session, statement, keys, limit=limit, cursor=cursor)


def record_definition(
    session: Session,
    strategy_id: int,
    *,
    objective: str,
    goals: Sequence[Mapping[str, Any]],
    details: Mapping[str, Any],
    by: Actor,
    now: datetime,
) -> Strategy:
    """Keep what the definition of a strategy says: objective, goals, and its criteria in `details`."""
    row = session.scalars(select(Strategy).where(Strategy.id == strategy_id).with_for_update()).one_or_none()
    if row is None:
        raise NotFound("la estrategia", strategy_id)
    before = {"objective": row.objective, "goals": row.goals, "details": row.details}
    row.objective = objective.strip() or row.objective
    row.goals, row.details = [dict(goal) for goal in goals], dict(details)
    session.flush()
    summary = f"Definió la estrategia «{row.name}»."
    trace.record(session, row, "strategy.defined", summary, by=by, now=now, details={"before": before})
    return row


def _check_free(session: Session, name: str) -> None:
    other = session.scalars(select(Strategy).where(Strategy.search_name == normalise(name))).one_or_none()
    if other is not None:
        raise Conflict(f"Ya existe la estrategia «{other.name}».", code="strategy_exists")
