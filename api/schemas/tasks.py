"""Tasks, drafts, receipts and observations."""

from marshmallow import fields
from marshmallow import validate

from api.schemas.base import Base
from api.schemas.base import Paging
from api.schemas.base import choice
from api.schemas.base import number
from api.schemas.base import page_of
from api.schemas.base import said
from api.schemas.base import text
from engine.inbox import GROUPS


class TaskQuery(Paging):
    """Which tasks."""

    mine = fields.Boolean(load_default=True, metadata={"description": "Solo las que usted puede hacer."})
    group = choice("Grupo por vencimiento.", ("", *GROUPS), load_default="")
    process = text("Clave del proceso.", most=100, load_default="")
    element = text("Paso del diagrama.", most=100, load_default="")
    q = text("Palabras del nombre de la tarea o del proceso.", most=200, load_default="")


class TaskSchema(Base):
    """A work item."""

    id = said("Número de la tarea.", fields.Integer)
    instance_id = said("Número del proceso en curso.", fields.Integer)
    instance_title = said("De qué trata el proceso en curso.", attribute="instance.title")
    process_key = said("Diagrama en que está el paso.")
    element = said("Paso del diagrama.")
    name = said("Nombre del paso.")
    role = said("Rol que puede hacerla.")
    unit_id = said("Dependencia.", fields.Integer, allow_none=True)
    entity_id = said("Entidad territorial.", fields.Integer, allow_none=True)
    region_id = said("Región.", fields.Integer, allow_none=True)
    assignee_id = said("Persona que la tiene; nulo cuando está libre.", fields.Integer, allow_none=True)
    status = said("`open`, `completed` o `cancelled`.")
    round = said("Ronda.", fields.Integer)
    due_at = said("Cuándo vence.", fields.DateTime, allow_none=True)
    due_reason = said("Por qué vence entonces.")
    revision = said("Revisión, la misma del ETag.", fields.Integer)
    created_at = said("Cuándo apareció.", fields.DateTime)
    ended_at = said("Cuándo terminó.", fields.DateTime, allow_none=True)


TaskPageSchema = page_of(TaskSchema)


class DraftSchema(Base):
    """What was typed and not yet sent."""

    data = said("Lo escrito.", fields.Dict)
    revision = said("Revisión del borrador.", fields.Integer)
    saved_at = said("Cuándo se guardó.", fields.DateTime)
    saved_by = said("Quién lo guardó.", fields.Integer)


class ObservationSchema(Base):
    """A numbered remark on something submitted."""

    id = said("Número interno.", fields.Integer)
    number = said("Número de la observación en el proceso.", fields.Integer)
    instance_id = said("Número del proceso en curso.", fields.Integer)
    submission_id = said("Envío sobre el que se hace.", fields.Integer)
    element = said("Paso cuyo envío se observa.")
    round = said("Ronda.", fields.Integer)
    path = said("Dónde: `hitos/2/peso`; vacío cuando es sobre el conjunto.")
    label = said("Dónde, en palabras.")
    text = said("La observación.")
    status = said("`open`, `answered` o `closed`.")
    author_id = said("Quién la hizo.", fields.Integer)
    at = said("Cuándo se hizo.", fields.DateTime)
    answer = said("La respuesta; vacía mientras no la hay.")
    answered_by = said("Quién respondió.", fields.Integer, allow_none=True)
    answered_at = said("Cuándo se respondió.", fields.DateTime, allow_none=True)
    closed_by = said("Quién la cerró.", fields.Integer, allow_none=True)
    closed_at = said("Cuándo se cerró.", fields.DateTime, allow_none=True)


ObservationPageSchema = page_of(ObservationSchema)


class NamedSchema(Base):
    """One of those that a consequence reaches."""

    text = said("Quién o qué es, en palabras.")
    url = said("Su página; vacía cuando no tiene.")
    entity_ids = said("Entidades por las que está.", fields.List, cls_or_instance=fields.Integer())


class ConsequenceSchema(Base):
    """Something that completing a task brings about."""

    kind = said("Qué clase de consecuencia es: `plans`, `advisors`, `without_advisor`…")
    text = said("La consecuencia, en palabras.")
    count = said("La cifra que da el texto.", fields.Integer)
    warning = said("Si es una advertencia.", fields.Boolean)
    named = fields.List(fields.Nested(NamedSchema), metadata={"description": "A quién o a qué alcanza."})
    url = said("Página donde se puede hacer algo al respecto; vacía cuando no la hay.")


class HeardSchema(Base):
    """A review that sent back what a task is about."""

    submission_id = said("Lo enviado con la revisión.", fields.Integer, attribute="id")
    element = said("Paso de la revisión.")
    author_id = said("Quién la hizo.", fields.Integer)
    at = said("Cuándo.", fields.DateTime)
    data = said("Lo que respondió.", fields.Dict)


class TaskDetailSchema(TaskSchema):
    """A work item with everything needed to do it."""

    instructions = said("Qué hacer.")
    form = said("La declaración del formulario.", fields.Dict)
    schema = said("El formulario como JSON Schema.", fields.Dict)
    initial = said("Con qué empieza el formulario.", fields.Dict)
    draft = fields.Nested(DraftSchema, allow_none=True, metadata={"description": "El borrador; nulo si no lo hay."})
    observations = fields.List(fields.Nested(ObservationSchema))
    heard = fields.List(
        fields.Nested(HeardSchema),
        metadata={"description": "Lo que dijeron las revisiones que la devolvieron, la última primero."},
    )
    consequences = fields.List(
        fields.Nested(ConsequenceSchema),
        metadata={"description": "Qué pasará al completarla con el borrador, o con lo que trae el formulario."},
    )


