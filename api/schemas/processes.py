"""Proposed versions of processes, and what is other in a version than in the one before."""

from marshmallow import fields
from marshmallow import validate

from api.schemas.base import Base
from api.schemas.base import Paging
from api.schemas.base import choice
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
