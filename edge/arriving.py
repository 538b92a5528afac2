"""What comes of an answer of the provider: a session, or a proof for the one there is."""

from flask import Response
from flask import request

from db import clock
from db import reading
from db import transaction
from directory import identities
from directory import second_factor
from directory import sessions
from edge import identity
from edge.errors import NotVouched
from edge.oidc.answer import Answer
from edge.oidc.id_token import LEEWAY
from edge.oidc.journey import Journey

ANOTHER = "La cuenta institucional con que confirmó no es la de la persona que tiene abierta esta sesión."
OLD = (
    "El sitio de su cuenta institucional no dice que usted acabe de identificarse allí. Intente de nuevo; si se "
    "repite, pida a la administración del sistema una contraseña."
)


def enter(response: Response, answer: Answer) -> str:
    """Begin a session for whoever came and set its cookie on `response`; returns what it still owes.

    That they were remembered by the provider is no fresh proof: the session counts as proved when they last proved it
    there, and as not proved where the provider does not say when. Raises NotAllowed.
    """
    now = clock.now()
    with transaction() as session:
        row = identities.arrive(session, answer.vouched, now=now)
        owed = "" if answer.second_step else second_factor.owed(session, row.person_id, now=now)
        token = sessions.open(
            session, row.person_id, address=request.remote_addr or "", user_agent=request.user_agent.string, owes=owed,
            identity_id=row.id, proved_at=answer.proved_at or now - identity.RECENT, now=now,
        )  # fmt: skip
    identity.set_cookie(response, token)
    return owed


def prove(answer: Answer, journey: Journey) -> None:
    """Take the answer as a proof of who asks, in the session that asked for it.

    Raises NotVouched when it is of another session or person, or when they did not identify themselves there just now.
    """
    by, here, now = identity.current(), identity.browser(), clock.now()
    with reading() as session:
        same = identities.is_of(session, answer.vouched, by.person_id)
    if here is None or here.id != journey.proves or not same:
        raise NotVouched("another", ANOTHER)
    if answer.proved_at is None or answer.proved_at.timestamp() < journey.began - LEEWAY:
        raise NotVouched("auth_time", OLD)
    with transaction() as session:
        sessions.prove(session, here.id, now=now)
