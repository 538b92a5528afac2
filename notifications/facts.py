"""What happened: recorded once by the act itself, it meets every open obligation that it serves."""

from dataclasses import dataclass
from datetime import date
from datetime import datetime

from sqlalchemy import and_
from sqlalchemy import bindparam
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import history
from db.actor import Actor
from notifications import chains
from notifications import ledger
from notifications import policies
from notifications import serving
from notifications import steps
from notifications.ledger import OPEN
from notifications.models import Fact
from notifications.models import Obligation
from notifications.models import ObligationStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFact:
    """Something that happened to a subject on a day.

    `reference` tells two facts of a kind apart; `period` is a key, or empty where the day decides. `at` is when it
    counts as done; now, when it is not given.
    """

    kind: str
    reference: str
    subject_kind: str
    subject_id: int
    on: date
    label: str
    period: str = ""
    link: str = ""
    at: datetime | None = None


def record(session: Session, new: NewFact, *, by: Actor, now: datetime) -> Fact:
    """Keep what happened and meet what it serves. The same fact again changes nothing; a voided one counts again."""
    fact = _known(session, new)
    if fact is not None and fact.voided_at is None:
        return fact
    if fact is None:
        fact = Fact(
            kind=new.kind, reference=new.reference, subject_kind=new.subject_kind, subject_id=new.subject_id,
            period=new.period, on=new.on, at=new.at or now, label=new.label, link=new.link, author_id=by.person_id,
        )  # fmt: skip
        session.add(fact)
    else:
        fact.voided_at, fact.at, fact.on, fact.period = None, new.at or now, new.on, new.period
    session.flush()
    _meet(session, fact, now)
    return fact


def void(session: Session, kind: str, reference: str, *, by: Actor, now: datetime) -> int:
    """Take back a fact that did not hold: what it alone met opens again. Returns how many obligations opened."""
    same = select(Fact).where(Fact.kind == kind, Fact.reference == reference, Fact.voided_at.is_(None))
    opened = 0
    for fact in session.scalars(same).all():
        fact.voided_at = now
        session.flush()
        met = select(Obligation).where(Obligation.met_by == fact.id).order_by(Obligation.id).with_for_update()
        for row in session.scalars(met).all():
            opened += _without(session, row, fact, by, now)
    return opened


# Every act that is recorded asks these: they are built once.
_SAME = select(Fact).where(
    Fact.kind == bindparam("kind"), Fact.reference == bindparam("reference"),
    Fact.subject_kind == bindparam("subject_kind"), Fact.subject_id == bindparam("subject_id"),
)  # fmt: skip
_WAITING = (
    select(Obligation)
    .where(
        Obligation.subject_kind == bindparam("subject_kind"), Obligation.subject_id == bindparam("subject_id"),
        Obligation.status.in_(OPEN),
    )
    .order_by(Obligation.id)
    .with_for_update()
)  # fmt: skip
_IN_PERIOD = Obligation.period == bindparam("period")
_ON_DAY = and_(Obligation.period_start <= bindparam("on"), Obligation.period_end >= bindparam("on"))
_OF_PERIOD, _OF_DAY = _WAITING.where(_IN_PERIOD), _WAITING.where(or_(_IN_PERIOD, _ON_DAY))


def _known(session: Session, new: NewFact) -> Fact | None:
    about = {"subject_kind": new.subject_kind, "subject_id": new.subject_id}
    return session.scalars(_SAME, {"kind": new.kind, "reference": new.reference, **about}).one_or_none()


def _meet(session: Session, fact: Fact, now: datetime) -> None:
    about = {"subject_kind": fact.subject_kind, "subject_id": fact.subject_id, "period": fact.period}
    found = session.scalars(_OF_PERIOD, about) if fact.period else session.scalars(_OF_DAY, {**about, "on": fact.on})
    rows = found.all()
    if not rows:
        return
    held = policies.many(session, {row.policy_id for row in rows})
    for row in rows:
        policy = held[row.policy_id]
        if fact.kind in serving.kinds_of(policy.at(row.period_start)):
            _set(row, fact, now, waits=bool(chains.waiting_among(session, policy.key, [row.id])))
            steps.follow_of(session, policy.key, row, now=now)


def _set(row: Obligation, fact: Fact, now: datetime, *, waits: bool = False) -> None:
    """Nobody is late with a step that is done while the step before is still owed."""
    row.status = ObligationStatus.MET if waits else serving.outcome(fact.at, row.limit_at)
    row.met_at, row.met_by, row.changed_at = fact.at, fact.id, now


def _without(session: Session, row: Obligation, fact: Fact, by: Actor, now: datetime) -> bool:
    """Look for another fact that meets `row`, and open it when there is none; returns whether it opened."""
    policy = policies.many(session, [row.policy_id])[row.policy_id].at(row.period_start)
    others = serving.about(session, policy, row.subject_kind, [row.subject_id])
    other = serving.first(others.get(row.subject_id, ()), row.period, row.period_start, row.period_end)
    if other is not None:
        _set(row, other, now)
        return False
    reason = f"Dejó de valer lo que la cumplía: {fact.label.rstrip('. ')}."
    row.status = ObligationStatus.PENDING if now <= row.limit_at else ObligationStatus.OVERDUE
    row.met_at, row.met_by, row.reason, row.changed_at = None, None, reason, now
    row.version += 1
    history.record(
        session, ledger.obligation_chain(row.id), "obligation.reopened", by=by, now=now,
        summary="La obligación volvió a quedar abierta.", reason=reason,
    )  # fmt: skip
    steps.follow_of(session, policy.key, row, now=now)
    return True
