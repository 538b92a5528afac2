"""An entity that had said no agrees to be followed up, through the pages."""

from datetime import date
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy.orm import Session

from db import clock
from db import files
from db import reading
from db import transaction
from directory import principal
from directory.models import Person
from edge import steps
from engine import prefill
from engine import tasks
from tests.snapshots import Stage
from tests.tracking import factories
from tests.web.conftest import Browse
from tests.web.sheets import downloaded
from tests.web.sheets import rows
from tests.web.world import World
from tracking.models import PlanMilestone
from tracking.models import WorkPlan
from workflows.forms.examples import example

PDF = b"%PDF-1.7\n%%EOF\n"
TODAY = clock.local_date(clock.now()).isoformat()
REFUSAL = {"consent": False, "reason": "No dispone de equipo."}
LINK = "Registrar que la entidad ahora acepta el seguimiento"


@pytest.fixture
def refused(world: World, snapshot: Stage) -> int:
    """A plan in execution whose entity said no, by its own procedure; returns its id."""

    def build() -> int:
        now = clock.now()
        with transaction() as session:
            lead, advisor = (session.get_one(Person, world.people[name]) for name in ("lider", "asesor"))
            product = factories.product(session, lead, world.unit_id, now)
            plan = factories.plan(
                session, product, world.entities[0], now, advisor=advisor, consented=False, executing=False
            )
            plan.instance_id = factories.procedure(session, plan, now).id
            plan_id, case = plan.id, plan.instance_id
        for _ in range(4):
            with transaction() as session:
                send_next(session, world, case)
            steps.settle(case)
        return plan_id

    return snapshot("refused", build)


def send_next(session: Session, world: World, case: int) -> None:
    """Send the form that waits, as its example says it; the entity refuses."""
    now = clock.now()
    by = principal.load(session, world.people["asesor"], now=now)
    (task,) = tasks.open_of(session, case)
    name, token = tasks.form_of(session, task).name, files.save(session, "a.pdf", PDF, by=by.actor(), now=now).token
    answers = example(name, entities=world.entities, files=[token], year=2026)
    if name == "programacion_asistencia":
        rows = prefill.initial(session, task, now=now)["plan_milestones"]
        answers["plan_milestones"] = [{**row, "due_date": answers["plan_end"]} for row in rows]
    if name == "consentimiento":
        answers |= {**REFUSAL, "date": TODAY}
    tasks.complete(session, task.id, answers, by=by, now=now, confirmed=True)


def waiting(plan_id: int) -> list[str]:
    with reading() as session:
        case = session.get_one(WorkPlan, plan_id).instance_id or 0
        return sorted(task.element for task in tasks.open_of(session, case))


def papers() -> dict[str, Any]:
    return {"evidence": (BytesIO(PDF), "acepta.pdf")}


def test_the_milestones_of_who_refused_are_not_told_as_late(browse: Browse, refused: int) -> None:
    with transaction() as session:
        for row in session.query(PlanMilestone).filter_by(plan_id=refused):
            row.planned_on = date(2026, 1, 2)
    page = browse("asesor").get(f"/planes/{refused}")
    assert "La entidad no aceptó el seguimiento: sus hitos no se siguen" in page
    assert "vencido" not in page[page.index("<main") :].partition("<aside")[0]


def test_no_progress_is_told_of_who_refused(browse: Browse, world: World, refused: int) -> None:
    monitor = browse("monitoreo")
    for path in (f"/planes/{refused}", "/planes?consentimiento=refused", f"/entidades/{world.entities[0]}"):
        page = monitor.get(path)
        assert "Sin seguimiento" in page
        assert 'aria-label="Avance reportado' not in page
    (told,) = rows(downloaded(monitor, "/planes?formato=xlsx"))
    assert (told["Consentimiento"], told["Avance reportado (%)"]) == ("No aceptó el seguimiento", "")


