"""Every list leaves as a workbook: what its filters show, whole, for whoever may see the page."""

import re
from datetime import date
from datetime import datetime
from decimal import Decimal

import pytest
from sqlalchemy import select

from db import SYSTEM
from db import clock
from db import transaction
from directory.entities import normalise
from directory.models import Entity
from directory.models import Person
from directory.models import Region
from directory.principal import load
from edge.exports import answering
from notifications import policies
from tests.snapshots import Stage
from tests.tracking import factories
from tests.web.conftest import Browse
from tests.web.conftest import Browser
from tests.web.sheets import HEAD
from tests.web.sheets import downloaded
from tests.web.sheets import rows
from tests.web.world import World
from tracking import contacts
from tracking import milestones
from tracking.models import PlanMilestone
from tracking.models import WorkPlan
from tracking.policies import SHIPPED

LISTS = [
    ("lider", "/planes"), ("lider", "/productos"), ("articulador", "/hitos-por-verificar"),
    ("asesor", "/plazos"), ("articulador", "/plazos/equipo"), ("monitoreo", "/plazos/cumplimiento"),
    ("asesor", "/asesorias"), ("asesor", "/interacciones"), ("asesor", "/entidades"), ("asesor", "/informes"),
    ("articulador", "/informes/equipo"), ("articulador", "/tareas-del-equipo"), ("articulador", "/cobertura"),
    ("articulador", "/cobertura?departamento=05"), ("monitoreo", "/politicas"),
]  # fmt: skip


def sheet(path: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}formato=xlsx"


@pytest.mark.parametrize(("username", "path"), LISTS)
def test_every_list_is_downloaded_with_what_it_is(browse: Browse, username: str, path: str) -> None:
    grid = downloaded(browse(username), sheet(path))
    assert grid[0][0]
    assert grid[1][0].startswith("Descargado el ")
    assert grid[2][0].startswith(("Filtros: ", "Sin filtros"))
    assert all(grid[HEAD - 1])


@pytest.mark.parametrize(("username", "path"), [
    ("lider", "/tareas-del-equipo"), ("asesor", "/hitos-por-verificar"), ("", "/planes"),
])  # fmt: skip
def test_whoever_may_not_see_the_page_gets_no_workbook(browse: Browse, username: str, path: str) -> None:
    assert browse(username).client.get(sheet(path)).status_code in (303, 403)


@pytest.fixture
def thirty(world: World, snapshot: Stage) -> World:
    """Thirty plans of one product, in as many municipalities."""

    def build() -> World:
        with transaction() as session:
            lead, advisor = (session.get_one(Person, world.people[name]) for name in ("lider", "asesor"))
            product = factories.product(session, lead, world.unit_id, clock.now(), "=Bancos al día")
            places = select(Entity.id).where(Entity.department_code == "05").order_by(Entity.id).limit(30)
            for entity_id in session.scalars(places).all():
                factories.plan(session, product, entity_id, clock.now(), advisor=advisor, executing=False)
        return world

    return snapshot("thirty", build)


def listed(browser: Browser, path: str) -> list[str]:
    """The titles of a list, of all its pages."""
    found: list[str] = []
    while path:
        page = browser.get(path)
        found += re.findall(r'<span class="title"><a href="/planes/\d+">([^<]+)', page)
        following = re.search(r'<a href="([^"]+)" rel="next"', page)
        path = following.group(1) if following else ""
    return found


@pytest.mark.parametrize("query", ["", "?buscar=san", "?estado=closed"])
def test_the_workbook_has_what_all_pages_of_the_list_show(browse: Browse, thirty: World, query: str) -> None:
    reader = browse("monitoreo")
    shown = listed(reader, f"/planes{query}")
    assert [row["Entidad"] for row in rows(downloaded(reader, sheet(f"/planes{query}")))] == shown
    assert len(shown) == {"": 30, "?estado=closed": 0}.get(query, len(shown))


def test_the_page_offers_it_with_its_filters(browse: Browse, thirty: World) -> None:
    page = browse("monitoreo").get("/planes?buscar=san")
    assert '<a href="/planes?buscar=san&formato=xlsx">Descargar en Excel</a>' in page


def test_cells_are_texts_numbers_and_dates_and_never_formulas(browse: Browse, thirty: World) -> None:
    with transaction() as session:
        by = load(session, thirty.people["asesor"], now=clock.now())
        contacts.register(
            session, entity_id=thirty.entities[0], channel="call", topic="=1+1 sobre el plan", minutes=15,
            occurred_on=date(2026, 1, 5), by=by, now=clock.now(), confirmed=True,
        )  # fmt: skip
    (said,) = rows(downloaded(browse("asesor"), sheet("/interacciones")))
    assert said["Tema"] == "=1+1 sobre el plan"
    assert said["Minutos"] == 15
    assert said["Fecha"] == date(2026, 1, 5)
    assert isinstance(said["Registrada el"], datetime)
    plan = rows(downloaded(browse("monitoreo"), sheet("/planes")))[0]
    assert plan["Producto"] == "=Bancos al día"
    assert re.fullmatch(r"05\d{3}", plan["Código de la entidad"])
    assert plan["Avance reportado (%)"] == 0


def test_what_the_filters_ask_is_written_in_words(browse: Browse, world: World) -> None:
    grid = downloaded(browse("monitoreo"), sheet(f"/planes?buscar=bancos&estado=open&region={world.region_id}"))
    assert "Texto: bancos; Estado: Abierto; Región: " in grid[2][0]


