"""The steps of chains kept up to date: when they are due once the step before is over, and that none is late before.

Acts do it at once for the step that follows (`follow`); a sweep does it for what no act of a person changed (`batch`).
"""

from collections.abc import Collection
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.util import identity_key

from notifications import chains
from notifications import policies
from notifications import recompute
from notifications import waiting
from notifications.ledger import BATCH
from notifications.ledger import OPEN
from notifications.ledger import LedgerRow
from notifications.models import Obligation
from notifications.models import ObligationStatus
from notifications.models import Policy
from notifications.places import Places
from notifications.policies import Held
from notifications.waiting import Before


def batch(session: Session, *, after: int, now: datetime) -> tuple[int | None, int]:
    """Bring a batch of open steps up to date with the step before. Idempotent.

    `after` is the row from which to go on. Returns where the next batch begins (None at the end) and how many changed.
    """
    keys = [policy for policy, _ in chains.links()]
    found = _read(session, Policy.key.in_(keys), Obligation.id > after) if keys else ()
    return (found[-1].id if len(found) == BATCH else None), _bring(session, found, now)


def sweep(session: Session, *, now: datetime) -> int:
    """Bring all open steps up to date, in one transaction. Returns how many changed."""
    changed, after = 0, 0
    while True:
        following, count = batch(session, after=after, now=now)
        changed += count
        if following is None:
            return changed
        after = following


def follow(session: Session, row: Obligation, *, now: datetime) -> None:
    """Bring up to date the steps that come after `row`, which an act changed, and `row` itself where it opened again.

    One that stands alone costs one question, by its policy.
    """
    follow_all(session, [row], now=now)


def follow_all(session: Session, rows: Sequence[Obligation], *, now: datetime) -> None:
    """The same, of several rows; those that stand alone cost one question together."""
    session.flush()
    named = select(Policy.id, Policy.key).where(Policy.id.in_(sorted({row.policy_id for row in rows})))
    keys = {key: name for key, name in session.execute(named)} if rows else {}  # noqa: C416 - rows
    _follow(session, [(keys[row.policy_id], row) for row in rows], now)


def follow_of(session: Session, policy: str, row: Obligation, *, now: datetime) -> None:
    """The same, of a row of the policy with this key; nothing is asked where its step stands alone."""
    _follow(session, [(policy, row)], now)


def _follow(session: Session, rows: Sequence[tuple[str, Obligation]], now: datetime) -> None:
    keys, about = set(), []
    for policy, row in rows:
        concerned = chains.later(policy) + ([policy] if chains.of(policy).after else [])
        keys.update(concerned)
        about += [row] if concerned else []
    if not keys:
        return
    session.flush()
    same = (
        Obligation.subject_kind.in_({row.subject_kind for row in about}),
        Obligation.subject_id.in_({row.subject_id for row in about}),
        Obligation.period.in_({row.period for row in about}),
    )
    _bring(session, _read(session, Policy.key.in_(sorted(keys)), *same), now)


_COLUMNS = (*recompute.COLUMNS, Policy.key)


def _read(session: Session, *conditions: ColumnElement[bool]) -> Sequence[LedgerRow]:
    """Open steps that fit; under an earlier version of their policy they are left to the job `calendar`."""
    statement = (
        select(*_COLUMNS)
        .join(Policy, Policy.id == Obligation.policy_id)
        .where(Obligation.status.in_(OPEN), Obligation.policy_version == Policy.version, *conditions)
        .order_by(Obligation.id)
        .limit(BATCH)
    )
    return session.execute(statement).all()


def _bring(session: Session, found: Sequence[LedgerRow], now: datetime) -> int:
    """Date anew those of `found` that say something else than their step before lets them."""
    steps = waiting.before(session, [row.id for row in found]) if found else {}
    if not steps:
        return 0
    held, places = policies.many(session, {row.policy_id for row in found}), Places(session)
    behind = [row for row in found if row.id in steps and _is_behind(row, held[row.policy_id], steps, places, now)]
    rows = _locked(session, behind)
    recompute.refresh(session, held, rows, places, now, steps=steps)
    _forget(session, {row.id for row in rows})
    return len(rows)


def _is_behind(
    row: LedgerRow, policy: Held, steps: dict[int, Before], places: Places, now: datetime
) -> bool:  # fmt: skip
    step = steps[row.id]
    when = recompute.present_due(policy, row, places, step)
    if when is None or not recompute.asked(policy, row):
        return False
    overdue = row.status == ObligationStatus.OVERDUE
    not_so = overdue and (step.waits or now <= when.limit_at)
    return not_so or (when.at, when.limit_at) != (row.due_at, row.limit_at)


def _locked(session: Session, rows: Sequence[LedgerRow]) -> list[LedgerRow]:
    """Those of `rows` that nobody else is changing, as they were read; the others are for the next sweep."""
    if not rows:
        return []
    known = {row.id: row for row in rows}
    statement = select(Obligation.id, Obligation.version, Obligation.status).where(Obligation.id.in_(sorted(known)))
    present = session.execute(statement.order_by(Obligation.id).with_for_update(skip_locked=True)).all()
    return [
        known[one.id] for one in present if (one.version, one.status) == (known[one.id].version, known[one.id].status)
    ]


def _forget(session: Session, ids: Collection[int]) -> None:
    """What the session holds of these rows was written past it: it is read again."""
    for key in ids:
        held: Any = session.identity_map.get(identity_key(Obligation, key))
        if held is not None:
            session.expire(held)
