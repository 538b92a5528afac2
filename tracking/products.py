"""Products and services of technical assistance: from a working name to their end."""

from collections.abc import Collection
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select
from sqlalchemy import select
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import Session

from db import paging
from db.actor import Actor
from db.clock import local
from db.errors import InvalidData
from db.errors import NotFound
from directory import access
from directory import principal
from directory import units
from directory.models import Person
from directory.models import Unit
from directory.names import normalise
from directory.principal import Principal
from directory.searching import holding
from engine import instances
from tracking import intake
from tracking import trace
from tracking.models import Product
from tracking.models import ProductEntity
from tracking.models import ProductNumber
from tracking.models import ProductStage
from tracking.models import ProductStatus
from tracking.models import ProductTag
from tracking.models import Strategy

STAGES = {
    ProductStage.PREDESIGN: "Prediseño",
    ProductStage.DESIGN: "Diseño",
    ProductStage.ACTIVATION: "Activación o llegada a territorio",
    ProductStage.FOLLOW_UP: "Seguimiento y evaluación",
}

SORTS = {
    "name": (paging.Key(Product.search_name), paging.Key(Product.id)),
    "code": (paging.Key(Product.code), paging.Key(Product.id)),
    "-created": (paging.Key(Product.created_at, descending=True), paging.Key(Product.id, descending=True)),
}

LONGEST_NAME = 120
"""What the step that names it for the territory takes (`workflows/forms/prediseno.py`): a working name is no longer."""
LEAD = "technical_lead"
SCOPE = access.ScopeColumns(unit_id=Product.unit_id, people=(Product.lead_id,))


@dataclass(frozen=True, slots=True)
class Filters:
    """Which products to list; what is empty does not filter. `text` looks in the code and the name."""

    text: str = ""
    stage: str = ""
    status: str = ""
    unit_id: int | None = None
    lead_id: int | None = None
    strategy_id: int | None = None
    entity_id: int | None = None


