"""Open obligations under a newer calendar or a newer policy: what moved, and what is no longer asked."""

from collections.abc import Mapping
from collections.abc import Sequence
from datetime import date
from datetime import datetime
from typing import Any

from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import Session

from notifications import chains
from notifications import due
from notifications import ledger
from notifications import periods
from notifications import serving
from notifications import waiting
from notifications.calendar import WorkingDays
from notifications.causes import Causes
from notifications.ledger import BATCH
from notifications.ledger import OPEN
from notifications.ledger import Counts
from notifications.ledger import LedgerRow
from notifications.models import Obligation
from notifications.models import Policy
from notifications.periods import Period
from notifications.places import Places
from notifications.policies import Held
from notifications.waiting import Before

BY_POLICY = "Cambió la política."

COLUMNS = (  # of an open row, to date it anew
    Obligation.id, Obligation.policy_id, Obligation.policy_version, Obligation.subject_kind, Obligation.subject_id,
    Obligation.entity_id, Obligation.region_id, Obligation.period, Obligation.period_start, Obligation.period_end,
    Obligation.status, Obligation.due_at, Obligation.limit_at, Obligation.explanation, Obligation.version,
    Obligation.calendar_version,
)  # fmt: skip


def batch(
    session: Session, policies: Mapping[int, Held], places: Places, *, after: int, now: datetime
) -> tuple[int | None, Counts]:
    """Bring a batch of open obligations up to the present calendar and policies.

    `policies` are all of them by id; `after` is the row from which to go on. Returns where the next batch begins (None
    at the end) and what changed.
    """
    statement = (
        select(*COLUMNS)
        .join(Policy, Policy.id == Obligation.policy_id)
        .where(
            Obligation.status.in_(OPEN),
            Obligation.id > after,
            or_(Obligation.calendar_version != places.version, Obligation.policy_version != Policy.version),
        )
        .order_by(Obligation.id)
        .limit(BATCH)
    )
    found = session.execute(statement).all()
    rows, counts = ledger.untouched(session, found), Counts()
    dropped = [row for row in rows if not asked(policies[row.policy_id], row)]
    ledger.waive_by_system(session, dropped, ledger.NOT_ASKED, now=now)
    counts.waived += len(dropped)
    gone = {row.id for row in dropped}
    kept = [row for row in rows if row.id not in gone]
    unmet = _meet(session, policies, kept, counts, now)
    counts.moved += refresh(session, policies, unmet, places, now)
    return (found[-1].id if len(found) == BATCH else None), counts


def asked(policy: Held, row: LedgerRow) -> bool:
    """Whether `policy` still asks for the period of `row`."""
    part = policy.at(row.period_start)
    spec = part.spec
    if not policy.enabled:
        return False
    if spec.frequency == periods.EVENT:
        return row.period.startswith("E") and part.rules(Period(row.period, row.period_start, row.period_end, ""))
    if spec.frequency == periods.DATES:
        found = next((one for one in spec.periods if one.key == row.period), None)
        return found is not None and part.rules(found)
    period = periods.of(spec.frequency, row.period_start)
    return period.key == row.period and part.rules(period)


def present_due(
    policy: Held, row: LedgerRow, places: Places, step: Before | None = None
) -> due.DueDate | None:  # fmt: skip
    """When `row` is due as things stand; None where the source alone says. `step` is the one before it."""
    if policy.at(row.period_start).spec.rule == "given":
        return None
    return _dated(policy, row, places.of(entity_id=row.entity_id, region_id=row.region_id), step)


def _dated(policy: Held, row: LedgerRow, days: WorkingDays, step: Before | None) -> due.DueDate:
    """When `row` is due in a place with these working days."""
    spec = policy.at(row.period_start).spec
    own = due.compute(spec, due.period_of(spec, row.period, row.period_start, row.period_end), days)
    return step.dated(own, spec, row.period_start, row.period_end, row.period, days) if step is not None else own


