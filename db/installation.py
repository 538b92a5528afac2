"""What happens to the whole installation, in a chain of its own: back-ups put back, exports of the history."""

from datetime import datetime

from sqlalchemy.orm import Session

from db import history
from db.actor import Actor

KIND = "installation"
SUBJECT = history.Subject(KIND, 1)
RESTORED = "backup.restored"
EXPORTED = "history.exported"
RESEALED = "key.changed"


def record(session: Session, action: str, summary: str, *, reason: str = "", by: Actor, now: datetime) -> None:
    """Put an act on the whole installation in its history."""
    history.record(session, SUBJECT, action, by=by, now=now, summary=summary, reason=reason)
