"""What somebody has typed is never lost: a closed browser, an ended session, no network, a faster colleague."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import delete
from sqlalchemy.orm import Session

from db import SYSTEM
from db import clock
from db import transaction
from directory import delegations
from directory import grants
from directory import people
from directory import principal
from directory.models import LoginSession
from directory.principal import Principal
from engine import tasks
from tests.browser.conftest import People
from tests.browser.desk import Desk
from tests.browser.house import House
from tests.web.world import LONG_AGO

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


def test_loading_a_refused_form_again_shows_what_was_typed_last(seated: People, address: str) -> None:
    lead = seated("lider")
    lead.open(address)
    type_in(lead, "Primero")
    lead.press("Revisar y enviar")
    has_typed(lead, "Primero")
    type_in(lead, "Después")
    lead.reads("Borrador guardado a las")
    lead.page.reload()
    has_typed(lead, "Después")
    expect(lead.page.get_by_text("Esto cambió mientras usted escribía")).to_have_count(0)


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


def test_whoever_leaves_in_the_middle_of_a_word_is_offered_it_on_coming_back(seated: People, address: str) -> None:
    lead = seated("lider")
    lead.open(address)
    lead.page.locator(f"[name={QUESTION}]").fill(TYPED)
    lead.open("/bandeja")
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
    # A request may reach the server although the page believes itself without a network: here none does.
    lead.page.route("**/borrador", lambda route: route.abort("internetdisconnected"))
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
    lead.reads("guardó este borrador después de que usted lo abrió")
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


def test_what_the_page_says_meanwhile_does_not_move_the_button_under_the_finger(seated: People, address: str) -> None:
    """Leaving a box to press a button saves quietly; the answer may come before the finger is lifted."""
    lead = seated("lider")
    lead.open(address)
    lead.page.locator(f"[name={QUESTION}]").fill(TYPED)
    button = lead.page.get_by_role("button", name="Revisar y enviar")
    button.hover()
    with lead.page.expect_response("**/borrador"):
        lead.page.mouse.down()
    lead.page.evaluate("() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
    lead.page.mouse.up()
    lead.reads("datos por corregir")


def test_a_workbook_after_a_quiet_saving_is_no_other_window(seated: People, address: str, tmp_path: Path) -> None:
    lead = seated("lider")
    lead.open(address)
    type_in(lead)
    lead.reads("Borrador guardado a las")
    fold = lead.unfold("Responder en Excel")
    with lead.page.expect_download() as arriving:
        fold.get_by_role("link").click()
    arriving.value.save_as(tmp_path / "libro.xlsx")
    fold.locator("input[type=file]").set_input_files(tmp_path / "libro.xlsx")
    lead.press("Subir el libro")
    expect(lead.page.get_by_text("El borrador tiene ahora lo que dice el libro.")).to_be_visible()
    has_typed(lead)


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


@pytest.fixture
def review(house: House) -> str:
    """A review (C1) that anybody of the DER may take."""
    with transaction() as session:
        office = house.office(session)
        product = office.start_product("Catastro al día")
        office.push(product.instance_id or 0, until="Activity_RetroalimentarFicha")
        task = next(one for one in tasks.open_of(session, product.instance_id or 0) if one.role == "der_reviewer")
        return f"/tareas/{task.id}"


def test_a_remark_that_nobody_added_is_offered_on_coming_back(seated: People, review: str) -> None:
    """A quiet saving keeps the form's answers on the server, and what was written about remarks on the device."""
    der = seated("der")
    der.open(review)
    box = der.page.get_by_label("Nueva observación")
    for text in ("¿A quién afecta?", "¿A quién afecta, y desde cuándo?"):
        box.fill(text)
        with der.page.expect_response("**/borrador"):
            box.blur()
        der.reads("queda en este dispositivo")
    der.page.reload()
    expect(box).to_have_value("")
    der.press("Recuperarlas")
    expect(box).to_have_value("¿A quién afecta, y desde cuándo?")


