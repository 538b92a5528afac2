"""What people do to an obligation: excuse it and open it again, always with a reason."""

from collections.abc import Callable
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlalchemy import and_
from sqlalchemy import false
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import aliased

from db import history
from db.actor import Actor
from db.errors import Conflict
from db.errors import InvalidData
from db.errors import NotAllowed
from directory import access
from directory import reasons
from directory.principal import Principal
from notifications import chains
from notifications import obligations
from notifications import steps
from notifications.ledger import OPEN
from notifications.ledger import obligation_chain
from notifications.models import Obligation
from notifications.models import ObligationStatus
from notifications.models import Statement
from notifications.models import StatementStatus

MOST = 1000
"""How many may be excused at once."""
NAMED = 3
"""So many steps are named in a question; the others are counted."""


@dataclass(frozen=True, slots=True)
class Waived:
    """How many were excused, or opened again, and how many were left out: not so any more, or not for this person."""

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
    steps.follow(session, row, now=now)
    return row


def waive_many(session: Session, ids: Sequence[int], reason: str, *, by: Principal, now: datetime) -> Waived:
    """Excuse those of `ids` that are open and that `by` may excuse; the others are left out.

    Raises InvalidData (`ids`, `reason`), NotAllowed when `by` may excuse none anywhere.
    """
    reason = _demand_many(ids, reason, "Escriba por qué se dispensan.", by)
    told = _Told("obligation.waived", "Dispensó la obligación.", reason, now)
    return _each(session, ids, Obligation.status.in_(OPEN), lambda _: ObligationStatus.WAIVED, told, by=by)


def reopen_many(
    session: Session, ids: Sequence[int], reason: str, *, confirmed: bool = False, by: Principal, now: datetime
) -> Waived:
    """Open again those of `ids` that somebody excused and that `by` may open; the others are left out.

    What the system excused is left out too: it takes that back itself. Raises as `waive_many`, and InvalidData
    (`confirmed`) where something in review would stand still.
    """
    reason = _demand_many(ids, reason, "Escriba por qué se reabren.", by)
    if not confirmed:
        _demand_sure(_held_up(session, ids, by))
    told = _Told("obligation.reopened", "Reabrió la obligación.", reason, now)
    return _each(session, ids, obligations.excused(), lambda row: _opened(row, now), told, by=by)


@dataclass(frozen=True, slots=True)
class _Told:
    """What the history says of an act on many."""

    action: str
    summary: str
    reason: str
    now: datetime


def _demand_many(ids: Sequence[int], reason: str, message: str, by: Principal) -> str:
    if not access.may(by, "obligation.waive"):
        access.demand(by, "obligation.waive")
    reason = reasons.demand(reason, message)
    if not 0 < len(set(ids)) <= MOST:
        raise InvalidData({"ids": [f"Elija entre 1 y {MOST} obligaciones."]})
    return reason


def _each(
    session: Session, ids: Sequence[int], fitting: ColumnElement[bool],
    becomes: Callable[[Obligation], ObligationStatus], told: _Told, *, by: Principal,
) -> Waived:  # fmt: skip
    """Let those of `ids` that fit and are for `by` to act on become something else, each with its act."""
    wanted = sorted(set(ids))
    locked = select(Obligation).where(Obligation.id.in_(wanted), fitting)
    entries, changed = [], []
    for row in session.scalars(locked.order_by(Obligation.id).with_for_update()).all():
        grant = access.allowed(by, "obligation.waive", obligations.subject(row))
        if grant is None or row.debtor_id in by.stands_for():
            continue
        _set(row, becomes(row), told.reason, told.now)
        act = history.Entry(obligation_chain(row.id), told.action, told.summary, reason=told.reason)
        entries.append((by.actor(grant), act))
        changed.append(row)
    for actor in dict.fromkeys(one for one, _ in entries):
        history.record_all(session, [entry for one, entry in entries if one == actor], by=actor, now=told.now)
    steps.follow_all(session, changed, now=told.now)
    return Waived(len(entries), len(wanted) - len(entries))


def reopen(
    session: Session, obligation_id: int, reason: str, *, confirmed: bool = False, by: Principal, now: datetime
) -> Obligation:
    """Open again what was excused.

    Raises NotFound, NotAllowed (also for what one owes oneself), Conflict unless it is excused, InvalidData (`reason`,
    and `confirmed` where the step after it is in review).
    """
    row = obligations.held(session, obligation_id)
    actor = _demand(by, row)
    reason = reasons.demand(reason, "Escriba por qué se reabre.")
    if row.status != ObligationStatus.WAIVED:
        raise Conflict("Sólo se reabre lo que se dispensó.", code="obligation_state")
    if not confirmed:
        _demand_sure(_held_up(session, [row.id], by))
    _set(row, _opened(row, now), reason, now)
    session.flush()
    history.record(
        session, obligation_chain(row.id), "obligation.reopened", by=actor, now=now,
        summary="Reabrió la obligación.", reason=reason,
    )  # fmt: skip
    steps.follow(session, row, now=now)
    return row


def _held_up(session: Session, ids: Sequence[int], by: Principal) -> list[Obligation]:
    """The steps in review that nobody could decide any more if `by` opened those of `ids` again that were excused."""
    excused, after = aliased(Obligation), aliased(Obligation)
    following = [
        (excused.policy_id == chains.id_of(before)) & (after.policy_id == chains.id_of(policy))
        for policy, before in chains.links()
    ]
    same = and_(
        after.subject_kind == excused.subject_kind, after.subject_id == excused.subject_id,
        after.period == excused.period, or_(false(), *following),
    )  # fmt: skip
    statement = select(after, excused).join(excused, same).join(Statement, Statement.obligation_id == after.id)
    statement = statement.where(
        excused.id.in_(sorted(set(ids))), excused.status == ObligationStatus.WAIVED, after.status.in_(OPEN),
        Statement.status == StatementStatus.PRESENTED,
    )  # fmt: skip
    rows = session.execute(statement.order_by(after.id)).all()
    return [row for row, first in rows if access.allowed(by, "obligation.waive", obligations.subject(first))]


def _demand_sure(rows: Sequence[Obligation]) -> None:
    if not rows:
        return
    said = "; ".join(f"«{row.title}», de {row.subject_label}" for row in rows[:NAMED])
    rest = f" y {len(rows) - NAMED} más" if len(rows) > NAMED else ""
    raise InvalidData(
        {"confirmed": [f"Hay una constancia en revisión del paso siguiente: {said}{rest}. Mientras lo que se reabre no "
                       "se cumpla, nadie podrá aceptarla ni devolverla."]}
    )  # fmt: skip


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


def _opened(row: Obligation, now: datetime) -> ObligationStatus:
    return ObligationStatus.PENDING if now <= row.limit_at else ObligationStatus.OVERDUE


def _set(row: Obligation, status: ObligationStatus, reason: str, now: datetime) -> None:
    row.status, row.reason, row.changed_at = status, reason, now
    row.version += 1


def _over(row: Obligation) -> str:
    return f"Esta obligación ya está {obligations.LABELS[ObligationStatus(row.status)].lower()}."
