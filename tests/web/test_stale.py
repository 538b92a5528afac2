"""Two windows on the same form: what one changed, the other neither undoes nor hides."""

import re
from html import unescape
from re import findall

import pytest

from db import SYSTEM
from db import clock
from db import reading
from db import transaction
from directory import grants
from directory import people
from directory import units
from tests.tracking import factories
from tests.web import desk
from tests.web.conftest import Browse
from tests.web.conftest import Browser
from tests.web.world import LONG_AGO
from tests.web.world import World
from tracking.models import WorkPlan
from web.stale import OVERTAKEN

Sent = dict[str, str]


def opened(browser: Browser, path: str) -> Sent:
    """What a window that shows `path` sends when nothing is typed in it."""
    pairs = dict(findall(r'name="shown-([a-z_0-9]+)" value="([^"]*)"', browser.get(path)))
    shown = {name: unescape(value) for name, value in pairs.items()}
    return shown | {f"shown-{name}": value for name, value in shown.items()}


@pytest.fixture
def windows(browse: Browse, world: World) -> tuple[Browser, str, Sent, Sent]:
    """An administrator, the page of a person, and what two windows on it send."""
    admin, path = browse("admin"), f"/personas/{world.people['lider']}"
    return admin, path, opened(admin, path), opened(admin, path)


def position(world: World) -> str:
    with reading() as session:
        return people.get(session, world.people["lider"]).position


def test_each_changes_what_it_means_to(windows: tuple[Browser, str, Sent, Sent], world: World) -> None:
    admin, path, first, second = windows
    admin.post(f"{path}/datos", {**first, "position": "Profesional"})
    admin.post(f"{path}/datos", {**second, "name": "Ana María Ruiz"})
    assert position(world) == "Profesional"
    assert "Ana María Ruiz" in admin.get(path)


def test_the_same_datum_is_changed_by_whoever_knows_that_it_changed(
    windows: tuple[Browser, str, Sent, Sent], world: World
) -> None:
    admin, path, first, second = windows
    admin.post(f"{path}/datos", {**first, "position": "Profesional"})
    answer = unescape(admin.post(f"{path}/datos", {**second, "position": "Asesora"}, 422).get_data(as_text=True))
    assert f"{OVERTAKEN} Ahora dice «Profesional»." in answer
    assert 'value="Asesora"' in answer
    assert position(world) == "Profesional"
    admin.post(f"{path}/datos", {**opened(admin, path), "position": "Asesora"})
    assert position(world) == "Asesora"


def test_what_comes_back_for_something_else_does_not_take_back_what_changed_meanwhile(
    windows: tuple[Browser, str, Sent, Sent], world: World
) -> None:
    admin, path, first, second = windows
    admin.post(f"{path}/datos", {**first, "position": "Profesional"})
    answer = unescape(admin.post(f"{path}/datos", {**second, "email": "nadie"}, 422).get_data(as_text=True))
    assert 'value="nadie"' in answer
    assert re.search(r' name="position"[^>]* value="Profesional"', answer)
    again = {name: unescape(value) for name, value in SHOWN.findall(answer)}
    typed = {name.removeprefix("shown-"): value for name, value in again.items()}
    admin.post(f"{path}/datos", {**again, **typed, "email": "ana.ruiz@example.org"})
    assert position(world) == "Profesional"


def test_a_setting_that_somebody_else_changed_stays(browse: Browse) -> None:
    admin = browse("admin")
    first, second = opened(admin, "/ajustes"), opened(admin, "/ajustes")
    admin.post("/ajustes", {**first, "term_c2": "20"})
    admin.post("/ajustes", {**second, "term_c3": "7"})
    now = opened(admin, "/ajustes")
    assert (now["term_c2"], now["term_c3"]) == ("20", "7")


SHOWN = re.compile(r'name="(shown-[a-z_]+)" value="([^"]*)"')
SHEET = {"summary": "Ponemos al día su banco.", "provider": "DNP", "descriptors": ["functional"], "reason": "Errata."}


