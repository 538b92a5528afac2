"""The receipt of a step that began other cases: what waits in them follows too."""

from datetime import timedelta

from db import clock
from tests.processes.office import Office
from tests.web import desk
from tests.web.conftest import Browse
from tests.web.world import World
from tracking.models import WorkPlan

STEP = "Activity_MonitorearAsistencia"


def _monitored(world: World, **answers: object) -> int:
    """A monitoring of the first plan of a product, sent with these answers; its task."""

    def pushed(office: Office) -> int:
        row = office.start_product("Bancos de proyectos")
        office.push(row.instance_id, until="Activity_DesarrollarAsistencia")
        office.work_through()
        case = office.session.query(WorkPlan).filter_by(product_id=row.id).order_by(WorkPlan.id).first()
        assert case
        office.push(case.instance_id, until=STEP)
        return int(office.do(case.instance_id, STEP, **answers).task.id)

    return int(desk.work(world, pushed))


def test_an_action_that_a_monitoring_opened_is_among_what_follows(browse: Browse, world: World) -> None:
    due = str(clock.local_date(clock.now()) + timedelta(days=20))
    asked = {"kind": "corrective", "finding": "No hubo quórum.", "action": "Citar.", "responsible": "Planeación",
             "due": due}  # fmt: skip
    sent = _monitored(world, corrective_actions=[asked])
    page = browse("asesor").get(f"/tareas/{sent}/recibo")
    assert "«Formular la acción» de Acción de mejora: No hubo quórum." in page.replace("\xa0", " ")


def test_a_monitoring_that_opened_none_names_none(browse: Browse, world: World) -> None:
    sent = _monitored(world, corrective_actions=[])
    assert "Acción de mejora" not in browse("asesor").get(f"/tareas/{sent}/recibo")
