"""A provider of identities on the loopback: discovery, PKCE, codes that serve once, signed tokens, userinfo, leaving.

The rules of OAuth and OpenID Connect are those of authlib's server. What a test wants to be wrong it says in `spoil`
(the token), `silent` (a place that does not answer) and `publishes` (what discovery says).
"""

import threading
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import field
from typing import Any
from urllib.parse import urlencode

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import ClientMixin
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import AuthorizationCodeMixin
from authlib.oidc.core import OpenIDCode
from flask import Flask
from flask import Response
from flask import abort
from flask import jsonify
from flask import redirect
from flask import request
from flask import session
from joserfc import jwt
from joserfc.jwk import ECKey
from joserfc.jwk import RSAKey
from waitress import create_server
from waitress import wasyncore

from db import clock

CLIENT, SECRET = "att", "un secreto+con/signos=y espacios"
LOGIN = """<!doctype html><html lang="es"><head><title>Cuenta institucional</title></head><body><main>
<h1>Cuenta institucional</h1><form method="post"><label>Cuenta <input name="username"></label>
<button>Identificarse</button></form></main></body></html>"""

Claims = dict[str, Any]
Key = RSAKey | ECKey


@dataclass
class Issued:
    """A token as it is about to be signed."""

    header: dict[str, Any]
    claims: Claims
    key: Key

    def signed(self) -> str:
        """The token, by the algorithm that its header names."""
        return jwt.encode(self.header, self.claims, self.key, [self.header["alg"]])


@dataclass
class Code(AuthorizationCodeMixin):  # type: ignore[misc]  # it has no types
    """A code that was given, and for what."""

    code: str
    redirect_uri: str
    scope: str
    nonce: str | None
    code_challenge: str | None
    code_challenge_method: str | None
    user: Claims
    auth_time: int

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str | None:
        return self.nonce

    def get_auth_time(self) -> int:
        return self.auth_time


@dataclass
class Client(ClientMixin):  # type: ignore[misc]  # it has no types
    """The one client that it knows."""

    secret: str
    redirects: list[str]

    def get_client_id(self) -> str:
        return CLIENT

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri in self.redirects

    def check_client_secret(self, client_secret: str) -> bool:
        return bool(self.secret) and client_secret == self.secret

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method in (("client_secret_basic", "client_secret_post") if self.secret else ("none",))

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


@dataclass
class Provider:
    """Where it answers, whom it knows (by what they type), and what is wrong with it."""

    url: str = ""
    people: dict[str, Claims] = field(default_factory=dict)
    client: Client = field(default_factory=lambda: Client(SECRET, []))
    keys: list[Key] = field(default_factory=list)
    spoil: Callable[[Issued], str] | None = None
    silent: set[str] = field(default_factory=set)
    publishes: Claims = field(default_factory=dict)
    userinfo: Claims = field(default_factory=dict)
    uses: str = "sig"
    meanwhile: Callable[[], None] = lambda: None
    asked: list[str] = field(default_factory=list)
    codes: dict[str, Code] = field(default_factory=dict)
    bearers: dict[str, Claims] = field(default_factory=dict)

    def forget(self, *keys: Key) -> None:
        """Begin anew: nobody known, nothing wrong."""
        self.people, self.codes, self.bearers, self.spoil, self.publishes = {}, {}, {}, None, {}
        self.client, self.keys, self.silent, self.userinfo = Client(SECRET, []), list(keys), set(), {}
        self.uses, self.asked, self.meanwhile = "sig", [], lambda: None

    def knows(self, username: str, **claims: Any) -> None:
        """Let somebody have an account; an address that is given was verified unless the claims say otherwise."""
        verified = {"email_verified": True} if "email" in claims else {}
        self.people[username] = {"sub": f"sub-{username}", **verified, **claims}


class Grant(AuthorizationCodeGrant):  # type: ignore[misc]  # it has no types
    """Codes, kept in memory; each serves once."""

    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic", "client_secret_post", "none")
    provider: Provider

    def save_authorization_code(self, code: str, request: Any) -> None:
        data = request.payload.data
        self.provider.codes[code] = Code(
            code, request.payload.redirect_uri, request.payload.scope, data.get("nonce"), data.get("code_challenge"),
            data.get("code_challenge_method"), request.user, session["since"],
        )  # fmt: skip

    def query_authorization_code(self, code: str, client: Client) -> Code | None:
        return self.provider.codes.get(code)

    def delete_authorization_code(self, authorization_code: Code) -> None:
        del self.provider.codes[authorization_code.code]

    def authenticate_user(self, authorization_code: Code) -> Claims:
        return authorization_code.user


