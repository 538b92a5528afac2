"""In the field: no signal, a telephone, what was written comes back in sight."""

import pytest
from playwright.sync_api import expect

from db import clock
from db import transaction
from directory import principal
from directory.models import Person
from tests.browser.conftest import People
from tests.browser.house import House
from tests.browser.test_drafts import kept_on
from tests.tracking import factories
from tracking import contacts
from tracking.models import PlanMilestone

SAID = "El concejo aprobó el plan indicativo."
PHONE = {"width": 360, "height": 740}
ADDRESS = "https://teams.example.org/l/meetup-join/" + "19abc" * 90


@pytest.fixture
def milestone(house: House) -> int:
    with transaction() as session:
        lead, advisor = (session.get_one(Person, house.world.people[name]) for name in ("lider", "asesor"))
        product = factories.product(session, lead, house.world.unit_id, clock.now())
        plan = factories.plan(session, product, house.world.entities[0], clock.now(), advisor=advisor)
        return session.query(PlanMilestone).filter_by(plan_id=plan.id, number=2).one().id


def test_what_was_kept_of_a_closed_section_is_offered_in_sight(seated: People, milestone: int) -> None:
    advisor = seated("asesor")
    advisor.open(f"/hitos/{milestone}")
    section = advisor.unfold("No aplica en esta entidad")
    advisor.page.context.set_offline(True)
    section.locator("[name=reason]").fill(SAID)
    section.get_by_role("button", name="No aplica en esta entidad").click()
    advisor.reads("Sin conexión: no se envió")
    advisor.page.context.set_offline(False)
    advisor.page.reload()
    advisor.reads("Algo que usted escribió y no se envió quedó en este dispositivo")
    expect(advisor.page.get_by_role("button", name="Recuperarlas")).to_be_visible()
    advisor.press("Recuperarlas")
    expect(section.locator("[name=reason]")).to_have_value(SAID)


def test_without_signal_no_form_gives_way_to_the_browsers_own_page(seated: People, house: House) -> None:
    advisor = seated("asesor")
    advisor.open("/informes/obligaciones")
    advisor.page.locator("[name=text-0]").fill(SAID)
    advisor.page.context.set_offline(True)
    advisor.press("Guardar las obligaciones")
    advisor.reads("Sin conexión: no se envió")
    advisor.page.context.set_offline(False)
    advisor.page.reload()
    advisor.press("Recuperarlas")
    advisor.press("Guardar las obligaciones")
    advisor.reads("Las obligaciones quedaron guardadas.")
    expect(advisor.page.locator("[name=text-0]")).to_have_value(SAID)
    expect(advisor.page.get_by_role("button", name="Recuperarlas")).to_have_count(0)


def test_obligations_that_come_back_for_a_mistake_are_not_offered_again(seated: People, house: House) -> None:
    advisor = seated("asesor")
    advisor.open("/informes/obligaciones")
    page = advisor.page
    second = page.locator("[name=text-1]").input_value()
    page.locator("[name=text-0]").fill("")
    page.locator("[name=since-1]").fill("2026-12-01")
    page.locator("[name=until-1]").fill("2026-01-01")
    advisor.press("Guardar las obligaciones")
    advisor.reads("El último día no puede ser anterior al primero.")
    expect(page.locator("[name=text-1]")).to_have_value(second)
    expect(page.get_by_role("button", name="Recuperarlas")).to_have_count(0)
    page.locator("[name=until-1]").fill("2026-12-31")
    advisor.press("Guardar las obligaciones")
    advisor.reads("Las obligaciones quedaron guardadas.")
    expect(page.get_by_role("button", name="Recuperarlas")).to_have_count(0)
    assert kept_on(advisor) == []

    advisor.unfold("Volver a la lista del sistema").get_by_role("button", name="Borrar la lista propia").click()
    advisor.reads("La lista propia se borró", "ninguna fuente da una")


def test_a_topic_without_blanks_does_not_widen_the_page(seated: People, house: House) -> None:
    with transaction() as session:
        by, now = principal.load(session, house.world.people["asesor"], now=clock.now()), clock.now()
        contacts.register(
            session, entity_id=house.world.entities[0], channel="call", topic=ADDRESS, minutes=5,
            occurred_on=clock.local_date(now), by=by, now=now,
        )  # fmt: skip
    advisor = seated("asesor")
    advisor.page.set_viewport_size(PHONE)
    for address in ("/interacciones", f"/entidades/{house.world.entities[0]}"):
        advisor.open(address)
        assert advisor.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], address
