"""Work plans, their milestones, quick contacts and advisories."""

from marshmallow import fields
from marshmallow import validate

from api.schemas.base import Base
from api.schemas.base import Exact
from api.schemas.base import Paging
from api.schemas.base import choice
from api.schemas.base import narrowing
from api.schemas.base import number
from api.schemas.base import page_of
from api.schemas.base import said
from api.schemas.base import text
from tracking.contacts import CHANNELS
from tracking.contacts import MAX_MINUTES
from tracking.contacts import STATUSES
from tracking.models.plans import ConsentStatus
from tracking.models.plans import PlanStatus
from tracking.work_plans import SORTS


class PlanQuery(Paging):
    """Which work plans, in which order."""

    q = text("Palabras del producto o de la entidad.", most=200, load_default="")
    status = choice("Estado.", ("", *PlanStatus), load_default="")
    consent = choice("Consentimiento.", ("", *ConsentStatus), load_default="")
    product_id = narrowing("Producto.")
    entity_id = narrowing("Entidad.")
    advisor_id = narrowing("Asesor.")
    region_id = narrowing("Región.")
    unit_id = narrowing("Dependencia.")
    vigencia = narrowing("Año.")
    department_code = text("Código DANE del departamento.", most=2, load_default="")
    unfocalised = fields.Boolean(
        load_default=False, metadata={"description": "Sólo los de entidades que ya no están focalizadas."}
    )
    sort = choice("Orden.", SORTS, load_default="-opened")


class PlanSchema(Base):
    """The work plan of a product in an entity for a year."""

    id = said("Número.", fields.Integer)
    product_id = said("Producto.", fields.Integer)
    entity_id = said("Entidad.", fields.Integer)
    vigencia = said("Año.", fields.Integer)
    advisor_id = said("Asesor.", fields.Integer, allow_none=True)
    unit_id = said("Dependencia.", fields.Integer)
    region_id = said("Región.", fields.Integer, allow_none=True)
    department_code = said("Código DANE del departamento.")
    instance_id = said("Su procedimiento en curso.", fields.Integer, allow_none=True)
    status = said("`open`, `closed`, `cancelled` o `without_advisor`.")
    consent = said("`pending`, `given`, `refused` o `withdrawn`.")
    reported_progress = said("Avance reportado, de 0 a 100.", Exact)
    verified_progress = said("Avance verificado, de 0 a 100.", Exact)
    opened_at = said("Cuándo se abrió.", fields.DateTime)
    scheduled_at = said("Cuándo se programó.", fields.DateTime, allow_none=True)
    closed_at = said("Cuándo terminó.", fields.DateTime, allow_none=True)
    closing_reason = said("Por qué terminó antes.")
    given_on = said(
        "Desde qué día lo tiene a propósito quien lo acompaña; nulo si sigue a la entidad.",
        fields.Date,
        allow_none=True,
    )
    kept_at = said("Cuándo se mantuvo aunque la entidad ya no esté focalizada.", fields.DateTime, allow_none=True)


PlanPageSchema = page_of(PlanSchema)


class TransferSchema(Base):
    """To whom a plan goes, and why."""

    advisor_id = number("Quién la recibe.", required=True)
    reason = text("El motivo.", most=2000, required=True)


class MilestoneSchema(Base):
    """A milestone of a work plan."""

    id = said("Número.", fields.Integer)
    plan_id = said("Plan de trabajo.", fields.Integer)
    number = said("Número del hito en el producto.", fields.Integer)
    name = said("Nombre.")
    target = said("Meta.")
    weight = said("Peso, de 0 a 100.", Exact)
    planned_on = said("Para cuándo se programó.", fields.Date, allow_none=True)
    status = said("Estado.")
    reason = said("Por qué está así, si no aplica o está detenido.")
    achieved_on = said("Cuándo se logró.", fields.Date, allow_none=True)
    reported_at = said("Cuándo se reportó.", fields.DateTime, allow_none=True)
    reported_by = said("Quién lo reportó.", fields.Integer, allow_none=True)
    verified_at = said("Cuándo se verificó.", fields.DateTime, allow_none=True)
    verified_by = said("Quién lo verificó.", fields.Integer, allow_none=True)


MilestonePageSchema = page_of(MilestoneSchema)


class ToVerifyQuery(Paging):
    """Which of the milestones that wait to be verified."""

    q = text("Palabras del producto o de la entidad.", most=200, load_default="")
    product_id = narrowing("Producto.")
    entity_id = narrowing("Entidad.")
    advisor_id = narrowing("Quién acompaña el plan.")
    region_id = narrowing("Región.")
    vigencia = narrowing("Año.")
    department_code = text("Código DANE del departamento.", most=2, load_default="")
    reported_by = narrowing("Quién lo reportó.")
    milestone = text("Número del hito, o palabras de su nombre.", most=200, load_default="")
    evidence = fields.String(
        load_default="",
        validate=validate.OneOf(["", "with", "without"], error="Use `with` o `without`."),
        metadata={"description": "`with`: con evidencia; `without`: reportados sin ella."},
    )