class Tokens(OpenIDCode):  # type: ignore[misc]  # it has no types
    """ID tokens: right, unless the test says what is wrong with them."""

    def __init__(self, provider: Provider) -> None:
        super().__init__(require_nonce=True)
        self.provider = provider

    def exists_nonce(self, nonce: str, request: Any) -> bool:
        return any(code.nonce == nonce for code in self.provider.codes.values())

    def get_client_algorithm(self, client: Client) -> str:
        return "RS256" if isinstance(self.provider.keys[0], RSAKey) else "ES256"

    def get_encode_header(self, client: Client) -> dict[str, Any]:
        return {"alg": self.get_client_algorithm(client), "kid": self.provider.keys[0].kid}

    def get_client_claims(self, client: Client) -> Claims:
        now = int(clock.now().timestamp())
        return {"iss": self.provider.url, "aud": [CLIENT], "iat": now, "exp": now + 300}

    def generate_user_info(self, user: Claims, scope: str) -> Claims:
        return user

    def resolve_client_private_key(self, client: Client) -> Key:
        return self.provider.keys[0]

    def encode_id_token(self, token: Claims, request: Any) -> str:
        raw = super().encode_id_token(token, request)
        self.provider.bearers[token["access_token"]] = request.user
        if self.provider.spoil is None:
            return str(raw)
        read = jwt.decode(raw, self.provider.keys[0])
        return self.provider.spoil(Issued(dict(read.header), dict(read.claims), self.provider.keys[0]))


def application(provider: Provider) -> Flask:
    """The provider as an application."""
    app = Flask("provider")
    app.config.update(SECRET_KEY="p" * 40, SESSION_COOKIE_NAME="provider")
    server = AuthorizationServer(app, lambda _: provider.client, lambda *_: None)
    kind = type("Grant", (Grant,), {"provider": provider})
    server.register_grant(kind, [CodeChallenge(required=True), Tokens(provider)])
    pages = Pages(provider, server)
    app.before_request(pages.note)
    app.add_url_rule("/.well-known/openid-configuration", "discovery", pages.discovery)
    app.add_url_rule("/keys", "keys", pages.keys)
    app.add_url_rule("/authorize", "authorize", pages.authorize, methods=["GET", "POST"])
    app.add_url_rule("/token", "token", server.create_token_response, methods=["POST"])
    app.add_url_rule("/userinfo", "userinfo", pages.userinfo)
    app.add_url_rule("/leave", "leave", pages.leave)
    return app


@dataclass
class Pages:
    """What it serves."""

    provider: Provider
    server: AuthorizationServer

    def note(self) -> None:
        """Keep what was asked for, and be silent where the test says so."""
        self.provider.asked.append(request.path)
        self.provider.meanwhile()
        if request.path in self.provider.silent:
            abort(503)

    def discovery(self) -> Response:
        url = self.provider.url
        told = {
            "issuer": url, "authorization_endpoint": f"{url}/authorize", "token_endpoint": f"{url}/token",
            "jwks_uri": f"{url}/keys", "userinfo_endpoint": f"{url}/userinfo", "end_session_endpoint": f"{url}/leave",
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            **self.provider.publishes,
        }  # fmt: skip
        return jsonify({name: value for name, value in told.items() if value is not None})

    def keys(self) -> Response:
        return jsonify(
            {"keys": [{**key.as_dict(private=False), "use": self.provider.uses} for key in self.provider.keys]}
        )

    def authorize(self) -> Any:
        """Ask who it is, unless that is known and nobody wants it asked again; then give a code."""
        known = request.args.get("prompt") != "login" and session.get("user")
        if request.method == "GET" and not known:
            return LOGIN
        if request.method == "POST":
            session["user"], session["since"] = request.form["username"], int(clock.now().timestamp())
        user = self.provider.people[session["user"]]
        grant = self.server.get_consent_grant(end_user=user)
        return self.server.create_authorization_response(grant_user=user, grant=grant)

    def userinfo(self) -> Response:
        user = self.provider.bearers.get(request.headers.get("Authorization", "").removeprefix("Bearer "))
        return jsonify({**user, **self.provider.userinfo}) if user else Response(status=401)

    def leave(self) -> Any:
        session.clear()
        return redirect(f"{request.args['post_logout_redirect_uri']}?{urlencode({'fuera': 'si'})}")


@contextmanager
def opened() -> Iterator[Provider]:
    """Serve a provider on a free port of the loopback."""
    provider = Provider()
    server = create_server(application(provider), host="127.0.0.1", port=0, threads=4, ident=None)
    provider.url = f"http://127.0.0.1:{server.effective_port}"
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield provider
    # The loop of the server ends when nothing is left to listen to; only its own thread may take that away.
    server.trigger.pull_trigger(lambda: wasyncore.close_all(server._map))
    thread.join(10)
    server.task_dispatcher.shutdown()
    assert not thread.is_alive()
