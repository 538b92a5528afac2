"""Steps of chains that people do, one after the other, and what the oracle is told of it."""

from collections.abc import Callable
from collections.abc import Sequence
from datetime import date
from datetime import datetime
from datetime import timedelta
from random import Random

from sqlalchemy import func
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.clock import local_date
from directory.models import RoleGrant
from directory.principal import load
from notifications import acts
from notifications import chains
from notifications import statements
from notifications.ledger import BY_SYSTEM
from notifications.ledger import OPEN
from notifications.models import Obligation
from notifications.models import ObligationStatus
from notifications.models import Policy
from notifications.models import Statement
from notifications.models import StatementStatus
from notifications.statements import NewStatement
from notifications.supervisors import Book
from tests.oracle.steps import Act
from tests.oracle.steps import Place

Acts = list[Act]


def waiting(session: Session, now: datetime) -> int:
    """How many steps wait although their own limit is over."""
    late = Obligation.limit_at < now, Obligation.status == ObligationStatus.PENDING
    return session.scalar(select(func.count()).where(chains.waits(), *late)) or 0


def act(session: Session, random: Random, told: Acts, now: datetime) -> None:
    """Let somebody do something with one step of a chain, if the one that is chosen allows it."""
    keys = {key for pair in chains.links() for key in pair}
    found = session.execute(
        select(Obligation, Policy.key)
        .join(Policy, Policy.id == Obligation.policy_id)
        .where(Policy.key.in_(keys), or_(Obligation.status.in_(OPEN), Obligation.status == ObligationStatus.WAIVED))
        .order_by(Obligation.id)
    ).all()
    ready = [(row, key) for row, key in found if _may_be_done(session, row)]
    if not ready:
        return
    row, key = random.choice(ready)
    place: Place = (key, row.subject_kind, row.subject_id, row.period)
    waiting = _presented(session, row)
    if row.status == ObligationStatus.WAIVED:
        _excused(session, row, place, told, now, acts.reopen, "reopened")
    elif random.random() < 0.15 and waiting is None:
        _excused(session, row, place, told, now, acts.waive, "waived")
    elif waiting is None:
        _present(session, random, row, place, told, now)
    else:
        _decide(session, random, row, waiting, place, told, now)


def _may_be_done(session: Session, row: Obligation) -> bool:
    """What waits is done by nobody; what the system waived is for the system to open."""
    if row.status == ObligationStatus.WAIVED:
        return row.reason not in BY_SYSTEM
    presentable = row.debtor_id is not None and chains.waits_for(session, row) is None
    return presentable or _presented(session, row) is not None


def _presented(session: Session, row: Obligation) -> Statement | None:
    wanted = Statement.obligation_id == row.id, Statement.status == StatementStatus.PRESENTED
    return session.scalars(select(Statement).where(*wanted)).one_or_none()


Excusing = Callable[..., Obligation]


def _excused(
    session: Session, row: Obligation, place: Place, told: Acts, now: datetime, how: Excusing, what: str
) -> None:  # fmt: skip
    held = select(RoleGrant.person_id).where(RoleGrant.role == "der_monitoring").order_by(RoleGrant.person_id)
    by = load(session, session.scalars(held.limit(1)).one(), now=now)
    how(session, row.id, "Por acuerdo con la DER del año en curso", by=by, now=now)
    told.append(Act(local_date(now), what, place))


def _present(
    session: Session, random: Random, row: Obligation, place: Place, told: Acts, now: datetime
) -> None:  # fmt: skip
    before = chains.before(session, row)
    first = max(row.period_start, local_date(before.met_at)) if before and before.met_at else row.period_start
    on = _between(random, first, local_date(now))
    new = NewStatement(text="Quedó hecho", happened_on=on, evidence_link="https://example.org/1", confirmed=True)
    statements.present(session, row.id, new, by=load(session, row.debtor_id or 0, now=now), now=now)
    told.append(Act(local_date(now), "presented", place))


def _decide(
    session: Session, random: Random, row: Obligation, waiting: Statement, place: Place, told: Acts, now: datetime
) -> None:  # fmt: skip
    today, fate = local_date(now), random.random()
    if fate < 0.2:
        statements.withdraw(session, waiting.id, by=load(session, waiting.presented_by, now=now), now=now)
        told.append(Act(today, "returned", place))
        return
    deciders = _deciders(session, row, today)
    if not deciders:
        return
    by = load(session, deciders[0], now=now)
    if fate < 0.6:
        statements.accept(session, waiting.id, confirmed=True, by=by, now=now)
        told.append(Act(today, "accepted", place, waiting.happened_on))
        return
    reached = statements.reached(session, row) if fate < 0.8 else None
    statements.return_(session, waiting.id, "Falta el anexo", with_before=reached is not None, by=by, now=now)
    told.append(Act(today, "returned", place))
    if reached is not None:
        told.append(Act(today, "taken_back", (chains.of(place[0]).after, *place[1:])))


def _deciders(session: Session, row: Obligation, today: date) -> Sequence[int]:
    return sorted(chains.deciders(session, Book(session, today), row))


def _between(random: Random, first: date, last: date) -> date:
    return first + timedelta(days=random.randint(0, (last - first).days))
