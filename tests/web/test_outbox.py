"""Mis avisos and the outbox page."""

from pathlib import Path

import pytest

from att import jobs
from att import post
from att.settings import Settings
from db import clock
from db import reading
from db import transaction
from directory.models import Person
from notifications import bounces
from notifications import postmaster
from notifications import preferences
from notifications import returned
from notifications.models import Message
from notifications.models import MessageStatus
from tests.notifications.test_bounces import sample
from tests.web.conftest import Browse
from tests.web.world import World

AGAIN = {"reason": "Dice que no le llegó"}


@pytest.fixture
def address(world: World, tmp_path: Path, database_url: str) -> str:
    """Julio has an address, and the post leaves as files."""
    post.use(Settings.from_env({"ATT_VAR": str(tmp_path), "ATT_DATABASE_URL": database_url}))
    with transaction() as session:
        session.get_one(Person, world.people["asesor"]).email = "julio@example.org"
    return "julio@example.org"


@pytest.fixture
def message_id(world: World, address: str) -> int:
    """A test message that was sent to Julio."""
    with transaction() as session:
        row = postmaster.send_test(session, world.people["asesor"], now=clock.now())
    jobs.run("mail", clock.now())
    return row.id


class TestMine:
    def test_hour_and_channel_are_kept(self, browse: Browse, world: World, address: str) -> None:
        julio = browse("asesor")
        assert "/mi-cuenta/avisos" in julio.get("/mi-cuenta")
        assert address in julio.get("/mi-cuenta/avisos")
        julio.post("/mi-cuenta/avisos", {"digest_hour": "15", "channel": "none"})
        text = julio.get("/mi-cuenta/avisos")
        assert '<option value="15" selected>3:00 p. m.</option>' in text
        with reading() as session:
            wish = preferences.of(session, world.people["asesor"])
        assert (wish.digest_hour, wish.channel) == (15, "none")

    @pytest.mark.parametrize(("hour", "channel"), [("6", "email"), ("18", "email"), ("8", "fax"), ("8", "webhook")])
    def test_what_cannot_be_is_said(self, browse: Browse, world: World, hour: str, channel: str) -> None:
        julio = browse("asesor")
        julio.get("/mi-cuenta/avisos")
        response = julio.post("/mi-cuenta/avisos", {"digest_hour": hour, "channel": channel}, 422)
        assert "Hay algo por corregir" in response.get_data(as_text=True)

    def test_the_secret_of_a_webhook_is_shown_once(self, browse: Browse, world: World) -> None:
        julio = browse("asesor")
        julio.get("/mi-cuenta/avisos")
        response = julio.post("/mi-cuenta/avisos/webhook", {"url": "https://sistema.example.org/avisos"}, 200)
        with reading() as session:
            hook = preferences.webhook_of(session, world.people["asesor"])
        assert hook is not None
        assert hook.secret in response.get_data(as_text=True)
        assert response.headers["Cache-Control"] == "no-store"
        assert hook.secret not in julio.get("/mi-cuenta/avisos")
        julio.post("/mi-cuenta/avisos", {"digest_hour": "8", "channel": "webhook"})
        julio.post("/mi-cuenta/avisos/webhook/retiro")
        with reading() as session:
            assert preferences.of(session, world.people["asesor"]).channel == "email"

    @pytest.mark.parametrize("url", ["https://127.0.0.1/avisos", "https://[::1]:8443/", "https://10.2.3.4/x"])
    def test_a_webhook_inside_the_network_is_refused_when_it_is_registered(
        self, browse: Browse, world: World, url: str
    ) -> None:
        julio = browse("asesor")
        julio.get("/mi-cuenta/avisos")
        page = julio.post("/mi-cuenta/avisos/webhook", {"url": url}, 422).get_data(as_text=True)
        assert "Esa dirección está dentro de una red privada" in page
        with reading() as session:
            assert preferences.webhook_of(session, world.people["asesor"]) is None

    def test_a_test_message_arrives_and_can_be_read_here(self, browse: Browse, world: World, address: str) -> None:
        julio = browse("asesor")
        julio.get("/mi-cuenta/avisos")
        julio.post("/mi-cuenta/avisos/prueba")
        jobs.run("mail", clock.now())
        assert "Mensaje de prueba" in julio.get("/mi-cuenta/avisos")
        with reading() as session:
            message_id = session.query(Message.id).scalar()
        assert "Si lo está leyendo, los avisos le llegan." in julio.get(f"/mi-cuenta/avisos/{message_id}")
        browse("lider").get(f"/mi-cuenta/avisos/{message_id}", 404)

    def test_one_sees_where_the_test_stands_and_asking_twice_sends_one(
        self, browse: Browse, world: World, address: str
    ) -> None:
        julio = browse("asesor")
        assert "La última prueba" not in julio.get("/mi-cuenta/avisos")
        for _ in range(2):
            julio.post("/mi-cuenta/avisos/prueba")
        assert "en cola." in julio.get("/mi-cuenta/avisos")
        with transaction() as session:
            (row,) = session.query(Message).filter_by(kind="test")
            row.status, row.error = MessageStatus.FAILED, "Name or service not known"
        page = julio.get("/mi-cuenta/avisos")
        assert "no se pudo enviar." in page
        assert "Name or service not known." in page

    def test_without_an_address_there_is_no_test(self, browse: Browse, world: World) -> None:
        lead = browse("lider")
        assert "no tiene un correo registrado" in lead.get("/mi-cuenta/avisos")
        lead.post("/mi-cuenta/avisos/prueba", status=409)

    def test_only_some_tests_a_day(self, browse: Browse, world: World, address: str) -> None:
        julio = browse("asesor")
        julio.get("/mi-cuenta/avisos")
        for _ in range(postmaster.TESTS_A_DAY):
            julio.post("/mi-cuenta/avisos/prueba")
            jobs.run("mail", clock.now())
        julio.post("/mi-cuenta/avisos/prueba", status=409)