def window(browser: Browser, path: str) -> Sent:
    """What a window that shows `path` tells of what it shows."""
    return dict(SHOWN.findall(browser.get(path)))


@pytest.fixture
def sheet(browse: Browse, world: World) -> tuple[Browser, str, Sent]:
    """Somebody with the page of a public sheet open, as it stood at first."""
    code = desk.product(world, "Activity_PublicarEnPortafolio")
    desk.do(world, code, "Activity_PublicarEnPortafolio")
    monitoring, path = browse("monitoreo"), f"/productos/{code}/portafolio"
    return monitoring, path, window(monitoring, path)


def test_a_correction_of_the_public_sheet_is_not_undone(sheet: tuple[Browser, str, Sent]) -> None:
    monitoring, path, old = sheet
    monitoring.post(path, {**SHEET, **old, "provider": "La subdirección"})
    answer = unescape(monitoring.post(path, {**SHEET, **old}, 422).get_data(as_text=True))
    assert "Elena Soto lo cambió" in answer
    assert "corrigió la ficha pública" in answer
    assert SHEET["summary"] in answer
    assert 'value="La subdirección"' in monitoring.get(path)
    monitoring.post(path, {**SHEET, **dict(SHOWN.findall(answer))})
    assert 'value="DNP"' in monitoring.get(path)


def test_a_sheet_that_was_taken_down_is_not_published_by_an_old_window(
    sheet: tuple[Browser, str, Sent], browse: Browse
) -> None:
    monitoring, path, old = sheet
    public = f"/portafolio/{path.split('/')[2]}"
    monitoring.post(f"{path}/retiro", {**old, "down_reason": "Ofrecía lo que no hay."})
    answer = unescape(monitoring.post(path, {**SHEET, **old}, 422).get_data(as_text=True))
    assert "retiró la ficha del portafolio público" in answer
    assert "Publicar en el portafolio" in answer
    browse("").get(public, 404)
    monitoring.post(f"{path}/retiro", {**old, "down_reason": "Otra vez."}, 422)


def test_a_plan_that_somebody_else_gave_away_is_not_moved_by_an_old_window(
    plan: int, browse: Browse, world: World
) -> None:
    with transaction() as session:
        others = [factories.person(session, f"Asesora {name}", clock.now()).id for name in ("Nora", "Lía")]
        for key in others:
            grants.add(session, key, "territorial_advisor", "region", world.region_id, since=LONG_AGO, by=SYSTEM,
                       now=clock.now())  # fmt: skip
    nora, lia = map(str, others)
    coordinator, path = browse("articulador"), f"/planes/{plan}/traspaso"
    old = window(coordinator, path)
    first = {**old, "advisor_id": nora, "confirmed": nora, "reason": "Cambia de municipio."}
    coordinator.post(path, first)
    second = {**old, "advisor_id": lia, "confirmed": lia, "reason": "Está más cerca del municipio."}
    asked = coordinator.post(path, {**second, "confirmed": ""}, 200).get_data(as_text=True)
    assert dict(SHOWN.findall(asked)) == old
    answer = unescape(coordinator.post(path, second, 422).get_data(as_text=True))
    assert "El plan quedó a cargo de Asesora Nora".lower() in answer.lower()
    assert "Está más cerca del municipio." in answer
    with reading() as session:
        assert str(session.get_one(WorkPlan, plan).advisor_id) == nora
    coordinator.post(path, {**second, **dict(SHOWN.findall(answer))})


def test_the_unit_that_another_chose_is_told_by_its_name(
    windows: tuple[Browser, str, Sent, Sent], world: World
) -> None:
    admin, path, first, second = windows
    with reading() as session:
        other, third = [unit for unit in units.every(session) if unit.id != world.unit_id][:2]
    admin.post(f"{path}/datos", {**first, "unit_id": str(other.id)})
    answer = unescape(admin.post(f"{path}/datos", {**second, "unit_id": str(third.id)}, 422).get_data(as_text=True))
    assert f"Ahora dice «{other.name}»." in answer
    assert f'<option value="{third.id}" selected>' in answer