def create(
    session: Session, *, name: str, unit_id: int, lead_id: int, strategy_id: int | None = None, by: Principal,
    now: datetime,
) -> Product:  # fmt: skip
    """Create a product with a working name and the next code of the year in Colombia (`ATT-2026-014`).

    Raises NotAllowed, NotFound for the unit or the strategy, InvalidData (`name`, `lead_id`).
    """
    actor = access.demand(by, "product.create", access.Subject(unit_id=unit_id))
    units.get(session, unit_id)
    if strategy_id is not None and session.get(Strategy, strategy_id) is None:
        raise NotFound("la estrategia", strategy_id)
    name = trace.named(name, "Escriba el nombre del producto.", most=LONGEST_NAME)
    trace.active_person(session, lead_id, "lead_id")
    row = Product(
        code=_next_code(session, local(now).year), name=name, search_name=normalise(name), strategy_id=strategy_id,
        unit_id=unit_id, lead_id=lead_id, stage=ProductStage.PREDESIGN, status=ProductStatus.ACTIVE,
        predesign={}, protocol={}, sheet={}, created_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    trace.record(session, row, "product.created", f"Creó el producto {row.code} «{name}».", by=actor, now=now)
    return row


def demand_lead(session: Session, person_id: int, unit: Unit, *, now: datetime) -> Person:
    """The person, who may lead a product of `unit`. Raises InvalidData (`lead_id`)."""
    lead = trace.active_person(session, person_id, "lead_id")
    if not access.holds(principal.load(session, person_id, now=now), LEAD, access.Subject(unit_id=unit.id)):
        raise InvalidData({"lead_id": [f"{lead.name} no es líder técnica de {unit.name}: elija a otra persona."]})
    return lead


def get(session: Session, product_id: int) -> Product:
    """The product with this id. Raises NotFound."""
    row = session.get(Product, product_id)
    if row is None:
        raise NotFound("el producto", product_id)
    return row


def subject(row: Product) -> access.Subject:
    """Where a product is and who takes part in it, for `directory.access`."""
    return access.Subject(unit_id=row.unit_id, people=frozenset({row.lead_id}))


def listing(
    session: Session, by: Principal, filters: Filters, *, sort: str = "name", limit: int = paging.DEFAULT_LIMIT,
    cursor: str = "",
) -> paging.Page[Product]:  # fmt: skip
    """The products that `by` may read. Raises InvalidData for an unknown `sort` (one of SORTS), limit or cursor."""
    if sort not in SORTS:
        raise InvalidData({"sort": [f"Ordene por uno de estos: {', '.join(SORTS)}."]})
    statement = access.visible(_matching(filters), by, "product.read", SCOPE)
    return paging.page(session, statement, SORTS[sort], limit=limit, cursor=cursor)


def entities_of(session: Session, product_id: int) -> list[int]:
    """Ids of the entities on which a product is focalised now."""
    statement = select(ProductEntity.entity_id).where(ProductEntity.product_id == product_id)
    return list(session.scalars(statement.where(ProductEntity.removed_at.is_(None)).order_by(ProductEntity.entity_id)))


def rename(session: Session, product_id: int, name: str, *, by: Actor, now: datetime) -> Product:
    """Give the product its name for the territory. Raises NotFound, Conflict when it ended, InvalidData (`name`)."""
    row = trace.active_product(session, product_id)
    if name.strip() == row.name:
        return row
    name = trace.named(name, "Escriba el nombre del producto.", most=LONGEST_NAME)
    details = {"name": [row.name, name]}
    instances.retitle(session, ("product_id", row.id), row.name, name)  # its tasks stand under the name it has now
    row.name, row.search_name = name, normalise(name)
    session.flush()
    trace.record(session, row, "product.renamed", f"Nombró el producto «{name}».", by=by, now=now, details=details)
    return row


def record_predesign(
    session: Session, product_id: int, data: Mapping[str, Any], *, by: Actor, now: datetime
) -> Product:
    """Keep what the ficha says (form `ficha_prediseno`): name, problems, and where it fits."""
    facts = intake.predesign(data)
    row = rename(session, product_id, facts.name, by=by, now=now) if facts.name else _active(session, product_id)
    row.predesign, row.search_problem = facts.kept, normalise(" ".join(facts.problems))
    _replace_tags(session, row.id, {"moment": facts.moments})
    session.flush()
    trace.record(session, row, "product.predesign_recorded", "Registró la ficha de prediseño.", by=by, now=now)
    return row


def record_protocol(session: Session, product_id: int, data: Mapping[str, Any], *, by: Actor, now: datetime) -> Product:
    """Keep what the validated protocol says (form `protocolo`): capacities, modalities, and the focalised entities."""
    row = _active(session, product_id)
    facts = intake.protocol(data)
    row.protocol = facts.kept
    if facts.problems:
        row.search_problem = normalise(" ".join(facts.problems))
    _replace_tags(session, row.id, {"capacity": facts.capacities})
    changed = focalise(session, row.id, facts.entities, now=now)
    summary = f"Registró el protocolo validado, con {len(facts.entities)} entidades focalizadas."
    trace.record(session, row, "product.protocol_recorded", summary, by=by, now=now, details={"entities": changed})
    return row


def focalise(session: Session, product_id: int, entity_ids: Collection[int], *, now: datetime) -> dict[str, list[int]]:
    """Make `entity_ids` the focalised entities; those no longer named keep their row with `removed_at`.

    Returns the ids that came in (`added`) and went out (`removed`).
    """
    rows = {row.entity_id: row for row in session.scalars(
        select(ProductEntity).where(ProductEntity.product_id == product_id))}  # fmt: skip
    present = {entity_id for entity_id, row in rows.items() if row.removed_at is None}
    wanted = set(entity_ids)
    for entity_id in wanted - present:
        known = rows.get(entity_id)
        if known is None:
            session.add(ProductEntity(product_id=product_id, entity_id=entity_id, since=now))
        else:
            known.since, known.removed_at = now, None
    for entity_id in present - wanted:
        rows[entity_id].removed_at = now
    session.flush()
    return {"added": sorted(wanted - present), "removed": sorted(present - wanted)}


def enter_stage(session: Session, product_id: int, stage: str, *, by: Actor, now: datetime) -> Product:
    """Move the product to a stage of STAGES. Raises NotFound, or Conflict when it ended."""
    row = _active(session, product_id)
    entered = ProductStage(stage)
    if row.stage != entered:
        details = {"stage": [row.stage, entered.value]}
        row.stage = entered
        session.flush()
        summary = f"Pasó a la etapa «{STAGES[entered]}»."
        trace.record(session, row, "product.stage_entered", summary, by=by, now=now, details=details)
    return row


def publish(session: Session, product_id: int, data: Mapping[str, Any], *, by: Actor, now: datetime) -> Product:
    """Put the product's public sheet in the portfolio (form `publicacion_portafolio`); again to bring it up to date.

    When the form says not to publish, only the reason is recorded.
    """
    row = _active(session, product_id)
    if not data.get("published"):
        reason = str(data.get("unpublished_reason", ""))
        trace.record(session, row, "product.not_published", "No se publicó en el portafolio.", by=by, now=now,
                     reason=reason)  # fmt: skip
        return row
    put_in_portfolio(session, row, data, now=now)
    trace.record(session, row, "product.published", "Publicó el producto en el portafolio.", by=by, now=now)
    return row


def put_in_portfolio(session: Session, row: Product, data: Mapping[str, Any], *, now: datetime) -> None:
    """Make what `data` says of a locked product its public sheet; the caller records it."""
    row.sheet = intake.sheet(data, row.predesign, row.protocol)
    row.published_at = row.published_at or now
    _replace_tags(session, row.id, {"capacity": row.sheet["capacity_types"], "descriptor": row.sheet["descriptors"]})
    session.flush()


def withdraw(session: Session, product_id: int, reason: str, *, by: Actor, now: datetime) -> Product:
    """End the product before its time; it leaves the portfolio. The caller cancels its plans.

    Raises NotFound, Conflict when it ended already, InvalidData (`reason`).
    """
    row = _active(session, product_id)
    row.withdrawal_reason = trace.reasoned(reason, "Escriba por qué se retira el producto.")
    row.status, row.closed_at = ProductStatus.WITHDRAWN, now
    session.flush()
    summary = f"Retiró «{row.name}»."
    trace.record(session, row, "product.withdrawn", summary, by=by, now=now, reason=row.withdrawal_reason)
    return row


def close(session: Session, product_id: int, *, by: Actor, now: datetime) -> Product:
    """End the product after its four stages. Raises NotFound, or Conflict when it ended already."""
    row = _active(session, product_id)
    row.status, row.closed_at = ProductStatus.CLOSED, now
    session.flush()
    trace.record(session, row, "product.closed", f"Cerró «{row.name}».", by=by, now=now)
    return row


def _active(session: Session, product_id: int) -> Product:
    return trace.active_product(session, product_id)


def _matching(filters: Filters) -> Select[Any]:
    statement = select(Product)
    equal = {"stage": filters.stage, "status": filters.status, "unit_id": filters.unit_id,
             "lead_id": filters.lead_id, "strategy_id": filters.strategy_id}  # fmt: skip
    for column, value in equal.items():
        if value not in ("", None):
            statement = statement.where(getattr(Product, column) == value)
    statement = statement.where(*holding(filters.text, Product.code, also=(Product.search_name,)))
    if filters.entity_id is not None:
        focalised = select(ProductEntity.product_id).where(
            ProductEntity.entity_id == filters.entity_id, ProductEntity.removed_at.is_(None)
        )
        statement = statement.where(Product.id.in_(focalised))
    return statement


def _replace_tags(session: Session, product_id: int, tags: Mapping[str, Collection[str]]) -> None:
    for kind, values in tags.items():
        present = {tag.value: tag for tag in session.scalars(
            select(ProductTag).where(ProductTag.product_id == product_id, ProductTag.kind == kind))}  # fmt: skip
        for value in present.keys() - set(values):
            session.delete(present[value])
        session.add_all(ProductTag(product_id=product_id, kind=kind, value=v) for v in set(values) - present.keys())
    session.flush()


def _next_code(session: Session, year: int) -> str:
    # One statement takes the number and locks its row until the product is kept or dropped with it.
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    statement = insert(ProductNumber).values(year=year, last=1)
    taken = statement.on_conflict_do_update(
        index_elements=[ProductNumber.year], set_={"last": ProductNumber.last + 1}
    ).returning(ProductNumber.last)
    return f"ATT-{year}-{session.execute(taken).scalar_one():03d}"
