"""Schemas of the calendar."""

from marshmallow import fields
from marshmallow import validate

from api.schemas.base import Base
from api.schemas.base import choice
from api.schemas.base import said
from api.schemas.base import text
from notifications.days import SCOPES
from notifications.foreseen import SHOWN


class YearQuery(Base):
    """Which year."""

    year = fields.Integer(
        required=True,
        validate=validate.Range(2016, 2060, error="Pida un año entre 2016 y 2060."),
        metadata={"description": "El año, por ejemplo 2026."},
    )


class NonWorkingDaySchema(Base):
    """A day that people declared non-working."""

    id = said("Su número.", fields.Integer)
    day = said("El día.", fields.Date)
    scope_kind = said("Dónde no se trabaja: `national`, `region`, `department` o `entity`.")
    scope_code = said("El lugar: id de la región o de la entidad, o código del departamento.")
    reason = said("Por qué no se trabaja.")
    created_at = said("Cuándo se declaró.", fields.DateTime)


class NonWorkingDayInSchema(Base):
    """A day to be declared non-working."""

    day = fields.Date(required=True, metadata={"description": "El día."})
    scope_kind = choice("Dónde no se trabaja.", SCOPES, required=True)
    scope_code = text("El lugar: id de la región o de la entidad, o código del departamento.", most=20, load_default="")
    reason = text("Por qué no se trabaja.", most=500, required=True)


class CalendarYearSchema(Base):
    """The calendar of a year."""

    version = said("Número de la versión vigente.", fields.Integer)
    cut_off = said("Hora de Bogotá a la que termina un día hábil.", fields.Time)
    holidays = said("Los festivos de ley, con su nombre.", fields.Dict)
    declared = fields.List(
        fields.Nested(NonWorkingDaySchema), metadata={"description": "Los días declarados no hábiles."}
    )


class SliceQuery(Base):
    """Which of what would move to list."""

    limit = fields.Integer(
        load_default=SHOWN,
        validate=validate.Range(1, 200, error="Pida entre 1 y 200."),
        metadata={"description": "Cuántos listar."},
    )
    offset = fields.Integer(
        load_default=0,
        validate=validate.Range(0, 2**31 - 1, error="Pida desde un lugar de la lista."),
        metadata={"description": "Desde cuál, contando desde cero."},
    )


class ForeseenMoveSchema(Base):
    """An open due date that would be another one."""

    of = said("La política, o la clase de cosa.")
    title = said("Qué se debe.")
    about = said("Sobre qué.")
    link = said("Su página.")
    before = said("Cuándo vence ahora.", fields.DateTime)
    after = said("Cuándo vencería.", fields.DateTime)


class MovedOfSchema(Base):
    """How many due dates of a policy would move."""

    title = said("La política, o la clase de cosa.")
    count = said("Cuántos plazos abiertos.", fields.Integer)


class ForeseenSchema(Base):
    """What a change of the calendar would move."""

    count = said("Cuántos plazos abiertos cambian de fecha.", fields.Integer)
    by_policy = fields.List(fields.Nested(MovedOfSchema), metadata={"description": "Cuántos de cada política."})
    moves = fields.List(
        fields.Nested(ForeseenMoveSchema), metadata={"description": "Los que se pidieron, por fecha actual."}
    )
