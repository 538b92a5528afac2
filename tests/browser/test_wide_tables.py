"""Tables of many columns are tables on a large screen, so that a column can be read down."""

import re

import pytest
from playwright.sync_api import expect

from db import clock
from db import transaction
from directory import principal
from directory.models import Person
from tests.browser.conftest import People
from tests.browser.house import House
from tests.tracking import factories
from tracking import milestones

CUT = "() => [...document.querySelectorAll('.f-scroll')].filter((box) => box.scrollWidth > box.clientWidth).length"


@pytest.mark.parametrize(
    ("task", "table"), [("Definir los hitos de trabajo", "milestones"), ("Establecer costos y recursos", "budget")]
)
def test_a_wide_table_is_a_table_at_1280_and_cards_on_a_telephone(
    seated: People, house: House, task: str, table: str
) -> None:
    lead = seated("lider")
    lead.open(house.begin(task))
    head = lead.page.locator(f"[data-table={table}] thead")
    for width, position in ((1280, "static"), (768, "absolute"), (360, "absolute")):
        lead.page.set_viewport_size({"width": width, "height": 900})
        expect(head).to_have_css("position", position)
        assert lead.page.evaluate(CUT) == 0, width
        assert lead.page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.fixture
def plan(house: House) -> None:
    """A plan, so that there are averages to tell."""
    with transaction() as session:
        lead, advisor = (session.get_one(Person, house.world.people[name]) for name in ("lider", "asesor"))
        product = factories.product(session, lead, house.world.unit_id, clock.now())
        factories.plan(session, product, house.world.entities[0], clock.now(), advisor=advisor)


@pytest.mark.parametrize("path", ["/planes", "/cobertura", "/cobertura?departamento=05", "/calendario"])
def test_on_a_telephone_no_column_of_a_list_is_out_of_sight(seated: People, plan: None, path: str) -> None:
    coordinator = seated("articulador")
    coordinator.page.set_viewport_size({"width": 360, "height": 740})
    coordinator.open(path)
    assert coordinator.page.locator(".table-wrap").count()
    assert coordinator.page.evaluate(CUT.replace("f-scroll", "table-wrap")) == 0
    assert coordinator.page.evaluate("document.documentElement.scrollWidth") <= 360


BROKEN_WORDS = """(selector) => [...document.querySelectorAll(selector)].flatMap((item) => {
  const walker = document.createTreeWalker(item, NodeFilter.SHOW_TEXT), broken = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode())
    for (const word of node.data.matchAll(/\\p{L}+/gu)) {
      const range = document.createRange();
      range.setStart(node, word.index);
      range.setEnd(node, word.index + word[0].length);
      if (new Set([...range.getClientRects()].map((box) => box.top)).size > 1) broken.push(word[0]);
    }
  return broken;
})"""


def test_the_stages_of_a_product_break_no_word_on_a_telephone(seated: People, house: House) -> None:
    with transaction() as session:
        code = house.office(session).start_product().code
    lead = seated("lider")
    lead.page.set_viewport_size({"width": 360, "height": 740})
    lead.open(f"/productos/{code}")
    assert lead.page.locator(".stages li").count() == 4
    assert lead.page.evaluate(BROKEN_WORDS, ".stages li") == []


def test_why_a_milestone_came_back_stands_apart_on_a_telephone(seated: People, house: House) -> None:
    with transaction() as session:
        lead, advisor = (session.get_one(Person, house.world.people[name]) for name in ("lider", "asesor"))
        product = factories.product(session, lead, house.world.unit_id, clock.now())
        plan = factories.plan(session, product, house.world.entities[0], clock.now(), advisor=advisor)
        first, told = milestones.of_plan(session, plan.id)[0], {"now": clock.now()}
        by = principal.load(session, advisor.id, **told)
        milestones.report(
            session, first.id, occurred_on=clock.local_date(told["now"]), without_evidence="Se perdió.", by=by, **told
        )
        by = principal.load(session, house.world.people["monitoreo"], **told)
        milestones.reject(session, first.id, reason="El acta no está firmada", by=by, **told)
    coordinator = seated("articulador")
    coordinator.page.set_viewport_size({"width": 360, "height": 740})
    coordinator.open(f"/planes/{plan.id}")
    state = coordinator.page.locator("td[data-label=Estado]").first
    assert re.search(r"Devuelto\s+El acta no está firmada", state.inner_text())