class TestOutbox:
    def test_it_is_for_whoever_runs_the_system(self, browse: Browse, world: World, message_id: int) -> None:
        browse("asesor").get("/mensajes", 403)
        browse("asesor").get(f"/mensajes/{message_id}", 403)
        control = browse("control")
        assert "Julio Peña" in control.get("/mensajes")
        control.get(f"/mensajes/{message_id}")
        control.post(f"/mensajes/{message_id}/reenvio", status=403)

    def test_it_is_filtered_and_searched(self, browse: Browse, world: World, message_id: int) -> None:
        admin = browse("admin")
        assert "Enviado (1)" in admin.get("/mensajes")
        for query, found in (("buscar=pena", True), ("buscar=JULIO@", True), ("buscar=prueba", True),
                             ("buscar=nadie", False), ("estado=failed", False), ("medio=email", True)):  # fmt: skip
            assert (f"/mensajes/{message_id}" in admin.get(f"/mensajes?{query}")) is found, query

    def test_the_page_shows_attempts_and_content_and_speaks_of_duplicates(
        self, browse: Browse, world: World, message_id: int, address: str
    ) -> None:
        admin = browse("admin")
        text = admin.get(f"/mensajes/{message_id}")
        assert address in text
        assert "Si lo está leyendo, los avisos le llegan." in text
        assert "a lo sumo uno repetido por interrupción" in text
        assert "Message-ID:" in admin.get(f"/mensajes/{message_id}/archivo")
        told = admin.client.get(f"/mensajes/{message_id}/archivo").headers["Content-Disposition"]
        assert told == f"attachment; filename*=UTF-8''mensaje-{message_id}.eml"

    def test_a_message_goes_out_again_with_the_same_bytes(self, browse: Browse, world: World, message_id: int) -> None:
        admin = browse("admin")
        before = admin.get(f"/mensajes/{message_id}/archivo")
        admin.get(f"/mensajes/{message_id}")
        admin.post(f"/mensajes/{message_id}/reenvio", {"reason": " "}, 422)
        admin.post(f"/mensajes/{message_id}/reenvio", AGAIN)
        assert "En cola" in admin.get(f"/mensajes/{message_id}")
        admin.post(f"/mensajes/{message_id}/reenvio", status=409)
        jobs.run("mail", clock.now())
        assert admin.get(f"/mensajes/{message_id}/archivo") == before
        shown = admin.get(f"/mensajes/{message_id}")
        assert "Ordenó enviar de nuevo el mensaje." in shown
        assert f"Motivo: {AGAIN['reason']}" in shown

    def test_what_waits_can_be_cancelled_with_a_reason(self, browse: Browse, world: World, message_id: int) -> None:
        admin = browse("admin")
        admin.get(f"/mensajes/{message_id}")
        admin.post(f"/mensajes/{message_id}/reenvio", AGAIN)
        admin.post(f"/mensajes/{message_id}/cancelacion", {"reason": " "}, 422)
        admin.post(f"/mensajes/{message_id}/cancelacion", {"reason": "Era una prueba"})
        assert "Era una prueba" in admin.get(f"/mensajes/{message_id}")
        jobs.run("mail", clock.now())
        assert "Cancelado" in admin.get(f"/mensajes/{message_id}")

    def test_an_address_that_bounced_is_shown_and_serves_again_once_it_is_corrected(
        self, browse: Browse, world: World, message_id: int
    ) -> None:
        admin, julio = browse("admin"), browse("asesor")
        admin.get(f"/mensajes/{message_id}")
        admin.post(f"/mensajes/{message_id}/rebote", {"detail": "No existe"})
        assert "Devuelto: No existe" in admin.get(f"/mensajes/{message_id}")
        assert "julio@example.org devolvió un mensaje" in admin.get("/mensajes/sin-direccion")
        assert "Su correo devolvió un mensaje" in julio.get("/mi-cuenta/avisos")
        admin.get(f"/mensajes/{message_id}")
        admin.post(f"/mensajes/{message_id}/reenvio", status=409)
        with transaction() as session:
            session.get_one(Person, world.people["asesor"]).email = "nuevo@example.org"
        admin.post(f"/mensajes/{message_id}/reenvio", AGAIN)
        jobs.run("mail", clock.now())
        assert "nuevo@example.org" in admin.get(f"/mensajes/{message_id}/archivo")
        assert "Su correo devolvió un mensaje" not in julio.get("/mi-cuenta/avisos")

    def test_a_bounce_noted_by_mistake_is_undone_with_a_reason(
        self, browse: Browse, world: World, message_id: int
    ) -> None:
        admin, page = browse("admin"), f"/personas/{world.people['asesor']}"
        admin.get(f"/mensajes/{message_id}")
        admin.post(f"/mensajes/{message_id}/rebote", {"detail": ""}, 422)
        admin.post(f"/mensajes/{message_id}/rebote", {"detail": "No existe"})
        assert "No se le escribe a julio@example.org" in admin.get(page)
        assert "Corríjalo, o diga en su página" in admin.get(f"/mensajes/{message_id}")
        refused = admin.post(f"/mensajes/{message_id}/reenvio", status=409).get_data(as_text=True)
        assert "No se puede por ahora" in refused
        assert "Nada de lo que otra persona hizo" not in refused
        admin.get(page)
        admin.post(f"{page}/correo", {"trust-reason": ""}, 422)
        admin.post(f"{page}/correo", {"trust-reason": "Se registró en otra fila"})
        shown = admin.get(page)
        assert "No se le escribe" not in shown
        assert "Indicó que el correo julio@example.org vuelve a servir" in shown
        assert "Se registró en otra fila" in shown
        admin.get(f"/mensajes/{message_id}")
        admin.post(f"/mensajes/{message_id}/reenvio", AGAIN)

    def test_an_address_that_was_changed_is_free_again(self, browse: Browse, world: World, message_id: int) -> None:
        admin, page = browse("admin"), f"/personas/{world.people['asesor']}"
        admin.get(f"/mensajes/{message_id}")
        admin.post(f"/mensajes/{message_id}/rebote", {"detail": "No existe"})
        for email in ("nuevo@example.org", "julio@example.org"):
            admin.get(page)
            admin.post(f"{page}/datos", {"name": "Julio Peña", "email": email, "position": "", "unit_id": ""})
        assert "No se le escribe" not in admin.get(page)
        assert "julio@example.org" not in admin.get("/mensajes/sin-direccion")

    def test_what_came_back_is_listed(self, browse: Browse, world: World, message_id: int, address: str) -> None:
        admin = browse("admin")
        assert "Nada ha vuelto" in admin.get("/mensajes/devueltos")
        with transaction() as session:
            row = session.get_one(Message, message_id)
            found = returned.read(sample("exchange_failed", row.internet_id, address))
            bounces.take(session, found, now=clock.now())
        assert "/mensajes/devueltos" in admin.get("/mensajes")
        text = admin.get("/mensajes/devueltos")
        assert "Devuelto (5.1.10)" in text
        assert address in text
        assert "Sistema" in admin.get(f"/mensajes/{message_id}")
        browse("asesor").get("/mensajes/devueltos", 403)

    def test_one_may_say_that_the_address_works_again(self, browse: Browse, world: World, message_id: int) -> None:
        admin, julio = browse("admin"), browse("asesor")
        admin.get(f"/mensajes/{message_id}")
        admin.post(f"/mensajes/{message_id}/rebote", {"detail": "Buzón lleno"})
        julio.get("/mi-cuenta/avisos")
        julio.post("/mi-cuenta/avisos/correo")
        admin.get(f"/mensajes/{message_id}")
        admin.post(f"/mensajes/{message_id}/reenvio", AGAIN)
