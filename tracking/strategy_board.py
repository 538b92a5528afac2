"""The board of a strategy: its products, where each stands, and how far it has come, for all who work in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from decimal import Decimal

from sqlalchemy import ColumnElement
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import paging
from directory import access
from directory.principal import Principal
from directory.roles import OUTSIDE
from tracking import products
from tracking import progress
from tracking import strategies
from tracking.models import Product
from tracking.models import ProductStatus
from tracking.models import Strategy


@dataclass(frozen=True, slots=True)
class Row:
    """A product on the board. `reported` is the mean of its plans that count, in hundredths; None without one.

    `readable`: whether whoever looks may open the product itself.
    """

    code: str
    name: str
    stage: str
    status: str
    entities: int
    plans: int
    reported: Decimal | None
    readable: bool


def listing(
    session: Session, strategy: Strategy, by: Principal, *, limit: int = paging.DEFAULT_LIMIT, cursor: str = ""
) -> paging.Page[Row]:
    """The products of a strategy by name: those that `by` may read, and to its partners all that were not withdrawn."""
    readable = access.visible(select(Product.id), by, "product.read", products.SCOPE)
    seen: ColumnElement[bool] = Product.id.in_(readable)
    if _partner(strategy, by):
        seen = or_(seen, Product.status != ProductStatus.WITHDRAWN)
    statement = select(Product).where(Product.strategy_id == strategy.id, seen)
    found = paging.page(session, statement, products.SORTS["name"], limit=limit, cursor=cursor)
    mine = set(session.scalars(readable.where(Product.id.in_([row.id for row in found.items]))))
    return replace(found, items=_rows(session, found.items, mine))


def _partner(strategy: Strategy, by: Principal) -> bool:
    """Whether `by` reads a strategy because a partner of theirs is part of it."""
    outside = replace(by, grants=tuple(grant for grant in by.grants if grant.role in OUTSIDE))
    return access.allowed(outside, "strategy.read", strategies.subject(strategy)) is not None


def _rows(session: Session, found: Sequence[Product], readable: set[int]) -> list[Row]:
    figures = progress.of_products(session, {row.id for row in found})
    told = []
    for row in found:
        entities, line = figures.get(row.id, (0, None))
        counted = line is not None and line.counted > 0
        told.append(
            Row(
                row.code, row.name, row.stage, row.status, entities, line.plans if line else 0,
                line.reported if line and counted else None, row.id in readable,
            )
        )  # fmt: skip
    return told
