"""Who asks: the holder of a session cookie (pages) or of a bearer token (programs).

Nothing is asked of the database for a request that carries neither, nor for public files.
"""

from datetime import datetime
from types import ModuleType

from flask import Flask
from flask import Request
from flask import Response
from flask import current_app
from flask import g
from flask import request

from db import clock
from db import reading
from db import transaction
from directory import accounts
from directory import principal
from directory import sessions
from directory import tokens
from directory.models import Person
from directory.principal import Principal
from edge.errors import NotIdentified

COOKIE = "att_session"
FILES = frozenset({"static"})  # endpoints that never ask who it is


def install(app: Flask) -> None:
    """Identify whoever sends each request of `app`."""
    app.before_request(lambda: identify(request))


def identify(request: Request) -> None:
    """Remember who sends `request`. A token that does not count raises NotIdentified; a stale cookie is nobody."""
    g.principal, g.by_token = None, False
    if request.endpoint is None or request.endpoint in FILES:
        return
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        g.by_token, g.principal = True, _holder(tokens, secret.strip())
        if g.principal is None:
            raise NotIdentified("El token no existe, venció o fue revocado.")
    elif cookie := request.cookies.get(COOKIE):
        g.principal = _holder(sessions, cookie)


def current() -> Principal:
    """The person who asks. Raises NotIdentified."""
    by = maybe_current()
    if by is None:
        raise NotIdentified
    return by


def maybe_current() -> Principal | None:
    """The person who asks, or None when nobody is signed in."""
    by: Principal | None = g.get("principal")
    return by


def by_token() -> bool:
    """Whether the request carries a bearer token, and so cannot have been forged by another site's page."""
    return bool(g.get("by_token", False))


def secret() -> str:
    """The bearer token or session token of this request; empty when it carries none."""
    if by_token():
        return request.headers["Authorization"].partition(" ")[2].strip()
    return request.cookies.get(COOKIE, "")


def check_password(username: str, password: str) -> Person:
    """The person with this username and password.

    Failures are counted, whatever is raised. Raises NotIdentified, which says when to try again after too many.
    """
    with transaction() as session:
        attempt = accounts.authenticate(session, username, password, address=request.remote_addr or "", now=clock.now())
    if attempt.person is None:
        raise NotIdentified(attempt.message)
    return attempt.person


def sign_in(response: Response, username: str, password: str) -> Person:
    """Check the password, begin a session and set its cookie on `response`. Raises NotIdentified."""
    person = check_password(username, password)
    with transaction() as session:
        token = sessions.open(
            session,
            person.id,
            address=request.remote_addr or "",
            user_agent=request.user_agent.string,
            now=clock.now(),
        )
    secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
    response.set_cookie(COOKIE, token, httponly=True, samesite="Lax", secure=secure, path="/")
    return person


def sign_out(response: Response) -> None:
    """End the session of this request and take its cookie back; does nothing without one."""
    token = request.cookies.get(COOKIE)
    if token:
        with transaction() as session:
            sessions.close(session, token, now=clock.now())
    response.delete_cookie(COOKIE, path="/")


def _holder(kind: ModuleType, secret: str) -> Principal | None:
    """Whoever holds a session or token; writes now and then that it was seen."""
    now = clock.now()
    with reading() as session:
        row = kind.find(session, secret, now=now) if secret else None
        if row is None:
            return None
        found, due = principal.load(session, row.person_id, now=now), kind.needs_touch(row, now=now)
    if due:
        _touch(kind, row.id, now)
    return found


def _touch(kind: ModuleType, row_id: int, now: datetime) -> None:
    with transaction() as session:
        kind.touch(session, row_id, now=now)


def bearer() -> str:
    """The bearer token of this request. Raises NotIdentified when it carries none."""
    if not by_token():
        raise NotIdentified("Esta operación necesita un token en el encabezado Authorization.")
    return secret()
