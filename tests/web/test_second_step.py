"""The second step of a login, and the proof that acts of weight ask for."""

import re
from datetime import timedelta
from html import unescape

import pyotp
import pytest
from sqlalchemy import update

from db import SYSTEM
from db import clock
from db import reading
from db import settings
from db import transaction
from directory import accounts
from directory import second_factor
from directory.models import LoginSession
from edge import identity
from engine import drafts
from engine.models import Task
from tests.processes.office import Office
from tests.web import desk
from tests.web import world as worlds
from tests.web.conftest import Browse
from tests.web.conftest import Browser
from tests.web.world import World

HERE = "/mi-cuenta/segundo-paso"
CODE = "/ingreso/codigo"
RECOVERY = re.compile(r'<li class="once">([A-Z2-9-]+)</li>')


def enrol(browser: Browser) -> tuple[pyotp.TOTP, list[str]]:
    """Begin with the second step as the pages lead; returns the telephone and the recovery codes."""
    browser.get(HERE)
    browser.post(f"{HERE}/inicio")
    page = browser.get(HERE)
    found = re.search(r'<p class="once">([A-Z2-7 ]+)</p>', page)
    assert found
    secret = found.group(1).replace(" ", "")
    assert f"secret={secret}" in unescape(page)
    shows = pyotp.TOTP(secret)
    text = browser.post(HERE, {"code": shows.at(clock.now())}, 200).get_data(as_text=True)
    return shows, RECOVERY.findall(text)


def give_password(browser: Browser, username: str, target: str = "") -> str:
    """Sign in with the password; returns where one is led."""
    browser.get("/ingreso")
    data = {"username": username, "password": worlds.PASSWORD, "siguiente": target}
    return browser.post("/ingreso", data).location


def age(username: str) -> None:
    """The sessions of somebody were opened, and proved, an hour ago."""
    with transaction() as session:
        account = accounts.find(session, username)
        assert account
        before = clock.now() - timedelta(hours=1)
        mine = update(LoginSession).where(LoginSession.person_id == account.person_id)
        session.execute(mine.values(created_at=before, proved_at=None))


def ready(world: World, element: str) -> int:
    """A task at `element` with its answers written; nothing of it is sent."""
    code = desk.product(world, element)

    def written(office: Office) -> int:
        row = office.task(desk.case(office, code), element)
        drafts.save(office.session, row.id, office.answer(row, {}), by=office.who(row), now=office.now)
        return row.id

    return int(desk.work(world, written))


def last_look(browser: Browser, task_id: int) -> dict[str, str]:
    """What the page «Revise sus respuestas» sends."""
    page = browser.get(f"/tareas/{task_id}/revision")
    return {**dict(re.findall(r'name="(key|revision|seen)" value="([^"]*)"', page)), "confirmed": "si"}


def test_loading_the_page_of_the_codes_again_says_that_the_step_is_active(browse: Browse) -> None:
    lead = browse("lider")
    shows, _ = enrol(lead)
    assert lead.post(HERE, {"code": shows.at(clock.now())}).location == HERE
    assert "El segundo paso ya está activo" in lead.get(HERE)


def test_the_password_alone_opens_nothing(browse: Browse) -> None:
    shows, codes = enrol(browse("der"))
    assert len(codes) == 10
    visitor = browse("")
    assert give_password(visitor, "der", "/productos") == f"{CODE}?siguiente=%2Fproductos"
    for path in ("/bandeja", "/contrasena-nueva", HERE, "/mi-cuenta"):
        assert visitor.client.get(path).location == CODE
    assert visitor.client.get("/api/v1/tasks").status_code == 403
    assert "Ingresar" in visitor.get("/portafolio"), "to public pages they are a visitor"
    page = visitor.get(f"{CODE}?siguiente=/productos")
    assert 'value="/productos"' in page
    assert "no es correcto" in visitor.post(CODE, {"code": "000000"}, 422).get_data(as_text=True)
    before = visitor.client.get_cookie(identity.COOKIE)
    answer = visitor.post(CODE, {"code": shows.at(clock.now() + timedelta(seconds=30)), "siguiente": "/productos"})
    after = visitor.client.get_cookie(identity.COOKIE)
    assert answer.location == "/productos"
    assert before
    assert after
    assert before.value != after.value
    visitor.get("/productos")


