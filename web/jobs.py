"""Trabajos automáticos: when each last ran, how long it took, and what came of it."""

from dataclasses import dataclass
from datetime import datetime
from datetime import timedelta

from flask import Blueprint
from flask import Response

from db import clock
from db import jobs
from db import reading
from edge.permission import permission
from web.frame import HOME
from web.frame import page

blueprint = Blueprint("web_jobs", __name__)

SILENT = timedelta(hours=3)
"""A job that began before this and did not end was cut off; each of them takes minutes at most."""

STILL = timedelta(minutes=5)
"""When no job began for so long, none of them runs: several ring every minute, wherever they run."""

BY_MAIL = "bounces"
"""The one that no worker rings: the mail server does, or a clock of the machine."""

LABELS = {
    "operations": "Operaciones largas",
    "services": "Pasos automáticos de los procesos",
    "timers": "Plazos de los procesos",
    "handovers": "Empalmes programados",
    "plans": "Reparto de planes sin enlace",
    "role_ends": "Tareas de quien perdió el rol",
    "calendar": "Plazos por cambios del calendario",
    "obligations": "Apertura de obligaciones",
    "overdue": "Obligaciones vencidas",
    "reports": "Informes del mes",
    "task_dates": "Fechas de las tareas según los plazos",
    "reminders": "Recordatorios",
    "mail": "Envío de mensajes",
    BY_MAIL: "Correos devueltos",
    "checkpoints": "Puntos de control de la historia",
    "tidy": "Limpieza",
    "retention": "Conservación de datos personales",
    "invariants": "Revisión de los invariantes",
    "group_grants": "Roles por grupos de quien ya no ingresa",
}


@dataclass(frozen=True, slots=True)
class Run:
    """The last run of a job as the page shows it; `took` is None while it runs, or when it was cut off.

    One that ought to have run again long ago is `late`: nobody runs it.
    """

    label: str
    started_at: datetime
    took: float | None
    cut_off: bool
    late: bool
    row: jobs.JobRun


@blueprint.get("/trabajos")
@permission("system.watch")
def listed() -> Response:
    now = clock.now()
    with reading() as session:
        runs = [_shown(row, now) for row in jobs.every(session)]
    last = max((run.started_at for run in runs if run.label != LABELS[BY_MAIL]), default=now)
    return page(
        "jobs.html", "Trabajos automáticos", crumbs=[HOME], runs=sorted(runs, key=lambda run: run.label),
        still_since=last if now - last > STILL else None,
    )  # fmt: skip


def _shown(row: jobs.JobRun, now: datetime) -> Run:
    ended = row.last_finished_at
    took = (ended - row.last_started_at).total_seconds() if ended and not row.running else None
    cut_off = row.running and now - row.last_started_at > SILENT
    late = row.late(now) and not row.running
    return Run(LABELS.get(row.name, row.name), row.last_started_at, took, cut_off, late, row)
