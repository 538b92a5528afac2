"""Taking cases to a later version on the pages: seeing which can, rehearsing, and taking them."""

from dataclasses import replace

import pytest

from att import jobs
from db import SYSTEM
from db import clock
from db import reading
from db import transaction
from engine import definitions
from engine import instances
from engine import registry
from tests.web.conftest import Browse
from tests.web.world import World

KEY = "gobernanza"
PLACE = f"/procesos/{KEY}/versiones/2/casos"


@pytest.fixture
def cases(world: World, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Two strategies under way, and a version that came after they began."""
    links = (instances.Links(f"Estrategia {name}") for name in ("Norte", "Sur"))
    with transaction() as session:
        made = [instances.start(session, KEY, one.title, links=one, by=SYSTEM, now=clock.now()).id for one in links]
    process = registry.process(KEY)
    text = process.files[f"{KEY}.bpmn"].replace('name="Definir la estrategia"', 'name="Acordar la estrategia"')
    assert text != process.files[f"{KEY}.bpmn"]
    later = replace(process, files={f"{KEY}.bpmn": text})
    monkeypatch.setitem(registry._processes, KEY, later)
    with transaction() as session:
        definitions.deploy(session, later, by=SYSTEM, now=clock.now())
    return made


def versions(cases: list[int]) -> list[int]:
    with reading() as session:
        return [instances.get(session, key).definition.version for key in cases]


def test_the_page_says_which_can(browse: Browse, cases: list[int]) -> None:
    text = browse("admin").get(PLACE)
    assert "2 casos en curso siguen una versión anterior" in text
    assert text.count("Puede pasar") == 2
    assert "Estrategia Sur" in browse("admin").get(f"{PLACE}?buscar=sur")
    assert "Ningún caso coincide" in browse("admin").get(f"{PLACE}?buscar=nada")
    assert PLACE in browse("admin").get(f"/procesos/{KEY}")


def test_those_that_were_marked_go(browse: Browse, cases: list[int]) -> None:
    admin = browse("admin")
    admin.get(PLACE)
    sent = {"act": "marked", "case": str(cases[1]), "reason": "Rige otro nombre.", "key": "una"}
    admin.post(PLACE, {**sent, "reason": ""}, 422)
    admin.post(PLACE, {**sent, "case": []}, 422)
    place = admin.post(PLACE, sent).location
    jobs.run("operations", clock.now())
    assert versions(cases) == [1, 2]
    assert "1 de 1" in admin.get(place)


def test_a_rehearsal_changes_nothing_and_then_all_go(browse: Browse, cases: list[int]) -> None:
    admin = browse("admin")
    admin.get(PLACE)
    place = admin.post(PLACE, {"act": "rehearse", "key": "una"}).location
    jobs.run("operations", clock.now())
    assert versions(cases) == [1, 1]
    page = admin.get(place).replace("\xa0", " ")
    assert "2 de 2 casos pueden pasar a la versión 2. Fue un ensayo" in page
    assert f'href="{PLACE}"' in page
    admin.post(PLACE, {"act": "all", "reason": "Rige otro nombre.", "key": "otra"})
    jobs.run("operations", clock.now())
    assert versions(cases) == [2, 2]
    assert "Ningún caso sigue una versión anterior" in admin.get(PLACE)


@pytest.mark.parametrize("who", ["lider", "monitoreo", "control"])
def test_only_whoever_runs_the_system_sees_it(browse: Browse, cases: list[int], who: str) -> None:
    browse(who).get(PLACE, 403)
    assert PLACE not in browse(who).get(f"/procesos/{KEY}")
