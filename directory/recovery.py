"""Codes that serve once, for whoever lost the telephone that shows them."""

import hashlib
import secrets
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy import update
from sqlalchemy.orm import Session

from directory.models import RecoveryCode

HOW_MANY = 10
GROUPS, LETTERS = 4, 4
ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""32 letters that nobody takes for one another on paper: 16 of them are 80 random bits."""


def renew(session: Session, person_id: int) -> list[str]:
    """Ten new codes, to be shown once; those before no longer serve."""
    forget(session, person_id)
    codes = [_new() for _ in range(HOW_MANY)]
    session.add_all(RecoveryCode(person_id=person_id, code_hash=_digest(person_id, code)) for code in codes)
    session.flush()
    return codes


def use(session: Session, person_id: int, given: str, *, now: datetime) -> bool:
    """Whether `given` is a code of the person that had not been used; it is from now on."""
    mine = RecoveryCode.person_id == person_id, RecoveryCode.code_hash == _digest(person_id, given)
    fresh = update(RecoveryCode).where(*mine, RecoveryCode.used_at.is_(None))
    return session.scalar(fresh.values(used_at=now).returning(RecoveryCode.id)) is not None


def left(session: Session, person_id: int) -> int:
    """How many codes of a person still serve."""
    fresh = select(func.count()).where(RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None))
    return session.scalar(fresh) or 0


def forget(session: Session, person_id: int) -> None:
    """No code of a person serves any more."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))


def _new() -> str:
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(LETTERS)) for _ in range(GROUPS))


def _digest(person_id: int, code: str) -> str:
    plain = "".join(char for char in code.upper() if char in ALPHABET)
    return hashlib.sha256(f"{person_id}|{plain}".encode()).hexdigest()
