"""Advisories: assistance given on a day, with who attended."""

from typing import Any

from marshmallow import fields
from marshmallow import post_load
from marshmallow import validate

from api.schemas.base import Base
from api.schemas.base import Paging
from api.schemas.base import choice
from api.schemas.base import narrowing
from api.schemas.base import number
from api.schemas.base import page_of
from api.schemas.base import said
from api.schemas.base import text
from tracking.advisories import MODALITIES
from tracking.advisories import NewAdvisory
from tracking.advisory_parts import Attendee
from tracking.advisory_parts import Move
from tracking.models.advisories import AdvisoryStatus
from tracking.models.advisories import Effect


class AdvisoryQuery(Paging):
    """Which advisories."""

    q = text("Palabras de lo que se hizo o de la entidad.", most=200, load_default="")
    entity_id = narrowing("Entidad.")
    advisor_id = narrowing("Asesor.")
    plan_id = narrowing("Plan de trabajo.")
    modality = choice("Modalidad.", ("", *MODALITIES), load_default="")
    status = choice("Estado.", ("", *AdvisoryStatus), load_default="")
    since = fields.Date(load_default=None, metadata={"description": "Desde qué día."})
    until = fields.Date(load_default=None, metadata={"description": "Hasta qué día."})


class AdvisoryEntitySchema(Base):
    """An entity that the advisory was given to."""

    entity_id = said("Entidad.", fields.Integer)
    plan_id = said("Plan de trabajo del que hace parte.", fields.Integer, allow_none=True)


class AdvisorySchema(Base):
    """An advisory. Who attended is personal data and is not listed here."""

    id = said("Número.", fields.Integer)
    occurred_on = said("Cuándo fue.", fields.Date)
    registered_at = said("Cuándo se registró.", fields.DateTime)
    lag_days = said("Días entre una cosa y la otra.", fields.Integer)
    advisor_id = said("Quién la dio.", fields.Integer)
    unit_id = said("Dependencia.", fields.Integer, allow_none=True)
    modality = said("Modalidad.")
    place = said("Lugar.")
    summary = said("Qué se trabajó.")
    mass_event = said("Si fue con varias entidades.", fields.Boolean)
    entities = fields.List(
        fields.Nested(AdvisoryEntitySchema), metadata={"description": "Entidades atendidas, cada una con su plan."}
    )
    minutes_file = said("Acta: token del archivo.")
    attendance_file = said("Lista de asistencia: token del archivo.")
    status = said("Estado.")
    closed_at = said("Cuándo se cerró.", fields.DateTime, allow_none=True)
    annulment_reason = said("Por qué se anuló.")


AdvisoryPageSchema = page_of(AdvisorySchema)


class AttendeeSchema(Base):
    """Somebody who attended."""

    name = text("Nombre.", most=200, required=True)
    position = text("Cargo.", most=200, load_default="")
    email = text("Correo.", most=200, load_default="")
    phone = text("Teléfono.", most=50, load_default="")
    entity_id = number("Entidad a la que pertenece.", load_default=None, allow_none=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Attendee:
        return Attendee(**data)


class MoveSchema(Base):
    """What the advisory does to a milestone."""

    milestone_id = number("Hito.", required=True)
    effect = choice("Qué le hace.", Effect, required=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Move:
        return Move(**data)


class AdvisoryInSchema(Base):
    """An advisory to register."""

    occurred_on = fields.Date(required=True, metadata={"description": "Cuándo fue."})
    modality = choice("Modalidad.", MODALITIES, required=True)
    summary = text("Qué se trabajó.", most=4000, required=True)
    entities = fields.List(
        number("Una entidad."),
        load_default=list,
        validate=validate.Length(0, 200, error="Elija a lo sumo 200 entidades."),
        metadata={
            "description": "Entidades. El plan de la que no tenga el suyo en `plans` es el que está en curso en el "
            "producto `product_id`."
        },
    )
    plans = fields.List(
        number("Un plan de trabajo."),
        load_default=list,
        validate=validate.Length(0, 200, error="Elija a lo sumo 200 planes de trabajo."),
        metadata={"description": "Planes de trabajo; cada uno dice su entidad, que no hay que repetir en `entities`."},
    )
    place = text("Lugar.", most=300, load_default="")
    people = fields.List(
        fields.Nested(AttendeeSchema),
        load_default=list,
        validate=validate.Length(0, 500, error="Escriba a lo sumo 500 personas."),
        metadata={"description": "Quiénes asistieron."},
    )
    minutes_file = text("Acta: token del archivo.", most=64, load_default="")
    attendance_file = text("Lista de asistencia: token del archivo.", most=64, load_default="")
    product_id = number(
        "Producto en cuyos planes en curso se buscan los de `entities`.", load_default=None, allow_none=True
    )
    milestones = fields.List(
        fields.Nested(MoveSchema),
        load_default=list,
        validate=validate.Length(0, 500, error="Escriba a lo sumo 500 hitos."),
        metadata={"description": "Hitos que mueve."},
    )
    confirmed = fields.Boolean(
        load_default=False,
        metadata={
            "description": "Confirma que es otra, aunque ya registró una igual, o que su fecha es anterior al plan."
        },
    )

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> NewAdvisory:
        return NewAdvisory(**data)


class AdvisoryChangeSchema(Base):
    """What is corrected of an advisory, and why."""

    occurred_on = fields.Date(metadata={"description": "Cuándo fue."})
    modality = choice("Modalidad.", MODALITIES)
    summary = text("Qué se trabajó.", most=4000)
    place = text("Lugar.", most=300)
    minutes_file = text("Acta: token del archivo.", most=64)
    attendance_file = text("Lista de asistencia: token del archivo.", most=64)
    people = fields.List(
        fields.Nested(AttendeeSchema),
        validate=validate.Length(0, 500, error="Escriba a lo sumo 500 personas."),
        metadata={"description": "Quiénes asistieron: la lista completa."},
    )
    plans = fields.List(
        number("Un plan de trabajo."),
        validate=validate.Length(1, 200, error="Elija entre 1 y 200 planes de trabajo."),
        metadata={
            "description": "Planes de trabajo en que se dio: la lista completa. Lo que movió en uno que sale se anula."
        },
    )
    reason = text("Por qué se rectifica.", required=True)
