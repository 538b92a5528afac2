"""When a step that waits is due if the steps before it are presented on their day."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from notifications import chains
from notifications import policies
from notifications import recompute
from notifications import waiting
from notifications.due import DueDate
from notifications.models import Obligation
from notifications.places import Places


def if_in_time(session: Session, row: Obligation, *, now: datetime) -> DueDate | None:
    """When `row`, which waits, is due if the step before is presented on its day; None where a step before is late."""
    before = chains.before(session, row)
    step = waiting.before(session, [row.id]).get(row.id)
    if before is None or step is None or _is_late(session, before, now):
        return None
    policy = policies.many(session, [row.policy_id])[row.policy_id]
    presented = replace(step, freed_at=before.due_at, how="se presenta a tiempo")
    return recompute.present_due(policy, row, Places(session), presented)


def _is_late(session: Session, row: Obligation, now: datetime) -> bool:
    """Whether `row`, or the step for which it waits itself, should be over already."""
    before: Obligation | None = row
    while before is not None and before.limit_at >= now:
        step = waiting.before(session, [before.id]).get(before.id)
        before = session.get(Obligation, step.id) if step is not None and step.waits else None
    return before is not None
