"""Units: the tree over which roles are held, and what hangs on each."""

from marshmallow import fields

from api.schemas.base import Base
from api.schemas.base import Paging
from api.schemas.base import number
from api.schemas.base import page_of
from api.schemas.base import said
from api.schemas.base import text
from directory.units import LONGEST_CODE
from directory.units import LONGEST_NAME
from tracking.unit_ties import WORDS


def _confirmed() -> fields.Boolean:
    described = "Que se sabe a quién se parece su nombre, y qué roles la alcanzan en su nuevo lugar."
    return fields.Boolean(load_default=False, metadata={"description": described})


class UnitQuery(Paging):
    """Which units."""

    q = text("Palabras de la sigla o del nombre.", most=200, load_default="")
    retired = fields.Boolean(load_default=False, metadata={"description": "Con las que ya no están en uso."})


class UnitSchema(Base):
    """A unit of the DNP, or of an ally."""

    id = said("Número.", fields.Integer)
    code = said("Sigla.")
    name = said("Nombre.")
    parent_id = said("De cuál depende.", fields.Integer, allow_none=True)
    disabled_at = said("Desde cuándo no se ofrece; nulo si está en uso.", fields.DateTime, allow_none=True)


UnitPageSchema = page_of(UnitSchema)


class UnitInSchema(Base):
    """A unit to create."""

    code = text("Sigla.", most=LONGEST_CODE, required=True)
    name = text("Nombre.", most=LONGEST_NAME, required=True)
    parent_id = number("De cuál depende.", load_default=None, allow_none=True)
    confirmed = _confirmed()


class UnitChangeSchema(Base):
    """What changes of a unit, and why."""

    code = text("Sigla.", most=LONGEST_CODE)
    name = text("Nombre.", most=LONGEST_NAME)
    parent_id = number("De cuál depende; nulo si de ninguna.", allow_none=True)
    reason = text("Por qué.", required=True)
    confirmed = _confirmed()


TiesSchema: type[Base] = type(
    "UnitTiesSchema",
    (Base,),
    {
        "__doc__": "How much of each kind hangs on a unit: what must end, or pass to another, before it is retired.",
        **{key: said(f"Cuántos: {many}.", fields.Integer) for key, (_, many) in WORDS.items()},
        "strategies": said("Cuántas estrategias; no impiden retirarla.", fields.Integer),
    },
)
