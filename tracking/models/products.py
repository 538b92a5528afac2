"""Strategies, and the products and services of technical assistance that they group."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy import Index
from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import mapped_column

from db.base import Base
from db.base import Id
from db.types import Json
from db.types import UtcDateTime


class ProductStage(StrEnum):
    """The four stages of the life of a product."""

    PREDESIGN = "predesign"
    DESIGN = "design"
    ACTIVATION = "activation"
    FOLLOW_UP = "follow_up"


class ProductStatus(StrEnum):
    """Whether a product lives."""

    ACTIVE = "active"
    CLOSED = "closed"  # it went through its four stages
    WITHDRAWN = "withdrawn"  # ended before, with a reason


class Strategy(Base):
    """An objective with goals, and the products that serve it."""

    __tablename__ = "strategy"

    id: Mapped[Id]
    name: Mapped[str]
    search_name: Mapped[str] = mapped_column(unique=True)
    objective: Mapped[str]
    goals: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    details: Mapped[dict[str, Any]] = mapped_column(Json)  # criteria, triggers and switches of its definition
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    lead_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    instance_id: Mapped[int | None] = mapped_column(ForeignKey("instance.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ProductNumber(Base):
    """The last number given to a product in a year. Its row is locked until the product is kept: no gaps."""

    __tablename__ = "product_number"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class Product(Base):
    """A product or service of technical assistance, from idea to memory."""

    __tablename__ = "product"
    __table_args__ = (
        UniqueConstraint("code"),
        Index("ix_product_status_search_name_id", "status", "search_name", "id"),
        Index("ix_product_published_at", "published_at"),
    )

    id: Mapped[Id]
    code: Mapped[str]  # ATT-2026-014
    name: Mapped[str]
    search_name: Mapped[str]
    search_problem: Mapped[str] = mapped_column(default="")  # the problems it attends, in comparable words
    strategy_id: Mapped[int | None] = mapped_column(ForeignKey("strategy.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    lead_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    stage: Mapped[str]
    status: Mapped[str]
    instance_id: Mapped[int | None] = mapped_column(ForeignKey("instance.id"), index=True)
    predesign: Mapped[dict[str, Any]] = mapped_column(Json)  # what the ficha says
    protocol: Mapped[dict[str, Any]] = mapped_column(Json)  # what the validated protocol says
    sheet: Mapped[dict[str, Any]] = mapped_column(Json)  # what the portfolio shows; no personal data
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # closed or withdrawn
    withdrawal_reason: Mapped[str] = mapped_column(default="")


class ProductEntity(Base):
    """An entity on which a product is focalised."""

    __tablename__ = "product_entity"

    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), primary_key=True)
    entity_id: Mapped[int] = mapped_column(ForeignKey("entity.id"), primary_key=True, index=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ProductTag(Base):
    """A word by which the portfolio finds a product. `kind` is `capacity`, `descriptor` or `moment`."""

    __tablename__ = "product_tag"
    __table_args__ = (Index("ix_product_tag_kind_value_product_id", "kind", "value", "product_id"),)

    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)
