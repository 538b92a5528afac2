"""Looking for a name inside a form is never the act of the form, whichever way it is asked."""

import re

import pytest
from sqlalchemy import func
from sqlalchemy import select

from db import reading
from db import transaction
from directory.models import Entity
from tests.web.conftest import Browse
from tests.web.test_advising import said
from tests.web.world import World
from tracking.models import Advisory
from tracking.models import QuickContact
from web import picking

FIRST_BUTTON = re.compile(r"<button[^>]*>")


@pytest.fixture
def short_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists are too long to be shown whole."""
    monkeypatch.setattr(picking, "MOST", 1)


def default_button(page: str, action: str) -> str:
    """What a browser presses on Enter in the form: its first button."""
    form = page[page.index(f'action="{action}"') :]
    found = FIRST_BUTTON.search(form)
    assert found
    return found.group()


def contacts_kept() -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(QuickContact)) or 0


def renamed(world: World, *names: str) -> None:
    with transaction() as session:
        for key, name in zip(world.entities, names, strict=False):
            session.get_one(Entity, key).name = name


@pytest.mark.usefixtures("short_lists")
def test_enter_in_the_box_of_a_contact_looks_for_the_entity(browse: Browse, world: World) -> None:
    advisor = browse("asesor")
    page = advisor.get("/interacciones/nueva")
    assert 'name="_buscar"' in default_button(page, "/interacciones/nueva")
    with reading() as session:
        name = session.get_one(Entity, world.entities[1]).name
    filled = {"entity_id": str(world.entities[0]), "channel": "call", "topic": "Duda", "minutes": "15"}
    sought = {**filled, "entity_id_buscar": name, "entity_id_buscado": ""}
    for pressed in ({"_buscar": "entity_id"}, {}):  # Enter or «Buscar», and «Registrar» with a name not yet looked for
        found = advisor.post("/interacciones/nueva", {**sought, **pressed}, 200).get_data(as_text=True)
        assert f'<option value="{world.entities[1]}">' in found
        assert 'value="Duda"' in found
        assert "Hay algo por corregir" not in found
        assert f'name="entity_id_buscado" value="{name}"' in found
    assert contacts_kept() == 0
    chosen = {**sought, "entity_id": str(world.entities[1]), "entity_id_buscado": name}
    advisor.post("/interacciones/nueva", chosen)
    with reading() as session:
        assert session.scalars(select(QuickContact.entity_id)).all() == [world.entities[1]]


def test_enter_in_the_box_of_an_advisory_looks_for_the_entity(
    browse: Browse, plan: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(picking, "MOST", 0)
    advisor = browse("asesor")
    page = advisor.get(f"/asesorias/nueva?plan={plan}")
    assert 'name="_buscar"' in default_button(page, "/asesorias/nueva")
    sought = {**said(plan), "plans_buscar": "a", "plans_buscado": "a", "_buscar": "plans"}
    advisor.post("/asesorias/nueva", sought, 200)
    with reading() as session:
        assert session.scalars(select(Advisory.id)).all() == []


def test_enter_registers_where_there_is_nothing_to_look_for(browse: Browse) -> None:
    page = browse("asesor").get("/interacciones/nueva")
    assert 'name="_buscar"' not in page
    assert "visually-hidden" in default_button(page, "/interacciones/nueva")


@pytest.mark.usefixtures("short_lists")
def test_a_name_not_yet_looked_for_hands_nothing_over(browse: Browse, world: World) -> None:
    coordinator = browse("articulador")
    coordinator.get("/empalmes/nuevo")
    data = {"from_id": str(world.people["asesor"]), "to_id": str(world.people["articulador"]), "reason": "Vacaciones",
            "to_id_buscar": "Julio", "to_id_buscado": ""}  # fmt: skip
    page = coordinator.post("/empalmes/nuevo", data, 200).get_data(as_text=True)
    assert "Entregar el trabajo" not in page
    assert 'value="Vacaciones"' in page or "Vacaciones</textarea>" in page


@pytest.mark.usefixtures("short_lists")
def test_who_was_chosen_before_is_not_counted_among_the_found(browse: Browse, world: World) -> None:
    renamed(world, "Urumita", "Albán")
    advisor = browse("asesor")
    advisor.get("/interacciones/nueva")
    sought = {"entity_id": str(world.entities[0]), "entity_id_buscar": "alban", "_buscar": "entity_id"}
    page = advisor.post("/interacciones/nueva", sought, 200).get_data(as_text=True)
    assert "Coinciden 1." in page
    assert "sigue también lo que ya había elegido" in page
    assert f'<option value="{world.entities[0]}" selected>' in page


def test_entities_are_in_the_order_of_spanish(browse: Browse, world: World) -> None:
    renamed(world, "Curillo", "Córdoba")
    page = browse("asesor").get("/interacciones/nueva")
    assert page.index("Córdoba, ") < page.index("Curillo, ")
