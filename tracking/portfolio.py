"""The public portfolio: what is offered, to whom and by whom. No personal data leaves through here."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy import Select
from sqlalchemy import Text
from sqlalchemy import cast
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import paging
from db.errors import NotFound
from db.searching import forms
from directory import entities
from directory.models import Department
from directory.models import Entity
from directory.models import Unit
from directory.names import normalise
from directory.searching import holding
from directory.searching import standing
from directory.searching import words
from tracking.models import Product
from tracking.models import ProductEntity
from tracking.models import ProductStage
from tracking.models import ProductStatus
from tracking.models import ProductTag
from tracking.products import STAGES

SHORT = 3  # letters of a word that names no place
KEYS = (paging.Key(Product.search_name), paging.Key(Product.id))


@dataclass(frozen=True, slots=True)
class Filters:
    """What somebody looks for; what is empty does not filter. `department` is a code; the tags are values of forms."""

    text: str = ""
    department: str = ""
    entity_id: int | None = None
    capacity: str = ""
    descriptor: str = ""
    moment: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the public may know of a product; `places` are its entities by department."""

    code: str
    name: str
    unit: str
    stage: str
    published_at: datetime
    entities: list[str]
    places: dict[str, list[str]]
    facts: dict[str, Any]


def search(
    session: Session, filters: Filters, *, limit: int = paging.DEFAULT_LIMIT, cursor: str = ""
) -> paging.Page[Product]:
    """The published products by name. Show their `sheet(…)`, never the rows themselves."""
    return paging.page(session, _matching(filters), KEYS, limit=limit, cursor=cursor)


def sheet(session: Session, code: str) -> Sheet:
    """The public sheet of a product by its code (`ATT-2026-014`). Raises NotFound unless it is in the portfolio."""
    product = session.scalars(_published().where(Product.code == code)).one_or_none()
    if product is None or product.published_at is None:
        raise NotFound("el producto del portafolio", code)
    found = (
        select(Department.name, Entity.name, Entity.kind)
        .join(ProductEntity, ProductEntity.entity_id == Entity.id)
        .join(Department, Department.code == Entity.department_code)
        .where(ProductEntity.product_id == product.id, ProductEntity.removed_at.is_(None))
        .order_by(Entity.search_name, Entity.id)
    )
    # Here and not in the database, to which «Córdoba» comes after «Cundinamarca».
    rows = sorted(session.execute(found).all(), key=lambda row: normalise(row[0]))
    places: dict[str, list[str]] = {}
    for department, name, _ in rows:
        places.setdefault(department, []).append(name)
    return Sheet(
        code=product.code,
        name=product.name,
        unit=session.get_one(Unit, product.unit_id).name,
        stage=STAGES[ProductStage(product.stage)],
        published_at=product.published_at,
        entities=[entities.said(name, kind, department) for department, name, kind in rows],
        places=places,
        facts=product.sheet,
    )


def _published() -> Select[Any]:
    return select(Product).where(Product.published_at.is_not(None), Product.status == ProductStatus.ACTIVE)


def _matching(filters: Filters) -> Select[Any]:
    statement = _published()
    statement = statement.where(*(_told(word) for word in words(filters.text)))
    for kind in ("capacity", "descriptor", "moment"):
        if getattr(filters, kind):
            statement = statement.where(Product.id.in_(_tagged(kind, getattr(filters, kind))))
    if filters.entity_id is not None:
        statement = statement.where(Product.id.in_(_reaching(ProductEntity.entity_id == filters.entity_id)))
    if filters.department:
        statement = statement.where(Product.id.in_(_reaching(Entity.department_code == filters.department)))
    return statement


def _told(word: str) -> ColumnElement[bool]:
    """`word` stands in the code, the name, the problem or the sheet of a product, or in a place that it reaches."""
    also = (Product.search_name, Product.search_problem)
    (told,) = holding(word, Product.code, cast(Product.sheet, Text), also=also)
    named = select(Department.code).where(standing(word, Department.name))
    return or_(told, Product.id.in_(_reaching(or_(Entity.department_code.in_(named), *_called(word)))))


def _called(word: str) -> list[ColumnElement[bool]]:
    # Of short words and of numbers a piece stands in every other name: they are the code's and the text's matter.
    return [Entity.search_name.contains(form, autoescape=True) for form in forms(word)] if len(word) > SHORT else []


def _tagged(kind: str, value: str) -> Select[Any]:
    return select(ProductTag.product_id).where(ProductTag.kind == kind, ProductTag.value == value)


def _reaching(condition: ColumnElement[bool]) -> Select[Any]:
    reached = select(ProductEntity.product_id).join(Entity, Entity.id == ProductEntity.entity_id)
    return reached.where(condition, ProductEntity.removed_at.is_(None))
