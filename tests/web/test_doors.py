"""Where each role begins, what its menu holds, and what it is told where it sees nothing."""

from pathlib import Path

import pytest

import workflows
from db import SYSTEM
from db import clock
from db import transaction
from directory import accounts
from directory import grants
from directory import people
from directory import roles
from directory import units
from directory.principal import Grant
from directory.principal import Principal
from directory.principal import load
from tests.web.conftest import Browse
from tests.web.conftest import Browser
from tests.web.test_flow import start_product
from tests.web.world import LONG_AGO
from tests.web.world import PASSWORD
from tests.web.world import World
from tracking import strategies
from tracking.models import Product
from tracking.models import WorkPlan
from web import doors

BPMN = Path(workflows.__file__).parent / "bpmn"


def newcomer(browse: Browse, world: World, role: str) -> Browser:
    """Somebody who holds `role` alone, over the first place that it may be held over, and has nothing to do."""
    now, kind = clock.now(), roles.ROLES[role].scope_kinds[0]
    with transaction() as session:
        unit = units.every(session)[-1].id
        place = {"unit": unit, "region": world.region_id, "entity": world.entities[2]}.get(kind)
        person = people.add(session, "Persona Nueva", by=SYSTEM, now=now)
        accounts.create(session, person.id, "nueva", PASSWORD, by=SYSTEM, now=now)
        grants.add(session, person.id, role, kind, place, since=LONG_AGO, by=SYSTEM, now=now)
    return browse("nueva")


@pytest.mark.parametrize("role", roles.ROLES)
def test_everybody_begins_on_a_page_that_opens(browse: Browse, world: World, role: str) -> None:
    browser = newcomer(browse, world, role)
    first = browser.client.get("/").location
    assert first == doors.FIRST.get(role, "/bandeja")
    browser.get(first)


@pytest.mark.parametrize("role", doors.NO_STEPS)
def test_an_inbox_that_is_empty_by_role_says_so_and_leads_on(browse: Browse, world: World, role: str) -> None:
    page = newcomer(browse, world, role).get("/bandeja")
    assert "Su rol no recibe tareas" in page
    assert f'<a href="{doors.FIRST[role]}">{doors.NO_STEPS[role][0]}</a>' in page


def test_no_step_of_a_process_is_for_a_role_that_is_said_to_have_none() -> None:
    diagrams = "".join(path.read_text(encoding="utf-8") for path in BPMN.glob("*.bpmn"))
    assert 'value="technical_director"' in diagrams
    assert [role for role in doors.NO_STEPS if f'value="{role}"' in diagrams] == []


def test_who_has_something_in_the_inbox_begins_there(browse: Browse, world: World) -> None:
    assert browse("director").client.get("/").location == "/tareas-del-equipo"
    assert browse("lider").client.get("/").location == "/bandeja", "whoever carries cases always does"
    both = Principal(1, "Ana", grants=(Grant("internal_control", "national"), Grant("der_reviewer", "national")))
    assert doors.first(both) == "/bandeja"
    watching = Principal(1, "Ana", grants=(Grant("internal_control", "national"),))
    assert doors.first(watching, waiting=True) == "/bandeja"


@pytest.mark.parametrize("role", roles.ROLES)
def test_the_bar_holds_no_more_than_fits_in_a_line(role: str) -> None:
    kind = roles.ROLES[role].scope_kinds[0]
    links = doors.menu(Principal(1, "Ana", grants=(Grant(role, kind, 1),)), "/bandeja")
    bar = [link for link in links if not link.further]
    assert bar
    assert sum(len(link.label) + doors.GAP for link in bar) <= doors.ROOM
    assert [link.label for link in bar] == [label for label, url, _ in doors.MENU if url in {link.url for link in bar}]


def test_every_door_of_the_menu_has_its_rank() -> None:
    seldom = {*doors.NOT_DAILY, *doors.NOT_OFTEN}
    assert seldom < {url for _, url, _ in doors.MENU}
    assert len(seldom) == len(doors.NOT_DAILY) + len(doors.NOT_OFTEN)


@pytest.mark.parametrize(
    ("role", "path", "said"),
    [
        ("communications", "/planes", "Usted consulta aquellos en los que participa"),
        ("communications", "/asesorias", "Usted consulta las de los planes en los que participa"),
        ("beneficiary_contact", "/planes", "Usted consulta los de su entidad"),
        ("beneficiary_contact", "/interacciones", "Usted consulta las de su entidad"),
        ("technical_lead", "/productos", "Usted consulta los de su dependencia y aquellos en los que participa"),
    ],
)
def test_who_sees_a_part_is_not_told_that_there_is_nothing(
    browse: Browse, world: World, role: str, path: str, said: str
) -> None:
    start_product(browse("lider"), world)
    page = newcomer(browse, world, role).get(path)
    assert said in page
    assert "Todavía no hay" not in page
    assert "No hay planes" not in page


def test_who_sees_everything_is_told_that_there_is_nothing(browse: Browse) -> None:
    assert "No hay planes de trabajo" in browse("control").get("/planes")
    assert "Todavía no hay productos" in browse("control").get("/productos")
    assert "Cree el primero" not in browse("control").get("/productos")


@pytest.mark.parametrize("role", ["communications", "planning_liaison"])
def test_what_somebody_may_not_see_is_not_told_to_be_missing(
    browse: Browse, world: World, plan: int, role: str
) -> None:
    with transaction() as session:
        row = session.get_one(WorkPlan, plan)
        entity, product = row.entity_id, session.get_one(Product, row.product_id)
        strategy = strategies.create(
            session, name="Territorios", objective="Ordenar", unit_id=world.unit_id, lead_id=product.lead_id,
            by=load(session, world.people["director"], now=clock.now()), now=clock.now(),
        )  # fmt: skip
        product.strategy_id, strategy_id = strategy.id, strategy.id
    browser = newcomer(browse, world, role)
    shown = browser.get(f"/estrategias/{strategy_id}")
    assert "Todavía no tiene productos" not in shown
    assert ("Bancos al día" in shown) is (role == "communications")
    if role == "communications":
        assert "Sus planes no se muestran aquí" in browser.get(f"/entidades/{entity}")
