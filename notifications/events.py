"""What is said of an event after it was written down: it was on another day, or it never was.

The sweeps leave closed obligations alone; here the act itself corrects them, in its own transaction and with a record.
"""

from collections.abc import Iterator
from datetime import date
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import history
from db.actor import Actor
from notifications import ledger
from notifications import periods
from notifications import policies
from notifications import recompute
from notifications.calendar import in_words
from notifications.ledger import OPEN
from notifications.models import Fact
from notifications.models import Obligation
from notifications.models import ObligationStatus
from notifications.places import Places
from notifications.policies import Held

DAY_CORRECTED = "Se corrigió la fecha"
ANNULLED = "Se anuló lo que la originó"


def moved(
    session: Session, kind: str, subject_id: int, day: date, label: str, reason: str, *, by: Actor, now: datetime
) -> int:
    """The event was on `day`: what is owed for it is due accordingly, and is met or late accordingly.

    `label` names the subject from now on. What was waived stays so; what is closed goes by the policy under which it
    was closed. Returns how many obligations changed.
    """
    _redate(session, kind, subject_id, day)
    places, rows = Places(session), list(_owed(session, kind, subject_id))
    for row, policy in rows:
        row.period_start, row.period_end, row.subject_label = day, day, label
        session.flush()
        if row.status in OPEN and not recompute.asked(policy, row):
            ledger.waive_by_system(session, [row], ledger.NOT_ASKED, now=now)
            session.refresh(row)
            continue
        _set_due(session, row, policy, places, f"{DAY_CORRECTED}: {reason}", by, now)
    session.flush()
    return len(rows)


def owed_by(session: Session, kind: str, subject_id: int, person_id: int | None, *, now: datetime) -> None:
    """`person_id` did what the event asks for: what is open of it is theirs, although nobody had taken it."""
    for row, _ in _owed(session, kind, subject_id):
        if row.status in OPEN and person_id is not None and row.debtor_id != person_id:
            row.debtor_id, row.version, row.changed_at = person_id, row.version + 1, now
    session.flush()


def annulled(session: Session, kind: str, subject_id: int, reason: str, *, now: datetime) -> int:
    """The event never was: nothing is owed for it any more. Returns how many obligations were waived."""
    rows = [row for row, _ in _owed(session, kind, subject_id) if row.status in OPEN]
    ledger.waive_by_system(session, rows, f"{ANNULLED}: {reason}", now=now)
    session.flush()
    for row in rows:
        session.refresh(row)
    return len(rows)


def _owed(session: Session, kind: str, subject_id: int) -> Iterator[tuple[Obligation, Held]]:
    """What is owed for an event, each with the policy that counts for it."""
    statement = (
        select(Obligation)
        .where(Obligation.subject_kind == kind, Obligation.subject_id == subject_id)
        .order_by(Obligation.id)
        .with_for_update()
    )
    rows = session.scalars(statement.execution_options(populate_existing=True)).all()
    held = policies.many(session, {row.policy_id for row in rows})
    for row in rows:
        policy = held[row.policy_id]
        if policy.at(row.period_start).spec.frequency == periods.EVENT:
            yield row, policy if row.status in OPEN else policies.as_of(session, policy, row.policy_version)


def _redate(session: Session, kind: str, subject_id: int, day: date) -> None:
    about = select(Fact).where(Fact.subject_kind == kind, Fact.subject_id == subject_id, Fact.voided_at.is_(None))
    for fact in session.scalars(about):
        fact.on = day
    session.flush()


def _set_due(
    session: Session, row: Obligation, policy: Held, places: Places, reason: str, by: Actor, now: datetime
) -> None:
    when = recompute.present_due(policy, row, places)
    if when is None:
        row.version, row.changed_at = row.version + 1, now
        return
    old, before = row.due_at, row.status
    moves = ledger.Moves(places.version, now)
    moves.add(row, when, policy, reason)
    moves.write(session)
    session.refresh(row)
    history.record(
        session, ledger.obligation_chain(row.id), "obligation.moved", by=by, now=now, summary=_summary(row, before),
        reason=reason, details={"due_at": [old.isoformat(), when.at.isoformat()], "status": [before, row.status]},
    )  # fmt: skip


def _summary(row: Obligation, before: ObligationStatus) -> str:
    words = {ObligationStatus.MET: "a tiempo", ObligationStatus.LATE: "tarde"}
    changed = f"; ahora cuenta {words[row.status]}" if row.status != before and row.status in words else ""
    return f"Vence el {in_words(row.due_on)} porque se corrigió la fecha{changed}."
