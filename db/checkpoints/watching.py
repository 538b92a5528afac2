"""What must always hold of the checkpoints: they are all there, and what was recorded has one before long."""

from collections.abc import Sequence
from datetime import datetime
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import settings
from db.checkpoints import checking
from db.checkpoints.log import Checkpoint
from db.errors import Unavailable
from db.history import HistoryRow
from db.invariants import Finding
from db.invariants import invariant

OVERDUE = timedelta(hours=3)
"""One is taken every hour in which something was recorded; whoever has none for this long is to look why."""


@invariant(
    "checkpoints_go_on",
    "Lo registrado tiene su punto de control",
    meaning="Los puntos de control firmados prueban, fuera de la base de datos, que la historia no se recortó ni se "
    "reescribió. Si falta uno, o lo registrado lleva horas sin el suyo, esa prueba falta.",
    remedy="Revise en «Trabajos automáticos» qué dice el de los puntos de control, y que la carpeta de ATT_CHECKPOINTS "
    "sea la de siempre. Si el registro se acortó o cambió sin que nadie lo explique, avise a control interno.",
)
def checkpoints_go_on(session: Session, now: datetime) -> Sequence[Finding]:
    """The newest checkpoint where it is not as it was, and the first act that waits for one too long."""
    told = settings.get(session, checking.LAST, None) or {"number": 0, "hash": ""}
    try:
        last = checking.in_use().last()
    except Unavailable as error:
        return [Finding(checking.KIND, told["number"], error.message)]
    number = last.number if last else 0
    if number < told["number"]:
        return [Finding(checking.KIND, told["number"], f"Punto de control {told['number']}: ya no está en el registro")]
    if last and number == told["number"] and last.hash != told["hash"]:
        return [Finding(checking.KIND, number, f"Punto de control {number}: no es el que se firmó")]
    return _waiting(session, last, now) if last else []  # a log that did not begin yet begins with the next run


def overdue(session: Session, last: Checkpoint, now: datetime) -> int | None:
    """The first act that has waited for a checkpoint after `last` for more than OVERDUE; None when none has."""
    waits = HistoryRow.id > last.through, HistoryRow.at <= now - OVERDUE
    return session.scalar(select(HistoryRow.id).where(*waits).order_by(HistoryRow.id).limit(1))


def _waiting(session: Session, last: Checkpoint, now: datetime) -> list[Finding]:
    first = overdue(session, last, now)
    text = f"Acto {first}: lleva más de tres horas sin punto de control"
    return [Finding("history", first, text)] if first is not None else []
