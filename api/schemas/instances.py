"""Instances: processes under way, their history and what was sent in them."""

from marshmallow import fields
from marshmallow import validate

from api.schemas.base import Base
from api.schemas.base import Paging
from api.schemas.base import choice
from api.schemas.base import page_of
from api.schemas.base import said
from api.schemas.base import text
from engine.models import InstanceStatus


class InstanceQuery(Paging):
    """Which instances."""

    process = text("Clave del proceso.", most=100, load_default="")
    status = choice("Estado.", ("", *InstanceStatus), load_default="")
    business_key = text("Clave del caso.", most=200, load_default="")


class InstanceSchema(Base):
    """A process under way or ended."""

    id = said("Número del proceso en curso.", fields.Integer)
    process = said("Clave del proceso.", attribute="definition.key")
    version = said("Versión del proceso.", fields.Integer, attribute="definition.version")
    business_key = said("Clave del caso.")
    title = said("De qué trata.")
    status = said("`open`, `completed` o `cancelled`.")
    outcome = said("Fin alcanzado, o razón de la cancelación.")
    revision = said("Revisión, la misma del ETag.", fields.Integer)
    variables = said("Las variables del proceso.", fields.Dict)
    people = said("Participantes: papel → persona.", fields.Dict)
    refs = said("Sobre qué trata: nombre → número.", fields.Dict)
    unit_id = said("Dependencia.", fields.Integer, allow_none=True)
    entity_id = said("Entidad territorial.", fields.Integer, allow_none=True)
    region_id = said("Región.", fields.Integer, allow_none=True)
    started_at = said("Cuándo empezó.", fields.DateTime)
    ended_at = said("Cuándo terminó.", fields.DateTime, allow_none=True)


InstancePageSchema = page_of(InstanceSchema)


class StepSchema(Base):
    """A step of the diagram, and where it stands."""

    process_key = said("Diagrama.")
    element = said("Paso.")
    name = said("Nombre del paso.")
    kind = said("Clase de paso.")
    state = said(
        "`done`, `now` o `next`; en un proceso que terminó, `stopped` (estaba en curso cuando se interrumpió) o "
        "`undone` (no se hizo)."
    )
    depth = said("Cuántos diagramas más adentro está.", fields.Integer)
    who = said("Quién lo hizo o lo tiene.")
    at = said("Cuándo.", fields.DateTime, allow_none=True)
    round = said("Ronda.", fields.Integer)
    task_id = said("La tarea.", fields.Integer, allow_none=True)


class InstanceDetailSchema(InstanceSchema):
    """A process under way, with its steps."""

    position = said("Qué espera, en una frase.")
    steps = fields.List(fields.Nested(StepSchema))


class HistorySchema(Base):
    """An act, as it was recorded."""

    sequence = said("Orden.", fields.Integer)
    at = said("Cuándo.", fields.DateTime)
    actor_id = said("Quién.", fields.Integer, allow_none=True)
    actor_name = said("Nombre de quien lo hizo.")
    capacity = said("En qué calidad.")
    on_behalf_of = said("Por quién actuó, si fue por delegación.", fields.Integer, allow_none=True)
    action = said("Qué hizo, para programas.")
    element = said("Paso del diagrama.")
    summary = said("Qué hizo, en palabras.")
    details = said("Detalles.", fields.Dict)
    reason = said("Por qué.")
    previous_hash = said("El hash del acto anterior.")
    hash = said("El hash de este acto, que encadena el anterior.")


HistoryPageSchema = page_of(HistorySchema)


class SubmissionSchema(Base):
    """What was sent with a task; it never changes."""

    id = said("Número del envío.", fields.Integer)
    task_id = said("La tarea.", fields.Integer)
    element = said("Paso.")
    round = said("Ronda.", fields.Integer)
    receipt = said("Radicado, como R-20261122-004711; los dados antes tienen sólo el año: R-2026-000123.")
    author_id = said("Quién lo envió.", fields.Integer)
    on_behalf_of = said("Por quién actuó.", fields.Integer, allow_none=True)
    capacity = said("En qué calidad.")
    at = said("Cuándo.", fields.DateTime)
    warnings = said("Advertencias: lugar → mensajes.", fields.Dict)


SubmissionPageSchema = page_of(SubmissionSchema)


class ReasonSchema(Base):
    """Why."""

    reason = text("Por qué.", required=True)


class RectificationSchema(Base):
    """An answer that was corrected after it was sent."""

    id = said("Número interno.", fields.Integer)
    path = said("Dónde: `meeting_date`, `milestones/2/name`.")
    label = said("Dónde, en palabras.")
    before = fields.Raw(allow_none=True, metadata={"description": "Lo que decía; nulo cuando estaba sin respuesta."})
    after = fields.Raw(allow_none=True, metadata={"description": "Lo que dice desde entonces."})
    reason = said("Por qué.")
    author_id = said("Quién la hizo.", fields.Integer)
    on_behalf_of = said("Por quién actuó.", fields.Integer, allow_none=True)
    capacity = said("En qué calidad.")
    at = said("Cuándo.", fields.DateTime)


class SubmissionDetailSchema(SubmissionSchema):
    """What was sent with a task, and the form it answers."""

    data = said("Las respuestas, como se enviaron: no cambian.", fields.Dict)
    in_force = said("Las respuestas como quedaron con lo que se rectificó.", fields.Dict)
    rectifications = fields.List(
        fields.Nested(RectificationSchema), metadata={"description": "Lo que se rectificó, lo primero primero."}
    )
    form = said("La declaración del formulario de entonces.", fields.Dict)


class RectifiableSchema(Base):
    """An answer that was sent, and whether it may be corrected."""

    path = said("Dónde: `meeting_date`, `milestones/2/name`.")
    label = said("Dónde, en palabras.")
    value = fields.Raw(allow_none=True, metadata={"description": "Lo que dice ahora."})
    refusal = said("Por qué no se rectifica aquí y qué acto lo corrige; vacío cuando se puede.")
    url = said("La página de ese acto; vacía cuando no la hay.")


class RectifiablesSchema(Base):
    """What of a submission may be corrected."""

    refusal = said("Por qué no se rectifica nada de este envío; vacío cuando algo se puede.")
    url = said("Dónde se corrige entonces; vacía cuando no hay dónde.")
    items = fields.List(fields.Nested(RectifiableSchema))


class ChangeSchema(Base):
    """What an answer should have said."""

    path = text("Dónde: `meeting_date`, `milestones/2/name`.", most=500, required=True)
    value = fields.Raw(
        required=True, allow_none=True, metadata={"description": "Lo correcto, como el formulario lo pide."}
    )


class RectifyAnswersSchema(ReasonSchema):
    """Answers to be corrected together, and why."""

    changes = fields.List(
        fields.Nested(ChangeSchema), required=True,
        validate=validate.Length(1, 200, error="Envíe entre 1 y 200 respuestas."),
        metadata={"description": "Las respuestas que se corrigen juntas."},
    )  # fmt: skip
    confirmed = fields.Boolean(
        load_default=False, metadata={"description": "Confirma lo que la respuesta 422 pide en `confirmed`."}
    )


class RectifiedSchema(Base):
    """What was corrected."""

    instance_id = said("El proceso en curso.", fields.Integer)
    submission_id = said("El envío.", fields.Integer)
    rectifications = fields.List(fields.Nested(RectificationSchema))
