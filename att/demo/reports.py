"""Reports of the last months: accepted, returned, and waiting for the DER; a SETA report; and those of a region."""

from collections.abc import Mapping
from datetime import date
from datetime import timedelta
from typing import Any

from att.demo import people
from att.demo.scene import Scene
from db.clock import local_date
from directory.principal import Principal
from engine import prefill
from engine import tasks
from notifications import periods
from notifications.periods import Period
from tracking.models import Report
from tracking.reports import kinds
from tracking.reports import seta
from tracking.reports import starting

TOLD = {
    "difficulties": "La conexión a internet falló en dos de las jornadas virtuales; se repitieron por teléfono.",
    "achievements": "Los equipos de planeación ya diligencian solos la matriz del plan indicativo.",
}
ACCEPTED = {"verdict": "validated", "remarks": "Completo y con evidencias."}
RETURNED_BY_DER = {
    "verdict": "returned", "remarks": "Falta decir qué apoyo se pidió al nodo central y en qué quedó la mesa regional.",
}  # fmt: skip
RETURNED = {"verdict": "returned", "remarks": "Cuente qué se acordó con hacienda y adjunte el listado de asistencia."}
OF_REGION: Mapping[str, Mapping[str, Any]] = {
    kinds.PLAN: {
        "overall_progress": "58",
        "progress_detail": "Se acompañó la formulación del plan indicativo en todos los municipios visitados.",
        "obstacles": "Cambios de personal en las oficinas de planeación.",
        "next_steps": "Mesa regional con la gobernación para revisar los bancos de proyectos.",
    },
    kinds.FORM: {
        "communication": 4, "training": 4, "punctuality": 4, "technical_difficulties": ["milestones_in_progress"],
        "difficulty_detail": "Algunos municipios no han designado responsable del banco de proyectos.",
        "technical_advances": ["plans_approved"],
        "success_detail": "Varios concejos aprobaron el plan antes del plazo.",
        "lessons": "Conviene convocar a la gobernación desde la primera sesión.",
        "report_analysis": "Los informes y SETA coinciden, salvo asesorías registradas fuera de plazo.",
    },
    kinds.BALANCE: {
        "balance": "La región cumplió lo previsto en acompañamiento y va atrás en la verificación de hitos.",
        "obstacles": "Dificultades de acceso a los municipios más apartados.",
        "commitments": "Poner al día las evidencias de los hitos reportados antes de terminar el trimestre.",
    },
}  # fmt: skip
"""What the coordination of a region says besides the figures that the program puts in."""


def tell(scene: Scene) -> str:
    """Reports of whoever has the accounts `asesor` and `articulador`."""
    advisor = scene.cast.of(scene.session, people.own_key(scene.session, "asesor"))
    coordinator = scene.cast.of(scene.session, people.own_key(scene.session, "articulador"))
    last = _month_before(local_date(scene.loaded))
    before = _month_before(last.start)
    quarter = _before(periods.QUARTERLY, local_date(scene.loaded))
    _monthly(scene, advisor, before, ACCEPTED)
    _monthly(scene, advisor, last, RETURNED)
    _monthly(scene, coordinator, last, None)
    _monthly(scene, scene.cast.of(scene.session, people.another_coordinator(scene.session)), last, RETURNED_BY_DER)
    _seta(scene, advisor, before)
    for kind, period in ((kinds.PLAN, last), (kinds.FORM, last), (kinds.BALANCE, quarter)):
        _regional(scene, kind, coordinator, period)
    return "4 informes de actividades, un reporte SETA y 3 reportes de una región"


def _month_before(day: date) -> Period:
    return _before(periods.MONTHLY, day)


def _before(frequency: str, day: date) -> Period:
    """The last period that was over on a day."""
    return periods.of(frequency, periods.of(frequency, day).start - timedelta(days=1))


def _monthly(scene: Scene, by: Principal, period: Period, verdict: Mapping[str, Any] | None) -> None:
    """A report presented in the first days of the next month, and reviewed two days later."""
    _go_after(scene, period, 3)
    row = _begun(scene, kinds.ACTIVITIES, by, period)
    _complete(scene, row, TOLD)
    if verdict is not None:
        _go_after(scene, period, 5)
        _complete(scene, row, verdict)


def _regional(scene: Scene, kind: str, by: Principal, period: Period) -> None:
    """What the coordination of a region presents to the DER, a week after the period."""
    _go_after(scene, period, 7)
    row = _begun(scene, kind, by, period)
    _complete(scene, row, OF_REGION[kind])


def _seta(scene: Scene, by: Principal, period: Period) -> None:
    _go_after(scene, period, 4)
    row = _begun(scene, kinds.SETA, by, period)
    seta.all_quiet(scene.session, row.id, by=by, now=scene.now)
    seta.present(scene.session, row.id, by=by, now=scene.now)


def _begun(scene: Scene, kind: str, by: Principal, period: Period) -> Report:
    return starting.prepare(scene.session, kind, period.key, by=by, now=scene.now)


def _complete(scene: Scene, row: Report, more: Mapping[str, Any]) -> None:
    """Do the step of a report that waits, with what the case gives."""
    assert row.instance_id is not None, "a monthly report is carried by a process"
    (task,) = scene.waiting(row.instance_id)
    by = scene.cast.doer(scene.session, task)
    given = prefill.initial(scene.session, task, now=scene.now)
    for advisor in given.get("advisor_scores", ()):
        advisor["score"] = 4
    tasks.complete(scene.session, task.id, {**given, **more}, by=by, now=scene.now)
    scene.settle(task.instance)


def _go_after(scene: Scene, period: Period, days: int) -> None:
    """Some days after the end of a period, though never after the day of loading."""
    ago = (local_date(scene.loaded) - period.end).days - days
    scene.go_to(max(ago, 0))
