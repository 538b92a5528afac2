"""The directory of people: finding them, what their page says, and what the administrator changes."""

import re
from datetime import timedelta
from html import unescape

import pytest

from db import SYSTEM
from db import clock
from db import reading
from db import transaction
from directory import absences
from directory import accounts
from directory import grants
from directory import people
from directory import tokens
from directory.models import Entity
from directory.models import Person
from directory.models import RoleGrant
from tests.web.conftest import Browse
from tests.web.world import World
from tracking import carried
from tracking.models import Product
from tracking.models import WorkPlan

HUGE = "9" * 20


def test_people_are_found_by_role_and_their_roles_are_shown(browse: Browse, world: World) -> None:
    page = browse("director").get("/personas?rol=der_reviewer")
    assert "Rosa Díaz" in page
    assert "Ana Ruiz" not in page
    assert "Monitoreo DER</p>" in browse("director").get("/personas?rol=der_monitoring")


def test_whoever_covers_an_entity_is_an_advisor_in_the_list_and_on_the_page(browse: Browse, world: World) -> None:
    assert "Julio Peña" in browse("director").get("/personas?rol=territorial_advisor")
    page = browse("director").get(f"/personas/{world.people['asesor']}")
    assert "las 2 entidades" in page.replace("\xa0", " ")


def test_data_of_a_person_are_corrected(browse: Browse, world: World) -> None:
    admin, lead = browse("admin"), world.people["lider"]
    admin.get(f"/personas/{lead}")
    data = {"name": "Ana María Ruiz", "email": "ana@dnp.gov.co", "position": "Asesora", "unit_id": str(world.unit_id)}
    admin.post(f"/personas/{lead}/datos", data)
    with reading() as session:
        row = people.get(session, lead)
        assert (row.name, row.email, row.position, row.unit_id) == (*list(data.values())[:3], world.unit_id)
    answer = admin.post(f"/personas/{lead}/datos", {**data, "email": "nada"}, 422).get_data(as_text=True)
    assert 'href="#email"' in answer
    browse("lider").post(f"/personas/{lead}/datos", data, 403)


def test_the_page_says_with_which_account_and_when_somebody_came_in(browse: Browse, world: World) -> None:
    browse("lider")
    page = browse("admin").get(f"/personas/{world.people['lider']}")
    assert ">lider<" in page
    assert "Ninguno en los últimos 90" not in page
    assert "Ninguno en los últimos 90" in browse("admin").get(f"/personas/{world.people['der']}").replace("\xa0", " ")


def test_disabling_says_what_stays_with_nobody(browse: Browse, world: World, plan: int) -> None:
    admin, advisor = browse("admin"), world.people["asesor"]
    stays = "2 entidades, 1 plan de trabajo y 1 tarea abierta"
    before = admin.get(f"/personas/{advisor}").replace("\xa0", " ")
    assert f"Quedan a su nombre, sin quien los atienda: {stays}" in before, before[before.index("Quedan a su") :][:200]
    admin.post(f"/personas/{advisor}/estado", {"active": "no"}, 422)
    admin.post(f"/personas/{advisor}/estado", {"active": "no", "why": "Renuncia aceptada"})
    assert "Motivo: Renuncia aceptada" in admin.get(f"/personas/{advisor}")
    assert f"Siguen a su nombre: {stays}" in admin.get(f"/personas/{advisor}").replace("\xa0", " ")


def test_internal_control_reads_the_history_of_people(browse: Browse, world: World) -> None:
    lead = world.people["lider"]
    assert "Dio a Ana Ruiz el rol Líder técnico" in browse("control").get(f"/personas/{lead}")
    assert "Dio a Ana Ruiz el rol" not in browse("director").get(f"/personas/{lead}")


def test_history_is_found_by_the_capacity_of_who_acted(browse: Browse, world: World) -> None:
    lead, admin = world.people["lider"], browse("admin")
    admin.get(f"/personas/{lead}")
    admin.post(f"/personas/{lead}/datos", {"name": "Ana María Ruiz"})
    found = browse("control").get(f"/personas/{lead}?buscar=administración del sistema")
    assert "Cambió los datos de Ana María Ruiz" in found
    assert "Dio a Ana Ruiz el rol" not in found


def test_history_says_which_datum_changed_and_its_values_only_to_who_administers(browse: Browse, world: World) -> None:
    lead, admin = world.people["lider"], browse("admin")
    page = admin.get(f"/personas/{lead}")
    typed = {"name": "Ana Ruiz", "email": "ana.nueva@dnp.gov.co", "position": "Asesora", "unit_id": str(world.unit_id)}
    admin.post(f"/personas/{lead}/datos", typed)
    admin.post(f"/personas/{lead}/datos", typed | {"unit_id": ""})
    page = admin.get(f"/personas/{lead}")
    assert "→ «ana.nueva@dnp.gov.co»" in page
    assert "Cargo: vacío → «Asesora»" in page
    assert "» → vacío" in page, "the unit that was taken away"
    seen = browse("control").get(f"/personas/{lead}")
    history = seen[seen.index('id="historia"') :]
    assert "Cambió: correo, cargo" in history
    assert "Cambió: dependencia" in history
    assert "ana.nueva" not in history
    assert "Asesora" not in history


