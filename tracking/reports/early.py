"""Reports that are presented while their period has not ended: their author confirms it, because it cannot be undone.

No source forbids it and somebody who leaves in the middle of a month has to; that it is confirmed is ours.
"""

from datetime import datetime

from db.clock import local_date
from db.errors import InvalidData
from notifications.early import time_left
from tracking.models import Report
from tracking.reports import kinds

LATER = {
    kinds.ACTIVITIES: "lo que se registre después ya no entrará en este informe: lo contará el del mes siguiente",
    kinds.SETA: "lo que se registre después en el mes ya no entrará en este reporte, que no admite cambios",
}
"""What becomes of what is registered later; of the others, that it is left out."""

LEFT_OUT = "lo que se registre después en el periodo ya no entrará en él"


def doubt(row: Report, now: datetime) -> str:
    """What whoever presents `row` now is to confirm, without its full stop; empty when its period is over."""
    today = local_date(now)
    if today > row.period_end:
        return ""
    label = kinds.period(kinds.kind(row.kind), row.period).label
    when = time_left(row.period_end, today)
    return f"Lo presento aunque {_article(row)}{label} no ha terminado ({when}); {LATER.get(row.kind, LEFT_OUT)}"


def demand_confirmed(row: Report, now: datetime) -> None:
    """Raises InvalidData (`confirmed`) while the period of `row` has not ended."""
    said = doubt(row, now)
    if said:
        raise InvalidData({"confirmed": [f"Confirme antes de presentar: «{said}»."]})


def _article(row: Report) -> str:
    """«el cuarto trimestre de 2026», but «noviembre de 2026»."""
    return "el " if "-Q" in row.period else ""
