"""Empalme by page: whose work is offered, who may receive it, and errors that lose nothing."""

import re
from datetime import timedelta
from html import unescape

import pytest

from att import duties
from db import SYSTEM
from db import clock
from db import reading
from db import transaction
from directory import coverage
from directory import people
from directory import regions
from directory.models import Entity
from notifications import policies
from tests.departments import codes_of
from tests.web.conftest import Browse
from tests.web.world import LONG_AGO
from tests.web.world import World
from tracking.models import WorkPlan
from tracking.policies import SHIPPED

TODAY = clock.local_date(clock.now())
NEW = "/empalmes/nuevo"


@pytest.fixture
def stranger(world: World) -> int:
    """Somebody who accompanies an entity of another region."""
    with transaction() as session:
        other = next(one for one in regions.current(session) if one.id != world.region_id)
        code = codes_of(session, other.id)[0]
        entity = session.query(Entity).filter_by(department_code=code).first()
        assert entity is not None
        person = people.add(session, "Nora Vega", by=SYSTEM, now=clock.now())
        coverage.cover(session, person.id, entity.id, LONG_AGO, by=SYSTEM, now=clock.now())
        return person.id


def sent(giver: int, receiver: int, **more: str) -> dict[str, str]:
    return {"from_id": str(giver), "to_id": str(receiver), "since": str(TODAY), "reason": "Terminó su contrato", **more}


def offered(page: str, name: str) -> str:
    start = page.index(f'<select class="input" id="{name}"')
    return page[start : page.index("</select>", start)]


def test_only_those_whose_work_one_may_hand_over_are_offered(browse: Browse, world: World, stranger: int) -> None:
    shown = offered(browse("articulador").get(NEW), "from_id")
    assert "Julio Peña" in shown
    assert not [name for name in ("Nora Vega", "Iván Cruz", "Luz Mora", "Elena Soto") if name in shown]


def test_a_refusal_stays_at_its_field_and_keeps_what_was_typed(browse: Browse, world: World, stranger: int) -> None:
    head = browse("articulador")
    head.get(NEW)
    page = unescape(head.post(NEW, sent(stranger, world.people["asesor"]), 422).get_data(as_text=True))
    assert 'href="#from_id"' in page
    assert "Usted no puede entregar el trabajo de Nora Vega" in page
    assert "Terminó su contrato" in page
    nothing = unescape(head.post(NEW, sent(world.people["der"], world.people["asesor"]), 422).get_data(as_text=True))
    assert "Rosa Díaz no tiene a cargo nada que entregar" in nothing
    far = head.post(NEW, sent(world.people["asesor"], world.people["articulador"], since="2062-01-01"), 422)
    assert 'href="#since"' in far.get_data(as_text=True)


def test_the_articulador_receives_the_work_of_who_leaves(browse: Browse, world: World, plan: int) -> None:
    head, own = browse("articulador"), world.people["articulador"]
    with transaction() as session:  # whoever covers an entity is an advisor already
        coverage.cover(session, own, world.entities[2], LONG_AGO, by=SYSTEM, now=clock.now())
    head.get(NEW)
    giving = sent(world.people["asesor"], own)
    asked = unescape(head.post(NEW, giving, 200).get_data(as_text=True)).replace("\xa0", " ")
    assert "Va a entregar el trabajo de Julio Peña a Marta Gil" in asked
    head.post(NEW, {**giving, "confirmed": "si"})
    with reading() as session:
        assert set(coverage.entities_of(session, own, TODAY)) == set(world.entities)


def test_nobody_gives_their_work_to_themselves(browse: Browse, world: World, plan: int) -> None:
    head = browse("articulador")
    head.get(NEW)
    refused = head.post(NEW, sent(world.people["asesor"], world.people["asesor"]), 422).get_data(as_text=True)
    assert 'href="#to_id"' in refused


def test_one_that_waits_for_its_day_is_seen_where_people_look(browse: Browse, world: World, plan: int) -> None:
    head, heir = browse("articulador"), world.people["articulador"]
    with transaction() as session:
        coverage.cover(session, heir, world.entities[2], LONG_AGO, by=SYSTEM, now=clock.now())
    head.get(NEW)
    later = {**sent(world.people["asesor"], heir), "since": str(TODAY + timedelta(days=9)), "confirmed": "si"}
    head.post(NEW, later)
    for person_id in (world.people["asesor"], heir):
        assert "Julio Peña entrega su trabajo a Marta Gil" in head.get(f"/personas/{person_id}")
    leaving = browse("admin").get(f"/personas/{world.people['asesor']}")
    assert "Su empalme ya está programado: pasan a Marta Gil" in leaving
    assert "sin quien los atienda" not in leaving
    assert re.search("Marta Gil, por <a[^>]*>empalme", head.get("/cobertura?departamento=05"))
    where = re.search(r"/empalmes/(\d+)/cancelacion", head.get(f"/personas/{heir}"))
    assert where
    assert where.group() not in browse("der").get(f"/personas/{heir}")
    for concerned, told in (("asesor", True), ("der", True), ("lider", False), ("comunicaciones", False)):
        page = browse(concerned).get(f"/personas/{world.people['asesor']}")
        assert ("Julio Peña entrega su trabajo a Marta Gil" in page) is told
        assert ("pasan a Marta Gil" in page) is False
    empty = head.post(where.group(), {}, 422).get_data(as_text=True)
    assert "Diga por qué se cancela el empalme" in unescape(empty)
    head.post(where.group(), {f"cancel-{where[1]}": "Se queda en el equipo"})
    assert "Empalmes programados" not in head.get(f"/personas/{heir}")
    assert "Se queda en el equipo" in browse("control").get(f"/personas/{heir}")


def test_plans_given_on_purpose_are_on_the_page_of_who_has_them(browse: Browse, world: World, plan: int) -> None:
    with transaction() as session:
        session.get_one(WorkPlan, plan).advisor_id = world.people["articulador"]
    page = browse("articulador").get(f"/personas/{world.people['articulador']}")
    assert "Planes de otras entidades (1)" in page
    assert f'href="/planes/{plan}"' in page


def test_it_says_who_owes_the_reports_of_the_month(browse: Browse, world: World, plan: int) -> None:
    head, heir = browse("articulador"), world.people["articulador"]
    with transaction() as session:
        coverage.cover(session, heir, world.entities[2], LONG_AGO, by=SYSTEM, now=clock.now())
    head.get(NEW)
    asked = unescape(head.post(NEW, sent(world.people["asesor"], heir), 200).get_data(as_text=True))
    assert "Los informes del mes los debe cada quien por los días que acompañó" in asked


def test_nobody_is_sent_to_hand_over_what_stays_by_rule(browse: Browse, world: World, plan: int) -> None:
    head, heir, own = browse("articulador"), world.people["articulador"], world.people["asesor"]
    with transaction() as session:
        coverage.cover(session, heir, world.entities[2], LONG_AGO, by=SYSTEM, now=clock.now())
        policies.install(session, SHIPPED, since=TODAY.replace(day=1), by=SYSTEM, now=clock.now())
    duties.open_obligations(clock.now())
    assert "Entregar su trabajo a otra persona" in head.get(f"/personas/{own}")
    head.get(NEW)
    head.post(NEW, {**sent(own, heir), "confirmed": "si"})
    assert "Entregar su trabajo a otra persona" not in head.get(f"/personas/{own}")
    with transaction() as session:
        people.disable(session, own, by=SYSTEM, now=clock.now())
    page = browse("admin").get(f"/personas/{own}")
    assert "Siguen a su nombre" not in page
    assert "contando para esta persona" in page
