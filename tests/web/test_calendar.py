"""Calendario: months with their working days, and the days that people declare non-working."""

import re
from calendar import monthrange
from datetime import date
from datetime import timedelta
from html import unescape
from itertools import product

import pytest
from sqlalchemy import select
from sqlalchemy import update

from db import clock
from db import reading
from db import transaction
from engine.models import Task
from notifications.calendar import LAW
from notifications.models import CalendarVersion
from notifications.models import Obligation
from notifications.models import PolicyVersion
from tests.notifications.scene import crowd
from tests.web import desk
from tests.web.conftest import Browse
from tests.web.world import World

FEAST = {"day": "2026-11-26", "scope_kind": "national", "reason": "Día cívico"}


def test_a_month_shows_its_holidays_and_counts_its_working_days(browse: Browse) -> None:
    page = browse("asesor").get("/calendario?mes=2026-11")
    assert "Noviembre de 2026: 19 días hábiles" in page
    assert "Independencia de Cartagena" in page
    assert 'mes=2026-10"' in page
    assert 'mes=2026-12"' in page


def test_every_month_begins_its_weeks_on_monday_and_shows_its_own_days_alone(browse: Browse) -> None:
    advisor = browse("asesor")
    for year, month in product((2026, 2027), range(1, 13)):
        page = advisor.get(f"/calendario?mes={year}-{month:02}")
        head, body = page.split('<table class="table month">')[1].split("<tbody>")
        assert re.findall(r'<abbr title="(\w+)">', head)[0] == "lunes"
        weeks = [re.findall(r"<td.*?</td>", week, re.DOTALL) for week in body.split("</tbody>")[0].split("<tr>")[1:]]
        shown = [
            (date(year, month, int(found[1])), place)
            for week in weeks
            for place, cell in enumerate(week)
            if (found := re.search(r'class="date"[^>]*>(\d+)<', cell))
        ]
        assert {len(week) for week in weeks} == {7}
        assert [day.day for day, _ in shown] == list(range(1, monthrange(year, month)[1] + 1))
        assert [place for _, place in shown] == [day.weekday() for day, _ in shown]


@pytest.mark.parametrize("text", ["2026-13", "x", "9999-01", ""])
def test_a_month_that_is_none_shows_the_present_one(browse: Browse, text: str) -> None:
    assert 'aria-current="date"' in browse("asesor").get(f"/calendario?mes={text}")


def test_a_declared_day_is_off_and_can_be_taken_back(browse: Browse) -> None:
    admin = browse("admin")
    admin.get("/calendario/dias?anio=2026")
    seen = admin.post("/calendario/dias", FEAST, 200).get_data(as_text=True)
    assert "Ningún plazo abierto cambia de fecha" in seen
    assert "19 días hábiles" in admin.get("/calendario?mes=2026-11")
    admin.post("/calendario/dias", FEAST | {"confirmar": "1"})
    page = admin.get("/calendario?mes=2026-11")
    assert "18 días hábiles" in page
    assert "26 de noviembre de 2026, Todo el país: Día cívico" in page.replace("\xa0", " ")
    assert "Declaró no hábil el 26 de noviembre de 2026" in admin.get("/calendario/dias?anio=2026")
    assert "Diga por qué vuelve a ser hábil" in admin.post("/calendario/dias/1/retiro", {}, 422).get_data(as_text=True)
    admin.post("/calendario/dias/1/retiro", {"reason-1": "Se aplazó"}, 200)
    assert "18 días hábiles" in admin.get("/calendario?mes=2026-11")
    admin.post("/calendario/dias/1/retiro", {"reason-1": "Se aplazó", "confirmar": "1"})
    assert "19 días hábiles" in admin.get("/calendario?mes=2026-11")


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"day": ""}, "day", "Escriba el día"),
        ({"day": "2026-12-25"}, "day", "ya es no hábil (Navidad)"),
        ({"reason": ""}, "reason", "por qué"),
        ({"scope_kind": "department"}, "department_code", "Elija un lugar"),
        ({"scope_kind": "entity", "entity_code": "99999"}, "entity_code", "código DANE"),
    ],
)
def test_a_wrong_day_is_told_at_its_field(browse: Browse, changes: dict[str, str], field: str, message: str) -> None:
    admin = browse("admin")
    admin.get("/calendario/dias")
    text = admin.post("/calendario/dias", FEAST | changes, 422).get_data(as_text=True)
    assert f'href="#{field}"' in text
    assert message in text


def test_the_cut_off_hour_changes_with_a_reason(browse: Browse) -> None:
    admin = browse("admin")
    admin.get("/calendario/dias")
    assert "#why" in admin.post("/calendario/dias/hora", {"cut_off": "18:00"}, 422).get_data(as_text=True)
    assert "#cut_off" in admin.post("/calendario/dias/hora", {"cut_off": "6:00", "why": "Madrugar"}, 422).text
    admin.post("/calendario/dias/hora", {"cut_off": "18:00", "why": "Jornada continua", "confirmar": "1"})
    assert "termina a las 6:00 p. m." in admin.get("/calendario")