class AssignSchema(Base):
    """To whom a task goes."""

    person_id = number("Quién la recibe.", required=True)
    reason = text("Por qué, si hace falta decirlo; queda en la historia.", most=500, load_default="")


class AnswersSchema(Base):
    """The answers of a form."""

    data = fields.Dict(
        keys=fields.String(), required=True, metadata={"description": "Las respuestas, según el formulario."}
    )


class CompletionSchema(AnswersSchema):
    """The answers with which a task is completed."""

    confirmed = fields.Boolean(
        load_default=False,
        metadata={
            "description": "Confirma lo que la respuesta 422 pide en `confirmed`: por ejemplo, que un informe se "
            "presenta aunque su mes no ha terminado."
        },
    )


class DraftInSchema(AnswersSchema):
    """A draft to keep."""

    revision = fields.Integer(
        load_default=None,
        allow_none=True,
        strict=True,
        validate=validate.Range(0, 2**31 - 1, error="Escriba la revisión que recibió."),
        metadata={"description": "La revisión del borrador que estaba editando."},
    )


class ReceiptSchema(Base):
    """The receipt of a completed task."""

    receipt = said("Radicado: el día en que se recibió y el número de la tarea, como R-20261122-004711.")
    task_id = said("La tarea completada.", fields.Integer)
    instance_id = said("El proceso en curso.", fields.Integer)
    submission_id = said("Lo enviado, que ya no cambia.", fields.Integer)
    at = said("Cuándo se recibió.")
    round = said("Ronda.", fields.Integer)
    warnings = said("Advertencias que no impidieron el envío: lugar → mensajes.", fields.Dict)
    ended = said("Si el proceso terminó con este paso.", fields.Boolean)
    operations = said("Operaciones que este paso inició.", fields.List, cls_or_instance=fields.Integer())


class OverrideSchema(AnswersSchema):
    """What differs for one task of a batch."""

    task_id = number("La tarea.", required=True)


class LeftOutSchema(Base):
    """A task that could have gone along with a batch and does not."""

    task_id = number("La tarea.", required=True)
    reason = text("Por qué queda por fuera.", most=2000, required=True)


class ReplacedDraftSchema(Base):
    """A draft of its own that a task of a batch has and that gives way to the common answers."""

    task_id = number("La tarea.", required=True)
    revision = fields.Integer(
        required=True, strict=True, validate=validate.Range(1, 2**31 - 1, error="Escriba la revisión que leyó."),
        metadata={"description": "La revisión de ese borrador que se leyó; si cambió desde entonces, no se completa."},
    )  # fmt: skip


class BatchInSchema(AnswersSchema):
    """The same step of several processes, completed together.

    `data` was written for the first task. What a case gave to its form (`initial`) goes to no other, and a task with a
    draft of its own keeps what that answers.
    """

    task_ids = fields.List(
        number("Una tarea."),
        required=True,
        validate=validate.Length(1, 200, error="Envíe entre 1 y 200 tareas."),
        metadata={"description": "Las tareas, todas del mismo paso."},
    )
    overrides = fields.List(
        fields.Nested(OverrideSchema),
        load_default=list,
        validate=validate.Length(0, 200, error="Envíe a lo sumo 200 diferencias."),
        metadata={"description": "Respuestas que cambian para alguna tarea."},
    )
    replaced_drafts = fields.List(
        fields.Nested(ReplacedDraftSchema),
        load_default=list,
        validate=validate.Length(0, 200, error="Envíe a lo sumo 200 borradores por reemplazar."),
        metadata={"description": "Borradores propios que ceden ante las respuestas comunes; los demás se conservan."},
    )
    left_out = fields.List(
        fields.Nested(LeftOutSchema),
        load_default=list,
        validate=validate.Length(0, 200, error="Envíe a lo sumo 200 tareas por fuera."),
        metadata={"description": "Tareas del mismo paso que quedan por fuera, y por qué: se anota en su historia."},
    )
    confirmed = fields.Boolean(
        load_default=False,
        metadata={"description": "Confirma, para todas, lo que la respuesta pide en `confirmed`."},
    )


class OutcomeSchema(Base):
    """What came of one task of a batch."""

    task_id = said("La tarea.", fields.Integer)
    done = said("Si se completó.", fields.Boolean)
    receipt = fields.Nested(ReceiptSchema, allow_none=True, metadata={"description": "El recibo; nulo si no se hizo."})
    message = said("Por qué no se hizo; vacío si se hizo.")
    errors = said("Qué corregir: lugar → mensajes.", fields.Dict)


class OutcomesSchema(Base):
    """What came of every task of a batch."""

    items = fields.List(fields.Nested(OutcomeSchema))


class ObservationInSchema(Base):
    """A remark to make."""

    path = text("Dónde: `hitos/2/peso`; vacío para el conjunto.", most=500, load_default="")
    text = text("La observación.", most=4000, required=True)


class ObservationChangeSchema(Base):
    """A remark rewritten before the review is sent."""

    text = text("La observación.", most=4000, required=True)


class AnswerSchema(Base):
    """An answer to a remark."""

    text = text("La respuesta.", most=4000, required=True)
