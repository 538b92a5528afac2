"""Reports of a period."""

from marshmallow import fields

from api.schemas.base import Base
from api.schemas.base import Paging
from api.schemas.base import choice
from api.schemas.base import narrowing
from api.schemas.base import number
from api.schemas.base import page_of
from api.schemas.base import said
from api.schemas.base import text
from tracking.models import ReportStatus
from tracking.reports.kinds import KINDS
from tracking.reports.seta import LONGEST


class ReportQuery(Paging):
    """Which reports."""

    q = text("Palabras del título.", most=200, load_default="")
    kind = choice("Tipo.", ("", *KINDS), load_default="")
    status = choice("Estado.", ("", *ReportStatus), load_default="")
    period = text("Clave del periodo: `2026-11`, `2026-Q4`.", most=20, load_default="")
    region_id = narrowing("Región.")
    person_id = narrowing("Quién lo presenta.")


class PeriodReportSchema(Base):
    """The report of one kind about one subject for one period."""

    id = said("Número.", fields.Integer)
    kind = said("Tipo: `activities`, `seta`, `regional_form`, `plan_report` o `balance`.")
    period = said("Clave del periodo.")
    period_start = said("Primer día del periodo.", fields.Date)
    period_end = said("Último día del periodo.", fields.Date)
    title = said("Título.")
    person_id = said("Quién lo presenta.", fields.Integer, allow_none=True)
    region_id = said("Región.", fields.Integer, allow_none=True)
    unit_id = said("Dependencia.", fields.Integer, allow_none=True)
    instance_id = said("El proceso que lo lleva, si uno lo hace.", fields.Integer, allow_none=True)
    status = said("`draft`, `presented`, `returned` o `accepted`.")
    revision = said("Para guardar un borrador de SETA o el orden de las actividades: la que se leyó.", fields.Integer)
    receipt = said("Radicado de la última presentación.")
    presented_at = said("Cuándo se presentó por última vez.", fields.DateTime, allow_none=True)
    presented_by = said("Quién lo presentó.", fields.Integer, allow_none=True)
    decided_at = said("Cuándo se aceptó o se devolvió.", fields.DateTime, allow_none=True)
    decided_by = said("Quién lo decidió.", fields.Integer, allow_none=True)
    remarks = said("Observaciones de quien lo decidió.")


PeriodReportPageSchema = page_of(PeriodReportSchema)


class WholeReportSchema(PeriodReportSchema):
    """A report with what the program composed: what is registered now, or what was frozen when it was presented."""

    first_presented_at = said(
        "Cuándo se presentó por primera vez: es lo que cuenta para el plazo.", fields.DateTime, allow_none=True
    )
    content = said("Lo que compuso el sistema; su forma depende del tipo.", fields.Dict)


class NewReportSchema(Base):
    """Which of one's own reports to begin."""

    kind = choice("Tipo.", tuple(KINDS), required=True)
    period = text("Clave del periodo: `2026-11`, `2026-Q4`.", most=20, required=True)


class SetaRowSchema(Base):
    """What is said of a plan that the figures do not."""

    plan_id = number("Plan de trabajo.", required=True)
    remark = text("Qué pasó.", most=LONGEST, load_default="")
    quiet = fields.Boolean(load_default=False, metadata={"description": "«Sin novedad»."})


class SetaDraftSchema(Base):
    """The draft of a SETA report."""

    revision = number("La revisión que se leyó.", required=True)
    rows = fields.List(
        fields.Nested(SetaRowSchema), required=True, metadata={"description": "Los planes sobre los que se dice algo."}
    )


class PlacedSchema(Base):
    """An activity told under another obligation than its own."""

    activity = text("La actividad: su `key` en el contenido del informe.", most=100, required=True)
    obligation = number("Número de la obligación del contrato.", required=True)


class PlacingSchema(Base):
    """Every activity that is told under another obligation than its own."""

    revision = number("La revisión que se leyó.", required=True)
    moves = fields.List(
        fields.Nested(PlacedSchema), required=True,
        metadata={"description": "Las que van en otra obligación; las demás vuelven a la suya."},
    )  # fmt: skip


class PresentationSchema(Base):
    """How a SETA report is presented."""

    confirmed = fields.Boolean(
        load_default=False,
        metadata={
            "description": "Confirma que se presenta aunque su mes no ha terminado: lo que se registre después ya no "
            "entra en él. Sin esto, la respuesta es 422."
        },
    )