def owed(count: int) -> None:
    """So many obligations, by people who owe one each, due on the 26th of November of 2026."""
    now = clock.now()
    with transaction() as session:
        crowd(session, now, count)
        at = LAW.at_cut_off(date(2026, 11, 26))
        session.execute(update(Obligation).values(
            due_at=at, limit_at=at, due_on=date(2026, 11, 26), period="2026-11", period_start=date(2026, 11, 1),
            period_end=date(2026, 11, 26),
        ))  # fmt: skip
        row = session.scalars(select(PolicyVersion)).one()
        row.spec = {**row.spec, "frequency": "monthly", "due": {"rule": "period_end"}, "non_working": "backward"}


def test_what_a_day_would_move_is_seen_before_it_is_declared(browse: Browse) -> None:
    admin = browse("admin")
    owed(60)
    admin.get("/calendario/dias")
    page = unescape(admin.post("/calendario/dias", FEAST, 200).get_data(as_text=True))
    assert "60 plazos abiertos cambian de fecha" in page
    assert "Informe mensual: 60" in page
    assert page.count('<span class="title">') == 20
    every = re.search(r'<a href="(/calendario/dias/efecto[^"]+)">Ver los 60', page)
    assert every is not None
    whole = admin.get(every[1])
    assert whole.count('<span class="title">') == 50
    assert "estos son del 1 al 50" in whole
    following = re.search(r'href="([^"]+desde=50)"', whole)
    assert following is not None
    assert admin.get(following[1]).count('<span class="title">') == 10
    with reading() as session:
        assert session.scalars(select(CalendarVersion)).all() == []


def test_what_taking_a_day_back_would_move_is_seen_before_it_is_done(browse: Browse) -> None:
    admin = browse("admin")
    admin.get("/calendario/dias")
    admin.post("/calendario/dias", FEAST | {"confirmar": "1"})
    owed(3)
    with transaction() as session:
        session.execute(update(Obligation).values(due_at=LAW.at_cut_off(date(2026, 11, 25))))
    page = unescape(admin.post("/calendario/dias/1/retiro", {"reason-1": "Se aplazó"}, 200).get_data(as_text=True))
    assert "3 plazos abiertos cambian de fecha" in page
    assert "vuelve a ser hábil" in page


def test_what_another_hour_would_move_is_seen_before_it_is_changed(browse: Browse) -> None:
    admin = browse("admin")
    owed(60)
    admin.get("/calendario/dias")
    page = unescape(admin.post("/calendario/dias/hora", {"cut_off": "18:30", "why": "Jornada continua"}, 200).text)
    assert "60 plazos abiertos cambian de hora" in page
    assert "6:30 p. m." in page.replace("\xa0", " ")
    every = re.search(r'<a href="(/calendario/dias/efecto[^"]+)">Ver los 60', page)
    assert every is not None
    whole = admin.get(every[1])
    assert "Si el día hábil termina a las 6:30 p. m." in whole
    assert whole.count('<span class="title">') == 50
    assert "termina a las 5:00 p. m." in admin.get("/calendario")
    again = dict(re.findall(r'<input type="hidden" name="(cut_off|why)" value="([^"]+)"', page))
    admin.post("/calendario/dias/hora", again | {"confirmar": "1"})
    assert "termina a las 6:30 p. m." in admin.get("/calendario")


@pytest.mark.parametrize(
    "address", ["", "?day=2026-13-01", "?day=2026-11-26&scope_kind=luna", "?retiro=99", "?hora=25:00", "?hora=03:00"]
)
def test_an_effect_of_nothing_is_not_a_page(browse: Browse, address: str) -> None:
    response = browse("admin").client.get(f"/calendario/dias/efecto{address}")
    assert response.status_code in (404, 422)


def test_only_who_may_changes_it(browse: Browse) -> None:
    advisor = browse("asesor")
    assert "Declarar un día" not in advisor.get("/calendario/dias")
    advisor.post("/calendario/dias", FEAST, 403)


def test_a_crowded_day_opens_whole(browse: Browse) -> None:
    owed(60)
    monitoreo = browse("monitoreo")
    month_page = monitoreo.get("/calendario?mes=2026-11&de=equipo")
    (link,) = re.findall(r'<a href="(/calendario/2026-11-26\?de=equipo)">y 56 más', month_page)
    day = monitoreo.get(link)
    assert "60 vencimientos" in day
    following = re.search(r'<a href="([^"]+)" rel="next"', day)
    assert following
    assert [day.count('<li class="row">'), monitoreo.get(following.group(1)).count('<li class="row">')] == [50, 10]
    monitoreo.get("/calendario/nunca", 404)


def test_a_month_tells_what_is_overdue_from_what_comes(browse: Browse, world: World) -> None:
    step, now = "Activity_DelimitarProblema", clock.now()
    task_id = desk.task(world, desk.product(world, step), step)
    for hours, told in ((-1, True), (1, False)):
        due = now + timedelta(hours=hours)
        with transaction() as session:
            session.execute(update(Task).where(Task.id == task_id).values(due_at=due, due_sort=due))
        page = browse("lider").get(f"/calendario?mes={clock.local_date(due):%Y-%m}")
        assert f'href="/tareas/{task_id}"' in page
        assert ('<span class="light late">vencido</span>' in page) is told
