"""Entities are found while one types, and what is ticked becomes an answer."""

from playwright.sync_api import expect

from tests.browser.conftest import People
from tests.browser.house import House

TASK = "Focalizar las entidades territoriales"


def test_entities_come_while_one_types_and_stay_once_ticked(seated: People, house: House) -> None:
    address = house.begin(TASK)
    desk = seated("lider")
    desk.open(address)
    box = desk.page.get_by_label("Buscar por nombre o por código del DANE")
    expect(desk.page.locator("[data-finder-button]")).to_be_hidden()
    box.press_sequentially("mani")
    desk.page.get_by_label("Maní (Casanare)").check()
    box.fill("macondo")
    expect(desk.page.get_by_text("Ninguna entidad coincide.")).to_be_visible()
    expect(desk.page.get_by_label("Maní (Casanare)")).to_be_checked()
    box.blur()
    expect(desk.page.get_by_text("Borrador guardado").first).to_be_visible()
    desk.page.reload()
    expect(desk.page.get_by_label("Maní (Casanare)")).to_be_checked()
