"""What must always hold of products and plans: each gate has its decision, each work its case, each sum its records."""

from collections.abc import Sequence
from datetime import datetime
from datetime import timedelta

from sqlalchemy import and_
from sqlalchemy import func
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import Session

import engine.invariants  # noqa: F401 - whoever knows these checks knows those of the rooms below
import notifications.invariants  # noqa: F401 - the same
from db.clock import local_date
from db.history import HistoryRow
from db.invariants import MOST
from db.invariants import Finding
from db.invariants import invariant
from engine.models import Instance
from engine.models import InstanceStatus
from engine.models import Submission
from engine.models import Task
from engine.models import TaskStatus
from tracking import rollup
from tracking.models import Handover
from tracking.models import PlanStatus
from tracking.models import Product
from tracking.models import ProductStatus
from tracking.models import WorkPlan
from tracking.sources.gates import ELEMENTS


@invariant(
    "gate_has_its_decision",
    "Hay tantas decisiones como compuertas completadas",
    meaning="Cada vez que la DER completa una compuerta (C1 a C4) queda lo que decidió, y el acto en la historia del "
    "trámite. Si los números no coinciden, una decisión se perdió o aparece una que nadie tomó.",
    remedy="Revise «Integridad de la historia»: dice qué acto se alteró o falta. La fila perdida está en el respaldo.",
)
def gate_has_its_decision(session: Session, now: datetime) -> Sequence[Finding]:
    """Gates of a case completed more or less often than its history, or what was sent, tells."""
    completed = func.count().filter(Task.status == TaskStatus.COMPLETED)
    acts = (
        select(func.count())
        .where(
            HistoryRow.subject_kind == "instance",
            HistoryRow.subject_id == Task.instance_id,
            HistoryRow.element == Task.element,
            HistoryRow.action == "task.completed",
        )
        .correlate(Task)
        .scalar_subquery()
    )
    differing = (
        select(func.max(Task.id), func.max(Task.name), Task.instance_id)
        .outerjoin(Submission, Submission.task_id == Task.id)
        .where(Task.element.in_(ELEMENTS))
        .group_by(Task.instance_id, Task.element)
        .having(or_(completed != func.count(Submission.id), completed != acts))
        .order_by(func.max(Task.id))
        .limit(MOST)
    )
    return [
        Finding("task", key, f"«{name}»: las decisiones no son tantas como las veces que se completó", case)
        for key, name, case in session.execute(differing)
    ]


@invariant(
    "work_has_its_case",
    "Todo producto activo y todo plan en curso tienen su trámite abierto",
    meaning="Un producto activo y un plan de trabajo en curso avanzan por su trámite; cuando terminan, su trámite "
    "termina con ellos. Si no coinciden, alguien puede trabajar en algo que el sistema da por cerrado, o al revés.",
    remedy="Abra el producto o el plan. Si debía terminar, retírelo o termínelo desde su página.",
)
def work_has_its_case(session: Session, now: datetime) -> Sequence[Finding]:
    """Products and plans that go on in a case that ended, or ended while their case goes on."""
    return [*_products(session), *_plans(session)][:MOST]


def _products(session: Session) -> list[Finding]:
    goes_on, open_case = Product.status == ProductStatus.ACTIVE, Instance.status == InstanceStatus.OPEN
    apart = (
        select(Product.id, Product.code, Product.instance_id)
        .join(Instance, Instance.id == Product.instance_id)
        .where(goes_on != open_case)
        .order_by(Product.id)
        .limit(MOST)
    )
    found = session.execute(apart)
    return [Finding("product", key, f"Producto {code}: no está como su trámite", case) for key, code, case in found]


def _plans(session: Session) -> list[Finding]:
    goes_on = WorkPlan.status.in_([PlanStatus.OPEN, PlanStatus.WITHOUT_ADVISOR])
    apart = (
        select(WorkPlan.id, WorkPlan.instance_id)
        .join(Instance, Instance.id == WorkPlan.instance_id)
        .where(goes_on != (Instance.status == InstanceStatus.OPEN))
        .order_by(WorkPlan.id)
        .limit(MOST)
    )
    found = session.execute(apart)
    return [Finding("work_plan", key, f"Plan de trabajo {key}: no está como su trámite", case) for key, case in found]


@invariant(
    "handover_is_applied",
    "Todo empalme se hace en su día",
    meaning="Un empalme pasa el trabajo de una persona a otra desde un día. Uno cuyo día pasó y no se hizo deja el "
    "trabajo a nombre de quien ya no está.",
    remedy="Mire en «Trabajos automáticos» qué dice «Empalmes programados»; corrija lo que falta o cancele el empalme.",
)
def handover_is_applied(session: Session, now: datetime) -> Sequence[Finding]:
    """Handovers whose day is over."""
    yesterday = local_date(now) - timedelta(days=1)
    waiting = and_(Handover.applied_at.is_(None), Handover.cancelled_at.is_(None))
    late = select(Handover.id).where(waiting, Handover.since <= yesterday).order_by(Handover.id).limit(MOST)
    return [Finding("handover", key, f"Empalme {key}: su día pasó y no se ha hecho") for key in session.scalars(late)]


@invariant(
    "sums_follow_from_records",
    "El avance de cada plan es el de sus hitos",
    meaning="El avance reportado y el verificado de un plan son sumas exactas de sus hitos. Si no coinciden, un "
    "tablero dice algo que los registros no dicen.",
    remedy="Pida a quien opera el servidor que compare el plan con sus hitos: ningún acto del sistema deja esa "
    "diferencia.",
)
def sums_follow_from_records(session: Session, now: datetime) -> Sequence[Finding]:
    """Plans whose sums differ from what their milestones say."""
    differing = session.execute(rollup.differing().limit(MOST))
    return [Finding("work_plan", key, f"Plan de trabajo {key}: su avance no es el de sus hitos", case)
            for key, case in differing]  # fmt: skip
