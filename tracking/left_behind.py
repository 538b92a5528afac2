"""What stays in the name of somebody who may no longer act: nobody attends it until it is handed over."""

from dataclasses import asdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory import acting
from notifications.ledger import OPEN
from notifications.models import Obligation
from tracking import carried
from tracking.carried import Carried


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """What a handover would move, and what they owe."""

    carried: Carried
    obligations: int = 0

    def __bool__(self) -> bool:
        return bool(self.carried) or self.obligations > 0

    def counts(self) -> dict[str, Any]:
        """How many of each kind, by its name."""
        return {**asdict(self.carried), "obligations": self.obligations}


def by(session: Session, person_id: int, on: date) -> LeftBehind:
    """What is in the name of a person, whether they may act or not."""
    owed = select(func.count()).where(Obligation.debtor_id == person_id, Obligation.status.in_(OPEN))
    return LeftBehind(carried.by(session, person_id, on), session.scalar(owed) or 0)


def unattended(session: Session, person_id: int, on: date) -> LeftBehind:
    """The same when that person may not act on that day; nothing when they may."""
    return by(session, person_id, on) if acting.unable(session, [person_id], on) else LeftBehind(Carried())


def in_words(left: LeftBehind) -> str:
    """«1 plan de trabajo, 3 tareas abiertas y 2 obligaciones abiertas»; empty when there is nothing."""
    told = carried.parts(left.carried)
    if left.obligations:
        told.append(f"{left.obligations} {'obligación abierta' if left.obligations == 1 else 'obligaciones abiertas'}")
    return carried.joined(told)
