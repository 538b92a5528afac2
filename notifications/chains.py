"""Policies whose obligations go in steps: what is to be done before one, and who decides its statement.

Rooms declare them by the key of the policy. One that is not declared stands alone, and its supervisor decides.
"""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy import and_
from sqlalchemy import exists
from sqlalchemy import false
from sqlalchemy import func
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import aliased

from directory.chunks import chunks
from notifications.models import OPEN
from notifications.models import Obligation
from notifications.models import Policy
from notifications.models import Statement
from notifications.models import StatementStatus
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


def links() -> list[tuple[str, str]]:
    """The policies whose steps follow another one, each with that of the step before."""
    return [(policy, step.after) for policy, step in _steps.items() if step.after]


def earlier_still() -> list[tuple[str, str]]:
    """The policies whose steps follow another one, each with those of all the steps before that one."""
    return [(policy, first) for policy, of_before in links() for first in earlier(of_before)]


def next_of(policy: str) -> list[str]:
    """The policies whose step follows that of `policy`."""
    return [following for following, before in links() if before == policy]


def linked(policy: str) -> bool:
    """Whether the step of a policy follows another one, or is followed by one."""
    return bool(of(policy).after or next_of(policy))


def earlier(policy: str) -> list[str]:
    """The policies of all the steps before that of `policy`, the nearest first."""
    found: list[str] = []
    while (policy := of(policy).after) and policy not in found:
        found.append(policy)
    return found


def later(policy: str) -> list[str]:
    """The policies of all the steps after that of `policy`."""
    return [following for following, _ in links() if policy in earlier(following)]


STANDING = (StatementStatus.PRESENTED, StatementStatus.ACCEPTED)
"""A statement that was not returned: whoever does the next step has the thing in their hands."""


def waits() -> ColumnElement[bool]:
    """Which obligations wait: they are open, and so is the step before, of which no statement stands.

    One that stands says nothing as long as a step before that one is open: nobody may decide it (`blocked`).
    """
    return _waits(tuple(links()))


@cache  # many lists ask it, and to say it takes longer than most of them
def _waits(pairs: tuple[tuple[str, str], ...]) -> ColumnElement[bool]:
    before = aliased(Obligation)
    stated = exists().where(Statement.obligation_id == before.id, Statement.status.in_(STANDING))
    return or_(
        false(),
        *(
            (Obligation.policy_id == id_of(policy))
            & Obligation.status.in_(OPEN)
            & exists()
            .where(
                same_case(before, of_before),
                before.status.in_(OPEN),
                or_(~stated.correlate(before), *(_is_open(policy) for policy in earlier(of_before))),
            )
            .correlate(Obligation)
            for policy, of_before in pairs
        ),
    )


def blocked() -> ColumnElement[bool]:
    """Which obligations have a step before them that is open: nothing is presented nor decided about them."""
    return _blocked(tuple(links()))


@cache
def _blocked(pairs: tuple[tuple[str, str], ...]) -> ColumnElement[bool]:
    found = ((Obligation.policy_id == id_of(policy)) & _is_open(of_before) for policy, of_before in pairs)
    return or_(false(), *found)


def _is_open(policy: str) -> ColumnElement[bool]:
    """Whether the step of the policy with this key, of the same case as an obligation, is open."""
    step = aliased(Obligation)
    return exists().where(same_case(step, policy), step.status.in_(OPEN)).correlate(Obligation)


def waiting_among(session: Session, policy: str, ids: Collection[int]) -> set[int]:
    """Those of `ids`, obligations of the policy with this key, that wait; nothing is asked of one that stands alone."""
    if not of(policy).after:
        return set()
    return {
        key for some in chunks(sorted(ids))
        for key in session.scalars(select(Obligation.id).where(Obligation.id.in_(some), waits()))
    }  # fmt: skip


def id_of(policy: str) -> Any:
    """The id of a policy, asked once for the whole of a statement; no id where it is not installed.

    Null would be worse than none: what is neither true nor false is in no list, nor in the list of the rest.
    """
    return func.coalesce(select(Policy.id).where(Policy.key == policy).scalar_subquery(), 0)


def same_case(before: Any, of_before: str) -> ColumnElement[bool]:
    """Whether `before` is, under the policy `of_before`, about the same subject and period as an obligation."""
    return and_(
        before.policy_id == id_of(of_before), before.subject_kind == Obligation.subject_kind,
        before.subject_id == Obligation.subject_id, before.period == Obligation.period,
    )  # fmt: skip


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
