"""What went wrong and what went well in a period, for the entities that somebody attends, as it is registered."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy import func
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.clock import local_date
from notifications import policies
from notifications.calendar import in_words
from notifications.models import Obligation
from notifications.models import ObligationStatus
from notifications.periods import Period
from notifications.periods import bounds
from tracking import facts
from tracking import lineage
from tracking.models import ActionStatus
from tracking.models import Consent
from tracking.models import CorrectiveAction
from tracking.models import MilestoneAct
from tracking.models import MilestoneRecord
from tracking.models import MilestoneStatus
from tracking.models import PlanMilestone
from tracking.models import WorkPlan
from tracking.reports.activities import entities_of_plans
from tracking.reports.activities import shortened

HARD = {MilestoneAct.BLOCKED: "Hito bloqueado por la entidad", MilestoneAct.REJECTED: "Reporte de hito devuelto"}
DONE = (MilestoneStatus.REPORTED, MilestoneStatus.VERIFIED)


@dataclass(frozen=True, slots=True)
class Point:
    """One difficulty or achievement."""

    on: date
    text: str
    url: str


def difficulties(session: Session, person_id: int, period: Period) -> list[Point]:
    """Blocked or returned milestones, consents refused or withdrawn, actions opened, and late registrations."""
    found = [
        *_hard_milestones(session, person_id, period),
        *_consents(session, person_id, period),
        *_actions(session, person_id, period),
        *_late(session, person_id, period),
    ]
    return sorted(found, key=lambda one: one.on)


def achievements(session: Session, person_id: int, period: Period) -> list[Point]:
    """Milestones met in the period, by the day on which they were; then those met before and verified in it."""
    since, until = bounds(period)
    met = PlanMilestone.achieved_on.between(period.start, period.end)
    confirmed = (PlanMilestone.verified_at >= since) & (PlanMilestone.verified_at < until)
    statement = (
        select(PlanMilestone)
        .join(WorkPlan, WorkPlan.id == PlanMilestone.plan_id)
        .where(_whose(person_id), PlanMilestone.status.in_(DONE), or_(met, confirmed))
        .where(PlanMilestone.retired_at.is_(None))
        .order_by(PlanMilestone.id)
    )
    rows = session.scalars(statement).all()
    places = entities_of_plans(session, (row.plan_id for row in rows))
    told = [_achieved(row, places.get(row.plan_id, ""), period) for row in rows]
    return sorted(told, key=lambda one: (not period.start <= one.on <= period.end, one.on))


def _whose(person_id: int) -> ColumnElement[bool]:
    """Milestones that somebody reported, or that were reported for them, whoever has the plan now."""
    row, said = MilestoneRecord, (MilestoneAct.REPORTED, MilestoneAct.RECTIFIED)
    of_last = (
        select(func.coalesce(row.on_behalf_of, row.author_id))
        .where(row.milestone_id == PlanMilestone.id, row.act.in_(said))
        .order_by(row.sequence.desc())
        .limit(1)
        .correlate(PlanMilestone)
    )
    return of_last.scalar_subquery() == person_id


def _achieved(row: PlanMilestone, place: str, period: Period) -> Point:
    verified = row.status == MilestoneStatus.VERIFIED
    on = row.achieved_on or local_date(row.verified_at or row.reported_at or _missing(row))
    how = "cumplido y verificado" if verified else "cumplido"
    if on < period.start and row.verified_at is not None:
        how = f"cumplido antes, verificado el {in_words(local_date(row.verified_at))}"
    return Point(on, f"Hito {row.number} «{row.name}», {place}: {how}", f"/hitos/{row.id}")


def _missing(row: PlanMilestone) -> Any:
    raise AssertionError(f"milestone {row.id} is done and nothing says when")


def _hard_milestones(session: Session, person_id: int, period: Period) -> Iterator[Point]:
    since, until = bounds(period)
    statement: Any = (
        select(MilestoneRecord, lineage.number_said(), PlanMilestone.name)
        .join(PlanMilestone, PlanMilestone.id == MilestoneRecord.milestone_id)
        .join(WorkPlan, WorkPlan.id == MilestoneRecord.plan_id)
        .where(
            WorkPlan.advisor_id == person_id, MilestoneRecord.act.in_(list(HARD)), MilestoneRecord.at >= since,
            MilestoneRecord.at < until,
        )
        .order_by(MilestoneRecord.id)
    )  # fmt: skip
    rows = session.execute(statement).all()
    places = entities_of_plans(session, (row.plan_id for row, _, _ in rows))
    for row, number, name in rows:
        why = f": {shortened(row.reason or row.note)}" if row.reason or row.note else ""
        words = f"{HARD[MilestoneAct(row.act)]}, {number} «{name}», {places.get(row.plan_id, '')}{why}"
        yield Point(local_date(row.at), words, f"/hitos/{row.milestone_id}")


def _consents(session: Session, person_id: int, period: Period) -> Iterator[Point]:
    statement = (
        select(Consent)
        .join(WorkPlan, WorkPlan.id == Consent.plan_id)
        .where(
            WorkPlan.advisor_id == person_id, Consent.decision != "given",
            Consent.decided_on.between(period.start, period.end),
        )
        .order_by(Consent.id)
    )  # fmt: skip
    rows = session.scalars(statement).all()
    places = entities_of_plans(session, (row.plan_id for row in rows))
    for row in rows:
        how = "negó" if row.decision == "refused" else "retiró"
        why = f": {shortened(row.reason)}" if row.reason else ""
        yield Point(
            row.decided_on, f"{places.get(row.plan_id, '')} {how} su consentimiento{why}",
            f"/planes/{row.plan_id}?parte=consentimiento",
        )  # fmt: skip


def _actions(session: Session, person_id: int, period: Period) -> Iterator[Point]:
    since, until = bounds(period)
    statement = (
        select(CorrectiveAction)
        .join(WorkPlan, WorkPlan.id == CorrectiveAction.plan_id)
        .where(WorkPlan.advisor_id == person_id)
        .where(CorrectiveAction.opened_at >= since, CorrectiveAction.opened_at < until)
        .order_by(CorrectiveAction.id)
    )
    rows = session.scalars(statement).all()
    places = entities_of_plans(session, (row.plan_id for row in rows))
    for row in rows:
        state = "cerrada" if row.status == ActionStatus.CLOSED else "abierta"
        words = f"Hallazgo en {places.get(row.plan_id, '')}: {shortened(row.finding)} (acción {state})"
        yield Point(local_date(row.opened_at), words, f"/planes/{row.plan_id}")


def _late(session: Session, person_id: int, period: Period) -> Iterator[Point]:
    """Advisories that were registered after their term, as the ledger says."""
    owed = (
        select(Obligation)
        .where(
            Obligation.debtor_id == person_id, Obligation.subject_kind == "advisory",
            Obligation.status.in_((ObligationStatus.LATE, ObligationStatus.OVERDUE)),
            Obligation.period_start.between(period.start, period.end),
        )
        .order_by(Obligation.id)
    )  # fmt: skip
    rows = session.scalars(owed).all()
    if not rows:
        return
    held = policies.many(session, {row.policy_id for row in rows})
    for row in rows:
        if facts.ADVISORY_REGISTERED in held[row.policy_id].at(row.period_start).spec.met_by:
            words = f"Registro tardío: {row.subject_label[:1].lower()}{row.subject_label[1:]}, fuera del plazo"
            yield Point(row.period_start, words, f"/asesorias/{row.subject_id}")
