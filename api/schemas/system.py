"""Processes, forms, files, incidents, operations, tokens."""

from marshmallow import fields
from marshmallow import validate

from api.schemas.base import Base
from api.schemas.base import Paging
from api.schemas.base import choice
from api.schemas.base import number
from api.schemas.base import page_of
from api.schemas.base import said
from api.schemas.base import text
from edge.repairing import MOST
from engine.models import IncidentStatus
from engine.models import OperationStatus


class ProcessSchema(Base):
    """A version of a process."""

    key = said("Clave del proceso.")
    version = said("Versión.", fields.Integer)
    title = said("Nombre.")
    hash = said("Identidad de la versión: diagramas y formularios.")
    deployed_at = said("Cuándo se publicó.", fields.DateTime)


ProcessPageSchema = page_of(ProcessSchema)


class ProcessDetailSchema(ProcessSchema):
    """The newest version of a process."""

    processes = said("Diagramas que contiene, el exterior primero.", fields.List, cls_or_instance=fields.String())


class DiagramQuery(Base):
    """Which diagram."""

    diagram = text("Clave del diagrama; vacía para el exterior.", most=100, load_default="")


class FormQuery(Base):
    """Of which process."""

    process = text("Clave del proceso al que pertenece.", most=100, required=True)


class FormSchema(Base):
    """A form: what it declares, and as JSON Schema."""

    name = said("Nombre.")
    title = said("Título.")
    form = said("La declaración.", fields.Dict)
    schema = said("El formulario como JSON Schema.", fields.Dict)


class UploadSchema(Base):
    """A file to attach."""

    file = fields.Raw(
        required=True, metadata={"type": "string", "format": "binary", "description": "El archivo, de hasta 20 MB."}
    )


class FileSchema(Base):
    """An attached file."""

    token = said("Con qué se nombra en las respuestas de un formulario.")
    name = said("Nombre.")
    media_type = said("Clase de archivo.")
    size = said("Tamaño en bytes.", fields.Integer)
    sha256 = said("SHA-256 del contenido.")
    uploaded_at = said("Cuándo se adjuntó.", fields.DateTime)


class IncidentQuery(Paging):
    """Which incidents."""

    status = choice("Estado; vacío para todos.", ("", *IncidentStatus), load_default=IncidentStatus.OPEN.value)
    q = text("Palabras del trámite, del paso o de lo que se dijo.", most=100, load_default="")


class IncidentSchema(Base):
    """A failure after a person's step was safe."""

    id = said("Número del incidente.", fields.Integer)
    instance_id = said("El proceso en curso.", fields.Integer)
    element = said("Paso que falló.")
    operation = said("Servicio que falló.")
    message = said("Qué pasó.")
    error = said("Clase del error.")
    status = said("`open` o `resolved`.")
    attempts = said("Intentos.", fields.Integer)
    first_at = said("Primera vez.", fields.DateTime)
    last_at = said("Última vez.", fields.DateTime)
    retry_at = said("Cuándo se reintenta.", fields.DateTime, allow_none=True)
    resolved_at = said("Cuándo se resolvió.", fields.DateTime, allow_none=True)


IncidentPageSchema = page_of(IncidentSchema)


class RetryManySchema(Base):
    """Which incidents are to be tried again."""

    ids = fields.List(
        number("Número del incidente."),
        required=True,
        validate=validate.Length(1, MOST, error=f"Nombre entre 1 y {MOST} incidentes."),
        metadata={"description": "Los incidentes."},
    )
    reason = text("Por qué, si hace falta decirlo.", most=500, load_default="")


class RetriedSchema(Base):
    """What came of asking for an incident."""

    id = said("Número del incidente.", fields.Integer)
    status = said("`open` o `resolved`; vacío si no existe.")
    message = said("Por qué no se intentó; vacío cuando se intentó.")


class RetriedManySchema(Base):
    """What came of each."""

    items = fields.List(fields.Nested(RetriedSchema))


class WaitingSchema(Base):
    """Something that a case waits for by its stored state."""

    kind = said("`task`, `service` o `timer`.")
    work_id = said("Con qué se nombra al reiniciarlo.")
    element = said("Paso del diagrama.")
    name = said("Nombre del paso.")
    sound = said("Si su fila está como dice lo guardado.", fields.Boolean)
    task_id = said("La tarea, si la hay.", fields.Integer, attribute="task.id", allow_none=True)
    incident_id = said("El incidente abierto, si lo hay.", fields.Integer, attribute="incident.id", allow_none=True)


WaitingPageSchema = page_of(WaitingSchema)


class RestartSchema(Base):
    """Which step is to begin anew, and why."""

    work_id = text("El paso, como lo nombra `GET …/waiting`.", most=100, required=True)
    reason = text("Por qué; queda en la historia del trámite.", most=500, required=True)


class OperationQuery(Paging):
    """Which operations."""

    status = choice("Estado; vacío para todas.", ("", *OperationStatus), load_default="")
    kind = text("Clase de operación.", most=100, load_default="")


class OperationSchema(Base):
    """Long work done in batches."""

    id = said("Número de la operación.", fields.Integer)
    kind = said("Clase.")
    title = said("Qué hace.")
    status = said("`running`, `done`, `cancelled` o `failed`.")
    total = said("Cuántos casos son.", fields.Integer)
    done = said("Cuántos van.", fields.Integer)
    failed = said("Cuántos no se pudieron.", fields.Integer)
    notes = said("Casos que alguien debe mirar.", fields.List, cls_or_instance=fields.Dict())
    message = said("Último problema.")
    started_at = said("Cuándo empezó.", fields.DateTime)
    advanced_at = said("Cuándo avanzó por última vez.", fields.DateTime)
    ended_at = said("Cuándo terminó.", fields.DateTime, allow_none=True)


OperationPageSchema = page_of(OperationSchema)


class CredentialsSchema(Base):
    """A username and password."""

    username = text("Usuario.", most=200, required=True)
    password = text("Contraseña.", most=200, required=True, load_only=True)
    code = text("Código de su teléfono, si su ingreso tiene un segundo paso.", most=40, load_default="", load_only=True)
    name = text("Para qué es el token.", most=100, load_default="Token de la API")
    days = fields.Integer(
        strict=True,
        load_default=90,
        validate=validate.Range(1, 365, error="Un token dura entre 1 y 365 días."),
        metadata={"description": "Cuántos días vale."},
    )


class TokenSchema(Base):
    """A new token, shown once."""

    token = said("Va en `Authorization: Bearer …`; no se vuelve a mostrar.", attribute="secret")
    name = said("Para qué es.", attribute="row.name")
    expires_at = said("Hasta cuándo vale.", fields.DateTime, attribute="row.expires_at")
