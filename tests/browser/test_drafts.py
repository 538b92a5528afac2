"""What somebody has typed is never lost: a closed browser, an ended session, no network, a faster colleague."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import delete

from db import clock
from db import transaction
from directory import delegations
from directory.models import LoginSession
from tests.browser.conftest import People
from tests.browser.desk import Desk
from tests.browser.house import House

TASK = "Revisar la alineación estratégica"
QUESTION = "coherence"
TYPED = "Un banco actualizado permite presupuestar por resultados."


@pytest.fixture
def address(house: House) -> str:
    """A task that waits for the lead, with some questions and a table."""
    return house.begin(TASK)


@pytest.fixture
def stand_in(house: House) -> str:
    """Somebody who acts for the lead today."""
    now = clock.now()
    with transaction() as session:
        today, lead = clock.local_date(now), house.office(session).people["technical_lead"]
        if not delegations.of(session, lead.person_id):
            director = house.world.people["director"]
            delegations.add(session, lead.person_id, director, today, today + timedelta(days=5), by=lead, now=now)
    return "director"


def type_in(desk: Desk, text: str = TYPED) -> None:
    """Type in the task's box and leave it, which saves quietly."""
    box = desk.page.locator(f"[name={QUESTION}]")
    box.fill(text)
    box.blur()


def has_typed(desk: Desk, text: str = TYPED) -> None:
    expect(desk.page.locator(f"[name={QUESTION}]")).to_have_value(text)


def test_a_draft_survives_a_closed_browser(seated: People, address: str) -> None:
    lead = seated("lider")
    lead.open(address)
    type_in(lead)
    lead.reads("Borrador guardado a las")
    lead.page.context.close()

    lead = seated("lider")
    lead.open(address)
    has_typed(lead)
    lead.reads("Borrador guardado el")


def test_an_ended_session_keeps_what_was_typed_for_after_signing_in(seated: People, address: str) -> None:
    lead = seated("lider")
    lead.open(address)
    end_every_session()
    type_in(lead)
    lead.reads("Lo que escribió queda en este dispositivo")
    lead.page.reload()
    lead.sign_in()
    expect(lead.page).to_have_url(re.compile(f"{address}$"))
    lead.reads("En este dispositivo hay respuestas que no alcanzaron a guardarse")
    lead.press("Recuperarlas")
    has_typed(lead)
    lead.reads("Borrador guardado a las")


def test_sending_with_an_ended_session_comes_back_to_the_task(seated: People, address: str) -> None:
    lead = seated("lider")
    lead.open(address)
    end_every_session()
    lead.page.locator(f"[name={QUESTION}]").fill(TYPED)
    lead.press("Revisar y enviar")
    expect(lead.page).to_have_url(re.compile("/ingreso"))
    lead.sign_in()
    lead.open(address)
    lead.press("Recuperarlas")
    has_typed(lead)


def test_what_is_typed_without_network_is_saved_when_it_returns(seated: People, address: str) -> None:
    lead = seated("lider")
    lead.open(address)
    lead.page.context.set_offline(True)
    type_in(lead)
    lead.reads("Lo que escribió queda en este dispositivo")
    lead.page.context.set_offline(False)
    lead.reads("Borrador guardado a las")


def test_what_is_typed_without_network_outlives_the_page(seated: People, address: str) -> None:
    lead = seated("lider")
    lead.open(address)
    lead.page.context.set_offline(True)
    type_in(lead)
    lead.reads("Lo que escribió queda en este dispositivo")
    lead.page.close()
    lead.page.context.set_offline(False)
    lead = Desk(lead.page.context.new_page(), "lider")
    lead.open(address)
    lead.press("Recuperarlas")
    has_typed(lead)


def test_whoever_is_second_reads_who_was_first_and_keeps_their_words(
    seated: People, address: str, stand_in: str
) -> None:
    lead, director = seated("lider"), seated(stand_in)
    lead.open(address)
    director.open(address)
    type_in(director, "Lo que escribió el director.")
    director.reads("Borrador guardado a las")

    type_in(lead)
    lead.reads("Otra persona cambió este borrador")
    lead.press("Guardar borrador")
    today = clock.local_date(clock.now())
    lead.reads("Esto cambió mientras usted escribía", "Pedro Rey guardó este borrador", f"Lo hizo el {today.day} de")
    has_typed(lead)
    director.page.reload()
    has_typed(director, "Lo que escribió el director.")

    lead.press("Guardar borrador")
    lead.reads("Borrador guardado a las")
    director.page.reload()
    has_typed(director)


def test_a_task_that_somebody_else_sent_shows_who_and_what_one_had_typed(
    seated: People, address: str, stand_in: str
) -> None:
    lead, director = seated("lider"), seated(stand_in)
    director.open(address)
    lead.open(address)
    lead.writes(TASK)
    lead.sends(TASK)

    director.page.locator(f"[name={QUESTION}]").fill("Lo que escribió el director.")
    director.press("Revisar y enviar")
    director.reads(
        "No se envió", "La envió Ana Ruiz el", "Esto fue lo que usted escribió", "Lo que escribió el director."
    )
    director.follow("Ver cómo quedó la tarea")
    director.reads("Enviada.", "Ana Ruiz la envió")


def test_a_page_left_open_cannot_send_the_task_twice(seated: People, address: str) -> None:
    lead = seated("lider")
    lead.open(address)
    other = Desk(lead.page.context.new_page(), "lider")
    other.open(address)
    other.writes(TASK)
    other.press("Revisar y enviar")
    other.reads("Revise sus respuestas")
    lead.open(f"{address}/revision")
    other.press("Guardar la alineación")
    other.reads("Radicado")
    lead.press("Guardar la alineación")
    lead.reads("Radicado")


def end_every_session() -> None:
    """What the passing of a night does to whoever left a page open."""
    with transaction() as session:
        session.execute(delete(LoginSession))
