"""Entering by the provider: there and back over HTTP, and whatever may come back of another browser, or twice."""

import re
from datetime import timedelta
from urllib.parse import parse_qs
from urllib.parse import urlencode
from urllib.parse import urlsplit

import pytest
from flask import Flask

from att.app import build
from db import Actor
from db import clock
from db import transaction
from directory import accounts
from directory import sessions
from edge import identity
from edge.oidc.declared import RETURN_PAGE
from edge.oidc.declared import START_PAGE
from edge.oidc.journey import COOKIE
from edge.permission import declared
from tests.edge.conftest import at_a_browser
from tests.edge.oidc.conftest import Visitor
from tests.edge.oidc.conftest import session_of
from tests.edge.oidc.conftest import settings
from tests.edge.oidc.provider import SECRET
from tests.edge.oidc.provider import Client
from tests.edge.oidc.provider import Key
from tests.edge.oidc.provider import Provider

PASSWORD = "una clave bastante larga"


def asked(address: str) -> dict[str, str]:
    """The arguments of an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def test_somebody_enters_and_goes_on_to_where_they_were_heading(visitor: Visitor, ana: int) -> None:
    answer = visitor.enters(path=f"{START_PAGE}?siguiente=/personas")
    assert (answer.status_code, answer.location) == (303, "/personas")
    assert visitor.client.get("/api/v1/me").json["person_id"] == ana


def test_the_page_of_ingreso_offers_it_beside_the_password(app: Flask, visitor: Visitor) -> None:
    page = visitor.client.get("/ingreso?siguiente=/productos?buscar=agua").get_data(as_text=True)
    assert "Ingresar con la cuenta institucional" in page
    assert f'href="{START_PAGE}?siguiente=%2Fproductos%3Fbuscar%3Dagua"' in page
    assert 'name="password"' in page


def test_it_asks_with_pkce_state_and_nonce(visitor: Visitor, ana: int) -> None:
    first, second = asked(visitor.leaves()), asked(visitor.leaves())
    assert first["response_type"] == "code"
    assert first["code_challenge_method"] == "S256"
    assert first["scope"] == "openid email profile"
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name]) >= 43
        assert first[name] != second[name]
    assert "prompt" not in first


@pytest.mark.parametrize("elsewhere", ["https://otro.example/", "//otro.example", "/\\otro.example", "javascript:x"])
def test_nobody_is_led_to_another_site(visitor: Visitor, ana: int, elsewhere: str) -> None:
    assert visitor.enters(path=f"{START_PAGE}?{urlencode({'siguiente': elsewhere})}").location == "/"


def test_a_list_with_many_filters_does_not_keep_anybody_out(visitor: Visitor, ana: int) -> None:
    """Browsers drop a cookie of more than 4,096 bytes."""
    for length, expected in ((990, "/personas?q="), (5000, "/")):
        target = f"/personas?q={'ñ' * (length - 12)}"
        visitor.client.delete_cookie(identity.COOKIE)
        path = f"{START_PAGE}?{urlencode({'siguiente': target})}"
        kept = visitor.client.get(path).headers["Set-Cookie"]
        assert len(kept) < 4096
        assert visitor.enters(path=path).location.startswith(expected)


def test_what_is_remembered_meanwhile_is_kept_from_scripts_and_from_other_pages(visitor: Visitor, ana: int) -> None:
    set_cookie = visitor.client.get(START_PAGE).headers["Set-Cookie"]
    for said in ("HttpOnly", "SameSite=Lax", f"Path={START_PAGE}", "Max-Age=600"):
        assert said in set_cookie


def test_who_is_in_already_is_led_on(visitor: Visitor, ana: int) -> None:
    visitor.enters()
    assert visitor.client.get(f"{START_PAGE}?siguiente=/personas").location == "/personas"


def test_a_public_client_proves_itself_with_pkce_alone(
    database: None, provider: Provider, tmp_path: object, ana: int
) -> None:
    provider.client = Client("", provider.client.redirects)
    public = Visitor(build(settings(tmp_path, provider.url, ATT_OIDC_CLIENT_SECRET="")).test_client())
    with public.outside:
        assert public.enters().status_code == 303
        assert public.is_in


def test_the_secret_goes_in_the_header_where_the_provider_takes_it_only_there(
    visitor: Visitor, provider: Provider, ana: int
) -> None:
    provider.client = Client("plano", provider.client.redirects)
    provider.publishes = {"token_endpoint_auth_methods_supported": None}
    assert visitor.enters().status_code == 503  # a secret that is not ours
    provider.client = Client(SECRET, provider.client.redirects)
    assert visitor.enters().status_code == 303


def test_keys_on_a_curve_serve_as_well(visitor: Visitor, provider: Provider, ana: int, keys: list[Key]) -> None:
    provider.keys = [keys[2]]
    assert visitor.enters().status_code == 303


def test_a_state_serves_once(visitor: Visitor, ana: int) -> None:
    address = visitor.identifies(visitor.leaves(), "ana")
    assert visitor.returns(address).status_code == 303
    visitor.client.delete_cookie(identity.COOKIE)
    again = visitor.returns(address)
    assert again.status_code == 400
    assert not visitor.is_in


def test_a_code_serves_once(visitor: Visitor, ana: int) -> None:
    """Whoever kept the cookie from before brings the same code a second time: the provider refuses it."""
    address = visitor.identifies(visitor.leaves(), "ana")
    kept = visitor.client.get_cookie(COOKIE, path=START_PAGE)
    assert kept
    visitor.returns(address)
    visitor.client.delete_cookie(identity.COOKIE)
    visitor.client.set_cookie(COOKIE, kept.value, path=START_PAGE)
    assert visitor.returns(address).status_code == 400
    assert not visitor.is_in


def test_the_answer_of_another_browser_opens_nothing(app: Flask, visitor: Visitor, ana: int) -> None:
    """Somebody is sent the address with which another one came back: they would enter as that one."""
    mine = Visitor(app.test_client())
    mine.leaves()
    with mine.outside:
        answer = mine.returns(visitor.identifies(visitor.leaves(), "ana"))
    assert answer.status_code == 400
    assert "en otra ventana o hace demasiado tiempo" in answer.get_data(as_text=True)
    assert not mine.is_in


def test_an_answer_with_the_state_of_another_browser_is_refused(
    app: Flask, visitor: Visitor, provider: Provider, ana: int
) -> None:
    """Before anything is asked of the provider, whatever the nonce and the verifier would say later."""
    mine = Visitor(app.test_client())
    mine.leaves()
    address = visitor.identifies(visitor.leaves(), "ana")
    mine.returns(address)
    assert "/token" not in provider.asked


def test_an_answer_to_nothing_opens_nothing(visitor: Visitor, provider: Provider, ana: int) -> None:
    assert visitor.client.get(f"{RETURN_PAGE}?code=x&state=y").status_code == 400
    assert provider.asked == []


def test_a_journey_that_somebody_else_wrote_opens_nothing(visitor: Visitor, ana: int) -> None:
    address = visitor.identifies(visitor.leaves(), "ana")
    kept = visitor.client.get_cookie(COOKIE, path=START_PAGE)
    assert kept
    visitor.client.set_cookie(COOKIE, f"x{kept.value}", path=START_PAGE)
    assert visitor.returns(address).status_code == 400


def test_whoever_takes_too_long_begins_anew(visitor: Visitor, ana: int, monkeypatch: pytest.MonkeyPatch) -> None:
    address, now = visitor.identifies(visitor.leaves(), "ana"), clock.now()
    monkeypatch.setattr("db.clock.now", lambda: now + timedelta(minutes=10, seconds=1))
    assert visitor.returns(address).status_code == 400


def test_the_provider_gives_nothing_for_a_code_without_its_verifier(visitor: Visitor, ana: int) -> None:
    """Whoever intercepts a code cannot use it in a journey of their own."""
    address = visitor.identifies(visitor.leaves(), "ana")
    own = asked(visitor.leaves())["state"]
    stolen = {**asked(address), "state": own}
    answer = visitor.client.get(f"{RETURN_PAGE}?{urlencode(stolen)}")
    assert answer.status_code == 400
    assert not visitor.is_in


def test_who_declines_there_reads_so(visitor: Visitor, ana: int) -> None:
    state = asked(visitor.leaves())["state"]
    answer = visitor.client.get(f"{RETURN_PAGE}?{urlencode({'error': 'access_denied', 'state': state})}")
    assert answer.status_code == 400
    assert "no se completó" in answer.get_data(as_text=True)


def test_an_answer_that_names_another_provider_is_refused(visitor: Visitor, provider: Provider, ana: int) -> None:
    address = visitor.identifies(visitor.leaves(), "ana")
    assert visitor.returns(f"{address}&iss=https://otro.example").status_code == 400
    address = visitor.identifies(visitor.leaves(), "ana")
    assert visitor.returns(f"{address}&{urlencode({'iss': provider.url})}").status_code == 303


def test_a_provider_that_says_who_answers_must_say_it(visitor: Visitor, provider: Provider, ana: int) -> None:
    provider.publishes = {"authorization_response_iss_parameter_supported": True}
    assert visitor.enters().status_code == 400


def test_what_came_in_the_address_is_kept_by_nobody(visitor: Visitor, ana: int) -> None:
    answer = visitor.enters()
    assert answer.headers["Cache-Control"] == "no-store"
    assert f"{COOKIE}=;" in " ".join(answer.headers.getlist("Set-Cookie"))


def test_a_session_says_by_which_account_it_was_opened(visitor: Visitor, ana: int) -> None:
    visitor.enters()
    row = session_of(visitor)
    assert row.person_id == ana
    assert row.identity_id is not None


def test_a_password_that_an_administrator_set_stops_nobody_who_enters_without_it(visitor: Visitor, ana: int) -> None:
    by = Actor(ana + 1, "Otra persona")
    with transaction() as session:
        accounts.create(session, ana, "ana", PASSWORD, by=by, now=clock.now())
    visitor.enters()
    assert visitor.is_in
    by_password = at_a_browser(visitor.client.application, ana)
    assert by_password.get("/mi-cuenta").location == "/contrasena-nueva"


def test_who_has_no_password_reads_so_on_their_page(visitor: Visitor, ana: int) -> None:
    visitor.enters()
    page = visitor.client.get("/mi-cuenta").get_data(as_text=True)
    assert "Ingresa con ana@dnp.gov.co" in page
    assert "Cambiar la contraseña" not in page


def test_leaving_ends_the_session_and_offers_to_leave_the_account(
    visitor: Visitor, provider: Provider, ana: int
) -> None:
    visitor.enters()
    assert leave(visitor) == "/ingreso?salida=institucional"
    assert not visitor.is_in
    assert "ciérrela también" in visitor.client.get("/ingreso?salida=institucional").get_data(as_text=True)
    there = visitor.client.get(f"{START_PAGE}/salida").location
    assert asked(there) == {"client_id": "att", "post_logout_redirect_uri": "http://127.0.0.1:8080/ingreso"}
    left = visitor.outside.get(there, allow_redirects=False)
    assert left.headers["Location"].startswith("http://127.0.0.1:8080/ingreso")
    assert visitor.outside.get(visitor.leaves()).status_code == 200, "the provider asks again who it is"


def test_nothing_is_offered_where_the_provider_has_no_such_place(
    visitor: Visitor, provider: Provider, ana: int
) -> None:
    provider.publishes = {"end_session_endpoint": None}
    visitor.enters()
    assert leave(visitor) == "/ingreso"
    assert visitor.client.get(f"{START_PAGE}/salida").location == "/ingreso"


def test_who_entered_with_the_password_leaves_as_always(app: Flask, ana: int) -> None:
    assert leave(Visitor(at_a_browser(app, ana))) == "/ingreso"


def leave(visitor: Visitor) -> str:
    """Leave the system; returns where one is led."""
    page = visitor.client.get("/salida").get_data(as_text=True)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    return str(visitor.client.post("/salida", data={"csrf_token": token[1]}).location)


def test_every_page_of_it_says_who_may_open_it(app: Flask) -> None:
    views = {name: view for name, view in app.view_functions.items() if name.startswith("web_institutional.")}
    assert {name.partition(".")[2]: declared(view) for name, view in views.items()} == {
        "start": "public", "back": "public", "leave": "public", "prove": "signed-in",
    }  # fmt: skip


def test_a_session_that_ends_elsewhere_ends_here(visitor: Visitor, ana: int) -> None:
    visitor.enters()
    with transaction() as session:
        sessions.close_all(session, ana, now=clock.now())
    assert not visitor.is_in
