"""Pages that a bad line can carry, from this site alone, with nothing kept about whoever only looks."""

from dataclasses import dataclass
from dataclasses import field
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import People
from tests.browser.house import House
from tests.browser.work import Places
from tests.browser.work import in_progress

KILOBYTE = 1000
FIRST_VISIT, LATER_VISIT = 150 * KILOBYTE, 15 * KILOBYTE

# Each page and who opens it; a task stands for the heaviest of forms, the protocol.
PAGES = {
    "/portafolio": "", "/ingreso": "", "/bandeja": "lider", "/productos": "lider", "/planes": "asesor",
    "/asesorias/nueva": "asesor", "/tareas/{protocol}": "lider", "/tareas/{review}": "der", "/planes/{plan}": "asesor",
}  # fmt: skip


@dataclass
class Meter:
    """Bytes that came over the line, headers included, as the browser itself counts them."""

    received: dict[str, float] = field(default_factory=dict)

    @classmethod
    def on(cls, page: Page) -> "Meter":
        meter = cls()
        line = page.context.new_cdp_session(page)
        line.send("Network.enable")
        line.on("Network.loadingFinished", meter.note)
        return meter

    def note(self, event: dict[str, Any]) -> None:
        self.received[event["requestId"]] = event["encodedDataLength"]

    def taken(self) -> float:
        """What came since the last time this was asked."""
        total = sum(self.received.values())
        self.received.clear()
        return total


@pytest.fixture(scope="module")
def places(house: House) -> Places:
    """What there is to look at."""
    return in_progress(house)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_light_at_first_and_lighter_later(seated: People, visit: People, places: Places, path: str) -> None:
    desk = seated(PAGES[path]) if PAGES[path] else visit()
    meter = Meter.on(desk.page)
    desk.page.goto(path.format(**places), wait_until="networkidle")
    first = meter.taken()
    desk.page.goto("about:blank")
    meter.taken()
    desk.page.goto(path.format(**places), wait_until="networkidle")
    assert 0 < first < FIRST_VISIT
    assert 0 < meter.taken() < LATER_VISIT


def test_the_page_of_a_product_is_light_even_with_its_diagram(seated: People, places: Places) -> None:
    desk = seated("lider")
    meter = Meter.on(desk.page)
    desk.page.goto(f"/productos/{places['product']}", wait_until="networkidle")
    assert 0 < meter.taken() < FIRST_VISIT


def test_whoever_looks_at_the_portfolio_gets_no_cookie(visit: People, places: Places) -> None:
    visitor = visit()
    visitor.open("/portafolio")
    visitor.main.locator(".title a").first.click()
    visitor.reads("Publicado")
    assert visitor.page.context.cookies() == []
    assert visitor.page.evaluate("localStorage.length + sessionStorage.length") == 0
