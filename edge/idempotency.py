"""A request that is repeated because its answer got lost is answered again, not done again.

The answer is kept in the transaction of the act, under the person and the key they chose.
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from datetime import timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db import transaction
from db.errors import InvalidData
from db.types import dumps
from edge.models import IdempotencyKey

KEPT = timedelta(days=30)
_ACCEPTED = re.compile(r"[\x21-\x7e]{1,100}")

Act = Callable[[Session], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Keyed:
    """A request under a key: whose, to which route, and the hash of what it asks for."""

    key: str
    person_id: int
    route: str
    request_hash: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request got. `repeated` when the act was done by an earlier one."""

    body: dict[str, Any]
    repeated: bool = False


def keyed(key: str, person_id: int, route: str, payload: Any) -> Keyed | None:
    """The request under its key; None without a key. Raises InvalidData for a key that cannot be kept."""
    if not key:
        return None
    if not _ACCEPTED.fullmatch(key):
        raise InvalidData({"Idempotency-Key": ["Use entre 1 y 100 caracteres visibles, sin espacios."]})
    content = dumps([route, payload])
    return Keyed(key, person_id, route, hashlib.sha256(content.encode()).hexdigest())


def once(request: Keyed | None, act: Act, *, now: datetime, status: int = 200) -> Answer:
    """Run `act` in a transaction and keep what it returns, or return what the first request got.

    Raises InvalidData when the key was used for something else.
    """
    try:
        return _attempt(request, act, now, status)
    except IntegrityError:
        # The same key arrived twice at once: by now the other one is through, and its answer is here.
        answer = earlier(request)
        if answer is None:
            raise
        return answer


def earlier(request: Keyed | None) -> Answer | None:
    """What the same request got before, if it came before. Raises InvalidData when its key was used for another."""
    with transaction() as session:
        return _first(session, request)


def purge(session: Session, *, now: datetime) -> int:
    """Forget answers that nobody will ask for again. Returns how many."""
    old = IdempotencyKey.created_at < now - KEPT
    return len(session.scalars(delete(IdempotencyKey).where(old).returning(IdempotencyKey.created_at)).all())


def _attempt(request: Keyed | None, act: Act, now: datetime, status: int) -> Answer:
    with transaction() as session:
        first = _first(session, request)
        if first is not None:
            return first
        row = _reserve(session, request, now, status)
        body = act(session)
        if row is not None:
            row.body = body
        return Answer(body)


def _first(session: Session, request: Keyed | None) -> Answer | None:
    if request is None:
        return None
    mine = (IdempotencyKey.person_id == request.person_id, IdempotencyKey.key == request.key)
    row = session.scalars(select(IdempotencyKey).where(*mine)).one_or_none()
    if row is None:
        return None
    if row.request_hash != request.request_hash:
        raise InvalidData({"Idempotency-Key": ["Esta clave ya se usó para otra solicitud; use una nueva."]})
    return Answer(row.body, repeated=True)


def _reserve(session: Session, request: Keyed | None, now: datetime, status: int) -> IdempotencyKey | None:
    """Take the key before acting, so that a simultaneous request waits for this one."""
    if request is None:
        return None
    row = IdempotencyKey(
        person_id=request.person_id,
        key=request.key,
        route=request.route,
        request_hash=request.request_hash,
        status=status,
        body={},
        created_at=now,
    )
    session.add(row)
    session.flush()
    return row
