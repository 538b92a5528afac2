"""Terms, calendar, policies, cuts, reports, messages, jobs and preferences: for everybody, and by the keyboard."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import People
from tests.browser.house import House
from tests.browser.owing import Places
from tests.browser.owing import in_arrears
from tests.browser.test_accessibility import demand_accessible
from tests.browser.test_accessibility import reach

PREPARE = "Preparar el informe de actividades"

# Each page and who opens it.
PAGES = {
    "/plazos": "asesor", "/plazos?estado=all&buscar=nada": "asesor", "/plazos/{owed}": "asesor",
    "/plazos/{stated}": "monitoreo", "/plazos/equipo": "articulador", "/plazos/equipo?estado=stated": "monitoreo",
    "/plazos/cumplimiento": "monitoreo", "/calendario": "asesor", "/calendario?de=equipo": "articulador",
    "/calendario/dias": "monitoreo", "/calendario/dias/efecto?retiro={day}": "monitoreo",
    "/calendario/suscripciones": "articulador", "/politicas": "monitoreo", "/politicas/informe_actividades": "asesor",
    "/politicas/informe_actividades/cambio": "monitoreo", "/politicas/informe_actividades/simulacion": "monitoreo",
    "/politicas/nueva": "monitoreo", "/politicas/informe_actividades/estado": "monitoreo",
    "/cortes": "monitoreo", "/cortes/{cut}": "articulador", "/informes": "articulador", "/informes/{report}": "asesor",
    "/informes/equipo?estado=presented": "monitoreo", "/informes/obligaciones": "admin",
    "/informes/seta/{seta}": "asesor", "/mensajes": "admin", "/mensajes?buscar=nadie": "admin",
    "/mensajes/{message}": "admin", "/mensajes/devueltos": "admin", "/mensajes/sin-direccion": "control",
    "/mi-cuenta/avisos": "asesor", "/mi-cuenta/avisos/{message}": "monitoreo", "/trabajos": "admin",
    "/ajustes": "admin", "/para-revisar": "monitoreo", "/para-revisar?tipo=reports&buscar=nada": "articulador",
}  # fmt: skip


@pytest.fixture(scope="module")
def places(house: House) -> Places:
    """What there is to look at."""
    return in_arrears(house)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_accessible_and_no_wider_than_the_screen(seated: People, places: Places, path: str) -> None:
    desk = seated(PAGES[path])
    desk.open(path.format(**places))
    demand_accessible(desk)


def test_waiving_several_is_asked_on_an_accessible_page(seated: People, places: Places) -> None:
    coordinator = seated("articulador")
    coordinator.open("/plazos/equipo")
    coordinator.main.get_by_role("checkbox").first.check()
    coordinator.press("Dispensar las elegidas…")
    expect(coordinator.page.get_by_role("button", name="Dispensar 1 obligación")).to_be_visible()
    demand_accessible(coordinator)


def test_a_policy_change_is_shown_first_on_an_accessible_page(seated: People, places: Places) -> None:
    monitor = seated("monitoreo")
    monitor.open("/politicas/informe_actividades/cambio")
    monitor.main.get_by_label("Días hábiles de gracia").fill("2")
    monitor.press("Ver qué cambia")
    expect(monitor.page.get_by_role("button", name="Guardar el cambio")).to_be_visible()
    demand_accessible(monitor)


def test_a_day_off_shows_first_what_it_moves_on_an_accessible_page(seated: People, places: Places) -> None:
    monitor = seated("monitoreo")
    monitor.open("/calendario/dias")
    monitor.main.get_by_label("Día", exact=True).fill("2027-03-10")
    monitor.main.get_by_label("Motivo", exact=True).nth(-2).fill("Día cívico")
    monitor.press("Declarar")
    expect(monitor.page.get_by_role("button", name="Declarar el día no hábil")).to_be_visible()
    demand_accessible(monitor)


def test_the_monthly_report_is_presented_with_the_keyboard_alone(seated: People, places: Places) -> None:
    """From the terms of whoever owes it to the receipt, without touching the mouse."""
    advisor = seated("asesor")
    advisor.open("/plazos?politica=informe_actividades")
    keys = advisor.page.keyboard
    reach(advisor, advisor.main.get_by_role("link", name=re.compile("Informe mensual de actividades")).first)
    keys.press("Enter")
    reach(advisor, advisor.main.get_by_role("link", name="Ir al informe", exact=True))
    keys.press("Enter")
    reach(advisor, advisor.main.get_by_role("link", name="Completar y presentar", exact=True))
    keys.press("Enter")
    expect(advisor.page.get_by_role("heading", level=1)).to_have_text(PREPARE)
    reach(advisor, advisor.page.locator("[name=difficulties]"))
    keys.press("ControlOrMeta+a")
    keys.type("Ninguna en el mes.")
    reach(advisor, advisor.page.locator("[name=achievements]"))
    keys.press("ControlOrMeta+a")
    keys.type("El concejo aprobó el plan.")
    reach(advisor, advisor.page.get_by_role("button", name="Revisar y enviar"))
    keys.press("Enter")
    advisor.reads("Revise sus respuestas", "El concejo aprobó el plan.")
    reach(advisor, advisor.page.get_by_role("button", name="Presentar el informe"))
    keys.press("Enter")
    advisor.reads(f"Enviado: {PREPARE}", "Radicado")
    advisor.open("/plazos?politica=informe_actividades&estado=met")
    advisor.reads("Informe mensual de actividades")
