"""Proposed versions of processes, and what is other in a version than in the one before."""

from marshmallow import fields
from marshmallow import validate

from api.schemas.base import Base
from api.schemas.base import Paging
from api.schemas.base import choice
from api.schemas.base import number
from api.schemas.base import page_of
from api.schemas.base import said
from api.schemas.base import text
from engine.gate.text import MAX_FILES
from engine.models import ProposalStatus

MOST_XML = 1_000_000


class ProposeSchema(Base):
    """A version to be proposed."""

    process = text("Clave del proceso.", most=100, required=True)
    files = fields.Dict(
        keys=fields.String(validate=validate.Length(1, 100, error="Escriba entre 1 y 100 caracteres.")),
        values=text("El diagrama en BPMN 2.0.", most=MOST_XML, required=True),
        required=True,
        validate=validate.Length(1, MAX_FILES, error=f"Envíe entre 1 y {MAX_FILES} diagramas."),
        metadata={
            "description": "Nombre del archivo y su contenido en BPMN 2.0. Los que no se envíen quedan como en la "
            "versión que rige."
        },
    )
    reason = text("Qué cambia y por qué.", required=True)


class ProposalQuery(Paging):
    """Which proposals."""

    q = text("Palabras de su título, de su motivo o de quien la propuso.", most=200, load_default="")
    status = choice("Estado; vacío para todas.", ("", *ProposalStatus), load_default="")
    process = text("Clave del proceso; vacía para todos.", most=100, load_default="")


class ProposalSchema(Base):
    """A version that somebody proposed."""

    id = said("Número de la propuesta.", fields.Integer)
    process = said("Clave del proceso.", attribute="key")
    title = said("Nombre del proceso.")
    hash = said("Identidad de lo que se propone: diagramas y formularios.")
    status = said("`waiting`, `published` o `rejected`.")
    reason = said("Qué cambia y por qué.")
    proposed_at = said("Cuándo se propuso.", fields.DateTime)
    proposed_by = said("Quién la propuso.", fields.Integer)
    decided_at = said("Cuándo se publicó o se rechazó.", fields.DateTime, allow_none=True)
    decided_by = said("Quién la publicó o la rechazó.", fields.Integer, allow_none=True)
    decision_reason = said("Por qué se publicó o se rechazó.")


ProposalPageSchema = page_of(ProposalSchema)


class VersionChangeSchema(Base):
    """One thing that is other in a version than in the one before."""

    process = said("Clave del diagrama; vacía cuando es un formulario.", attribute="process_key")
    element = said("Id del elemento en el diagrama; vacío cuando no lo tiene.")
    name = said("Cómo se llama.")
    kind = said("Qué es: tarea, decisión, camino, carril, diagrama, formulario.")
    state = said("`added`, `changed` o `removed`.")
    details = said("Cómo cambia, en palabras.", fields.List, cls_or_instance=fields.String())


class ProposalDetailSchema(ProposalSchema):
    """A version that somebody proposed, with the difference to the one that ruled then."""

    changes = said("Qué cambiaría.", fields.List, cls_or_instance=fields.Nested(VersionChangeSchema))


class VersionChangesSchema(Base):
    """The difference of a version to the one before."""

    items = said("Qué cambió.", fields.List, cls_or_instance=fields.Nested(VersionChangeSchema))


class CandidateQuery(Paging):
    """Which cases of earlier versions."""

    q = text("Palabras de cómo se llama el caso.", most=200, load_default="")


class TargetQuery(Base):
    """To which version."""

    version = fields.Integer(
        required=True,
        validate=validate.Range(1, 2**31 - 1, error="Escriba un número entero positivo."),
        metadata={"description": "Versión a la que pasaría."},
    )


class CandidateSchema(Base):
    """Whether a case can be taken to another version."""

    instance_id = said("El proceso en curso.", fields.Integer)
    title = said("Cómo se llama.")
    version = said("Versión en la que está.", fields.Integer)
    can = said("Si puede pasar.", fields.Boolean)
    obstacles = said("Por qué no puede.", fields.List, cls_or_instance=fields.String())
    notes = said("Qué cambia para quien trabaja en él.", fields.List, cls_or_instance=fields.String())


CandidatePageSchema = page_of(CandidateSchema)


class MigrateSchema(Base):
    """A case to be taken to another version."""

    version = number("Versión a la que pasa.", required=True)
    reason = text("Por qué pasa.", required=True)


class MigrationSchema(Base):
    """Cases to be taken to a version, or a rehearsal of it."""

    rehearsal = fields.Boolean(
        load_default=False, metadata={"description": "Sólo decir cuáles pueden y por qué no los demás."}
    )
    reason = text("Por qué pasan; un ensayo no lo necesita.", load_default="")
    instances = fields.List(
        number("Un proceso en curso."),
        load_default=None,
        allow_none=True,
        validate=validate.Length(1, 5000, error="Nombre entre 1 y 5000 casos."),
        metadata={"description": "Los casos; sin ellos, todos los de versiones anteriores que están en curso."},
    )
