"""Policies whose obligations go in steps: what is to be done before one, and who decides its statement.

Rooms declare them by the key of the policy. One that is not declared stands alone, and its supervisor decides.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from notifications.ledger import OPEN
from notifications.models import Obligation
from notifications.models import Policy
from notifications.supervisors import Book

ScopedRow = Any
"""An obligation, or what one query read of it: at least its `unit_id`, `region_id` and `debtor_id`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What is special about the obligations of a policy.

    `after` is the policy of the step before, about the same subject and period; `decided_by` the role that alone
    accepts or returns its statements (where nobody but the debtor holds it, the supervisor does); `meets` the policy
    that is met when one is accepted; `days_ahead` how many days before its period the thing may be done; `reaches`
    names the step before in words («la carga») where a statement may be returned because of it, and it with it.
    """

    after: str = ""
    decided_by: str = ""
    meets: str = ""
    days_ahead: int = 0
    reaches: str = ""


ALONE = Step()
_steps: dict[str, Step] = {}


def declare(policy: str, step: Step) -> None:
    """Say what is special about the obligations of a policy."""
    _steps[policy] = step


def of(policy: str) -> Step:
    """What is special about the obligations of a policy."""
    return _steps.get(policy, ALONE)


def step_of(session: Session, row: Obligation) -> Step:
    """The same, of the policy of an obligation."""
    return of(session.scalars(select(Policy.key).where(Policy.id == row.policy_id)).one())


def before(session: Session, row: Obligation) -> Obligation | None:
    """The obligation of the step before; None for one that stands alone, or before which nothing is owed."""
    return _same(session, row, step_of(session, row).after)


def following(session: Session, row: Obligation) -> Obligation | None:
    """The obligation that is met when a statement about this one is accepted."""
    return _same(session, row, step_of(session, row).meets)


def waits_for(session: Session, row: Obligation) -> Obligation | None:
    """The obligation of the step before, as long as it is open."""
    found = before(session, row)
    return found if found is not None and found.status in OPEN else None


def deciders(session: Session, book: Book, row: Obligation) -> Collection[int]:
    """Who alone decides statements about an obligation; nobody where its supervisors and the DER do."""
    return deciders_of(step_of(session, row), book, row)


def deciders_of(step: Step, book: Book, row: ScopedRow) -> Collection[int]:
    """The same, of an obligation of a policy whose step is known; `row` has its unit, its region and its debtor."""
    held = book.holders(step.decided_by, unit_id=row.unit_id, region_id=row.region_id) if step.decided_by else ()
    return [person for person in held if person != row.debtor_id]


def _same(session: Session, row: Obligation, policy: str) -> Obligation | None:
    if not policy:
        return None
    statement = (
        select(Obligation)
        .join(Policy, Policy.id == Obligation.policy_id)
        .where(
            Policy.key == policy, Obligation.subject_kind == row.subject_kind,
            Obligation.subject_id == row.subject_id, Obligation.period == row.period,
        )
    )  # fmt: skip
    return session.scalars(statement).one_or_none()
