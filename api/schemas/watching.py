"""Invariants: what must always hold, and what breaks it."""

from marshmallow import fields

from api.schemas.base import Base
from api.schemas.base import Paging
from api.schemas.base import page_of
from api.schemas.base import said
from api.schemas.base import text


class InvariantSchema(Base):
    """What must always hold, and what came of the last look at it."""

    key = said("Nombre corto.")
    title = said("Qué debe cumplirse.")
    meaning = said("Qué significa que no se cumpla.")
    remedy = said("Qué hacer entonces.")
    looked_at = said("Última revisión; nulo antes de la primera.", fields.DateTime, allow_none=True)
    seconds = said("Cuánto tomó.", fields.Float, allow_none=True)
    found = said("Cuántos lugares no lo cumplen, hasta 100.", fields.Integer, allow_none=True)
    since = said("Desde cuándo no se cumple; nulo mientras se cumple.", fields.DateTime, allow_none=True)
    error = said("Por qué no se pudo revisar; vacío cuando se pudo.")


InvariantPageSchema = page_of(InvariantSchema)


class FindingQuery(Paging):
    """Which findings."""

    key = text("Sólo los de este invariante; vacío para todos.", most=100, load_default="")
    cleared = fields.Boolean(
        load_default=False, metadata={"description": "Los que ya no se encuentran, en vez de los que siguen."}
    )


class FindingSchema(Base):
    """A row that breaks an invariant, or broke it."""

    id = said("Número.", fields.Integer)
    key = said("El invariante.")
    kind = said("Clase de fila: `instance`, `task`, `message`…")
    subject_id = said("Número de la fila.", fields.Integer)
    instance_id = said("El proceso en curso al que pertenece, si lo hay.", fields.Integer, allow_none=True)
    text = said("Qué pasa, en palabras.")
    first_at = said("Desde cuándo.", fields.DateTime)
    last_at = said("Última revisión que lo encontró.", fields.DateTime)
    cleared_at = said("Cuándo dejó de encontrarse.", fields.DateTime, allow_none=True)


FindingPageSchema = page_of(FindingSchema)
