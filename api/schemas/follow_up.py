"""What happens around a plan: consent, and the actions that follow-up opens."""

from marshmallow import fields

from api.schemas.base import Base
from api.schemas.base import Paging
from api.schemas.base import choice
from api.schemas.base import narrowing
from api.schemas.base import page_of
from api.schemas.base import said
from api.schemas.base import text
from api.schemas.plans import evidence
from tracking.models import ActionKind
from tracking.models import ActionStatus


class ConsentSchema(Base):
    """A decision of an entity about being followed up; it never changes."""

    id = said("Número.", fields.Integer)
    plan_id = said("Plan de trabajo.", fields.Integer)
    decision = said("`given`, `refused` o `withdrawn`.")
    reason = said("Por qué, si no aceptó o retiró su consentimiento.")
    person_name = said("Quién respondió por la entidad.")
    person_position = said("En qué cargo.")
    decided_on = said("Cuándo lo decidió.", fields.Date)
    files = fields.List(fields.String(), metadata={"description": "Evidencias: tokens de archivos."})
    recorded_at = said("Cuándo se registró.", fields.DateTime)
    recorded_by = said("Quién lo registró.", fields.Integer, allow_none=True)


ConsentPageSchema = page_of(ConsentSchema)


class ConsentGivingSchema(Base):
    """An entity that agrees to be followed up after having said no."""

    name = text("Quién responde por la entidad.", most=200, required=True)
    post = text("En qué cargo.", most=200, required=True)
    date = fields.Date(required=True, metadata={"description": "Cuándo lo decidió."})
    evidence_files = evidence()


class WithdrawalSchema(ConsentGivingSchema):
    """An entity that takes its consent back."""

    reason = text("Por qué.", required=True)


class ActionSchema(Base):
    """A preventive, corrective or improvement action."""

    id = said("Número.", fields.Integer)
    plan_id = said("Plan de trabajo.", fields.Integer)
    kind = said("`preventive`, `corrective` o `improvement`.")
    finding = said("Hallazgo.")
    cause = said("Causa; vacía mientras no se formula.")
    action = said("Qué se hará; vacía mientras no se formula.")
    responsible = said("Quién responde por ella, en palabras.")
    due_on = said("Para cuándo.", fields.Date, allow_none=True)
    status = said("`open` o `closed`.")
    effective = said("Si fue eficaz; nulo mientras no se sabe.", fields.Boolean, allow_none=True)
    instance_id = said("El proceso que la sigue hasta su cierre.", fields.Integer, allow_none=True)
    opened_at = said("Cuándo se abrió.", fields.DateTime)
    opened_by = said("Quién la abrió.", fields.Integer, allow_none=True)
    closed_at = said("Cuándo se cerró.", fields.DateTime, allow_none=True)
    closing_note = said("Cómo se cerró.")


class ActionQuery(Paging):
    """Which actions."""

    q = text("Palabras del hallazgo, la acción, el responsable, la entidad o el producto.", most=200, load_default="")
    status = choice("Estado.", ("", *ActionStatus), load_default="")
    kind = choice("Tipo.", ("", *ActionKind), load_default="")
    product_id = narrowing("Producto.")
    entity_id = narrowing("Entidad.")
    advisor_id = narrowing("Asesor.")
    region_id = narrowing("Región.")
    vigencia = narrowing("Año.")
    department_code = text("Código DANE del departamento.", most=2, load_default="")
    overdue_on = fields.Date(load_default=None, metadata={"description": "Abiertas, de plazo anterior a este día."})
    since = fields.Date(load_default=None, metadata={"description": "Con plazo desde este día."})
    until = fields.Date(load_default=None, metadata={"description": "Con plazo hasta este día."})


ActionPageSchema = page_of(ActionSchema)


class FollowUpSchema(Base):
    """One look at how an action goes; it never changes."""

    id = said("Número.", fields.Integer)
    action_id = said("Acción.", fields.Integer)
    at = said("Cuándo.", fields.DateTime)
    author_id = said("Quién.", fields.Integer, allow_none=True)
    note = said("Qué se vio.")
    effective = said("Si era eficaz; nulo si no se dijo.", fields.Boolean, allow_none=True)
    files = fields.List(fields.String(), metadata={"description": "Evidencias: tokens de archivos."})


FollowUpPageSchema = page_of(FollowUpSchema)
