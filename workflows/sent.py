"""What certain forms, when they are sent, meet of what people owe: gates, content schedule, final report."""

from collections.abc import Mapping
from datetime import date
from datetime import datetime

from sqlalchemy.orm import Session

from db import Actor
from db.clock import local_date
from engine.context import Context
from engine.models import Task
from engine.registry import Sent
from tracking import facts
from tracking import work_plans
from tracking.sources import offices


def gate_completed(session: Session, context: Context, task: Task, *, by: Actor, now: datetime) -> None:
    """The DER answered at a gate."""
    facts.gate_completed(session, task.id, task.name, by=by, now=now)


def content_scheduled(session: Session, context: Context, task: Task, *, by: Actor, now: datetime) -> None:
    """The communications team sent a content schedule: it is that of the week which it declares."""
    declared = context.answers(task.element).get("week_start")
    facts.office_did(
        session,
        facts.CONTENT_SCHEDULED,
        offices.COMMUNICATIONS,
        f"task:{task.id}",
        f"Parrilla de «{context.instance.title}»",
        link=f"/tareas/{task.id}",
        on=date.fromisoformat(declared) if declared else None,
        by=by,
        now=now,
    )


def final_report_sent(session: Session, context: Context, task: Task, *, by: Actor, now: datetime) -> None:
    """The systematisation carries the final report of the product."""
    product_id, sent = context.ref("product_id"), context.submission(task.element)
    vigencia = work_plans.latest_vigencia(session, product_id) or local_date(now).year
    if sent is not None:
        facts.final_report_presented(session, product_id, vigencia, sent.id, by=by, now=now)


BY_FORM: Mapping[str, Sent] = {
    "retroalimentacion_ficha": gate_completed,  # C1
    "concepto_protocolo": gate_completed,  # C2
    "concepto_modificacion": gate_completed,  # C2, on the difference
    "parametrizacion_hitos": gate_completed,  # C3
    "parametrizacion_modificacion": gate_completed,  # C3, of what a modification changes
    "publicacion_portafolio": gate_completed,  # C4
    "sistematizacion": final_report_sent,
    "parrilla_de_contenidos": content_scheduled,
}