def test_a_recovery_code_opens_once(browse: Browse) -> None:
    _, codes = enrol(browse("der"))
    for expected in (303, 422):
        visitor = browse("")
        give_password(visitor, "der")
        visitor.get(CODE)
        visitor.post(CODE, {"code": codes[0]}, expected)


def test_whoever_has_none_is_not_asked(browse: Browse) -> None:
    visitor = browse("")
    assert give_password(visitor, "der", "/productos") == "/productos"
    assert visitor.client.get(CODE).location == "/"


def test_those_who_decide_begin_with_it_when_the_setting_says_so(browse: Browse) -> None:
    with transaction() as session:
        settings.put(session, second_factor.KEY, True, by=SYSTEM, now=clock.now())
    visitor, advisor = browse(""), browse("")
    give_password(visitor, "der")
    give_password(advisor, "asesor")
    advisor.get("/bandeja")
    assert visitor.client.get("/bandeja").location == HERE
    assert "necesitan el segundo paso" in visitor.get(HERE)
    enrol(visitor)
    visitor.get("/bandeja")


def test_it_is_left_with_a_reason(browse: Browse) -> None:
    browser = browse("der")
    enrol(browser)
    browser.get(HERE)
    browser.post(f"{HERE}/retiro", {"factor-reason": ""}, 422)
    assert len(RECOVERY.findall(browser.post(f"{HERE}/codigos", status=200).get_data(as_text=True))) == 10
    browser.post(f"{HERE}/retiro", {"factor-reason": "Cambia de teléfono"})
    assert "Comenzar" in browser.get(HERE)


def test_the_administrator_takes_it_from_who_lost_the_telephone(browse: Browse, world: World) -> None:
    enrol(browse("der"))
    admin, path = browse("admin"), f"/personas/{world.people['der']}"
    waiting = browse("")
    give_password(waiting, "der")
    waiting.get(CODE)
    assert "Retirar el segundo paso" in admin.get(path)
    admin.post(f"{path}/segundo-paso/retiro", {"factor-reason": ""}, 422)
    admin.post(f"{path}/segundo-paso/retiro", {"factor-reason": "Perdió el teléfono"})
    assert "Retirar el segundo paso" not in admin.get(path)
    waiting.post(CODE, {"code": ""})
    waiting.get("/bandeja")
    assert give_password(browse(""), "der") == "/"


def test_giving_a_role_from_a_page_left_open_asks_again_and_keeps_what_was_typed(browse: Browse, world: World) -> None:
    admin, path = browse("admin"), f"/personas/{world.people['asesor']}"
    admin.get(path)
    age("admin")
    sent = {"role": "thematic_expert", "scope": "national:", "since": "", "until": ""}
    page = admin.post(f"{path}/roles", sent, 403).get_data(as_text=True)
    assert "Confirme que es usted" in page
    assert '<input type="hidden" name="role" value="thematic_expert">' in page
    assert "no es correcta" in admin.post(f"{path}/roles", {**sent, "proof": "otra"}, 403).get_data(as_text=True)
    admin.post(f"{path}/roles", {**sent, "proof": worlds.PASSWORD})
    assert "/roles/" in admin.get(path), "the role stands there, and can be taken back"
    admin.post(f"{path}/datos", {"name": "Nuevo nombre"}, 303)