def test_the_progress_of_who_accepts_is_told(browse: Browse, plan: int) -> None:
    monitor = browse("monitoreo")
    assert 'aria-label="Avance reportado' in monitor.get(f"/planes/{plan}")
    (told,) = rows(downloaded(monitor, "/planes?formato=xlsx"))
    assert told["Avance reportado (%)"] != ""


def test_a_milestone_of_who_refused_is_reported_and_nobody_is_offered_to_verify_it(
    browse: Browse, refused: int
) -> None:
    advisor, said = browse("asesor"), "La entidad no aceptó el seguimiento: sus hitos no se verifican ni cuentan."
    with reading() as session:
        milestone = session.query(PlanMilestone).filter_by(plan_id=refused, number=1).one().id
    assert said in advisor.get(f"/asesorias/nueva?plan={refused}")
    shown = advisor.get(f"/hitos/{milestone}")
    assert said in shown
    data = {"occurred_on": TODAY, "note": "Se hizo", "files": (BytesIO(PDF), "acta.pdf")}
    advisor.post(f"/hitos/{milestone}/cumplido", data)
    monitoring = browse("monitoreo")
    shown = monitoring.get(f"/hitos/{milestone}")
    assert said in shown
    assert "Verificar el cumplimiento" not in shown
    assert "No aceptar el reporte" not in shown
    assert said in monitoring.post(f"/hitos/{milestone}/verificacion", {"note": "Vista"}, 409).get_data(as_text=True)


def test_who_refused_is_followed_up_since_it_agrees(browse: Browse, refused: int) -> None:
    assert waiting(refused) == ["Activity_EjecutarAsistencia"]
    advisor, where = browse("asesor"), f"/planes/{refused}/consentimiento-posterior"
    assert LINK in advisor.get(f"/planes/{refused}")
    assert "no había aceptado el seguimiento" in advisor.get(where)
    data = {"name": "Rosa Mena", "post": "Alcaldesa", "date": TODAY}
    assert "Marque la casilla" in advisor.post(where, {**data, **papers()}, 422).get_data(as_text=True)
    assert "Adjunte el soporte" in advisor.post(where, {**data, "confirmed": "si"}, 422).get_data(as_text=True)
    advisor.post(where, {**data, "confirmed": "si", **papers()})
    assert waiting(refused) == ["Activity_EjecutarAsistencia", "Activity_MonitorearAsistencia"]
    told = advisor.get(f"/planes/{refused}?parte=consentimiento")
    assert "Rosa Mena, Alcaldesa" in told
    assert LINK not in told
    written = advisor.get(f"/planes/{refused}?parte=historia")
    assert "Aceptó el seguimiento." in written
    assert "Empezó el seguimiento a esta entidad." in written
    advisor.get(where, 409)


def test_who_withdrew_may_agree_and_withdraw_again(browse: Browse, refused: int) -> None:
    advisor = browse("asesor")
    data = {"name": "Rosa Mena", "post": "Alcaldesa", "date": TODAY, "confirmed": "si", "reason": "Otro gobierno"}
    for act in ("consentimiento-posterior", "retiro-del-consentimiento") * 2:
        advisor.get(f"/planes/{refused}/{act}")
        advisor.post(f"/planes/{refused}/{act}", {**data, **papers()})
        followed = ["Activity_MonitorearAsistencia"] * (act == "consentimiento-posterior")
        assert waiting(refused) == ["Activity_EjecutarAsistencia", *followed]


def test_who_may_not_record_it_is_not_offered_it(browse: Browse, refused: int) -> None:
    assert LINK not in browse("monitoreo").get(f"/planes/{refused}")
    browse("monitoreo").get(f"/planes/{refused}/consentimiento-posterior", 403)


def test_a_plan_that_consents_has_nothing_to_give(browse: Browse, plan: int) -> None:
    assert "ya dio su consentimiento" in browse("asesor").get(f"/planes/{plan}/consentimiento-posterior", 409)
