"""Who read personal data, and what is kept of somebody."""

from marshmallow import fields

from api.schemas.base import Base
from api.schemas.base import Paging
from api.schemas.base import choice
from api.schemas.base import narrowing
from api.schemas.base import page_of
from api.schemas.base import said
from api.schemas.base import text
from directory.readings import KINDS
from directory.readings import LONGEST


class ReadingQuery(Paging):
    """Which reads."""

    q = text("Palabras del nombre de quien leyó, de quién son los datos o del motivo.", most=200, load_default="")
    kind = choice("Qué se leyó; vacío para todo.", ("", *KINDS), load_default="")
    person_id = narrowing("De quién son los datos.")
    reader_id = narrowing("Quién leyó.")
    since = fields.Date(load_default=None, metadata={"description": "Desde qué día."})
    until = fields.Date(load_default=None, metadata={"description": "Hasta qué día, incluido."})


class ReadingSchema(Base):
    """Somebody read personal data of others."""

    id = said("Número.", fields.Integer)
    at = said("Cuándo.", fields.DateTime)
    reader_id = said("Quién leyó; nulo desde la línea de comandos.", fields.Integer, allow_none=True)
    reader_name = said("Su nombre entonces.")
    kind = choice("Qué se leyó.", KINDS)
    person_id = said("De quién son los datos, si son de una sola persona registrada.", fields.Integer, allow_none=True)
    ids = fields.Function(
        lambda row: [int(one) for one in row.among.split(",") if one],
        metadata={"type": "array", "items": {"type": "integer"},
                  "description": "Números de lo que se mostró (personas, asesorías, planes, envíos o archivos, según "
                  "la clase); vacía cuando fueron más de 200."},
    )  # fmt: skip
    count = said("Cuántos fueron.", fields.Integer)
    asked = said("Con qué filtro se encontraron.")
    route = said("Por dónde: método y ruta.")
    purpose = said("Para qué, donde se pregunta.")


ReadingPageSchema = page_of(ReadingSchema)


class PurposeSchema(Base):
    """What personal data are asked for."""

    purpose = text("Para qué se piden los datos.", most=LONGEST, required=True)


class PersonalPartSchema(Base):
    """One kind of data of somebody."""

    key = said("Clave.")
    title = said("Qué es.")
    rows = fields.List(fields.Dict(), metadata={"description": "Cada fila, con sus datos; las últimas 2.000."})


class PersonalFileSchema(Base):
    """All that is kept of somebody."""

    person_id = said("De quién.", fields.Integer)
    name = said("Su nombre.")
    parts = fields.List(fields.Nested(PersonalPartSchema), metadata={"description": "Lo que se guarda, por clases."})
