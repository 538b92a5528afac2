"""Whoever is led to a form may read it, and what somebody sent is never closed to them."""

import re

import pytest
from sqlalchemy import update

from db import reading
from db import transaction
from directory.models import RoleGrant
from directory.roles import OUTSIDE
from directory.rules import STAFF
from edge.problems import UNSEEN
from engine.models import Submission
from tests.snapshots import Stage
from tests.web import desk
from tests.web.conftest import Browse
from tests.web.test_doors import newcomer
from tests.web.world import World
from tracking.models import Product

ACTIVATION = "Activity_DefinirEcosistemas"
FORMS = re.compile(r'href="(/(?:envios|tareas|archivos)/[^"#]+)"')


@pytest.fixture
def pages(world: World, plan: int, snapshot: Stage) -> list[str]:
    """The pages of a product in activation, of its strategy and of a plan."""
    code = snapshot("activation", lambda: desk.product(world, ACTIVATION))
    with reading() as session:
        strategy = session.query(Product).filter_by(code=code).one().strategy_id
    of_product = [f"/productos/{code}?parte={part}" for part in ("formularios", "historia", "archivos")]
    return [*of_product, f"/estrategias/{strategy}", f"/planes/{plan}?parte=procedimiento", "/acciones"]


@pytest.mark.usefixtures("drawn_once")
@pytest.mark.parametrize("role", sorted(STAFF | OUTSIDE))
def test_no_form_that_a_page_leads_to_is_closed(browse: Browse, world: World, pages: list[str], role: str) -> None:
    browser = newcomer(browse, world, role)
    for page in pages:
        response = browser.client.get(page)
        shown = response.get_data(as_text=True) if response.status_code == 200 else ""
        for path in sorted(set(FORMS.findall(shown))):
            answer = browser.client.get(path)
            closed = answer.status_code == 403 or UNSEEN.encode() in answer.data
            assert answer.status_code == 200 or (path.startswith("/tareas/") and not closed), (page, path)


@pytest.mark.parametrize("role", ["thematic_expert", "communications"])
def test_the_protocol_is_read_by_those_who_work_with_the_product(
    browse: Browse, world: World, pages: list[str], role: str
) -> None:
    browser = newcomer(browse, world, role)
    with reading() as session:
        protocol = session.query(Submission).filter_by(element="Activity_DiligenciarProtocolo").one().id
    assert f"/envios/{protocol}" in browser.get(pages[0])
    browser.get(f"/envios/{protocol}")
    assert browser.client.get(f"/envios/{protocol}/documento").status_code == 200


def test_what_one_sent_stays_readable_in_another_role(browse: Browse, world: World, pages: list[str]) -> None:
    with transaction() as session:
        of_der = update(RoleGrant).where(RoleGrant.person_id == world.people["der"])
        session.execute(of_der.values(role="partner_entity"))
        mine = session.query(Submission).filter_by(author_id=world.people["der"]).first()
        other = session.query(Submission).filter_by(author_id=world.people["lider"]).first()
        assert mine
        assert other
        paths, closed = (f"/envios/{mine.id}", f"/envios/{mine.id}/documento"), f"/envios/{other.id}"
        program = f"/api/v1/instances/{mine.instance_id}/submissions/"
        of_program = (f"{program}{mine.id}", f"{program}{other.id}")
    browser = browse("der")
    for path in paths:
        assert browser.client.get(path).status_code == 200
    assert browser.client.get(closed).status_code == 404
    assert [browser.client.get(path).status_code for path in of_program] == [200, 404]


def test_who_is_not_of_the_work_sees_that_something_was_sent_and_no_door(
    browse: Browse, world: World, pages: list[str]
) -> None:
    browser = newcomer(browse, world, "territorial_advisor")
    page = browser.get(pages[0])
    assert "Diligenciar el protocolo" in page
    assert "/envios/" not in page
