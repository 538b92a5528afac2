"""A form that somebody overtook: whoever wrote it is told who changed the thing meanwhile, and how long ago.

`web/conflicts.py` says beside it how to go on without losing what was typed.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from db import history
from db.errors import Conflict
from db.history import HistoryRow
from db.history import Subject
from directory.principal import Principal
from forms.words import elapsed

STALE = "stale"


def demand_seen(
    session: Session, revision: int | None, standing: int, what: str, chain: Subject,
    *, about: Mapping[str, Any] | None = None, by: Principal, now: datetime,
) -> None:  # fmt: skip
    """Let pass what was written for the `standing` revision of `what` («este avance»), or for none in particular.

    `chain` has its history; `about` is what the details of its acts say, where others share the chain. Raises Conflict
    with who was faster and when.
    """
    if revision is None or revision == standing:
        return
    raise Conflict(_told(_last(session, chain, about or {}), what, by, now), code=STALE)


def _last(session: Session, chain: Subject, about: Mapping[str, Any]) -> HistoryRow | None:
    """The newest act of a person that says `about`."""
    if not about:
        return history.last_by_person(session, chain)
    acts = (row for row in history.backwards(session, chain) if row.actor_id is not None)
    return next((row for row in acts if about.items() <= row.details.items()), None)


def _told(last: HistoryRow | None, what: str, by: Principal, now: datetime) -> str:
    if last is None:
        return f"Alguien cambió {what} mientras usted escribía."
    ago = elapsed(now - last.at)
    if last.actor_id == by.person_id:
        return f"Usted cambió {what} {ago}, desde otra ventana u otro dispositivo."
    return f"{last.actor_name} cambió {what} {ago}, mientras usted escribía."