def settled_due(policy: Held, row: LedgerRow, places: Places, step: Before | None = None) -> datetime | None:
    """When an open `row` is due once changes made before are applied, which follow in minutes; None when it goes.

    `policy` and `places` are those in force, `step` the one before it. What is foreseen of a further change is told
    from there.
    """
    told: datetime = row.due_at
    if row.policy_version == policy.version and row.calendar_version == places.version:
        return told
    if not asked(policy, row):
        return None
    when = present_due(policy, row, places, step)
    return when.at if when is not None else told


def _meet(
    session: Session, policies: Mapping[int, Held], rows: list[LedgerRow], counts: Counts, now: datetime
) -> list[LedgerRow]:
    """Meet what facts meet now that a policy lists other kinds; returns the rest."""
    groups: dict[tuple[int, date, str], list[LedgerRow]] = {}
    for row in rows:
        policy = policies[row.policy_id]
        if row.policy_version != policy.version:
            since = policy.at(row.period_start).since
            groups.setdefault((row.policy_id, since, row.subject_kind), []).append(row)
    changes: list[dict[str, Any]] = []
    for (policy_id, since, kind), group in groups.items():
        facts = serving.about(session, policies[policy_id].at(since), kind, {row.subject_id for row in group})
        waits = chains.waiting_among(session, policies[policy_id].key, [row.id for row in group])
        for row in group:
            fact = serving.first(facts.get(row.subject_id, ()), row.period, row.period_start, row.period_end)
            if fact is not None:
                changes.append(ledger.met_values(row, fact, now, waits=row.id in waits))
    ledger.change(session, changes)
    met = {change["id"] for change in changes}
    counts.met += len(met)
    return [row for row in rows if row.id not in met]


def refresh(
    session: Session, policies: Mapping[int, Held], rows: Sequence[LedgerRow], places: Places, now: datetime, *,
    steps: Mapping[int, Before] | None = None,
) -> int:  # fmt: skip
    """Date open `rows` anew, with their trace; returns how many moved. `steps` are those before them, where known."""
    moves, same = ledger.Moves(places.version, now), []
    causes = Causes(session, places) if rows else None
    known = waiting.before(session, [row.id for row in rows]) if steps is None else steps
    for row in rows:
        policy, step = policies[row.policy_id], known.get(row.id)
        when = present_due(policy, row, places, step)
        waits = step is not None and step.waits
        if causes is not None and when is not None and when.at != row.due_at:
            moves.add(row, when, policy, _why(row, policy, causes, step), waits=waits)
        else:
            same.append(_stamped(row, when, policy, places.version, now, waits=waits))
    ledger.change(session, same)
    return moves.write(session)


def _why(row: LedgerRow, policy: Held, causes: Causes, step: Before | None) -> str:
    """Why the due date of `row` moves: its policy or the step before it, and the days that changed."""
    said = []
    if row.policy_version != policy.version:
        said.append(BY_POLICY)
    elif step is not None and _moved_by_step(row, policy, causes, step):
        said.append(step.said)
    if row.calendar_version != causes.places.version:
        said.append(
            causes.since(
                row.calendar_version, lambda days: _dated(policy, row, days, step).at, entity_id=row.entity_id,
                region_id=row.region_id, sure=not said and step is None,
            )
        )  # fmt: skip
    return " ".join(filter(None, said)) or (step.said if step is not None else "")


def _moved_by_step(row: LedgerRow, policy: Held, causes: Causes, step: Before) -> bool:
    """Whether `row` would be due at another time than it was also under the calendar by which that was computed."""
    then = causes.then(row.calendar_version, entity_id=row.entity_id, region_id=row.region_id)
    return bool(_dated(policy, row, then, step).at != row.due_at)


def _stamped(
    row: LedgerRow, when: due.DueDate | None, policy: Held, calendar_version: int, now: datetime, *, waits: bool
) -> dict[str, Any]:
    """A row whose due date stays, under the present versions; its grace may be another."""
    limit = when.limit_at if when else row.limit_at
    return {
        "id": row.id, "policy_version": policy.version, "calendar_version": calendar_version, "limit_at": limit,
        "explanation": when.explanation if when else row.explanation, "changed_at": now,
        "status": ledger.status_under(row, limit, now, waits=waits),
    }  # fmt: skip
