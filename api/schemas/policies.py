"""Schemas of policies."""

from marshmallow import fields

from api.schemas.base import Base
from api.schemas.base import number
from api.schemas.base import said
from api.schemas.base import text

SPEC = "Lo que dice la política: título, qué se debe, sobre qué, cada cuánto, regla, avisos y qué la cumple."


class EarlierSchema(Base):
    """What a policy says of earlier periods."""

    version = said("Versión que las rige.", fields.Integer)
    until = said("Rige los periodos que empiezan antes de este día.", fields.Date)
    spec = said(SPEC, fields.Dict)


class PolicySchema(Base):
    """A policy as it is in force."""

    key = said("Clave.")
    enabled = said("Si está activa.", fields.Boolean)
    version = said("Última versión.", fields.Integer)
    applies_from = said(
        "Rige los periodos que empiezan ese día o después; nulo cuando los rige todos.", fields.Date, allow_none=True
    )
    spec = said(SPEC, fields.Dict)
    earlier = fields.List(
        fields.Nested(EarlierSchema), metadata={"description": "Lo que rige los periodos anteriores, si es otra cosa."}
    )


class PolicyListSchema(Base):
    """Every policy."""

    items = fields.List(fields.Nested(PolicySchema), required=True)


class PolicyTrialSchema(Base):
    """A policy as it would be."""

    spec = fields.Dict(required=True, metadata={"description": SPEC})
    enabled = fields.Boolean(required=True, metadata={"description": "Si queda activa."})
    applies_from = fields.Date(
        load_default=None,
        allow_none=True,
        metadata={
            "description": "Primer día del periodo desde el que rige el cambio; los anteriores conservan la versión "
            "que tenían. Sin él, el próximo periodo que no se ha abierto."
        },
    )


class NewPolicyTrialSchema(Base):
    """A policy of one's own as it would be."""

    spec = fields.Dict(required=True, metadata={"description": SPEC})
    enabled = fields.Boolean(load_default=True, metadata={"description": "Si queda activa."})


class NewPolicySchema(NewPolicyTrialSchema):
    """A policy of one's own."""

    key = text("Clave: letras minúsculas sin tilde, números y guiones bajos.", most=60, required=True)
    reason = text("Por qué se crea.", required=True)


class PolicySwitchSchema(Base):
    """A policy switched on or off."""

    enabled = fields.Boolean(required=True, metadata={"description": "Si queda activa."})
    reason = text("Por qué.", required=True)
    version = number("La versión que se leyó.", required=True)


class PolicyChangeSchema(PolicyTrialSchema):
    """A change of a policy."""

    reason = text("Por qué cambia.", required=True)
    version = number("La versión que se leyó.", required=True)


class ExampleSchema(Base):
    """One obligation that would change."""

    subject_label = said("Sobre qué se debe.")
    period = said("Periodo.")
    label = said("Periodo, en palabras.")
    before = said("Cuándo vence ahora.", fields.DateTime, allow_none=True)
    after = said("Cuándo vencería.", fields.DateTime, allow_none=True)


class GroupSchema(Base):
    """Obligations to which the same would happen."""

    count = said("Cuántas.", fields.Integer)
    examples = fields.List(fields.Nested(ExampleSchema), metadata={"description": "Algunas de ellas."})


class PreviewSchema(Base):
    """What a change would do."""

    opened = fields.Nested(GroupSchema, metadata={"description": "Las que se abrirían."})
    moved = fields.Nested(GroupSchema, metadata={"description": "Las que cambiarían de fecha."})
    waived = fields.Nested(GroupSchema, metadata={"description": "Las que se dispensarían."})
    revived = fields.Nested(
        GroupSchema, metadata={"description": "Las que el sistema había dispensado y volverían a deberse."}
    )
    changes = said("Lo que cambia: cada campo, con lo de antes y lo de después.", fields.Dict)
    touched = said("Cuántas de las abiertas siguen lo que cambia, aparte del nombre.", fields.Integer)
    since = said("Desde qué día rige el cambio; nulo cuando no cambia lo que dice.", fields.Date, allow_none=True)
    label = said("El periodo desde el que rige, en palabras.")
