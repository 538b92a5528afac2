"""Pages of the administrator: the units."""

import re
from typing import Any

import pytest

from db import SYSTEM
from db import clock
from db import reading
from db import transaction
from directory import people
from directory import unit_acts
from directory import units
from tests.web.conftest import Browse
from tests.web.conftest import Browser
from tests.web.world import World

HERE = "/dependencias"
WHY = "Decreto 1893 de 2021"


@pytest.fixture
def ally(world: World) -> int:
    """A unit with nothing in it."""
    with transaction() as session:
        return units.add(session, "ESAP", "Escuela Superior", by=SYSTEM, now=clock.now()).id


def shown(code: str = "ESAP", name: str = "Escuela Superior", parent_id: object = "") -> dict[str, Any]:
    """What the form that corrects a unit sends when nobody touches it."""
    held = {"code": code, "name": name, "parent_id": str(parent_id)}
    return {**held, **{f"shown-{key}": value for key, value in held.items()}}


def at(page: str) -> list[str]:
    """The names of the units of a list, in its order."""
    return re.findall(r'<a href="/dependencias/\d+">([^<]+)</a></span>', page)


def corrected(browser: Browser, unit_id: int, status: int = 303, **typed: str) -> str:
    browser.get(f"{HERE}/{unit_id}")
    answer = browser.post(f"{HERE}/{unit_id}/datos", {**shown(), **typed}, status)
    return answer.get_data(as_text=True)


def test_the_list_is_a_tree_with_its_pages_and_is_searched(browse: Browse, world: World, ally: int) -> None:
    control = browse("control")
    page = control.get(HERE)
    names = at(page)
    assert names[0] == "Dirección General"
    assert names[names.index("Dirección de Estrategia Regional") - 1].startswith("Subdirección General de Descentral")
    assert "Nueva dependencia" not in page
    assert at(control.get(f"{HERE}?buscar=esap")) == ["Escuela Superior"]
    assert "Ninguna dependencia coincide con su búsqueda" in control.get(f"{HERE}?buscar=zzz")
    with transaction() as session:
        for number in range(30):
            units.add(session, f"G{number}", f"Grupo {number:02}", parent_id=ally, by=SYSTEM, now=clock.now())
    first = control.get(HERE)
    onward = re.search(r'<a href="([^"]+)" rel="next"', first)
    assert onward
    second = control.get(onward.group(1))
    assert not set(at(first)) & set(at(second))
    assert "Depende de Escuela Superior" in second


