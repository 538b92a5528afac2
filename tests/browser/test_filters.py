"""The filters of a list: a line that opens on a small screen, and always open on a large one; without scripts."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import People

LIST = "/planes?estado=open&orden=entity&vigencia=2026"


@pytest.mark.parametrize("script", [True, False])
def test_where_there_is_little_room_they_open_from_a_line_that_counts_them(seated: People, script: bool) -> None:
    page = seated("articulador", java_script_enabled=script).page
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(LIST)
    box, line = page.get_by_label("Entidad o producto"), page.locator(".filtering summary")
    expect(line).to_have_text("Filtrar (2 filtros puestos)")
    expect(box).to_be_hidden()
    line.focus()
    page.keyboard.press("Enter")
    expect(box).to_be_visible()
    box.fill("nada")
    box.press("Enter")
    expect(line).to_have_text("Filtrar (3 filtros puestos)")


def test_on_a_large_screen_they_stand_open(seated: People) -> None:
    page = seated("articulador").page
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto("/planes")
    expect(page.locator(".filtering summary")).to_be_hidden()
    page.keyboard.press("/")
    expect(page.get_by_label("Entidad o producto")).to_be_focused()
