"""Enter in a search box looks for a name; what the form is for waits for its own button."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from db import reading
from directory.models import Entity
from tests.browser.conftest import People
from tests.browser.house import House
from tracking.models import QuickContact
from web import picking


def test_enter_in_a_search_box_registers_nothing(seated: People, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picking, "MOST", 1)
    before, meant = house.world.entities[:2]
    with reading() as session:
        name = session.get_one(Entity, meant).name
    advisor = seated("asesor")
    advisor.open(f"/interacciones/nueva?entidad={before}")
    page = advisor.page
    page.locator("[name=entity_id]").select_option(str(before))
    page.locator("[name=channel]").select_option("call")
    page.locator("[name=topic]").fill("Duda del formato")
    page.locator("[name=minutes]").fill("15")
    for _ in range(2):  # also once the list was narrowed to those words
        page.locator("[name=entity_id_buscar]").fill(name)
        with page.expect_navigation():
            page.locator("[name=entity_id_buscar]").press("Enter")
        expect(page.locator("[name=entity_id_buscado]")).to_have_value(name)
        expect(page.locator("[name=topic]")).to_have_value("Duda del formato")
    with reading() as session:
        assert session.scalars(select(QuickContact.id)).all() == []
    page.locator("[name=entity_id]").select_option(str(meant))
    advisor.press("Registrar")
    advisor.reads("La interacción quedó registrada.")
    with reading() as session:
        assert session.scalars(select(QuickContact.entity_id)).all() == [meant]
