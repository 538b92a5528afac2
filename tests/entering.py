"""Logging in at one go: what the edge does in two transactions, and the slow part between them."""

from datetime import datetime

from sqlalchemy.orm import Session

from directory import accounts


def log_in(session: Session, username: str, password: str, *, address: str = "", now: datetime) -> accounts.Attempt:
    """Read, check and settle a login in one session."""
    claim = accounts.claim(session, username, address=address, now=now)
    return accounts.settle(session, accounts.check(claim, password), now=now)