def test_why_somebody_is_away_is_told_to_them_and_to_the_administrator(browse: Browse, world: World) -> None:
    lead, today = world.people["lider"], clock.local_date(clock.now())
    with transaction() as session:
        absences.add(session, lead, "incapacidad", today, today, by=SYSTEM, now=clock.now())
    for username, told in (("admin", True), ("lider", True), ("director", False), ("control", False)):
        page = browse(username).get(f"/personas/{lead}").replace("\xa0", " ")
        assert ("Incapacidad, desde el" in page, "Ausente, desde el" in page) == (told, not told)
        assert "(incapacidad)" not in page


def test_an_encargo_without_its_act_says_so(browse: Browse, world: World) -> None:
    admin, today = browse("admin"), clock.local_date(clock.now())
    admin.get(f"/personas/{world.people['lider']}")
    data = {"encargo_role": "technical_director", "encargo_scope": f"unit:{world.unit_id}",
            "encargo_since": str(today), "encargo_until": str(today)}  # fmt: skip
    answer = admin.post(f"/personas/{world.people['lider']}/encargos", data, 422).get_data(as_text=True)
    assert 'href="#act"' in answer


@pytest.mark.parametrize("scope", [f"unit:{HUGE}", f"region:{HUGE}"])
def test_a_number_that_no_database_holds_is_a_wrong_answer(browse: Browse, world: World, scope: str) -> None:
    admin = browse("admin")
    admin.get(f"/personas/{world.people['lider']}")
    admin.post(f"/personas/{world.people['lider']}/roles", {"role": "technical_lead", "scope": scope}, 422)


def test_a_role_is_given_over_one_entity_by_its_name(browse: Browse, world: World) -> None:
    admin = browse("admin")
    admin.post("/personas/nueva", {"name": "Alba Gil", "email": "alba@andes.gov.co"})
    with reading() as session:
        contact = session.query(Person).filter_by(email="alba@andes.gov.co").one().id
    role = {"role": "beneficiary_contact", "scope": "national:"}
    answer = admin.post(f"/personas/{contact}/roles", {**role, "entity": "Macondo"}, 422).get_data(as_text=True)
    assert "No se encontró «Macondo»" in unescape(answer)
    admin.post(f"/personas/{contact}/roles", {**role, "entity": "Andes (Antioquia)"})
    assert "Contacto de la entidad" in admin.get(f"/personas/{contact}")
    with reading() as session:
        held = session.query(RoleGrant).filter_by(person_id=contact).one()
        assert session.get_one(Entity, held.scope_id).code == "05034"


def test_a_name_an_address_and_a_username_have_a_limit(browse: Browse, world: World) -> None:
    admin = browse("admin")
    admin.get("/personas/nueva")
    long = {"name": "N" * 500, "email": "n" * 300 + "@dnp.gov.co", "position": "c" * 500}
    page = unescape(admin.post("/personas/nueva", long, 422).get_data(as_text=True))
    for field in ("Nombre", "Cargo", "Correo"):
        assert f"caracteres en «{field}»: tiene" in page
    account = {"name": "Nora Vega", "username": "n" * 200, "password": "una clave muy larga"}
    page = unescape(admin.post("/personas/nueva", account, 422).get_data(as_text=True))
    assert "Escriba como máximo 64 caracteres en «Usuario»: tiene 200." in page


def test_a_new_person_is_told_what_is_missing(browse: Browse, world: World) -> None:
    admin = browse("admin")
    admin.get("/personas/nueva")
    admin.post("/personas/nueva", {"name": "Nora Vega"})
    with transaction() as session:
        added = people.search(session, "Nora Vega").items[0]
        people.disable(session, added.id, by=SYSTEM, now=clock.now())
    assert "Dele un rol" in admin.get(f"/personas/{added.id}")


def test_a_password_that_was_reset_ends_the_tokens_too(browse: Browse, world: World) -> None:
    lead, admin, now = world.people["lider"], browse("admin"), clock.now()
    with transaction() as session:
        secret = tokens.issue(session, lead, "Tablero", lasts=timedelta(days=9), by=SYSTEM, now=now).secret
    assert "sus claves de programas terminan ya" in admin.get(f"/personas/{lead}")
    admin.post(f"/personas/{lead}/contrasena", {"password": "otra clave bastante larga"})
    with reading() as session:
        assert tokens.find(session, secret, now=now) is None


