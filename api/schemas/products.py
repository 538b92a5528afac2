"""Products, strategies, and the portfolio."""

from marshmallow import fields

from api.schemas.base import Base
from api.schemas.base import Paging
from api.schemas.base import choice
from api.schemas.base import narrowing
from api.schemas.base import number
from api.schemas.base import page_of
from api.schemas.base import said
from api.schemas.base import text
from tracking import products
from tracking import strategies
from tracking.models.products import ProductStage
from tracking.models.products import ProductStatus
from tracking.products import SORTS


class ProductQuery(Paging):
    """Which products, in which order."""

    q = text("Palabras del nombre.", most=200, load_default="")
    stage = choice("Etapa.", ("", *ProductStage), load_default="")
    status = choice("Estado.", ("", *ProductStatus), load_default="")
    unit_id = narrowing("Dependencia.")
    lead_id = narrowing("Líder técnico.")
    strategy_id = narrowing("Estrategia.")
    entity_id = narrowing("Entidad en que se focaliza.")
    sort = choice("Orden.", SORTS, load_default="name")


class ProductSchema(Base):
    """A product of technical assistance."""

    id = said("Número.", fields.Integer)
    code = said("Código, como `ATT-2026-014`.")
    name = said("Nombre.")
    stage = said("Etapa: `predesign`, `design`, `activation` o `follow_up`.")
    status = said("`active`, `closed` o `withdrawn`.")
    strategy_id = said("Estrategia.", fields.Integer, allow_none=True)
    unit_id = said("Dependencia.", fields.Integer)
    lead_id = said("Líder técnico.", fields.Integer)
    instance_id = said("El proceso de su ciclo de vida.", fields.Integer, allow_none=True)
    created_at = said("Cuándo se creó.", fields.DateTime)
    published_at = said("Cuándo salió al portafolio.", fields.DateTime, allow_none=True)
    closed_at = said("Cuándo terminó.", fields.DateTime, allow_none=True)
    withdrawal_reason = said("Por qué se retiró.")


ProductPageSchema = page_of(ProductSchema)


class ProductDetailSchema(ProductSchema):
    """A product with what its forms have established."""

    predesign = said("Lo que dice la ficha de prediseño.", fields.Dict)
    protocol = said("Lo que dice el protocolo validado.", fields.Dict)
    sheet = said("La ficha pública.", fields.Dict)


class ProductInSchema(Base):
    """A product to begin."""

    name = text("Nombre de trabajo.", most=products.LONGEST_NAME, required=True)
    unit_id = number("Dependencia.", required=True)
    lead_id = number("Líder técnico.", required=True)
    strategy_id = number("Estrategia.", load_default=None, allow_none=True)


class PlaceSchema(Base):
    """Where a product is to stand, and why."""

    unit_id = number("Dependencia.", required=True)
    lead_id = number("Líder técnico.", required=True)
    strategy_id = number("Estrategia; vacío, ninguna.", required=True, allow_none=True)
    reason = text("Por qué.", required=True)


class SteppedSchema(Base):
    """What an act on a process brought about."""

    instance_id = said("El proceso en curso.", fields.Integer)
    ended = said("Si el proceso terminó.", fields.Boolean)


class StrategyQuery(Paging):
    """Which strategies."""

    q = text("Palabras del nombre.", most=200, load_default="")
    unit_id = narrowing("Dependencia.")
    lead_id = narrowing("Líder.")


class StrategySchema(Base):
    """A strategy, which groups products."""

    id = said("Número.", fields.Integer)
    name = said("Nombre.")
    objective = said("Objetivo.")
    goals = said("Metas.", fields.List, cls_or_instance=fields.Dict())
    unit_id = said("Dependencia.", fields.Integer)
    lead_id = said("Líder.", fields.Integer)
    instance_id = said("El proceso de su gobernanza.", fields.Integer, allow_none=True)
    created_at = said("Cuándo se creó.", fields.DateTime)


StrategyPageSchema = page_of(StrategySchema)


class LeadSchema(Base):
    """Who leads, and how to reach them."""

    id = said("Número.", fields.Integer)
    name = said("Nombre.")
    email = said("Correo institucional.")


class StrategyDetailSchema(StrategySchema):
    """A strategy with the contact of who leads it."""

    lead = fields.Nested(LeadSchema, metadata={"description": "Quién la lidera."})


class StrategyInSchema(Base):
    """A strategy to begin."""

    name = text("Nombre.", most=strategies.LONGEST_NAME, required=True)
    objective = text("Objetivo.", most=4000, required=True)
    unit_id = number("Dependencia.", required=True)
    lead_id = number("Líder.", required=True)
