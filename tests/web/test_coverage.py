"""Coverage through the pages: one's region, giving entities, and what that changes for others."""

import re
from datetime import date
from datetime import timedelta
from html import unescape

import pytest

from db import SYSTEM
from db import clock
from db import reading
from db import transaction
from directory import absences
from directory import coverage
from directory import people
from directory import principal
from directory.models import Coverage
from directory.models import Department
from directory.models import Entity
from directory.principal import Principal
from tests.web.conftest import Browse
from tests.web.conftest import Browser
from tests.web.world import World
from tracking import following
from tracking import loads
from tracking.models import WorkPlan

TODAY = clock.local_date(clock.now())
YEARS_AGO = date(2020, 1, 1)


@pytest.fixture
def nora(world: World) -> int:
    """Somebody who already accompanies the third entity."""
    with transaction() as session:
        person_id = people.add(session, "Nora Vega", by=SYSTEM, now=clock.now()).id
        coverage.cover(session, person_id, world.entities[2], date(2026, 1, 1), by=SYSTEM, now=clock.now())
        return person_id


def asked(world: World, person_id: int, since: date = TODAY, entity: int = 0, **more: str) -> dict[str, str]:
    return {"entity": str(world.entities[entity]), "person_id": str(person_id), "since": str(since),
            "departamento": "05", **more}  # fmt: skip


def seen_in(question: str) -> dict[str, str]:
    """What the form of a confirmation sends back of what it told."""
    found = re.search(r'name="seen" value="([^"]+)"', question)
    assert found
    return {"confirmed": "si", "seen": found.group(1)}


def confirm(browser: Browser, data: dict[str, str]) -> None:
    """Ask for an assignment and confirm what it changes."""
    browser.post("/cobertura", {**data, **seen_in(text_of(browser.post("/cobertura", data, 200)))})


def rows_of(entity_id: int) -> list[Coverage]:
    with reading() as session:
        return coverage.of_entity(session, entity_id, revoked=True)


def plan_of(plan_id: int) -> WorkPlan:
    with reading() as session:
        return session.get_one(WorkPlan, plan_id)


def text_of(answer: object) -> str:
    return unescape(answer.get_data(as_text=True)).replace("\xa0", " ")  # type: ignore[attr-defined]


def test_a_day_that_went_by_is_asked_about_and_erases_nobody(browse: Browse, world: World, nora: int) -> None:
    coordinator = browse("articulador")
    coordinator.get("/cobertura?departamento=05")
    data = asked(world, nora, YEARS_AGO)
    question = text_of(coordinator.post("/cobertura", data, 200))
    assert "El 1 de enero de 2020 ya pasó." in question
    assert "queda sin efecto" in question
    assert len(rows_of(world.entities[0])) == 1
    back = text_of(coordinator.post("/cobertura", {**data, "confirmed": "si", "volver": "1"}, 200))
    assert re.search(rf'value="{world.entities[0]}"[^>]* checked', back)
    assert 'value="2020-01-01"' in back
    confirm(coordinator, data)
    kept = [(row.person_id, row.revoked_at is not None) for row in rows_of(world.entities[0])]
    assert kept == [(nora, False), (world.people["asesor"], True)]
    page = coordinator.get(f"/entidades/{world.entities[0]}")
    assert "quedó sin efecto" in page
    assert "Quedó sin efecto que Julio Peña atiende" in page


def test_what_is_assigned_from_a_day_to_come_is_seen(browse: Browse, world: World, nora: int) -> None:
    coordinator, tomorrow = browse("articulador"), TODAY + timedelta(days=1)
    coordinator.get("/cobertura?departamento=05")
    data = asked(world, nora, tomorrow)
    assert "termina el" in text_of(coordinator.post("/cobertura", data, 200))
    confirm(coordinator, data)
    row = re.search(rf'entidad-{world.entities[0]}".*?</tr>', coordinator.get("/cobertura?departamento=05"))
    assert row
    assert "Julio Peña" in row.group()
    assert re.search(r"Desde el .*: Nora Vega", row.group())
    assert "Acompañará" in coordinator.get(f"/entidades/{world.entities[0]}")


def test_an_old_confirmation_does_not_take_back_a_newer_assignment(browse: Browse, world: World, nora: int) -> None:
    bare = world.entities[0]
    with transaction() as session:
        lia = people.add(session, "Lía Mora", by=SYSTEM, now=clock.now()).id
        coverage.vacate(session, bare, TODAY, by=SYSTEM, now=clock.now())
    coordinator = browse("articulador")
    coordinator.get("/cobertura?departamento=05")
    data = asked(world, nora)
    old = text_of(coordinator.post("/cobertura", data, 200))
    assert "Desde ese día no tenía enlace: no se le quita a nadie." in old
    with transaction() as session:
        by = _coordinator(world).actor()
        newer = coverage.cover(session, lia, bare, TODAY, by=by, now=clock.now()).id
    again = text_of(coordinator.post("/cobertura", {**data, **seen_in(old)}, 409))
    assert "Esto cambió mientras usted tenía la página abierta" in again
    assert "Lía Mora atiende" in again
    assert "queda sin efecto" in again
    assert [row.id for row in rows_of(bare) if row.revoked_at is None and row.until is None] == [newer]
    coordinator.post("/cobertura", {**data, **seen_in(again)})
    assert [row.person_id for row in rows_of(bare) if row.revoked_at is None and row.until is None] == [nora]


