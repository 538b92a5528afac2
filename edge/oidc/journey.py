"""The way to the provider and back: what is remembered meanwhile, in a signed cookie of the browser that left.

Whatever comes back must bring the `state` of that very browser. The cookie serves once: the answer takes it away.
"""

import hashlib
import hmac
from dataclasses import asdict
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from authlib.common.security import generate_token
from flask import Response
from flask import current_app
from flask import request
from itsdangerous import BadData
from itsdangerous import URLSafeSerializer

from db import clock
from edge.errors import NotVouched
from edge.oidc.declared import START_PAGE
from edge.oidc.line import Line
from edge.oidc.provider import Connection

COOKIE = "att_oidc"
"""The browser shows it below `START_PAGE` alone."""
LASTS = timedelta(minutes=10)
"""How long somebody may take at the provider; the number is ours."""

LONGEST_TARGET = 1000
"""Characters of an address to go on to; browsers drop a cookie of more than 4,096 bytes. The number is ours."""

STALE = "El ingreso comenzó en otra ventana o hace demasiado tiempo. Comience de nuevo."


@dataclass(frozen=True, slots=True)
class Journey:
    """A sign-in that began: where the person was heading, and the session whose proof it is, if it is no sign-in."""

    state: str
    nonce: str
    verifier: str
    target: str
    began: int
    proves: int = 0


def leave(connection: Connection, response: Response, target: str, *, proves: int = 0) -> None:
    """Send the browser that gets `response` to the provider. Raises Unavailable.

    Where a session is to be proved again (`proves`), the provider must ask for it whatever it remembers.
    """
    url = connection.metadata()["authorization_endpoint"]
    began = int(clock.now().timestamp())
    onwards = target if len(target) <= LONGEST_TARGET else "/"
    journey = Journey(generate_token(43), generate_token(43), generate_token(64), onwards, began, proves)
    again = {"prompt": "login", "max_age": "0"} if proves else {}
    with line(connection) as asking:
        response.location, _ = asking.create_authorization_url(
            url, state=journey.state, nonce=journey.nonce, code_verifier=journey.verifier, **again
        )
    secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
    kept = _signer().dumps(asdict(journey))
    response.set_cookie(COOKIE, kept, max_age=LASTS, path=START_PAGE, httponly=True, samesite="Lax", secure=secure)


def back() -> Journey:
    """The journey from which this request comes back. Raises NotVouched when it is of no browser, or another one."""
    try:
        kept: dict[str, Any] = _signer().loads(request.cookies.get(COOKIE, ""))
        journey = Journey(**kept)
    except (BadData, TypeError) as error:
        raise NotVouched("no-journey", STALE) from error
    if clock.now().timestamp() - journey.began >= LASTS.total_seconds():
        raise NotVouched("late", STALE)
    if not hmac.compare_digest(request.args.get("state", "").encode(), journey.state.encode()):
        raise NotVouched("state", STALE)
    return journey


def over(response: Response) -> None:
    """The journey ended, whatever came of it."""
    response.delete_cookie(COOKIE, path=START_PAGE)


def line(connection: Connection) -> Line:
    """A conversation with the provider as this client; close it."""
    provider = connection.provider
    return Line(
        client_id=provider.client_id, client_secret=provider.client_secret or None, scope=provider.scopes,
        redirect_uri=provider.redirect_uri, code_challenge_method="S256",
        token_endpoint_auth_method=_proof_of_client(connection),
    )  # fmt: skip


def _proof_of_client(connection: Connection) -> str:
    """How we say that we are the client: by its secret, in the body if the provider takes it there, or not at all.

    In the header providers disagree about how the signs of a secret are written (RFC 6749, 2.3.1).
    """
    if not connection.provider.client_secret:
        return "none"
    taken = connection.metadata().get("token_endpoint_auth_methods_supported")
    return "client_secret_post" if isinstance(taken, list) and "client_secret_post" in taken else "client_secret_basic"


def _signer() -> URLSafeSerializer:
    """It signs these cookies and nothing else."""
    secret = current_app.config["SECRET_KEY"]
    assert secret
    older = current_app.config.get("SECRET_KEY_FALLBACKS") or []
    return URLSafeSerializer(
        [*reversed(older), secret], salt="att.edge.oidc", signer_kwargs={"digest_method": hashlib.sha256}
    )
