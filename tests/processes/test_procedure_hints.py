"""What the forms of the procedure say beside their questions: what was asked to adjust, and what is left undone."""

from db import SYSTEM
from db.clock import local_date
from engine import prefill
from tests.processes.office import Office
from tests.processes.test_life_in_database import plans
from tracking import corrective_actions
from tracking import milestones
from tracking.models import Product


def told(office: Office, instance_id: int | None, element: str) -> str:
    task = office.task(instance_id, element)
    return " ".join(hint.text for hint in prefill.hints(office.session, task, {}))


def test_the_second_round_says_what_was_asked_to_adjust(active: None, office: Office, product: Product) -> None:
    plan = plans(office, product)[0]
    office.push(plan.instance_id, until="Activity_SocializarPlan")
    office.do(plan.instance_id, "Activity_SocializarPlan", adjust=True, adjustments="Correr el hito 1.")
    assert "se pidió ajustar: Correr el hito 1." in told(office, plan.instance_id, "Activity_ProgramarAsistencia")


def test_nobody_is_said_to_be_helped_before_somebody_says_so(active: None, office: Office, product: Product) -> None:
    """The name of the entity is none of the groups within it, and went along to the other entities of a batch."""
    plan = plans(office, product)[0]
    task = office.task(plan.instance_id, "Activity_IdentificarNecesidad")
    assert prefill.initial(office.session, task, now=office.now)["stakeholder_groups"] == []


def test_ending_the_execution_says_what_is_left(active: None, office: Office, product: Product) -> None:
    plan = plans(office, product)[0]
    office.push(plan.instance_id, until="Activity_EjecutarAsistencia")
    words = told(office, plan.instance_id, "Activity_EjecutarAsistencia")
    assert "después no se registran asesorías ni avances" in words
    task = office.task(plan.instance_id, "Activity_EjecutarAsistencia")
    left = prefill.consequences(office.session, task, {}, now=office.now)
    assert [one.kind for one in left] == ["unreported", "no_advisory"]
    assert left[0].named[0].text.startswith("1, «")


def test_closing_says_all_that_stands_open(active: None, office: Office, product: Product) -> None:
    plan = plans(office, product)[0]
    office.push(plan.instance_id, until="Activity_EjecutarAsistencia")
    by, now = office.people["territorial_advisor"], office.now
    first = milestones.of_plan(office.session, plan.id)[0]
    milestones.report(
        office.session, first.id, occurred_on=local_date(now), without_evidence="No hubo acta.", by=by, now=now
    )
    corrective_actions.open_action(office.session, plan.id, kind="corrective", finding="Vencidos", by=SYSTEM, now=now)
    office.push(plan.instance_id, until="Activity_SistematizarResultados")
    task = office.task(plan.instance_id, "Activity_SistematizarResultados")
    left = {one.kind: one for one in prefill.consequences(office.session, task, {}, now=now)}
    assert left["unverified"].count == 1
    assert "Vencidos" in [one.text for one in left["actions"].named]
    assert {"unreported", "no_advisory"} <= left.keys()


def test_the_evaluation_shows_what_was_expected(active: None, office: Office, product: Product) -> None:
    plan = plans(office, product)[0]
    office.push(plan.instance_id, until="Activity_EvaluarAsistencia")
    words = told(office, plan.instance_id, "Activity_EvaluarAsistencia")
    assert "Resultados esperados: El equipo actualiza un proyecto sin apoyo" in words
    assert "Capacidades por lograr: Formular proyectos: Formular en la MGA sin apoyo externo" in words