def test_what_was_saved_beside_a_remark_is_not_taken_for_somebody_elses(seated: People, review: str) -> None:
    der = seated("der")
    der.open(review)
    remark = der.page.get_by_label("Nueva observación")
    concept = der.page.locator("form[data-form] textarea[required], form[data-form] .f-question textarea").first
    for box, text in ((remark, "¿A quién afecta?"), (concept, "La ficha dice")):
        box.fill(text)
        with der.page.expect_response("**/borrador"):
            box.blur()
        der.reads("Borrador guardado a las")
    concept.fill("La ficha dice a quién sirve.")
    der.open("/bandeja")
    der.open(review)
    expect(der.page.get_by_text("Esto cambió después de que usted lo escribió")).to_have_count(0)
    der.press("Recuperarlas")
    expect(concept).to_have_value("La ficha dice a quién sirve.")
    expect(remark).to_have_value("¿A quién afecta?")


def test_what_is_offered_waits_while_something_else_is_written(seated: People, review: str) -> None:
    """The copy that was offered is replaced by nothing: whoever did not look at it yet finds it the next time."""
    der = seated("der")
    der.open(review)
    remark = der.page.get_by_label("Nueva observación")
    concept = der.page.locator("form[data-form] textarea[required], form[data-form] .f-question textarea").first
    for box, text in ((remark, "¿A quién afecta?"), (concept, "La ficha dice a quién sirve.")):
        box.fill(text)
        with der.page.expect_response("**/borrador"):
            box.blur()
        der.reads("Borrador guardado a las")
        der.page.reload()
        der.reads("Nueva observación")
        expect(der.page.get_by_role("button", name="Recuperarlas")).to_have_count(1)
    expect(concept).to_have_value("La ficha dice a quién sirve.")
    der.press("Recuperarlas")
    expect(remark).to_have_value("¿A quién afecta?")
    remark.fill("")
    with der.page.expect_response("**/borrador"):
        remark.blur()
    der.page.reload()
    expect(der.page.get_by_role("button", name="Recuperarlas")).to_have_count(0)


def test_without_signal_it_is_said_beside_the_button_that_was_pressed(seated: People, review: str) -> None:
    der = seated("der")
    der.open(review)
    der.page.locator("#remark_text").fill("Precise el alcance.")
    der.page.context.set_offline(True)
    der.press("Agregar observación")
    told = der.page.locator("p:has(button[value=remark-add]) + p")
    expect(told).to_contain_text("Sin conexión: no se envió")
    expect(told).to_be_in_viewport()
    expect(der.page.locator("#remark_text")).to_have_value("Precise el alcance.")


def test_without_signal_the_buttons_of_a_task_say_so_whatever_became_of_its_draft(seated: People, address: str) -> None:
    lead = seated("lider")
    lead.open(address)
    lead.page.route("**/borrador", lambda route: route.abort("internetdisconnected"))
    lead.page.context.set_offline(True)
    type_in(lead)
    lead.reads("Lo que escribió queda en este dispositivo")
    for button in ("Revisar y enviar", "Guardar borrador"):
        lead.press(button)
        expect(lead.page.locator("form[data-form] > .f-unsent")).to_have_text(re.compile("Sin conexión: no se envió"))
    lead.page.locator(f"[name={QUESTION}]").fill(f"{TYPED} Y más.")
    with lead.page.expect_event("requestfailed"):
        lead.press("Revisar y enviar")
    lead.reads("Sin conexión: no se envió", "Lo que escribió queda en este dispositivo")
    lead.page.context.set_offline(False)
    lead.page.unroute("**/borrador")
    lead.press("Guardar borrador")
    lead.reads("Borrador guardado a las")
    lead.does_not_read("Sin conexión")


def test_a_remark_that_was_added_is_not_offered_again(seated: People, review: str) -> None:
    der = seated("der")
    der.open(review)
    box = der.page.locator("[name=remark_text]")
    box.fill("Precise el alcance.")
    box.blur()
    der.reads("Borrador guardado a las")
    der.press("Agregar observación")
    der.reads("Observación 1")
    expect(der.page.get_by_role("button", name="Recuperarlas")).to_have_count(0)
    assert kept_on(der) == []


def kept_on(desk: Desk) -> list[str]:
    """The copies on the device of a desk, once the scripts of its page have looked at them."""
    desk.page.wait_for_load_state()
    found: list[str] = desk.page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('att:'))")
    return found


def test_no_copy_stays_on_the_device_once_the_server_has_it(seated: People, address: str) -> None:
    lead = seated("lider")
    lead.open(address)
    lead.writes(TASK)
    lead.press("Revisar y enviar")
    lead.reads("Revise sus respuestas")
    assert kept_on(lead) == []
    lead.press("Guardar la alineación")
    lead.reads("Radicado")
    assert kept_on(lead) == []


