"""The monitoring of results on its page: what is computed stands there, and another figure is explained."""

import re

import pytest

from tests.processes.office import Office
from tests.web import desk
from tests.web.conftest import Browse
from tests.web.world import World
from tracking import work_plans
from tracking.models import Product

STEP = "Activity_AplicarMonitoreo360"


@pytest.fixture
def code(world: World) -> str:
    """A product whose results are to be measured; its plans were cancelled before anything was done."""
    code = desk.product(world, "Activity_DesarrollarAsistencia")

    def end(office: Office) -> None:
        office.work_through()
        product = office.session.query(Product).filter_by(code=code).one()
        by = office.people["technical_lead"].actor()
        for plan_id in work_plans.running(office.session, product.id):
            work_plans.cancel(office.session, plan_id, "No hubo convenio.", by=by, now=office.now)
        office.push(product.instance_id, until=STEP)

    desk.work(world, end)
    return code


def test_computed_figures_are_shown_and_kept(world: World, code: str, browse: Browse) -> None:
    lead, path = browse("lider"), f"/tareas/{desk.task(world, code, STEP)}"
    page = lead.get(path)
    assert "El sistema calculó con corte al" in page
    assert page.count("Cancelado, vigencia") >= 3
    cells = dict(re.findall(r'name="(milestone_progress-\d+-\w+)" value="([^"]*)"', page))
    assert re.search(r'<input type="hidden" name="milestone_progress-0-verified"', page)
    table = page.partition("Avance de hitos por entidad")[2].partition("Logros de los indicadores")[0]
    assert "Agregar fila" not in table
    informed = {f"milestone_progress-{row}-progress": said for row, said in enumerate(("0", "12", "0"))}
    typed = {**cells, **informed, "revision": "0"}
    refused = lead.post(path, {"_action": "review", **typed}, 422).get_data(as_text=True)
    assert "Explique por qué informa 12 y no 0." in refused
    assert "1 entidad tiene un avance distinto del verificado." in refused
