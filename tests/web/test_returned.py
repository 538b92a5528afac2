"""Milestones that cannot be followed go back: C2 and then the author see at the top what came back and why."""

import pytest

from tests.snapshots import Stage
from tests.web import desk
from tests.web.conftest import Browse
from tests.web.world import World

WRITE, C2, C3 = "Activity_DiligenciarProtocolo", "Activity_ValidarProtocolo", "Activity_ParametrizarHitos"
WHY = "No dice qué evidencia lo da por cumplido"
REFUSED = {"trackable": False, "untrackable": [{"number": 1, "reason": WHY}]}


@pytest.fixture
def code(world: World, snapshot: Stage) -> str:
    """A product whose milestones monitoring cannot follow."""

    def build() -> str:
        code = desk.product(world, C3)
        desk.do(world, code, C3, **REFUSED)
        return code

    return snapshot("returned", build)


def test_c2_reads_why_without_opening_anything(world: World, code: str, browse: Browse) -> None:
    page = browse("der").get(f"/tareas/{desk.task(world, code, C2)}")
    shown = page.partition("Lo que volvió y por qué")[2].partition("Lo que se revisa")[0]
    assert WHY in shown
    assert "Elena Soto" in shown
    assert "Plantilla de hitos" not in shown  # it only repeats the protocol


def test_the_author_reads_what_both_reviews_said(world: World, code: str, browse: Browse) -> None:
    desk.do(world, code, C2, verdict="returned", remarks="Atienda lo que dice monitoreo.")
    page = browse("lider").get(f"/tareas/{desk.task(world, code, WRITE)}")
    shown = page.partition("Lo que dijo la revisión")[2].partition("data-form")[0]
    assert WHY in shown
    assert "Atienda lo que dice monitoreo." in shown
    assert shown.index("Atienda lo que dice") < shown.index(WHY)  # the newest first


def test_what_was_attended_is_not_said_again(world: World, code: str, browse: Browse) -> None:
    desk.do(world, code, C2, verdict="returned", remarks="Atienda lo que dice monitoreo.")
    desk.do(world, code, WRITE)
    page = browse("der").get(f"/tareas/{desk.task(world, code, C2)}")
    assert "Lo que volvió y por qué" not in page
