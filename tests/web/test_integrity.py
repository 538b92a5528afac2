"""Integridad de la historia: control interno looks through it, and reads what came of it."""

from sqlalchemy import text

from att import jobs
from db import clock
from db import transaction
from tests.web import desk
from tests.web.conftest import Browse
from tests.web.world import World


def test_who_oversees_looks_and_reads_what_came_of_it(browse: Browse, world: World) -> None:
    desk.product(world, "Activity_DelimitarProblema")
    control = browse("control")
    assert "Nadie la ha revisado todavía" in control.get("/integridad")
    control.post("/integridad")
    assert "En curso" in control.get("/integridad")
    control.post("/integridad", status=409)
    jobs.run("operations", clock.now())
    assert "La historia está íntegra" in control.get("/integridad")
    with transaction() as session:
        session.execute(text("UPDATE submission SET capacity = 'Otra' WHERE id = 1"))
    control.get("/integridad")
    control.post("/integridad")
    jobs.run("operations", clock.now())
    page = control.get("/integridad")
    assert "1 lugar no se sostiene" in page
    assert "lo que se envió con él fue alterado" in page


def test_who_does_not_oversee_has_no_such_page(browse: Browse, world: World) -> None:
    browse("lider").get("/integridad", 403)
    assert "/integridad" not in browse("der").get("/bandeja")