class RecordSchema(Base):
    """An act on a milestone; it never changes."""

    id = said("Número.", fields.Integer)
    milestone_id = said("Hito.", fields.Integer)
    sequence = said("Orden.", fields.Integer)
    act = said("Qué se hizo.")
    status_before = said("Estado anterior.")
    status = said("Estado en que quedó.")
    occurred_on = said("Cuándo pasó.", fields.Date, allow_none=True)
    at = said("Cuándo se registró.", fields.DateTime)
    author_id = said("Quién.", fields.Integer, allow_none=True)
    author_name = said("Nombre de quien lo hizo.")
    capacity = said("En qué calidad.")
    note = said("Nota.")
    reason = said("Por qué.")
    files = fields.List(fields.String(), metadata={"description": "Evidencias."})
    corrects_id = said("El registro que corrige.", fields.Integer, allow_none=True)


RecordPageSchema = page_of(RecordSchema)


def evidence() -> fields.List:
    """Files that prove what is said."""
    return fields.List(
        fields.String(),
        load_default=list,
        validate=validate.Length(0, 20, error="Adjunte a lo sumo 20 archivos."),
        metadata={"description": "Evidencias: tokens de archivos."},
    )


def _day(description: str) -> fields.Date:
    return fields.Date(required=True, metadata={"description": description})


def early() -> fields.Boolean:
    """Whether a day before the plan was opened is meant."""
    words = "Confirma una fecha anterior al día en que se abrió el plan, que la respuesta 422 pide en `confirmed`."
    return fields.Boolean(load_default=False, metadata={"description": words})


class ReportSchema(Base):
    """A milestone reached on a day."""

    occurred_on = _day("Cuándo se logró.")
    note = text("Nota.", load_default="")
    files = evidence()
    without_evidence = text("Por qué no hay evidencia, cuando no se adjunta ninguna.", load_default="")
    confirmed = early()


class AdvanceSchema(Base):
    """Work on a milestone that is not reached yet."""

    occurred_on = _day("Cuándo se trabajó.")
    note = text("Qué se hizo.", required=True)
    files = evidence()
    confirmed = early()


class AnnulAdvanceSchema(Base):
    """Progress that was registered by mistake."""

    reason = text("Por qué se anula.", required=True)
    record_id = fields.Integer(
        load_default=None, metadata={"description": "El registro del avance; sin él, el último."}
    )


class RectifySchema(Base):
    """A report that replaces another."""

    occurred_on = _day("Cuándo se logró.")
    note = text("Nota.", load_default="")
    files = evidence()
    reason = text("Por qué se corrige.", required=True)
    confirmed = early()


class NoteSchema(Base):
    """A note."""

    note = text("Nota.", load_default="")


class ContactQuery(Paging):
    """Which contacts."""

    q = text("Palabras del tema o de la entidad.", most=200, load_default="")
    entity_id = narrowing("Entidad.")
    advisor_id = narrowing("Asesor.")
    channel = choice("Canal.", ("", *CHANNELS), load_default="")
    status = choice("Los vigentes o los anulados.", STATUSES, load_default="standing")
    since = fields.Date(load_default=None, metadata={"description": "Desde qué día."})
    until = fields.Date(load_default=None, metadata={"description": "Hasta qué día."})


class ContactInSchema(Base):
    """A quick contact with an entity."""

    entity_id = number("Entidad.", required=True)
    channel = choice("Canal.", CHANNELS, required=True)
    topic = text("Tema.", most=500, required=True)
    minutes = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(1, MAX_MINUTES, error=f"Escriba entre 1 y {MAX_MINUTES} minutos."),
        metadata={"description": "Duración en minutos."},
    )
    occurred_on = _day("Cuándo fue.")
    confirmed = fields.Boolean(
        load_default=False, metadata={"description": "Confirma que es otro, aunque ya registró uno igual."}
    )


class ContactSchema(Base):
    """A quick contact."""

    id = said("Número.", fields.Integer)
    entity_id = said("Entidad.", fields.Integer)
    channel = said("Canal.")
    topic = said("Tema.")
    minutes = said("Duración en minutos.", fields.Integer)
    occurred_on = said("Cuándo fue.", fields.Date)
    advisor_id = said("Quién lo hizo.", fields.Integer)
    registered_at = said("Cuándo se registró.", fields.DateTime)
    annulled_at = said("Cuándo se anuló.", fields.DateTime, allow_none=True)
    annulment_reason = said("Por qué se anuló.")


ContactPageSchema = page_of(ContactSchema)
