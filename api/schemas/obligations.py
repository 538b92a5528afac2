"""Schemas of what is owed: obligations, statements, rates and cuts."""

from datetime import UTC
from datetime import datetime

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
from api.schemas.instances import ReasonSchema
from notifications.acts import MOST
from notifications.obligations import LABELS
from notifications.rates import DIMENSIONS
from notifications.stating import LONGEST
from notifications.stating import LONGEST_LINK

EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
STATUSES = [str(one) for one in LABELS]


class _Narrowing(Base):
    """Which obligations."""

    policy = text("Clave de la política.", most=120, load_default="")
    region_id = narrowing("Región.")
    unit_id = narrowing("Dependencia.")
    product_id = narrowing("Producto.")
    since = fields.Date(load_default=None, metadata={"description": "Que vencen desde este día."})
    until = fields.Date(load_default=None, metadata={"description": "Que vencen hasta este día."})


class ObligationQuery(Paging, _Narrowing):
    """Which obligations, and which slice of them."""

    q = text("Palabras de lo que se debe o de aquello sobre lo que se debe.", most=200, load_default="")
    status = choice("Estado.", ("", *STATUSES), load_default="")
    open_only = fields.Boolean(
        load_default=False,
        metadata={"description": "Sólo las que siguen abiertas; sin las recomendaciones cuyo día pasó, salvo que se "
                                 "pidan por su estado."},
    )  # fmt: skip
    waiting = fields.Boolean(
        load_default=False, metadata={"description": "Sólo las que esperan a que se presente el paso anterior."}
    )
    debtor_id = narrowing("Quién debe.")
    plan_id = narrowing("Plan de trabajo.")


class AwaitedSchema(Base):
    """The step before, which is still to be presented."""

    id = said("Número de su obligación.", fields.Integer)
    title = said("Qué se debe.")
    debtor_id = said("Quién lo debe; nulo cuando nadie tiene el papel.", fields.Integer, allow_none=True)
    debtor = said("Su nombre.", allow_none=True)


class ObligationSchema(Base):
    """Something that somebody owes."""

    id = said("Número.", fields.Integer)
    title = said("Qué se debe.")
    subject_kind = said("Sobre qué clase de cosa.")
    subject_id = said("Número de aquello sobre lo que se debe.", fields.Integer)
    subject_label = said("Sobre qué se debe, en palabras.")
    period = said("Periodo, por ejemplo 2026-11.")
    period_start = said("Primer día del periodo.", fields.Date)
    period_end = said("Último día del periodo.", fields.Date)
    debtor_id = said("Quién debe; nulo cuando nadie tiene el papel.", fields.Integer, allow_none=True)
    unit_id = said("Dependencia.", fields.Integer, allow_none=True)
    region_id = said("Región.", fields.Integer, allow_none=True)
    product_id = said("Producto.", fields.Integer, allow_none=True)
    plan_id = said("Plan de trabajo.", fields.Integer, allow_none=True)
    due_on = said("Día en que vence; el de su política, que no corre, mientras espera (`waits_for`).", fields.Date)
    due_at = said("Instante en que vence.", fields.DateTime)
    limit_at = said("Hasta cuándo cuenta a tiempo.", fields.DateTime)
    explanation = said("Por qué ese día.")
    status = said(f"Estado: {', '.join(STATUSES)}.")
    waits_for = fields.Nested(
        AwaitedSchema,
        dump_only=True,
        allow_none=True,
        metadata={"description": "El paso anterior que espera y nadie ha presentado: mientras tanto no vence ni cuenta "
                                 "como vencida o tarde; nulo si no espera."},
    )  # fmt: skip
    version = said("Cambia cuando cambian su fecha o quien debe.", fields.Integer)
    met_at = said("Cuándo se cumplió.", fields.DateTime, allow_none=True)
    reason = said("Por qué se dispensó o se reabrió.")


ObligationPageSchema = page_of(ObligationSchema)


class DueMoveSchema(Base):
    """A due date that moved."""

    moved_at = said("Cuándo cambió.", fields.DateTime)
    old_due_at = said("Antes.", fields.DateTime)
    new_due_at = said("Después.", fields.DateTime)
    reason = said("Por qué.")


class StatementSchema(Base):
    """A statement with evidence."""

    id = said("Número.", fields.Integer)
    obligation_id = said("Obligación.", fields.Integer)
    text = said("Qué se hizo.")
    happened_on = said("Qué día.", fields.Date)
    evidence_file = said("Archivo de la evidencia.")
    evidence_link = said("Enlace de la evidencia.")
    presented_at = said("Cuándo se presentó.", fields.DateTime)
    presented_by = said("Quién la presentó.", fields.Integer)
    status = said("Estado: `presented`, `accepted` o `returned`.")
    decided_at = said("Cuándo se decidió.", fields.DateTime, allow_none=True)
    decided_by = said("Quién la decidió.", fields.Integer, allow_none=True)
    remark = said("Observación de quien decidió.")
    withdrawn = said("Si la retiró quien la presentó.", fields.Boolean)


