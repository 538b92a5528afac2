"""A password that an administrator set is changed by its person before anything else."""

from datetime import timedelta

import pytest

from db import SYSTEM
from db import clock
from db import transaction
from directory import tokens
from tests.web.conftest import Browse
from tests.web.conftest import Browser
from tests.web.world import World

GIVEN, OWN = "clave puesta por otra persona", "una que sólo yo conozco"


@pytest.fixture
def newly(browse: Browse, world: World) -> Browser:
    """The lead, after signing in with a password that the administrator has just set."""
    admin = browse("admin")
    admin.get(f"/personas/{world.people['lider']}")
    admin.post(f"/personas/{world.people['lider']}/contrasena", {"password": GIVEN})
    return browse("lider")


def choose(browser: Browser, status: int = 303, **typed: str) -> str:
    browser.get("/contrasena-nueva")
    said = {"current": GIVEN, "new": OWN, "again": OWN} | typed
    return browser.post("/contrasena-nueva", said, status).get_data(as_text=True)


def test_nothing_opens_before_choosing_and_everything_after(newly: Browser) -> None:
    for path in ("/", "/bandeja", "/mi-cuenta", "/productos"):
        answer = newly.client.get(path)
        assert (answer.status_code, answer.location) == (303, "/contrasena-nueva")
    assert newly.post("/mi-cuenta/delegaciones", {}, 303).location == "/contrasena-nueva"
    page = newly.get("/contrasena-nueva")
    assert 'href="/bandeja"' not in page, "no door of the menu would open"
    assert newly.client.get("/portafolio").status_code == 200
    assert newly.client.get("/salida").status_code == 200
    choose(newly)
    assert newly.client.get("/contrasena-nueva").location == "/"
    assert "Su contraseña quedó cambiada" in newly.get("/bandeja")


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"current": "otra cosa muy larga"}, "current"), ({"new": "corta", "again": "corta"}, "new"),
        ({"again": "otra cosa muy larga"}, "again"), ({"new": GIVEN, "again": GIVEN}, "new"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_at_its_field(newly: Browser, typed: dict[str, str], field: str) -> None:
    assert f'href="#{field}"' in choose(newly, 422, **typed)
    assert newly.client.get("/bandeja").location == "/contrasena-nueva"


def test_a_program_is_told_and_its_tokens_go_on(newly: Browser, world: World) -> None:
    client = newly.client.application.test_client()
    asked = {"username": "lider", "password": GIVEN, "name": "Tablero", "days": 1}
    answer = client.post("/api/v1/tokens", json=asked)
    assert answer.status_code == 403
    assert answer.json is not None
    assert answer.json["type"] == "urn:att:problem:password-given"
    by_cookie = newly.client.get("/api/v1/me")
    assert (by_cookie.status_code, by_cookie.content_type) == (403, "application/problem+json")
    with transaction() as session:
        lasts = timedelta(days=1)
        token = tokens.issue(session, world.people["lider"], "X", lasts=lasts, by=SYSTEM, now=clock.now()).secret
    assert client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"}).status_code == 200
    choose(newly)
    assert client.post("/api/v1/tokens", json=asked | {"password": OWN}).status_code == 201


def test_what_the_installation_set_or_oneself_is_ones_own(browse: Browse, world: World) -> None:
    assert browse("lider").client.get("/contrasena-nueva").location == "/"
    admin = browse("admin")
    admin.get(f"/personas/{world.people['admin']}")
    admin.post(f"/personas/{world.people['admin']}/contrasena", {"password": OWN})
    assert browse("admin").client.get("/mi-cuenta").status_code == 200
