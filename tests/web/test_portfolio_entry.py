"""After C4: a sheet is published later, corrected and taken down by the role of C4, with reason and history."""

import pytest

from db import SYSTEM
from db import clock
from db import history
from db import settings
from db import transaction
from tests.snapshots import Stage
from tests.web import desk
from tests.web.conftest import Browse
from tests.web.world import World
from tracking import portfolio_entry
from tracking.models import Product

C4 = "Activity_PublicarEnPortafolio"
SHEET = {
    "summary": "Ponemos al día su banco.",
    "provider": "DNP",
    "descriptors": ["functional"],
    "reason": "Lanzamiento.",
}


def arrived(world: World, **c4: object) -> str:
    code = desk.product(world, C4)
    desk.do(world, code, C4, **c4)
    return code


@pytest.fixture
def held(world: World, snapshot: Stage) -> str:
    """A product that C4 did not publish."""
    reason = "Espera el lanzamiento."
    return snapshot("held", lambda: arrived(world, published=False, unpublished_reason=reason))


def test_what_was_held_back_is_published_later(browse: Browse, world: World, held: str) -> None:
    monitoring, public = browse("monitoreo"), browse("")
    assert "Publicar en el portafolio" in monitoring.get(f"/productos/{held}")
    monitoring.get(f"/productos/{held}/portafolio")
    public.get(f"/portafolio/{held}", 404)
    monitoring.post(f"/productos/{held}/portafolio", SHEET)
    assert "Ponemos al día su banco." in public.get(f"/portafolio/{held}")
    assert "Lanzamiento." in monitoring.get(f"/productos/{held}?parte=historia")


def test_a_correction_keeps_what_was_public(browse: Browse, world: World) -> None:
    code = arrived(world)
    monitoring = browse("monitoreo")
    was = "Acompañamos a su municipio"
    assert was in monitoring.get(f"/productos/{code}/portafolio")
    monitoring.post(f"/productos/{code}/portafolio", {**SHEET, "reason": "Tenía una errata."})
    page = monitoring.get(f"/productos/{code}/portafolio")
    assert "Lo que fue público" in page
    assert was in page.partition("Lo que fue público")[2]
    again = monitoring.post(f"/productos/{code}/portafolio", SHEET, 422).get_data(as_text=True)
    assert "ya dice esto" in again


def test_a_sheet_is_taken_down_and_may_come_back(browse: Browse, world: World) -> None:
    code = arrived(world)
    monitoring, public = browse("monitoreo"), browse("")
    monitoring.get(f"/productos/{code}/portafolio")
    monitoring.post(f"/productos/{code}/portafolio/retiro", {"down_reason": " "}, 422)
    monitoring.post(f"/productos/{code}/portafolio/retiro", {"down_reason": "Ofrecía lo que no hay."})
    public.get(f"/portafolio/{code}", 404)
    with transaction() as session:
        row = session.query(Product).filter_by(code=code).one()
        (version,) = portfolio_entry.versions(session, row.id)
        assert version.reason == "Ofrecía lo que no hay."
        assert version.sheet["summary"].startswith("Acompañamos")
        acts = [one.action for one in history.of(session, history.Subject("product", row.id))]
        assert acts[-1] == portfolio_entry.TAKEN_DOWN
    monitoring.post(f"/productos/{code}/portafolio", SHEET)
    public.get(f"/portafolio/{code}")


def test_it_is_the_act_of_the_role_that_the_setting_names(browse: Browse, world: World, held: str) -> None:
    lead, monitoring = browse("lider"), browse("monitoreo")
    lead.get(f"/productos/{held}/portafolio", 403)
    with transaction() as session:
        settings.put(session, portfolio_entry.ROLE, "communications", by=SYSTEM, now=clock.now())
    monitoring.get(f"/productos/{held}/portafolio", 403)
    assert "Publicar en el portafolio" in browse("comunicaciones").get(f"/productos/{held}")


def test_before_c4_there_is_nothing_to_correct(browse: Browse, world: World) -> None:
    code = desk.product(world, C4)
    monitoring = browse("monitoreo")
    assert "después de su paso C4" in monitoring.get(f"/productos/{code}/portafolio")
    monitoring.post(f"/productos/{code}/portafolio", SHEET, 409)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"portal_url": "ftp://x"}, "https://"), ({"descriptors": ["nada"]}, "opciones de la lista"),
     ({"reason": ""}, "Escriba el motivo"), ({"summary": "a" * 801}, "800 caracteres")],
)  # fmt: skip
def test_what_is_wrong_is_said_and_kept(
    browse: Browse, world: World, held: str, wrong: dict[str, object], said: str
) -> None:
    monitoring = browse("monitoreo")
    monitoring.get(f"/productos/{held}/portafolio")
    page = monitoring.post(f"/productos/{held}/portafolio", {**SHEET, **wrong}, 422).get_data(as_text=True)
    assert said in page
    assert 'value="DNP"' in page
