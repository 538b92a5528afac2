"""The menu: one line on a large screen, a list that opens on a small one, with the keyboard and without scripts."""

import pytest
from playwright.sync_api import Locator
from playwright.sync_api import expect

from tests.browser.conftest import People
from tests.web.world import PEOPLE

LINES = "bar => new Set([...bar.children].map(door => door.offsetTop)).size"


def bar_of(people: People, who: str, width: int, **options: bool) -> Locator:
    desk = people(who, **options)
    desk.page.set_viewport_size({"width": width, "height": 900})
    desk.page.goto("/calendario")
    return desk.page.locator(".menu .wide")


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("width", [1200, 1280])
def test_the_bar_is_one_line(seated: People, who: str, width: int) -> None:
    bar = bar_of(seated, who, width)
    expect(bar).to_be_visible()
    assert bar.evaluate(LINES) == 1


@pytest.mark.parametrize("width", [768, 1024])
def test_where_it_would_not_fit_it_opens_as_a_list(seated: People, width: int) -> None:
    bar = bar_of(seated, "articulador", width)
    expect(bar).to_be_hidden()
    page = bar.page
    page.locator(".menu .narrow summary").click()
    expect(page.locator(".menu .narrow").get_by_role("link", name="Hitos por verificar")).to_be_visible()


def test_the_rest_opens_with_the_keyboard_and_without_scripts(seated: People) -> None:
    page = bar_of(seated, "articulador", 1280, java_script_enabled=False).page
    more = page.locator(".menu .further summary")
    more.focus()
    page.keyboard.press("Enter")
    door = page.locator(".menu .further").get_by_role("link", name="Estrategias")
    expect(door).to_be_visible()
    door.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Estrategias")
    assert page.locator(".menu .further summary").inner_text().startswith("Más")


@pytest.mark.parametrize(("width", "part"), [(1280, ".further"), (768, ".narrow")])
def test_escape_closes_what_is_open_and_gives_the_focus_back(seated: People, width: int, part: str) -> None:
    page = bar_of(seated, "articulador", width).page
    more = page.locator(f".menu {part} summary")
    more.focus()
    page.keyboard.press("Enter")
    door = page.locator(f".menu {part}").get_by_role("link", name="Estrategias")
    expect(door).to_be_visible()
    door.focus()
    page.keyboard.press("Escape")
    expect(door).to_be_hidden()
    expect(more).to_be_focused()
