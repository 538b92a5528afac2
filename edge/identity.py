"""Who asks: the holder of a session cookie (pages) or of a bearer token (programs).

Nothing is asked of the database for a request that carries neither, nor for public files.
"""

from collections.abc import Callable
from datetime import datetime
from datetime import timedelta
from types import ModuleType
from typing import NoReturn
from typing import TypeVar

import structlog
from flask import Flask
from flask import Request
from flask import Response
from flask import current_app
from flask import g
from flask import request
from sqlalchemy.orm import Session

from db import clock
from db import reading
from db import transaction
from db.session import glancing
from directory import accounts
from directory import principal
from directory import second_factor
from directory import sessions
from directory import tokens
from directory.models import ApiToken
from directory.models import LoginSession
from directory.models import Person
from directory.principal import Principal
from edge.errors import NotIdentified
from edge.errors import ProofMissing
from edge.errors import TooManyAttempts

COOKIE = "att_session"
RECENT = timedelta(minutes=30)
"""For how long a proof of who one is serves for what asks for it; the number is ours."""
UNASKED = frozenset({"static", "metrics"})  # endpoints that never ask who it is: files, and what has its own token

T = TypeVar("T")


def install(app: Flask) -> None:
    """Identify whoever sends each request of `app`."""
    app.before_request(lambda: identify(request))


def identify(request: Request) -> None:
    """Remember who sends `request`. A token that does not count raises NotIdentified; a stale cookie is nobody."""
    g.principal, g.by_token, g.password_given, g.entering, g.browser = None, False, False, None, None
    if request.endpoint is None or request.endpoint in UNASKED:
        return
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        g.by_token, g.principal = True, _holder(tokens, secret.strip())
        if g.principal is None:
            raise NotIdentified("El token no existe, venció o fue revocado.")
    elif cookie := request.cookies.get(COOKIE):
        g.principal = _holder(sessions, cookie)
    if g.principal is not None:
        structlog.contextvars.bind_contextvars(person_id=g.principal.person_id)  # lines of the log say who, by number


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


def entering() -> Principal | None:
    """Whoever gave their password and not yet the code of their telephone: `current` knows nobody until then."""
    by: Principal | None = g.get("entering")
    return by


def owes() -> str:
    """What the session owes before it opens anything (`second_factor.CODE`, `…ENROLMENT`); empty for tokens."""
    here = browser()
    return here.owes if here else ""


def institutional() -> int | None:
    """The institutional account (`ExternalIdentity.id`) that opened the session of this request, if one did."""
    here = browser()
    return here.identity_id if here else None


def proved_lately() -> bool:
    """Whether whoever asks proved who they are within `RECENT`.

    A token was given to a program after such a proof, and serves as one.
    """
    here = browser()
    return by_token() or (here is not None and clock.now() - (here.proved_at or here.created_at) < RECENT)


def by_token() -> bool:
    """Whether the request carries a bearer token, and so cannot have been forged by another site's page."""
    return bool(g.get("by_token", False))


def password_given() -> bool:
    """Whether whoever asks entered with a password that somebody else set; tokens of programs are no passwords."""
    return bool(g.get("password_given", False))


def secret() -> str:
    """The bearer token or session token of this request; empty when it carries none."""
    if by_token():
        return request.headers["Authorization"].partition(" ")[2].strip()
    return request.cookies.get(COOKIE, "")


def browser() -> LoginSession | None:
    """The session of the browser that asks."""
    here: LoginSession | None = g.get("browser")
    return here


def enter(username: str, password: str, then: Callable[[Session, Person, datetime], T]) -> T:
    """What `then` gives to the person with this username and password, in the transaction that lets them in.

    Failures are counted, whatever is raised. Raises NotIdentified, and after too many TooManyAttempts, which says
    when to try again.
    """
    now = clock.now()
    with reading() as session:
        claim = accounts.claim(session, username, address=request.remote_addr or "", now=now)
    checked = accounts.check(claim, password)  # slow: nobody who writes waits for it
    with transaction() as session:
        attempt = accounts.settle(session, checked, now=now)
        if attempt.person is not None:
            return then(session, attempt.person, now)
    if attempt.wait:
        raise TooManyAttempts(attempt.message, attempt.wait)
    raise NotIdentified(attempt.message)


