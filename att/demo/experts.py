"""What the plans of the advisor with an account asked of the thematic expert: one was attended, one waits."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from att.demo import people
from att.demo.scene import Scene
from db.clock import local_date
from directory.principal import Principal
from engine import tasks
from tracking import life
from tracking import trace
from tracking.models import SupportRequest
from tracking.models import WorkPlan

ATTENDED = {
    "theme": "planning",
    "need": "Revisar con el equipo de planeación cómo se cargan los proyectos nuevos en el banco municipal.",
    "modality": "remote",
}
WAITING = {
    "theme": "digital",
    "need": "Acompañar a la alcaldía en su plan de apertura de datos antes de llevarlo al consejo de gobierno.",
    "modality": "advisory",
}
OUTCOME = "Se revisaron tres proyectos con el equipo y se recomendó designar un responsable del banco por resolución."


def ask(scene: Scene) -> str:
    """Ask in two plans of the advisor: what the expert attended, and what waits for an answer."""
    advisor = scene.cast.of(scene.session, people.own_key(scene.session, "asesor"))
    expert = scene.cast.of(scene.session, people.own_key(scene.session, "experto"))
    mine = WorkPlan.advisor_id == advisor.person_id, WorkPlan.status.in_(trace.RUNNING)
    found = select(WorkPlan).where(*mine, WorkPlan.instance_id.is_not(None)).order_by(WorkPlan.id.desc()).limit(2)
    first, second = scene.session.scalars(found)
    scene.go_to(25)
    attended = _asked(scene, first, advisor, {**ATTENDED, "expert": expert.person_id})
    scene.go_to(22)
    _step(scene, attended, expert, {"accepted": True, "agreed_on": _day(scene, 7)})
    scene.go_to(15)
    _step(scene, attended, expert, {"given_on": _day(scene), "outcome": OUTCOME})
    scene.go_to(13)
    _step(scene, attended, advisor, {"received": True})
    scene.go_to(2)
    _asked(scene, second, advisor, WAITING)
    return "Apoyo experto: una solicitud atendida y otra que espera respuesta"


def _asked(scene: Scene, plan: WorkPlan, by: Principal, told: Mapping[str, Any]) -> SupportRequest:
    row = life.ask_support(scene.session, plan.id, by=by, now=scene.now)
    _step(scene, row, by, {"desist": False, "wanted_on": _day(scene, 14), **told})
    return row


def _step(scene: Scene, row: SupportRequest, by: Principal, answers: Mapping[str, Any]) -> None:
    assert row.instance_id is not None, "a request begins with its case"
    (task,) = scene.waiting(row.instance_id)
    tasks.complete(scene.session, task.id, answers, by=by, now=scene.now, confirmed=True)
    scene.settle_id(row.instance_id)
    scene.pass_time()


def _day(scene: Scene, after: int = 0) -> str:
    return (local_date(scene.now) + timedelta(days=after)).isoformat()
