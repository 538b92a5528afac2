"""Entering with the institutional account in a real browser, without JavaScript, at a provider on the loopback."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from joserfc.jwk import RSAKey
from playwright.sync_api import expect
from sqlalchemy import update

from db import SYSTEM
from db import clock
from db import transaction
from directory import people as directory
from directory.models import LoginSession
from tests.att.serving import free_port
from tests.browser.conftest import HERE
from tests.browser.conftest import People
from tests.browser.desk import Desk
from tests.browser.house import House
from tests.browser.test_accessibility import demand_accessible
from tests.edge.oidc.provider import CLIENT
from tests.edge.oidc.provider import SECRET
from tests.edge.oidc.provider import Client
from tests.edge.oidc.provider import Provider
from tests.edge.oidc.provider import opened

BUTTON = "Ingresar con la cuenta institucional"
NOBODY = {"java_script_enabled": False}


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    """A provider that knows the administrator, and somebody whom nobody registered."""
    with pytest.MonkeyPatch.context() as patch, opened() as provider:
        patch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
        provider.forget(RSAKey.generate_key(2048, {"kid": "uno"}))
        provider.knows("ivan", email="ivan.cruz@dnp.gov.co")
        provider.knows("nadie", email="nadie@dnp.gov.co")
        yield provider


@pytest.fixture(scope="module")
def declared(provider: Provider) -> dict[str, Any]:
    """The house, at an address that the provider knows."""
    port = free_port()
    provider.client = Client(SECRET, [f"http://{HERE}:{port}/ingreso/institucional/respuesta"])
    return {
        "port": port, "ATT_BASE_URL": f"http://{HERE}:{port}", "ATT_OIDC_ISSUER": provider.url,
        "ATT_OIDC_CLIENT_ID": CLIENT, "ATT_OIDC_CLIENT_SECRET": SECRET,
    }  # fmt: skip


@pytest.fixture(autouse=True, scope="module")
def addressed(house: House) -> None:
    """The administrator is registered with an address."""
    with transaction() as session:
        directory.change(session, house.world.people["admin"], email="ivan.cruz@dnp.gov.co", by=SYSTEM, now=clock.now())


def identifies(desk: Desk, username: str) -> None:
    """At the provider."""
    expect(desk.page.get_by_role("heading", name="Cuenta institucional")).to_be_visible()
    desk.page.get_by_label("Cuenta").fill(username)
    desk.press("Identificarse")


def enters(desk: Desk, username: str) -> None:
    desk.page.get_by_role("link", name=BUTTON).click()
    identifies(desk, username)


def test_somebody_enters_works_confirms_and_leaves(visit: People) -> None:
    desk = visit(**NOBODY)
    desk.page.goto("/personas/nueva")
    expect(desk.page.get_by_role("heading", name="Ingreso")).to_be_visible()
    enters(desk, "ivan")
    expect(desk.page).to_have_url(re.compile("/personas/nueva$"))
    desk.page.get_by_label("Nombre completo").fill("Inés Mora")
    with transaction() as session:
        session.execute(update(LoginSession).values(proved_at=clock.now() - timedelta(hours=1)))
    desk.press("Agregar a la persona")
    desk.reads("Confirme que es usted")
    with desk.page.context.expect_page() as opening:
        desk.page.get_by_role("link", name="cuenta institucional (se abre en otra pestaña)").click()
    there = Desk(opening.value, "ivan")
    identifies(there, "ivan")
    there.reads("confirmó que es usted")
    there.page.close()
    desk.press("Confirmar y continuar")
    desk.reads("Agregó a Inés Mora")
    desk.page.get_by_role("link", name="Salir").click()
    desk.page.get_by_role("main").get_by_role("button", name="Salir").click()
    desk.reads("Usted salió del sistema")
    desk.page.get_by_role("link", name="ciérrela también").click()
    expect(desk.page).to_have_url(re.compile(r"/ingreso\?fuera=si$"))
    desk.page.get_by_role("link", name=BUTTON).click()
    expect(desk.page.get_by_role("heading", name="Cuenta institucional")).to_be_visible()


def test_whoever_is_not_registered_reads_what_to_do(visit: People) -> None:
    desk = visit(**NOBODY)
    desk.page.goto("/ingreso")
    enters(desk, "nadie")
    desk.reads("Su cuenta institucional no está registrada en este sistema")
    desk.follow("Volver a la página de ingreso")
    expect(desk.page.get_by_label("Contraseña")).to_be_visible()


def test_its_pages_can_be_used_by_everybody(visit: People) -> None:
    desk = visit()
    desk.page.goto("/ingreso?salida=institucional")
    demand_accessible(desk)
    enters(desk, "nadie")
    desk.reads("no está registrada")
    demand_accessible(desk)