def test_a_page_of_another_site_is_not_carried_on_by_the_proof(browse: Browse, world: World) -> None:
    admin, path = browse("admin"), f"/personas/{world.people['asesor']}"
    age("admin")
    forged = {"role": "thematic_expert", "scope": "national:", "csrf_token": "de otro sitio"}
    assert "Confirme que es usted" not in admin.post(f"{path}/roles", forged, 400).get_data(as_text=True)


def test_a_password_that_waits_for_the_proof_stays_in_no_cache(browse: Browse) -> None:
    admin = browse("admin")
    age("admin")
    answer = admin.post("/personas/nueva", {"name": "Alba Gil", "password": "una clave que nadie sabe"}, 403)
    assert answer.headers["Cache-Control"] == "no-store"


def test_where_there_is_a_second_step_the_code_is_the_proof(browse: Browse, world: World) -> None:
    admin, path = browse("admin"), f"/personas/{world.people['asesor']}"
    _, codes = enrol(admin)
    age("admin")
    sent = {"role": "thematic_expert", "scope": "national:"}
    admin.get(path)
    page = admin.post(f"{path}/roles", {**sent, "proof": worlds.PASSWORD}, 403).get_data(as_text=True)
    assert "código de recuperación" in page
    admin.post(f"{path}/roles", {**sent, "proof": codes[1]})


def test_deciding_at_a_gate_asks_again_and_sends_the_same(browse: Browse, world: World) -> None:
    task_id, der = ready(world, "Activity_RetroalimentarFicha"), browse("der")
    sent = last_look(der, task_id)
    age("der")
    page = der.post(f"/tareas/{task_id}/enviar", sent, 403).get_data(as_text=True)
    assert f'<input type="hidden" name="key" value="{sent["key"]}">' in page
    with reading() as session:
        assert session.get_one(Task, task_id).status == "open"
    again = der.post(f"/tareas/{task_id}/enviar", {**sent, "proof": worlds.PASSWORD})
    assert again.location == f"/tareas/{task_id}/recibo"


def test_writing_a_ficha_asks_for_nothing(browse: Browse, world: World) -> None:
    task_id, lead = ready(world, "Activity_NombrarProducto"), browse("lider")
    sent = last_look(lead, task_id)
    age("lider")
    assert lead.post(f"/tareas/{task_id}/enviar", sent).location == f"/tareas/{task_id}/recibo"


@pytest.mark.parametrize("method", ["post", "patch"])
def test_a_browser_that_calls_the_api_is_asked_too(browse: Browse, world: World, method: str) -> None:
    admin = browse("admin")
    age("admin")
    path = {"post": "/api/v1/people", "patch": f"/api/v1/people/{world.people['asesor']}"}[method]
    headers = {"X-CSRF-Token": admin.token}
    answer = getattr(admin.client, method)(path, json={"name": "Inés"}, headers=headers)
    assert (answer.status_code, answer.json["type"]) == (403, "urn:att:problem:proof-missing")


def test_a_task_that_is_not_there_stops_no_other_of_a_batch(browse: Browse, world: World) -> None:
    task_id, lead = ready(world, "Activity_NombrarProducto"), browse("lider")
    sent = {"task_ids": [task_id, 9999], "data": {}}
    headers = {"X-CSRF-Token": lead.token}
    answer = lead.client.post("/api/v1/tasks/complete-batch", json=sent, headers=headers)
    assert answer.status_code == 200, answer.json
    assert "9999" in answer.json["items"][1]["message"]


def test_whoever_began_with_it_in_another_browser_is_told_to_enter_again(browse: Browse) -> None:
    with transaction() as session:
        settings.put(session, second_factor.KEY, True, by=SYSTEM, now=clock.now())
    first, second = browse(""), browse("")
    give_password(first, "der")
    give_password(second, "der")
    enrol(second)
    assert first.client.get("/bandeja").location == HERE
    page = first.get(HERE)
    assert "otro navegador" in page
    assert "Retirar el segundo paso" not in page, "nothing that this login may not do yet is offered"
    first.post("/salida")
    assert give_password(first, "der").startswith(CODE)