def test_a_unit_is_created_and_one_called_as_another_is_confirmed(browse: Browse, world: World, ally: int) -> None:
    admin = browse("admin")
    admin.get(f"{HERE}/nueva")
    typed = {"key": "k" * 20, "code": "ESC", "name": "Escuela  superior", "parent_id": str(world.unit_id)}
    page = admin.post(f"{HERE}/nueva", typed, 422).get_data(as_text=True)
    assert "«Escuela Superior» (ESAP)" in page
    assert 'value="ESC"' in page
    admin.post(f"{HERE}/nueva", {**typed, "confirmed": "si"})
    admin.post(f"{HERE}/nueva", {**typed, "confirmed": "si"})
    with reading() as session:
        row = units.find(session, "ESC")
    assert row
    assert row.parent_id == world.unit_id
    assert "Creó la dependencia" in admin.get(f"{HERE}/{row.id}")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"code": "", "name": "Una"}, "Escriba la sigla"), ({"code": "A", "name": ""}, "Escriba el nombre"),
        ({"code": "A" * 21, "name": "Una"}, "como máximo 20 caracteres"),
        ({"code": "A", "name": "u" * 201}, "como máximo 200 caracteres"),
        ({"code": "DER", "name": "Una"}, "Ya existe una dependencia con la sigla DER"),
        ({"code": "A", "name": "Una", "parent_id": "999"}, "dependencia superior que exista"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_new_one_is_said_at_its_box(browse: Browse, typed: dict[str, str], said: str) -> None:
    admin = browse("admin")
    admin.get(f"{HERE}/nueva")
    assert said in admin.post(f"{HERE}/nueva", {"key": "k" * 20, **typed}, 422).get_data(as_text=True)


def test_a_correction_stands_in_its_history_with_the_reason(browse: Browse, ally: int) -> None:
    admin = browse("admin")
    assert "Diga por qué" in corrected(admin, ally, 422, code="ESP")
    corrected(admin, ally, code="ESP", reason=WHY)
    page = browse("control").get(f"{HERE}/{ally}")
    assert "la sigla, de «ESAP» a «ESP»" in page
    assert WHY in page


def test_what_somebody_else_corrected_meanwhile_is_kept_or_asked(browse: Browse, world: World, ally: int) -> None:
    admin = browse("admin")
    with transaction() as session:
        unit_acts.change(session, ally, name="Escuela Nacional", reason=WHY, by=SYSTEM, now=clock.now())
    assert "Ahora dice «Escuela Nacional»" in corrected(admin, ally, 422, name="Otra escuela", reason=WHY)
    corrected(admin, ally, code="ESP", reason=WHY)
    with reading() as session:
        row = units.get(session, ally)
    assert (row.code, row.name) == ("ESP", "Escuela Nacional")


def test_a_move_tells_which_roles_reach_it_and_waits_for_a_yes(browse: Browse, world: World, ally: int) -> None:
    admin, moved = browse("admin"), {"parent_id": str(world.unit_id), "reason": WHY}
    assert "Roles sobre dependencias superiores" in corrected(admin, ally, 422, **moved)
    corrected(admin, ally, **moved, confirmed="si")
    with reading() as session:
        assert units.get(session, ally).parent_id == world.unit_id


def test_what_hangs_on_a_unit_is_told_and_keeps_it_from_being_retired(browse: Browse, world: World) -> None:
    admin, here = browse("admin"), f"{HERE}/{world.unit_id}"
    page = admin.get(here)
    assert "No se puede retirar todavía" in page
    assert "Ana Ruiz" in page
    assert "Retirar la dependencia" not in page
    refusal = admin.post(f"{here}/estado", {"use": "no", "why": WHY}, 422).get_data(as_text=True)
    assert '<a href="#use">Todavía tiene' in refusal


def test_a_retired_unit_is_offered_nowhere_stays_readable_and_comes_back(
    browse: Browse, world: World, ally: int
) -> None:
    admin, here = browse("admin"), f"{HERE}/{ally}"
    with transaction() as session:
        gone = people.add(session, "Inés Vega", unit_id=ally, by=SYSTEM, now=clock.now()).id
        people.disable(session, gone, by=SYSTEM, now=clock.now())
    admin.get(here)
    assert "Diga por qué se retira" in admin.post(f"{here}/estado", {"use": "no"}, 422).get_data(as_text=True)
    admin.post(f"{here}/estado", {"use": "no", "why": "Se creó por error"})
    page = admin.get(here)
    assert "ya no se ofrece; lo que tuvo se sigue leyendo" in page
    assert "Se creó por error" in page
    for form in ("/personas/nueva", f"/personas/{world.people['lider']}", f"{HERE}/nueva", HERE):
        assert "Escuela Superior" not in admin.get(form), form
    assert "Escuela Superior" in admin.get("/personas?inactivas=1&buscar=ines"), "where it was"
    assert f'value="{ally}" selected' in admin.get(f"/personas/{gone}"), "saving other data does not take her out of it"
    assert at(admin.get(f"{HERE}?retiradas=1&buscar=escuela")) == ["Escuela Superior"]
    admin.post(f"{here}/estado", {"use": "si"})
    assert "Escuela Superior" in admin.get("/personas/nueva")


def test_one_under_a_retired_unit_is_not_brought_back_first(browse: Browse, ally: int) -> None:
    with transaction() as session:
        now = clock.now()
        child = units.add(session, "A", "Grupo A", parent_id=ally, by=SYSTEM, now=now).id
        for key in (child, ally):
            unit_acts.disable(session, key, reason=WHY, by=SYSTEM, now=now)
    admin = browse("admin")
    admin.get(f"{HERE}/{child}")
    page = admin.post(f"{HERE}/{child}/estado", {"use": "si"}, 422).get_data(as_text=True)
    assert "vuelva a usar primero esa" in page


def test_only_who_administers_or_controls_opens_them(browse: Browse, world: World, ally: int) -> None:
    for path in (HERE, f"{HERE}/{ally}", f"{HERE}/nueva"):
        browse("director").get(path, 403)
    control = browse("control")
    control.get(f"{HERE}/nueva", 403)
    assert "Corregirla o moverla" not in control.get(f"{HERE}/{ally}")
    control.post(f"{HERE}/{ally}/datos", {**shown(), "code": "X", "reason": WHY}, 403)
    control.post(f"{HERE}/{ally}/estado", {"use": "no", "why": WHY}, 403)
