"""What stays in the name of somebody who may no longer act: nobody attends it until it is handed over."""

from dataclasses import asdict
from dataclasses import dataclass
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.clock import local_date
from directory import acting
from notifications import ledger
from notifications import policies
from notifications.ledger import OPEN
from notifications.models import Obligation
from tracking import carried
from tracking.carried import Carried

PERSON = "person"
"""The kind of subject that a person is themselves: what is owed about them nobody else can owe."""


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """What a handover would move, with what is owed of it; `kept` are the obligations that stay theirs whoever works.

    Nobody is asked to hand over what is kept: it counts for who owed it, and may be waived.
    """

    carried: Carried
    obligations: int = 0
    kept: int = 0

    def __bool__(self) -> bool:
        return bool(self.carried) or self.obligations > 0

    def counts(self) -> dict[str, Any]:
        """How many of each kind, by its name."""
        return {**asdict(self.carried), "obligations": self.obligations, "kept": self.kept}


def by(session: Session, person_id: int, *, now: datetime) -> LeftBehind:
    """What is in the name of a person, whether they may act or not."""
    open_ones = select(Obligation.policy_id, Obligation.subject_kind, Obligation.limit_at, Obligation.period_start)
    rows = session.execute(open_ones.where(Obligation.debtor_id == person_id, Obligation.status.in_(OPEN))).all()
    asking = policies.many(session, {row.policy_id for row in rows})
    kept = sum(
        row.subject_kind == PERSON or ledger.stays(asking[row.policy_id].at(row.period_start), row.limit_at, now)
        for row in rows
    )
    return LeftBehind(carried.by(session, person_id, local_date(now)), len(rows) - kept, kept)


def unattended(session: Session, person_id: int, *, now: datetime) -> LeftBehind:
    """The same when that person may not act today; nothing when they may."""
    may_not = acting.unable(session, [person_id], local_date(now))
    return by(session, person_id, now=now) if may_not else LeftBehind(Carried())


def less(left: LeftBehind, freed: int) -> LeftBehind:
    """What stays once some of the tasks went back to whoever may do them."""
    return replace(left, carried=replace(left.carried, tasks=left.carried.tasks - freed))


def in_words(left: LeftBehind) -> str:
    """«1 plan de trabajo, 3 tareas abiertas y 2 obligaciones abiertas»; empty when there is nothing to hand over."""
    told = carried.parts(left.carried)
    if left.obligations:
        told.append(f"{left.obligations} {'obligación abierta' if left.obligations == 1 else 'obligaciones abiertas'}")
    return carried.joined(told)


def kept_in_words(left: LeftBehind) -> str:
    """What stays theirs by rule, in a sentence; empty when nothing does."""
    if not left.kept:
        return ""
    many = left.kept != 1
    said = f"{left.kept} {'obligaciones abiertas siguen' if many else 'obligación abierta sigue'} contando para esta"
    return (
        f"{said} persona y no {'pasan' if many else 'pasa'} a nadie; quien supervisa {'las' if many else 'la'} "
        "puede dispensar."
    )
