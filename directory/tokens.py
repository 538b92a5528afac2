"""Bearer tokens: programs that act for a person."""

from dataclasses import dataclass
from datetime import datetime
from datetime import timedelta

from sqlalchemy import bindparam
from sqlalchemy import select
from sqlalchemy import update
from sqlalchemy.orm import Session

from db.actor import Actor
from db.errors import InvalidData
from db.errors import NotFound
from db.whole import Whole
from directory import secrets
from directory import trace
from directory.models import ApiToken

LONGEST = timedelta(days=365)
USUAL = timedelta(days=90)
USED_EVERY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Issued:
    """A new token. `secret` is shown once."""

    secret: str
    row: ApiToken


def issue(session: Session, person_id: int, name: str, *, lasts: timedelta = USUAL, by: Actor, now: datetime) -> Issued:
    """A token called `name` that acts for a person for `lasts`. Raises NotFound, InvalidData (`name`, `lasts`)."""
    person = trace.lock(session, person_id)
    errors = {}
    if not name.strip():
        errors["name"] = ["Escriba un nombre que diga para qué es el token."]
    if not timedelta(0) < lasts <= LONGEST:
        errors["lasts"] = [f"Un token dura entre un minuto y {LONGEST.days} días."]
    if errors:
        raise InvalidData(errors)
    secret = secrets.new()
    row = ApiToken(
        person_id=person_id,
        token_hash=secrets.digest(secret),
        name=name.strip(),
        created_at=now,
        expires_at=now + lasts,
    )
    session.add(row)
    session.flush()
    summary = f"Creó el token «{row.name}» de {person.name}."
    trace.record(session, person_id, "token.issued", summary, by=by, now=now, expires_at=row.expires_at.isoformat())
    return Issued(secret, row)


# Every request asks this: it is built once.
_BY_HASH = Whole(ApiToken, narrow=lambda rows: rows.where(ApiToken.token_hash == bindparam("hash")))


def find(session: Session, secret: str, *, now: datetime) -> ApiToken | None:
    """The token that may still be used; None when it is unknown, revoked or expired."""
    (row,) = _BY_HASH.first(session, {"hash": secrets.digest(secret)}) or [None]
    return row if row is not None and row.revoked_at is None and now < row.expires_at else None


def needs_touch(row: ApiToken, *, now: datetime) -> bool:
    """Whether it is time to write that the token was used."""
    return row.last_used_at is None or now - row.last_used_at >= USED_EVERY


def touch(session: Session, token_id: int, *, now: datetime) -> None:
    """Write that the token was used now; it must be called in a transaction."""
    session.execute(update(ApiToken).where(ApiToken.id == token_id).values(last_used_at=now))


def of(session: Session, person_id: int) -> list[ApiToken]:
    """Every token of a person, newest first."""
    statement = select(ApiToken).where(ApiToken.person_id == person_id)
    return list(session.scalars(statement.order_by(ApiToken.created_at.desc(), ApiToken.id.desc())))


def revoke(session: Session, person_id: int, token_id: int, *, by: Actor, now: datetime) -> None:
    """Stop a token of a person at once. Raises NotFound when it is not theirs."""
    row = session.get(ApiToken, token_id)
    if row is None or row.person_id != person_id:
        raise NotFound("el token", token_id)
    person = trace.lock(session, person_id)
    if row.revoked_at is None:
        row.revoked_at = now
        session.flush()
        summary = f"Revocó el token «{row.name}» de {person.name}."
        trace.record(session, person_id, "token.revoked", summary, by=by, now=now)


def revoke_all(session: Session, person_id: int, *, now: datetime) -> None:
    """Stop every token of a person at once; whoever calls records why."""
    live = update(ApiToken).where(ApiToken.person_id == person_id, ApiToken.revoked_at.is_(None))
    session.execute(live.values(revoked_at=now))