def test_the_plans_of_who_leaves_are_told_and_go_along(browse: Browse, world: World, plan: int, nora: int) -> None:
    coordinator = browse("articulador")
    coordinator.get("/cobertura?departamento=05")
    question = text_of(coordinator.post("/cobertura", asked(world, nora), 200))
    assert "Nora Vega no tiene cuenta." in question
    assert "Planes que siguen a la entidad" in question
    assert re.search(r"\(\d tareas? abiertas?\), hoy con Julio Peña", question)
    confirm(coordinator, asked(world, nora))
    assert plan_of(plan).advisor_id == nora
    assert "pasó 1 plan con sus tareas" in coordinator.get("/cobertura?departamento=05")


@pytest.mark.parametrize("chosen", [True, False])
def test_a_plan_given_on_purpose_is_offered_and_not_taken(
    browse: Browse, world: World, plan: int, nora: int, chosen: bool
) -> None:
    lead = world.people["lider"]
    with transaction() as session:
        following.transfer(session, plan, lead, reason="Cambio", by=_coordinator(world), now=clock.now())
    coordinator = browse("articulador")
    coordinator.get("/cobertura?departamento=05")
    question = text_of(coordinator.post("/cobertura", asked(world, nora), 200))
    assert "Planes que se quedan con quien los tiene" in question
    assert f'name="plan" id="plan-{plan}"' in question
    more = {"plan": str(plan)} if chosen else {}
    confirm(coordinator, asked(world, nora, **more))
    assert plan_of(plan).advisor_id == (nora if chosen else lead)


def _coordinator(world: World) -> Principal:
    with reading() as session:
        return principal.load(session, world.people["articulador"], now=clock.now())


def test_a_coordinator_begins_in_their_region(browse: Browse, world: World, nora: int) -> None:
    page = browse("articulador").get("/cobertura")
    assert "(mi región)" in page
    assert "sin enlace territorial" in page
    with reading() as session:
        inside = {row.code for row in session.query(Department) if f"departamento={row.code}" in page}
    assert "05" in inside
    assert "91" not in inside
    assert re.search(r'Nora Vega</a>.*?<td class="number"[^>]*>1</td>', page, re.DOTALL)
    assert len(re.findall(r"departamento=\d\d", browse("monitoreo").get("/cobertura"))) == 33


def test_who_receives_is_chosen_seeing_what_they_carry(browse: Browse, world: World, plan: int, nora: int) -> None:
    with transaction() as session:
        absences.add(session, nora, "vacaciones", TODAY, TODAY, by=SYSTEM, now=clock.now())
    page = browse("articulador").get("/cobertura?departamento=05")
    assert "Nora Vega: 1 entidad, 0 planes abiertos, ausente hoy, sin cuenta" in page
    assert "Julio Peña: 2 entidades, 1 plan abierto" in page
    with reading() as session:
        carried = loads.of_people(session, [world.people["asesor"]], department_codes=["91"], now=clock.now())
    assert carried[world.people["asesor"]].here == 0


def test_an_absence_that_is_near_is_told_before_assigning(browse: Browse, world: World, nora: int) -> None:
    monday = TODAY + timedelta(days=6)
    with transaction() as session:
        absences.add(session, nora, "vacaciones", monday, monday, by=SYSTEM, now=clock.now())
    coordinator = browse("articulador")
    coordinator.get("/cobertura?departamento=05")
    assert "Nora Vega estará ausente del" in text_of(coordinator.post("/cobertura", asked(world, nora), 200))


def test_entities_of_another_region_are_shown_without_offering_them(browse: Browse, world: World, nora: int) -> None:
    coordinator = browse("articulador")
    page = coordinator.get("/cobertura?departamento=91")
    assert "Aquí sólo puede consultar" in page
    assert 'name="entity"' not in page
    foreign = re.findall(r'href="/entidades/(\d+)"', page)[0]
    data = {"entity": [foreign, str(world.entities[2])], "person_id": str(nora), "since": str(TODAY),
            "departamento": "05"}  # fmt: skip
    answer = text_of(coordinator.post("/cobertura", data, 422))
    assert "Usted no puede cambiar quién atiende" in answer
    assert re.search(rf'value="{world.entities[2]}"[^>]* checked', answer)


