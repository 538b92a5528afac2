"""What people do to an obligation: excuse it and open it again, always with a reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import history
from db.actor import Actor
from db.errors import Conflict
from db.errors import InvalidData
from db.errors import NotAllowed
from directory import access
from directory import reasons
from directory.principal import Principal
from notifications import obligations
from notifications.ledger import OPEN
from notifications.ledger import obligation_chain
from notifications.models import Obligation
from notifications.models import ObligationStatus

MOST = 1000
"""How many may be excused at once."""


@dataclass(frozen=True, slots=True)
class Waived:
    """How many were excused, and how many were left out: over already, or not for this person to excuse."""

    done: int
    left_out: int


def waive(session: Session, obligation_id: int, reason: str, *, by: Principal, now: datetime) -> Obligation:
    """Excuse an open obligation.

    Raises NotFound, NotAllowed (also for what one owes oneself), Conflict when it is over, InvalidData (`reason`).
    """
    row = obligations.held(session, obligation_id)
    actor = _demand(by, row)
    reason = reasons.demand(reason, "Escriba por qué se dispensa.")
    if row.status not in OPEN:
        raise Conflict(_over(row), code="obligation_state")
    _waive(session, row, reason, actor, now)
    return row


def waive_many(session: Session, ids: Sequence[int], reason: str, *, by: Principal, now: datetime) -> Waived:
    """Excuse those of `ids` that are open and that `by` may excuse; the others are left out.

    Raises InvalidData (`ids`, `reason`), NotAllowed when `by` may excuse none anywhere.
    """
    if not access.may(by, "obligation.waive"):
        access.demand(by, "obligation.waive")
    reason = reasons.demand(reason, "Escriba por qué se dispensan.")
    wanted = sorted(set(ids))
    if not wanted or len(wanted) > MOST:
        raise InvalidData({"ids": [f"Elija entre 1 y {MOST} obligaciones."]})
    locked = select(Obligation).where(Obligation.id.in_(wanted), Obligation.status.in_(OPEN))
    entries = []
    for row in session.scalars(locked.order_by(Obligation.id).with_for_update()).all():
        grant = access.allowed(by, "obligation.waive", obligations.subject(row))
        if grant is None or row.debtor_id in by.stands_for():
            continue
        _set(row, ObligationStatus.WAIVED, reason, now)
        entries.append((by.actor(grant), history.Entry(
            obligation_chain(row.id), "obligation.waived", "Dispensó la obligación.", reason=reason
        )))  # fmt: skip
    for actor in dict.fromkeys(one for one, _ in entries):
        history.record_all(session, [entry for one, entry in entries if one == actor], by=actor, now=now)
    session.flush()
    return Waived(len(entries), len(wanted) - len(entries))


def reopen(session: Session, obligation_id: int, reason: str, *, by: Principal, now: datetime) -> Obligation:
    """Open again what was excused.

    Raises NotFound, NotAllowed (also for what one owes oneself), Conflict unless it is excused, InvalidData (`reason`).
    """
    row = obligations.held(session, obligation_id)
    actor = _demand(by, row)
    reason = reasons.demand(reason, "Escriba por qué se reabre.")
    if row.status != ObligationStatus.WAIVED:
        raise Conflict("Sólo se reabre lo que se dispensó.", code="obligation_state")
    _set(row, ObligationStatus.PENDING if now <= row.limit_at else ObligationStatus.OVERDUE, reason, now)
    session.flush()
    history.record(
        session, obligation_chain(row.id), "obligation.reopened", by=actor, now=now,
        summary="Reabrió la obligación.", reason=reason,
    )  # fmt: skip
    return row


def _demand(by: Principal, row: Obligation) -> Actor:
    actor = access.demand(by, "obligation.waive", obligations.subject(row))
    if row.debtor_id in by.stands_for():
        raise NotAllowed("Lo que usted mismo debe lo dispensa o lo reabre otra persona.", action="obligation.waive")
    return actor


def _waive(session: Session, row: Obligation, reason: str, by: Actor, now: datetime) -> None:
    _set(row, ObligationStatus.WAIVED, reason, now)
    session.flush()
    history.record(
        session, obligation_chain(row.id), "obligation.waived", by=by, now=now, summary="Dispensó la obligación.",
        reason=reason,
    )  # fmt: skip


def _set(row: Obligation, status: ObligationStatus, reason: str, now: datetime) -> None:
    row.status, row.reason, row.changed_at = status, reason, now
    row.version += 1


def _over(row: Obligation) -> str:
    return f"Esta obligación ya está {obligations.LABELS[ObligationStatus(row.status)].lower()}."
