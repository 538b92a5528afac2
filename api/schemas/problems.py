"""How errors look (RFC 9457)."""

from marshmallow import fields

from api.schemas.base import Base
from api.schemas.base import said


class ProblemErrorSchema(Base):
    """One thing to correct."""

    path = said("Dónde: `hitos/2/peso`; las filas cuentan desde 0. Vacío cuando es sobre el conjunto.", required=True)
    message = said("Qué corregir, en español.", required=True)


class ProblemSchema(Base):
    """An error."""

    type = said("Qué clase de problema, para programas.", required=True)
    title = said("Qué clase de problema, en palabras.", required=True)
    status = said("El código de estado HTTP.", fields.Integer, required=True)
    detail = said("Qué pasó esta vez.", required=True)
    instance = said("La dirección que se pidió.", required=True)
    request_id = said("El número de la solicitud, para reportarla.", required=True)
    errors = fields.List(fields.Nested(ProblemErrorSchema), required=True)
