"""The communications team works with what the lead asked for in sight."""

import re

import pytest

from tests.web import desk
from tests.web.conftest import Browse
from tests.web.world import World

NEED, PLAN, GRID = "Activity_EntenderNecesidad", "Activity_DisenarPlanContenidos", "Activity_ProgramarParrilla"
BEFORE_REVIEW = (
    "Activity_NombrarProducto", "Activity_DelimitarProblema", "Activity_RevisarAlineacion",
    "Activity_DefinirCadenaDeValor", "Activity_UbicarEnCiclo", "Activity_ElaborarFicha",
)  # fmt: skip
MATERIAL, PRODUCTION = "Activity_RecolectarElementos", "Activity_ProducirContenidos"


@pytest.mark.parametrize("step", [PLAN, GRID])
def test_the_need_stands_on_the_page(browse: Browse, world: World, step: str) -> None:
    code = desk.product(world, NEED)
    desk.do(world, code, NEED, audience="Las secretarías de planeación de la montaña.")
    desk.work(world, lambda office: office.push(desk.case(office, code), until=step))
    page = browse("comunicaciones").get(f"/tareas/{desk.task(world, code, step)}")
    assert "Las secretarías de planeación de la montaña." in page


def test_whoever_produces_sees_what_was_scheduled_and_whether_images_may_be_used(browse: Browse, world: World) -> None:
    code = desk.product(world, MATERIAL)
    desk.do(world, code, MATERIAL, image_authorised=False)
    page = browse("comunicaciones").get(f"/tareas/{desk.task(world, code, PRODUCTION)}")
    assert "Recordatorio de actualización" in page
    question = page.partition("¿Tiene la autorización de uso de imagen")[2]
    assert re.search(r"<dd[^>]*>\s*No\s*<|>\s*No\s*<", question[:600])


def test_a_step_of_communications_says_so_and_is_no_continuation_of_the_ficha(browse: Browse, world: World) -> None:
    lead, code = browse("lider"), desk.product(world, "Activity_NombrarProducto")
    need = "Comunicaciones: entender la necesidad y el alcance"
    assert need in lead.get("/bandeja")
    for step in BEFORE_REVIEW:
        done = desk.do(world, code, step)
    receipt = lead.get(f"/tareas/{done}/recibo")
    assert f"«{need}»" in receipt  # it waits
    assert "Continuar con" not in receipt
    assert receipt.index("Retroalimentar la ficha") < receipt.index(need)
