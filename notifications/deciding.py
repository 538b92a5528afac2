"""Who decides a statement, in which capacity, and why not somebody else."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.clock import local_date
from directory import access
from directory.access import Subject
from directory.principal import Grant
from directory.principal import Principal
from notifications import chains
from notifications import obligations
from notifications.models import Obligation
from notifications.models import Policy
from notifications.models import Statement
from notifications.supervisors import Book

DECIDE = "statement.decide"


def grant_of(by: Principal, book: Book, policy: str, row: chains.ScopedRow) -> Grant | None:
    """The grant by which `by` decides about an obligation of the policy with this key; None when that is not for them.

    It is theirs, or lent by somebody who decides: who decides for the director does so by that delegation, whatever
    they are themselves. Where one role alone decides, no other one does, though the same person lent it.
    """
    where, step = Subject(unit_id=row.unit_id, region_id=row.region_id), chains.of(policy)
    if alone := chains.deciders_of(step, book, row):
        return access.allowed_through(by, DECIDE, where, people=alone, role=step.decided_by)
    chosen = (*book.of(region_id=row.region_id, unit_id=row.unit_id, debtor_id=row.debtor_id), *book.der)
    return access.allowed_through(by, DECIDE, where, people=chosen)


def found(
    session: Session, row: Obligation, statement: Statement, by: Principal, now: datetime
) -> tuple[Grant | None, str]:  # fmt: skip
    """The grant by which `by` decides this statement; without one, why they do not."""
    if not access.allowed(by, DECIDE, obligations.subject(row)):
        return None, "Usted no tiene permiso para decidir esta constancia."
    if statement.presented_by == by.person_id or row.debtor_id in by.stands_for():
        return None, "La constancia la decide quien supervisa, nunca quien la presentó ni quien la debe."
    policy = session.scalars(select(Policy.key).where(Policy.id == row.policy_id)).one()
    grant = grant_of(by, Book(session, local_date(now)), policy, row)
    return grant, "" if grant else "La constancia la decide quien supervisa esta obligación."
