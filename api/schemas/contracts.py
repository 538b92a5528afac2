"""Schemas of the obligations of a contract."""

from marshmallow import fields
from marshmallow import validate

from api.schemas.base import Base
from api.schemas.base import choice
from api.schemas.base import said
from api.schemas.base import text
from tracking.reports.contract import ACTIVITIES
from tracking.reports.contract import LONGEST
from tracking.reports.contract import MOST


class ClauseSchema(Base):
    """An obligation of a contract."""

    number = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(1, 10_000, error="Dé a cada obligación un número distinto, desde 1."),
        metadata={"description": "Número de la obligación en el contrato."},
    )
    activities = fields.List(
        choice("Tipo de actividad.", ACTIVITIES),
        load_default=(),
        validate=validate.Length(max=len(ACTIVITIES), error="Elija cada actividad una vez."),
        metadata={"description": "Actividades que se cuentan bajo esta obligación."},
    )
    since = fields.Date(load_default=None, allow_none=True, metadata={"description": "Desde qué día rige."})
    until = fields.Date(load_default=None, allow_none=True, metadata={"description": "Hasta qué día rige."})
    text = text("La obligación.", most=LONGEST, required=True)  # last: from here on the name is the field's


class ContractInSchema(Base):
    """The obligations of a contract, all of them; none leaves the list that the system proposes."""

    clauses = fields.List(
        fields.Nested(ClauseSchema),
        required=True,
        validate=validate.Length(max=MOST, error=f"Escriba a lo sumo {MOST} obligaciones."),
        metadata={"description": "Las obligaciones. Una lista vacía vuelve a la que propone el sistema."},
    )


class ContractSchema(Base):
    """The obligations of somebody's contract."""

    person_id = said("De quién es el contrato.", fields.Integer)
    own = said("Si alguien las escribió; si no, son las que propone el sistema.", fields.Boolean)
    clauses = fields.List(fields.Nested(ClauseSchema), metadata={"description": "Las obligaciones, por número."})