def test_copies_that_nobody_came_back_for_expire(seated: People, address: str) -> None:
    lead = seated("lider")
    lead.open(address)
    old = '{"at": 1000, "answers": "[]", "base": "[]"}'
    lead.page.evaluate("(old) => localStorage.setItem('att:25-tarea-99', old)", old)
    lead.page.reload()
    assert kept_on(lead) == []


def test_a_colleague_who_takes_the_task_is_named_and_what_was_typed_stays(
    seated: People, house: House, review: str
) -> None:
    der = seated("der")
    der.open(review)
    with transaction() as session:
        colleague = _reviewer(session, house)
        tasks.claim(session, int(review.rpartition("/")[2]), by=colleague, now=clock.now())
    box = der.page.locator("[name=remark_text]")
    box.fill("Precise el alcance.")
    box.blur()
    der.reads("la tomó Revisora Dos")
    der.press("Agregar observación")
    der.reads("la tomó Revisora Dos", "Precise el alcance.")
    der.open(review)
    der.reads("Esta tarea la tiene Revisora Dos.", "quedó lo que usted alcanzó a escribir")
    expect(der.page.get_by_label("Lo que usted escribió")).to_have_value(re.compile("Precise el alcance"))


def _reviewer(session: Session, house: House) -> Principal:
    """A colleague of the reviewer."""
    now, unit = clock.now(), house.world.unit_id
    person = people.add(session, "Revisora Dos", unit_id=unit, by=SYSTEM, now=now)
    grants.add(session, person.id, "der_reviewer", "national", None, since=LONG_AGO, by=SYSTEM, now=now)
    return principal.load(session, person.id, now=now)


def test_a_copy_never_takes_the_place_of_what_another_window_saved_unasked(seated: People, address: str) -> None:
    lead = seated("lider")
    old = Desk(lead.page.context.new_page(), "lider")
    lead.open(address)
    old.open(address)
    type_in(lead, "Lo pensado en la primera ventana.")
    lead.reads("Borrador guardado a las")
    type_in(old, "Lo escrito en la segunda.")
    old.reads("Usted guardó este borrador en otra ventana")

    old.page.reload()
    has_typed(old, "Lo pensado en la primera ventana.")
    expect(old.page.get_by_role("button", name="Recuperarlas")).to_have_count(0)
    old.reads("En qué se diferencian", "Lo escrito en la segunda.")
    old.press("Dejarlo como está")
    assert kept_on(old) == []
    old.page.reload()
    has_typed(old, "Lo pensado en la primera ventana.")
    old.does_not_read("En qué se diferencian")


def test_what_another_window_saved_is_replaced_by_whoever_says_so(seated: People, address: str) -> None:
    lead = seated("lider")
    old = Desk(lead.page.context.new_page(), "lider")
    lead.open(address)
    old.open(address)
    type_in(lead, "Lo pensado en la primera ventana.")
    lead.reads("Borrador guardado a las")
    type_in(old)
    old.reads("Usted guardó este borrador en otra ventana")
    old.page.reload()
    old.press("Poner lo de este dispositivo")
    has_typed(old)
    old.reads("Borrador guardado a las")
    old.page.reload()
    has_typed(old)
    assert kept_on(old) == []


def test_a_table_that_somebody_else_wrote_meanwhile_is_compared_and_the_rest_put_back(
    seated: People, address: str, stand_in: str
) -> None:
    lead, director = seated("lider"), seated(stand_in)
    lead.open(address)
    director.open(address)
    cell = "table[data-table] textarea, table[data-table] input:not([type=hidden])"
    director.page.locator(cell).first.fill("Todo lo de la región")
    director.page.locator(cell).first.blur()
    director.reads("Borrador guardado a las")
    lead.page.locator(cell).first.fill("Una parte")
    type_in(lead)
    lead.reads("guardó este borrador después de que usted lo abrió")

    lead.page.reload()
    lead.reads("El borrador que está abajo lo escribió Pedro Rey", "En qué se diferencian", "Una parte")
    lead.press("Recuperarlas")
    has_typed(lead)
    lead.reads("Borrador guardado a las", "lo había escrito Pedro Rey; usted lo guardó con sus cambios")
    expect(lead.page.locator(cell).first).to_have_value("Todo lo de la región")
    lead.reads("En qué se diferencian")
    director.page.reload()
    expect(director.page.locator(cell).first).to_have_value("Todo lo de la región")
