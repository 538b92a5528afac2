"""Browsers that are logged in, kept on the server so that they can be ended."""

from datetime import datetime
from datetime import timedelta
from typing import Any

from sqlalchemy import Select
from sqlalchemy import bindparam
from sqlalchemy import delete
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy import update
from sqlalchemy.orm import Session

from db.errors import NotFound
from db.whole import Whole
from directory import secrets
from directory.models import LoginSession

IDLE_LIMIT = timedelta(hours=8)
ABSOLUTE_LIMIT = timedelta(hours=24)

# Every request of a busy page would otherwise be a write.
SEEN_EVERY = timedelta(minutes=5)


def open(
    session: Session,
    person_id: int,
    *,
    address: str = "",
    user_agent: str = "",
    owes: str = "",
    identity_id: int | None = None,
    proved_at: datetime | None = None,
    now: datetime,
) -> str:
    """Begin a session for a person who has just shown who they are; returns the token for the cookie.

    `owes` is what they must do before it opens anything (`second_factor.owed`). `identity_id` is the institutional
    account by which they came, and `proved_at` when they proved who they are there; now, when not given.
    """
    token = secrets.new()
    row = LoginSession(
        person_id=person_id, token_hash=secrets.digest(token), created_at=now, last_seen_at=now, address=address,
        user_agent=user_agent[:300], owes=owes, identity_id=identity_id, proved_at=proved_at,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return token


# Every request asks this: it is built once.
_BY_HASH = Whole(LoginSession, narrow=lambda rows: rows.where(LoginSession.token_hash == bindparam("hash")))


def find(session: Session, token: str, *, now: datetime) -> LoginSession | None:
    """The live session of `token`; None when it is unknown, ended, idle for 8 hours or older than 24."""
    (row,) = _BY_HASH.first(session, {"hash": secrets.digest(token)}) or [None]
    return row if row is not None and _live(row, now) else None


def needs_touch(row: LoginSession, *, now: datetime) -> bool:
    """Whether it is time to write that the session was seen."""
    return now - row.last_seen_at >= SEEN_EVERY


def touch(session: Session, session_id: int, *, now: datetime) -> None:
    """Write that the session was seen now; it must be called in a transaction."""
    statement = update(LoginSession).where(LoginSession.id == session_id, LoginSession.last_seen_at < now)
    session.execute(statement.values(last_seen_at=now))


def settle(session: Session, session_id: int, *, now: datetime) -> str:
    """Nothing is owed any more; returns a new token, so that the one from before the proof opens nothing."""
    token = secrets.new()
    proved = {"owes": "", "proved_at": now, "token_hash": secrets.digest(token)}
    session.execute(update(LoginSession).where(LoginSession.id == session_id).values(proved))
    return token


def forgive(session: Session, session_id: int, *, now: datetime) -> None:
    """Nothing is owed any more, by one who was known already."""
    session.execute(update(LoginSession).where(LoginSession.id == session_id).values(owes="", proved_at=now))


def prove(session: Session, session_id: int, *, now: datetime) -> None:
    """Write that the person of a session has just proved again who they are."""
    session.execute(update(LoginSession).where(LoginSession.id == session_id).values(proved_at=now))


def of(session: Session, person_id: int, *, now: datetime) -> list[LoginSession]:
    """The live sessions of a person, the one seen last first."""
    statement = select(LoginSession).where(LoginSession.person_id == person_id, LoginSession.ended_at.is_(None))
    rows = session.scalars(statement.order_by(LoginSession.last_seen_at.desc(), LoginSession.id.desc()))
    return [row for row in rows if _live(row, now)]


def last_opened(session: Session, person_id: int) -> datetime | None:
    """When a person last came in, as far as sessions are kept."""
    statement = select(LoginSession.created_at).where(LoginSession.person_id == person_id)
    return session.scalars(statement.order_by(LoginSession.created_at.desc()).limit(1)).first()


def ever_from(session: Session, person_id: int, address: str) -> bool:
    """Whether a person entered from an address, as far as sessions are kept."""
    mine = LoginSession.person_id == person_id, LoginSession.address == address
    return bool(address) and session.scalar(select(LoginSession.id).where(*mine).limit(1)) is not None


def close(session: Session, token: str, *, now: datetime) -> None:
    """Log out: end the session of `token`, if it is one."""
    statement = update(LoginSession).where(LoginSession.token_hash == secrets.digest(token))
    session.execute(statement.where(LoginSession.ended_at.is_(None)).values(ended_at=now))


def revoke(session: Session, person_id: int, session_id: int, *, now: datetime) -> None:
    """End one session of a person, from another. Raises NotFound when it is not theirs."""
    row = session.get(LoginSession, session_id)
    if row is None or row.person_id != person_id:
        raise NotFound("la sesión", session_id)
    if row.ended_at is None:
        row.ended_at = now


def close_all(session: Session, person_id: int, *, now: datetime, but: str = "") -> int:
    """End every session of a person, save that of the token `but`. Returns how many."""
    statement = update(LoginSession).where(LoginSession.person_id == person_id, LoginSession.ended_at.is_(None))
    if but:
        statement = statement.where(LoginSession.token_hash != secrets.digest(but))
    ended = session.scalars(statement.values(ended_at=now).returning(LoginSession.id))
    return len(ended.all())


def close_of(session: Session, identity_id: int, *, now: datetime) -> None:
    """End every session that an institutional account opened."""
    opened = update(LoginSession).where(LoginSession.identity_id == identity_id, LoginSession.ended_at.is_(None))
    session.execute(opened.values(ended_at=now))


def old(limit: datetime) -> Select[Any]:
    """The sessions that ended before `limit`, or began so long ago that nobody can use them."""
    return select(LoginSession.id).where(or_(LoginSession.ended_at < limit, LoginSession.created_at < limit))


def purge(session: Session, *, limit: datetime, batch: int = 500) -> int:
    """Delete some of the sessions before `limit`. Returns how many."""
    ids = session.scalars(old(limit).order_by(LoginSession.id).limit(batch)).all()
    session.execute(delete(LoginSession).where(LoginSession.id.in_(ids)))
    return len(ids)


def _live(row: LoginSession, now: datetime) -> bool:
    in_use = now - row.last_seen_at < IDLE_LIMIT and now - row.created_at < ABSOLUTE_LIMIT
    return row.ended_at is None and in_use