@pytest.mark.parametrize(("path", "told"), [
    ("/cobertura?departamento=05", "Departamento: Antioquia"),
    ("/plazos?politica=informe_actividades", "Política: Informe"),
])  # fmt: skip
def test_codes_are_told_by_their_names(browse: Browse, world: World, path: str, told: str) -> None:
    with transaction() as session:
        policies.install(session, SHIPPED, since=date(2026, 1, 1), by=SYSTEM, now=clock.now())
    assert told in downloaded(browse("articulador"), sheet(path))[2][0]


def test_without_a_search_the_entities_are_ones_own_or_all(browse: Browse, world: World) -> None:
    own, every = (downloaded(browse(name), sheet("/entidades")) for name in ("asesor", "monitoreo"))
    assert "Sólo las que usted acompaña: sí" in own[2][0]
    assert len(rows(own)) == 2
    assert "Sin filtros" in every[2][0]
    assert len(rows(every)) > 1000


@pytest.mark.parametrize("order", ["entity", "product", "reported", "-reported", "-opened"])
def test_plans_are_sorted_page_by_page_as_in_the_workbook(browse: Browse, thirty: World, order: str) -> None:
    with transaction() as session:
        for number, plan in enumerate(session.scalars(select(WorkPlan))):
            plan.reported_progress = Decimal(number * 7 % 10) / 4
    reader = browse("monitoreo")
    shown = listed(reader, f"/planes?orden={order}")
    found = rows(downloaded(reader, sheet(f"/planes?orden={order}")))
    assert len(set(shown)) == 30
    assert shown == [row["Entidad"] for row in found]
    advances = [row["Avance reportado (%)"] for row in found]
    if "reported" in order:
        assert advances == sorted(advances, reverse=order.startswith("-"))
    if order == "entity":
        names = [normalise(name) for name in shown]
        assert names == sorted(names)


def test_plans_are_narrowed_to_a_product_and_say_their_region(browse: Browse, thirty: World) -> None:
    with transaction() as session:
        lead, advisor = (session.get_one(Person, thirty.people[name]) for name in ("lider", "asesor"))
        other = factories.product(session, lead, thirty.unit_id, clock.now(), "Catastro al día")
        factories.plan(session, other, thirty.entities[0], clock.now(), advisor=advisor, executing=False)
        region = session.get_one(Region, thirty.region_id).name
        number = other.id
    reader = browse("monitoreo")
    page = reader.get("/planes")
    assert f'<option value="{number}">Catastro al día' in page
    assert region in re.findall(r'<p class="more">([^<]*)', page)[0]
    assert len(listed(reader, f"/planes?producto={number}")) == 1


def test_milestones_that_wait_are_those_of_the_page(browse: Browse, world: World, plan: int) -> None:
    with transaction() as session:
        one = session.scalars(select(PlanMilestone).where(PlanMilestone.plan_id == plan)).first()
        assert one is not None
        by = load(session, world.people["asesor"], now=clock.now())
        milestones.report(
            session, one.id, occurred_on=date(2026, 1, 6), without_evidence="No hubo acta.", by=by, now=clock.now()
        )  # fmt: skip
    reader = browse("articulador")
    (row,) = rows(downloaded(reader, sheet("/hitos-por-verificar")))
    assert f"{row['Número']:.0f}. {row['Hito']}" in reader.get("/hitos-por-verificar")
    assert row["Lo reportó"] == "Julio Peña"


def test_a_list_that_is_too_long_says_so_and_sends_nothing(
    browse: Browse, thirty: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answering, "MOST_ROWS", 29)
    page = browse("monitoreo").get(sheet("/planes"), status=422)
    assert "La lista tiene más de 29 filas" in page
    assert "Acótela con los filtros" in page


def test_contacts_and_advisories_are_searched_and_narrowed_to_a_person(browse: Browse, thirty: World) -> None:
    with transaction() as session:
        by = load(session, thirty.people["asesor"], now=clock.now())
        contacts.register(
            session, entity_id=thirty.entities[0], channel="call", topic="Rendición de cuentas", minutes=15,
            occurred_on=date(2026, 1, 5), by=by, now=clock.now(), confirmed=True,
        )  # fmt: skip
    reader, person = browse("articulador"), thirty.people["asesor"]
    for query, count in (("buscar=RENDICION", 1), ("buscar=nunca", 0), (f"persona={person}", 1), ("persona=999", 0)):
        assert len(rows(downloaded(reader, f"/interacciones?{query}&formato=xlsx"))) == count
        assert ("Rendición de cuentas" in reader.get(f"/interacciones?{query}")) is bool(count)
    assert rows(downloaded(reader, "/asesorias?buscar=nunca&formato=xlsx")) == []


@pytest.mark.parametrize(("path", "said"), [
    ("/planes?vigencia=abc&buscar=bancos", "En «vigencia» escribió «abc»"),
    ("/plazos?vence_desde=ayer", "«ayer» no es una fecha"),
])  # fmt: skip
def test_a_filter_that_is_not_understood_says_so_and_how_to_go_on(browse: Browse, path: str, said: str) -> None:
    page = browse("asesor").get(path, 422)
    assert said in page
    assert "Volver a la lista sin lo que no se entendió" in page
    kept = '/planes?buscar=bancos"' if "bancos" in path else '/plazos"'
    assert f'<a href="{kept}' in page


def test_a_day_may_be_written_as_people_write_it(browse: Browse) -> None:
    assert 'value="2026-12-31"' in browse("monitoreo").get("/acciones-correctivas?vence_hasta=31/12/2026")
