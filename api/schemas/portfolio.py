"""The portfolio: what everybody may see, with or without an account."""

from marshmallow import fields

from api.schemas.base import Base
from api.schemas.base import Paging
from api.schemas.base import narrowing
from api.schemas.base import page_of
from api.schemas.base import said
from api.schemas.base import text


class PortfolioQuery(Paging):
    """Which products of the portfolio."""

    q = text("Palabras.", most=200, load_default="")
    department = text("Código DANE del departamento.", most=2, load_default="")
    entity_id = narrowing("Entidad en que se focaliza.")
    capacity = text("Capacidad que desarrolla.", most=200, load_default="")
    descriptor = text("Descriptor del ciclo de valor público.", most=200, load_default="")
    moment = text("Momento del ciclo de valor público.", most=200, load_default="")


class PublishedSchema(Base):
    """A product in the portfolio."""

    code = said("Código, como `ATT-2026-014`.")
    name = said("Nombre.")
    stage = said("Etapa.")
    published_at = said("Cuándo salió al portafolio.", fields.DateTime)


PublishedPageSchema = page_of(PublishedSchema)


class SheetSchema(PublishedSchema):
    """The public sheet of a product."""

    unit = said("Dependencia.")
    entities = fields.List(fields.String(), metadata={"description": "Entidades en que se focaliza."})
    facts = said("Lo que dice la ficha.", fields.Dict)


class SheetInSchema(Base):
    """What is to be public of a product, and why it changes."""

    summary = text("Resumen para el público.", most=800, required=True)
    provider = text("Quién lo presta.", most=800, required=True)
    provider_kind = text("Tipo de oferente.", most=200, load_default="")
    portal_url = text("Enlace en el Portal Territorial.", most=800, load_default="")
    capacity_types = fields.List(fields.String(), metadata={"description": "Capacidades."}, load_default=list)
    descriptors = fields.List(fields.String(), metadata={"description": "Descriptores temáticos."}, required=True)
    reason = text("Por qué.", required=True)