def test_what_is_outside_the_region_of_the_receiver_is_confirmed(browse: Browse, world: World) -> None:
    browser = browse("admin")
    page = browser.get("/cobertura?region=todas&departamento=91")
    foreign = re.findall(r'href="/entidades/(\d+)"', page)[0]
    data = {"entity": foreign, "person_id": str(world.people["asesor"]), "since": str(TODAY), "departamento": "91"}
    asking = text_of(browser.post("/cobertura", data, 200))
    told = r"Fuera de su región\..* Julio Peña tiene el rol de enlace territorial en .*\(Amazonía\)"
    assert re.search(told, asking, re.S)
    assert rows_of(int(foreign)) == []
    browser.post("/cobertura", {**data, **seen_in(asking)})
    assert [row.person_id for row in rows_of(int(foreign))] == [world.people["asesor"]]


def test_a_region_lists_at_once_who_has_nobody(browse: Browse, world: World) -> None:
    page = browse("articulador").get("/cobertura?sin=1")
    assert f'value="{world.entities[2]}"' in page
    assert f'value="{world.entities[0]}"' not in page


def test_a_department_without_entities_says_so(browse: Browse, world: World) -> None:
    with transaction() as session:
        session.add(Department(code="98", name="Vacío", search_name="vacio"))
    page = browse("monitoreo").get("/cobertura?departamento=98")
    assert "No hay entidades" in page
    assert "Todas tienen enlace territorial" not in page


def test_entities_are_left_without_advisor_once_what_stays_was_seen(browse: Browse, world: World, plan: int) -> None:
    coordinator, entity = browse("articulador"), world.entities[0]
    coordinator.get("/cobertura?departamento=05")
    sent = {"entity": str(entity), "since": str(TODAY), "departamento": "05"}
    asking = text_of(coordinator.post("/cobertura/sin-enlace", sent, 200))
    assert "Julio Peña, desde el 1 de enero de 2026: termina el" in asking
    assert f'href="/planes/{plan}"' in asking
    assert rows_of(entity)[0].until is None
    assert "Esto cambió" in text_of(coordinator.post("/cobertura/sin-enlace", {**sent, "confirmed": "si"}, 409))
    assert rows_of(entity)[0].until is None
    coordinator.post("/cobertura/sin-enlace", {**sent, **seen_in(asking)})
    assert rows_of(entity)[0].until == TODAY - timedelta(days=1)
    assert plan_of(plan).advisor_id == world.people["asesor"]
    assert "nadie" in coordinator.get("/cobertura?departamento=05&sin=1")
    again = text_of(coordinator.post("/cobertura/sin-enlace", sent, 422))
    assert "Nadie atiende esas entidades desde esa fecha" in again


def test_who_comes_from_another_day_is_said_where_nobody_is(browse: Browse, world: World, plan: int, nora: int) -> None:
    entity, tomorrow, now = world.entities[0], TODAY + timedelta(days=1), clock.now()
    with transaction() as session:
        coverage.vacate(session, entity, TODAY, by=SYSTEM, now=now)
        coverage.cover(session, nora, entity, tomorrow, by=SYSTEM, now=now)
        session.get_one(WorkPlan, plan).status = "without_advisor"
    coordinator = browse("articulador")
    assert re.search(r"desde el .{5,40} la acompañará Nora Vega", coordinator.get(f"/planes/{plan}"))
    for query in ("departamento=05", "sin=1"):
        row = re.search(rf'entidad-{entity}".*?</tr>', coordinator.get(f"/cobertura?{query}"))
        assert row
        assert re.search(r"nadie.*Desde el .*: Nora Vega", row.group())
    assert re.search(r"sin enlace territorial; 1.ya tiene quien llegue otro día", coordinator.get("/cobertura"))
    assert "1 entidad programada para después" in browse("admin").get(f"/personas/{nora}")
    with transaction() as session:
        people.disable(session, nora, by=SYSTEM, now=now)
    assert re.search(r"Nora Vega <span[^>]*>ya no tiene acceso", coordinator.get("/cobertura?departamento=05"))
    assert "quien llegue otro día" not in coordinator.get("/cobertura")


def test_nobody_leaves_without_advisor_what_is_in_another_region(browse: Browse, world: World) -> None:
    coordinator = browse("articulador")
    coordinator.get("/cobertura")
    with reading() as session:
        elsewhere = next(one for one in session.query(Entity).filter_by(department_code="08"))
    sent = {"entity": str(elsewhere.id), "since": str(TODAY), "confirmed": "si"}
    coordinator.post("/cobertura/sin-enlace", sent, 403)
    assert 'href="#entity"' in text_of(coordinator.post("/cobertura/sin-enlace", {**sent, "confirmed": ""}, 422))
    late = {"entity": str(world.entities[0]), "since": "2062-01-01"}
    assert 'href="#since"' in text_of(coordinator.post("/cobertura/sin-enlace", late, 422))