def test_the_plans_of_a_product_say_which_ended(browse: Browse, world: World, plan: int) -> None:
    with transaction() as session:
        row = session.get_one(WorkPlan, plan)
        row.status = "cancelled"
        code = session.get_one(Product, row.product_id).code
    assert "Cancelado</span>" in browse("director").get(f"/productos/{code}?parte=entidades")


def test_the_articulador_registers_the_absence_of_who_cannot(browse: Browse, world: World) -> None:
    advisor, today = world.people["asesor"], clock.local_date(clock.now())
    head, page = browse("articulador"), f"/personas/{world.people['asesor']}"
    assert 'name="absence_reason"' in head.get(page)
    sent = {"absence_kind": "incapacidad", "absence_since": today.isoformat(), "absence_reason": "Está hospitalizado"}
    refused = head.post(f"{page}/ausencias", sent, 422).get_data(as_text=True)
    assert 'href="#absence_until"' in refused
    assert "Está hospitalizado" in refused
    head.post(f"{page}/ausencias", {**sent, "absence_until": (today + timedelta(days=5)).isoformat()})
    shown = head.get(page).replace("\xa0", " ")
    assert "La registró Marta Gil: Está hospitalizado" in shown
    assert "Nadie actúa en su nombre esos días" in shown
    own = browse("asesor").get("/mi-cuenta")
    assert "La registró Marta Gil: Está hospitalizado" in own
    assert "#delegar" in own
    others = browse("director").get(page)
    assert "La registró Marta Gil" in others
    assert "hospitalizado" not in others
    assert 'name="absence_reason"' not in others
    with reading() as session:
        row = absences.of(session, advisor)[0]
    browse("director").post(f"{page}/ausencias/{row.id}/cancelacion", {}, 403)
    head.post(f"{page}/ausencias/{row.id}/cancelacion")
    assert "La registró" not in head.get(page)


def test_taking_the_last_role_away_says_what_nobody_attends_any_more(browse: Browse, world: World, plan: int) -> None:
    admin, lead = browse("admin"), world.people["lider"]
    with transaction() as session:
        (grant,) = grants.of(session, lead)
        grant_id, carries = grant.id, carried.by(session, lead, clock.local_date(clock.now()))
    assert carries
    stays = carried.in_words(carries)
    before = admin.get(f"/personas/{lead}").replace("\xa0", " ")
    assert f"Es el último rol con que actúa. Quedan a su nombre, sin quien los atienda: {stays}" in before
    admin.post(f"/personas/{lead}/roles/{grant_id}/revocacion", {f"reason-{grant_id}": "Pasó a otra entidad."})
    after = admin.get(f"/personas/{lead}").replace("\xa0", " ")
    assert f"El rol se retiró. Siguen a su nombre, sin quien los atienda: {stays}" in after
    assert "Hoy no tiene un rol con que actuar" in after


def test_taking_the_administration_from_oneself_is_confirmed(browse: Browse, world: World) -> None:
    admin, me = browse("admin"), world.people["admin"]
    with transaction() as session:
        mine = next(row.id for row in grants.of(session, me) if row.role == "administrator")
        other = people.add(session, "Juana Mora", by=SYSTEM, now=clock.now()).id
        accounts.create(session, other, "juana", "una clave bien larga", by=SYSTEM, now=clock.now())
        grants.add(session, other, "administrator", "national", by=SYSTEM, now=clock.now())
    page, path = f"/personas/{me}", f"/personas/{me}/roles/{mine}/revocacion"
    admin.get(page)
    reason = {f"reason-{mine}": "Cambio de área."}
    refused = admin.post(path, reason, 422).get_data(as_text=True)
    assert "Es su propio acceso a la administración" in refused
    assert 'value="Cambio de área."' in refused
    assert "El rol se retiró" not in admin.get(page)
    assert admin.post(path, {**reason, f"own-{mine}": "si"}).location == "/mi-cuenta"
    assert "El rol se retiró" in admin.get("/mi-cuenta")


def test_an_absence_with_the_wrong_year_is_asked_about_and_can_be_called_off(browse: Browse, world: World) -> None:
    head, today = browse("articulador"), clock.local_date(clock.now())
    page, day = f"/personas/{world.people['asesor']}", today.replace(day=1) - timedelta(days=350)
    sent = {"absence_kind": "comision", "absence_since": str(day), "absence_until": str(day + timedelta(days=2)),
            "absence_reason": "Salió al territorio"}  # fmt: skip
    head.get(page)
    assert "la ausencia ya pasó" in unescape(head.post(f"{page}/ausencias", sent, 422).get_data(as_text=True))
    head.post(f"{page}/ausencias", {**sent, "absence_confirmed": "si"})
    shown = head.get(page)
    assert "ya pasó" in shown
    where = re.search(r"/personas/\d+/ausencias/\d+/cancelacion", shown)
    assert where
    assert "ya pasó" not in browse("lider").get(page)
    head.post(where.group())
    assert "ya pasó" not in head.get(page)
