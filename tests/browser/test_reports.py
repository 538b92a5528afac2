"""From «mis plazos» to an accepted monthly report: presented, returned, corrected, accepted, and the term is met."""

import re
from datetime import datetime
from datetime import time
from email.message import EmailMessage
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from att import jobs
from db import clock
from db import reading
from db import transaction
from directory.models import Person
from engine import tasks
from notifications.calendar import LAW
from tests.browser.conftest import People
from tests.browser.desk import Desk
from tests.browser.house import House
from tests.browser.owing import owe
from tests.browser.test_accessibility import WIDTHS
from tests.browser.test_accessibility import violations
from tracking.models import Report

PREPARE, REVIEW = "Preparar el informe de actividades", "Revisar el informe de actividades"
ADDED = "El concejo aprobó el plan; la sesión del 12 fue con la gobernación."


@pytest.fixture
def owing(house: House) -> House:
    """The policies of the program since last month, what is owed by them, and the reports that were begun."""
    owe(house)
    return house


def test_a_monthly_report_is_presented_returned_corrected_and_accepted(owing: House, seated: People) -> None:
    advisor, coordinator = seated("asesor"), seated("articulador")
    assert "Informe mensual de actividades" in told(owing, "asesor", 1)
    reads_well(owing, advisor)
    advisor.open("/plazos?politica=informe_actividades")
    advisor.main.get_by_role("link", name=re.compile("Informe mensual de actividades")).first.click()
    advisor.follow("Ir al informe")
    advisor.reads("En preparación", "Actividades por obligación del contrato")
    expect(advisor.page).to_have_url(re.compile(r"/informes/\d+$"))
    address = advisor.page.url
    advisor.follow("Completar y presentar")
    advisor.reads("Prestar asistencia técnica a las entidades territoriales a su cargo")
    advisor.page.locator("[name=achievements]").fill("El concejo aprobó el plan.")
    advisor.sends(PREPARE)

    assert REVIEW in told(owing, "articulador", 2)
    coordinator.open("/informes/equipo?estado=presented")
    coordinator.main.get_by_role("link", name=re.compile("^Revisar")).first.click()
    coordinator.writes(REVIEW, verdict="returned", remarks="Cuente la sesión del 12.")
    coordinator.sends(REVIEW)

    assert PREPARE in told(owing, "asesor", 3)
    advisor.open("/informes")
    advisor.reads("Devuelto: Cuente la sesión del 12.")
    advisor.main.get_by_role("link", name=re.compile("^Corregir")).first.click()
    advisor.reads("El informe fue devuelto: Cuente la sesión del 12.")
    expect(advisor.page.locator("[name=achievements]")).to_have_value("El concejo aprobó el plan.")
    advisor.page.locator("[name=achievements]").fill(ADDED)
    advisor.sends(PREPARE)

    coordinator.begins(REVIEW)
    coordinator.writes(REVIEW, verdict="validated")
    coordinator.sends(REVIEW)
    advisor.open(address)
    advisor.reads("Aceptado", "Marta Gil", ADDED)
    with advisor.page.expect_download() as download:
        advisor.follow("Descargar en PDF")
    assert download.value.suggested_filename.endswith(".pdf")
    advisor.open("/plazos?politica=informe_actividades&estado=all")
    advisor.main.get_by_role("link", name=re.compile("Informe mensual de actividades")).last.click()
    advisor.reads("Cumplida")


def reads_well(house: House, advisor: Desk) -> None:
    """The newest mail to the advisor is accessible, and its link leads to the term."""
    html = newest(house, advisor.username).get_body(("html",))
    assert html is not None
    mail = advisor.page.context.new_page()
    mail.set_content(html.get_content())
    assert violations(mail) == []
    address = mail.locator("a", has_text="Informe mensual de actividades").first.get_attribute("href") or ""
    mail.close()
    advisor.open(urlsplit(address).path)
    advisor.reads("Informe mensual de actividades", "Por qué ese día")


def told(house: House, username: str, days: int) -> str:
    """The words of the newest mail to somebody, once digests of the `days`-th working day from now were sent."""
    with transaction() as session:
        for name, person_id in house.world.people.items():
            session.get_one(Person, person_id).email = f"{name}@example.org"
    day = LAW.add(clock.local_date(clock.now()), days)
    morning = datetime.combine(day, time(9), clock.BOGOTA)
    jobs.remind(morning)
    jobs.send_mail(morning)
    plain = newest(house, username).get_body(("plain",))
    assert plain is not None
    return " ".join(str(plain.get_content()).split())


def newest(house: House, username: str) -> EmailMessage:
    return [mail for mail in house.mails() if f"{username}@example.org" in str(mail["To"])][-1]


@pytest.mark.parametrize("width", WIDTHS)
def test_the_pages_of_reports_are_accessible_and_no_wider_than_the_screen(
    owing: House, seated: People, width: int
) -> None:
    for username in ("asesor", "articulador"):
        desk = seated(username)
        desk.page.set_viewport_size({"width": width, "height": 900})
        for address in _pages(owing, username):
            desk.open(address)
            assert (address, violations(desk.page)) == (address, [])
            assert desk.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), address


def _pages(house: House, username: str) -> list[str]:
    """The lists, and every report of somebody with the step that waits for them."""
    found = ["/informes", "/informes/obligaciones"]
    found += ["/informes/equipo"] if username == "articulador" else []
    with reading() as session:
        rows = session.scalars(select(Report).where(Report.person_id == house.world.people[username])).all()
        for row in rows:
            found.append(f"/informes/{row.id}")
            if row.kind == "seta" and row.status == "draft":
                found.append(f"/informes/seta/{row.period}")
            waiting = tasks.open_of(session, row.instance_id) if row.instance_id is not None else []
            found += [f"/tareas/{task.id}" for task in waiting]
    return found