def sign_in(response: Response, username: str, password: str) -> str:
    """Check the password, begin a session and set its cookie on `response`; returns what it still owes (`owes`).

    Raises as `enter` does.
    """
    token, owed = enter(username, password, _open)
    set_cookie(response, token)
    return owed


def give_code(response: Response, code: str) -> None:
    """Complete a login with the code of the telephone, or a recovery code; the cookie gets a new token.

    Raises NotIdentified, and after too many failures TooManyAttempts.
    """
    by, here, now = entering(), browser(), clock.now()
    if by is None or here is None:
        raise NotIdentified
    with transaction() as session:
        proof = second_factor.prove(session, by.person_id, code, by=by.actor(), now=now)
        if not second_factor.holds(session, by.person_id):
            proof = second_factor.Proof(passed=True)  # it was taken away since the password was given
        token = sessions.settle(session, here.id, now=now) if proof.passed else ""
    if not proof.passed:
        refuse(proof)
    set_cookie(response, token)


def refuse(proof: second_factor.Proof) -> NoReturn:
    """Say why a code was not taken. Raises NotIdentified, and in a pause TooManyAttempts."""
    if proof.wait:
        raise TooManyAttempts(proof.message, proof.wait)
    raise NotIdentified(proof.message)


def enrolled() -> None:
    """The session owes nothing more: its person has just shown that the telephone is theirs."""
    here = browser()
    if here is not None:
        with transaction() as session:
            sessions.forgive(session, here.id, now=clock.now())


def prove_again(given: str) -> None:
    """Take `given` as a proof of who asks: the code of their telephone, or their password if they have none.

    Raises ProofMissing, which says what was wrong with it.
    """
    by, here, now = current(), browser(), clock.now()
    assert here is not None, "a token needs no proof"
    with reading() as session:
        coded, account = second_factor.holds(session, by.person_id), accounts.of(session, by.person_id)
    if not coded:
        _give_password(account.username if account else "", given, here.id)
        return
    with transaction() as session:
        proof = second_factor.prove(session, by.person_id, given, by=by.actor(), now=now)
        if proof.passed:
            sessions.prove(session, here.id, now=now)
    if not proof.passed:
        raise ProofMissing(proof.message)


def _give_password(username: str, given: str, session_id: int) -> None:
    try:
        enter(username, given, lambda session, _, now: sessions.prove(session, session_id, now=now))
    except TooManyAttempts as error:
        raise ProofMissing(error.message) from error
    except NotIdentified as error:
        raise ProofMissing("La contraseña no es correcta.") from error


def set_cookie(response: Response, token: str) -> None:
    """Let the browser that gets `response` hold the session of `token`."""
    secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
    response.set_cookie(COOKIE, token, httponly=True, samesite="Lax", secure=secure, path="/")


def _open(session: Session, person: Person, now: datetime) -> tuple[str, str]:
    address, agent = request.remote_addr or "", request.user_agent.string
    owed = second_factor.owed(session, person.id, now=now)
    return sessions.open(session, person.id, address=address, user_agent=agent, owes=owed, now=now), owed


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
    with glancing() as session:
        row = kind.find(session, secret, now=now) if secret else None
        if row is None:
            return None
        found, due = principal.load(session, row.person_id, now=now), kind.needs_touch(row, now=now)
        by_password = isinstance(row, LoginSession) and row.identity_id is None
        g.password_given = by_password and accounts.is_given(session, row.person_id)
    if due:
        _touch(kind, row.id, now)
    return _whole(row, found)


def _whole(row: LoginSession | ApiToken, found: Principal) -> Principal | None:
    """`found`, unless their session still owes a code: then it opens nothing but the page that asks for it."""
    if isinstance(row, LoginSession):
        g.browser = row
        if row.owes == second_factor.CODE:
            g.entering = found
            return None
    return found


def _touch(kind: ModuleType, row_id: int, now: datetime) -> None:
    with transaction() as session:
        kind.touch(session, row_id, now=now)


def bearer() -> str:
    """The bearer token of this request. Raises NotIdentified when it carries none."""
    if not by_token():
        raise NotIdentified("Esta operación necesita un token en el encabezado Authorization.")
    return secret()