EARLY = "Confirma que se hace aunque su periodo no ha terminado."


class StatementInSchema(Base):
    """A statement to be presented; a file or a link is needed."""

    happened_on = fields.Date(required=True, metadata={"description": "Qué día."})
    evidence_file = text("Archivo que se subió antes.", most=100, load_default="")
    evidence_link = text("Enlace de la evidencia.", most=LONGEST_LINK, load_default="")
    confirmed = fields.Boolean(load_default=False, metadata={"description": EARLY})
    text = text("Qué se hizo.", most=LONGEST, required=True)  # last: from here on the name is the field's


class RemarkSchema(Base):
    """What whoever decides says."""

    remark = text("Observación.", most=LONGEST, load_default="")


class ReturnSchema(RemarkSchema):
    """What whoever returns says."""

    with_before = fields.Boolean(
        load_default=False,
        metadata={"description": "Devolver también lo que se aceptó del paso anterior (la carga de una presentación)."},
    )


class AcceptSchema(RemarkSchema):
    """What whoever accepts says."""

    confirmed = fields.Boolean(load_default=False, metadata={"description": EARLY})


class FullObligationSchema(ObligationSchema):
    """An obligation with what happened to it."""

    moves = fields.List(fields.Nested(DueMoveSchema), metadata={"description": "Cambios de fecha."})
    statements = fields.List(
        fields.Nested(StatementSchema), metadata={"description": "Constancias, la última primero."}
    )


class WaiveManySchema(Base):
    """Obligations to be waived, and why."""

    ids = fields.List(
        number("Número."),
        required=True,
        validate=validate.Length(1, MOST, error=f"Elija entre 1 y {MOST} obligaciones."),
        metadata={"description": "Números de las obligaciones."},
    )
    reason = text("Por qué.", required=True)


class WaivedSchema(Base):
    """What came of waiving several."""

    done = said("Cuántas se dispensaron.", fields.Integer)
    left_out = said("Cuántas no: ya no estaban abiertas o no le corresponden.", fields.Integer)


REOPENED = "Confirma que se reabre aunque el paso siguiente tiene una constancia en revisión."


class ReopenSchema(ReasonSchema):
    """Why an obligation is opened again."""

    confirmed = fields.Boolean(load_default=False, metadata={"description": REOPENED})


class ReopenManySchema(WaiveManySchema):
    """Obligations to be opened again, and why."""

    confirmed = fields.Boolean(load_default=False, metadata={"description": REOPENED})


class ReopenedSchema(Base):
    """What came of opening several again."""

    done = said("Cuántas se reabrieron.", fields.Integer)
    left_out = said("Cuántas no: no estaban dispensadas, las dispensó el sistema o no le corresponden.", fields.Integer)


class RateQuery(_Narrowing):
    """Which rates."""

    dimension = choice("Por qué agrupar.", DIMENSIONS, load_default="person")


class RateSchema(Base):
    """How many obligations ended how."""

    key = said("Número de la persona, región, producto, dependencia o política.", fields.Integer, allow_none=True)
    met = said("Cumplidas a tiempo.", fields.Integer)
    late = said("Cumplidas tarde.", fields.Integer)
    overdue = said("Vencidas.", fields.Integer)
    pending = said("Pendientes.", fields.Integer)
    waived = said("Dispensadas.", fields.Integer)
    on_time = said("Porcentaje a tiempo; nulo cuando nada cuenta.", Exact, allow_none=True)


class CutQuery(Paging):
    """Which cuts."""

    kind = text("De qué cifras: `follow_up` u `obligations`.", most=40, load_default="")
    period = text("Periodo, por ejemplo 2026-Q4.", most=20, load_default="")
    as_of = fields.AwareDateTime(
        load_default=None,
        validate=validate.Range(EARLIEST, LATEST, error="Escriba un instante de los años 2000 a 2200."),
        metadata={"description": "Sólo los que ya se habían hecho en este instante."},
    )


class CutInSchema(Base):
    """A cut to be taken."""

    kind = text("De qué cifras: `follow_up` u `obligations`.", most=40, required=True)
    period = text("Periodo, por ejemplo 2026-Q4.", most=20, required=True)


class CutSchema(Base):
    """Figures frozen at an instant."""

    id = said("Número.", fields.Integer)
    kind = said("De qué cifras.")
    period = said("Periodo.")
    taken_at = said("Cuándo se hizo.", fields.DateTime)
    taken_by = said("Quién lo hizo.", fields.Integer, allow_none=True)
    figures = said("Las cifras, como estaban.", fields.Dict)


CutPageSchema = page_of(CutSchema)
