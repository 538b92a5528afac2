"""What milestones do when an advisory that moved them is corrected or taken back."""

from collections.abc import Collection
from collections.abc import Iterator
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.actor import Actor
from db.errors import Conflict
from directory import entities
from forms.words import listed
from tracking import execution
from tracking import trace
from tracking.milestone_acts import DONE
from tracking.milestone_acts import Details
from tracking.milestone_acts import apply
from tracking.milestone_acts import latest_report
from tracking.milestone_acts import left_without
from tracking.milestone_acts import load
from tracking.milestone_acts import standing_advances
from tracking.milestone_acts import take_back_advance
from tracking.models import Advisory
from tracking.models import AdvisoryMilestone
from tracking.models import AdvisoryStatus
from tracking.models import Effect
from tracking.models import MilestoneAct
from tracking.models import MilestoneRecord
from tracking.models import MilestoneStatus
from tracking.models import PlanMilestone
from tracking.models import WorkPlan

Changed = Collection[str]
"""Names of what was corrected of an advisory, of those that its milestones repeat: day, text, minutes, attendance."""

PROOF = frozenset({"occurred_on", "minutes_file", "attendance_file"})
TEXT = frozenset({"summary"})


def ended(session: Session, advisory: Advisory) -> list[WorkPlan]:
    """The plans that ended with milestones which this advisory reported: those stay as they were that day."""
    if advisory.status != AdvisoryStatus.CLOSED:
        return []
    moved = (
        select(PlanMilestone.id, WorkPlan)
        .join(WorkPlan, WorkPlan.id == PlanMilestone.plan_id)
        .join(AdvisoryMilestone, AdvisoryMilestone.milestone_id == PlanMilestone.id)
        .where(AdvisoryMilestone.advisory_id == advisory.id, AdvisoryMilestone.effect == Effect.ACHIEVED)
        .where(PlanMilestone.status.in_(DONE), WorkPlan.status.not_in(trace.RUNNING))
    )
    found = [(latest_report(session, key), plan) for key, plan in session.execute(moved.order_by(PlanMilestone.id))]
    return list(dict.fromkeys(plan for report, plan in found if report and report.advisory_id == advisory.id))


def demand_alterable(session: Session, advisory: Advisory) -> None:
    """Raise Conflict, naming the entities, while milestones of plans that ended stand on an advisory."""
    plans = ended(session, advisory)
    if plans:
        names = entities.names(session, [plan.entity_id for plan in plans])
        told = listed(sorted(names.values()))
        raise Conflict(f"Sostiene hitos de planes que ya terminaron: {told}. No se rectifica ni se anula.",
                       code="plan_ended")  # fmt: skip


def take_back(
    session: Session, advisory: Advisory, reason: str, *, plans: Collection[int] | None = None, by: Actor, now: datetime
) -> None:
    """Annul what stands on an advisory, reports and progress, in all its plans or in some.

    What somebody replaced since is left alone.
    """
    for plan, milestone, report in _reports_on(session, advisory):
        if plans is None or plan.id in plans:
            lands = left_without(session, report)
            details = Details(reason=reason, corrects_id=report.id, advisory_id=advisory.id, lands=lands)
            apply(session, plan, milestone, MilestoneAct.ANNULLED, details, by=by, now=now)
    for plan, milestone, record in _advances_on(session, advisory):
        if plans is None or plan.id in plans:
            take_back_advance(session, plan, milestone, record, reason, by=by, now=now)


def follow(
    session: Session, advisory: Advisory, changed: Changed, *, reason: str, by: Actor, now: datetime
) -> list[int]:
    """Give what stands on an advisory the day, the text and the evidence that it has now; returns the milestones.

    What was verified has to be verified again when its day or its evidence is another; another text alone leaves it.
    """
    moved = []
    if PROOF & set(changed) or TEXT & set(changed):
        for plan, milestone, report in list(_reports_on(session, advisory)):
            if milestone.status == MilestoneStatus.REPORTED or PROOF & set(changed):
                details = _as_now(advisory, reason, report)
                apply(session, plan, milestone, MilestoneAct.RECTIFIED, details, by=by, now=now)
                moved.append(milestone.id)
        moved += _advances_again(session, advisory, reason, by, now)
    return moved


def verified_on(session: Session, advisory: Advisory) -> list[PlanMilestone]:
    """The milestones that were verified with what this advisory reported."""
    rows = [
        session.get_one(PlanMilestone, key)
        for key in _moved_by(session, advisory, Effect.ACHIEVED)
    ]  # fmt: skip
    standing = [row for row in rows if row.status == MilestoneStatus.VERIFIED]
    reports = {row.id: latest_report(session, row.id) for row in standing}
    return [row for row in standing if (report := reports[row.id]) and report.advisory_id == advisory.id]


def _advances_again(session: Session, advisory: Advisory, reason: str, by: Actor, now: datetime) -> list[int]:
    """Progress cannot be rectified: it is annulled and registered again, while the assistance is under way."""
    again = []
    for plan, milestone, record in list(_advances_on(session, advisory)):
        if not execution.is_open(session, plan):
            continue
        take_back_advance(session, plan, milestone, record, reason, by=by, now=now)
        apply(session, plan, milestone, MilestoneAct.ADVANCED, _as_now(advisory, reason), by=by, now=now)
        again.append(milestone.id)
    return again


def _as_now(advisory: Advisory, reason: str, corrected: MilestoneRecord | None = None) -> Details:
    return Details(
        occurred_on=advisory.occurred_on, note=advisory.summary,
        files=[token for token in (advisory.minutes_file, advisory.attendance_file) if token], reason=reason,
        corrects_id=corrected.id if corrected else None, advisory_id=advisory.id,
    )  # fmt: skip


def _advances_on(session: Session, advisory: Advisory) -> Iterator[tuple[WorkPlan, PlanMilestone, MilestoneRecord]]:
    for milestone_id in _moved_by(session, advisory, Effect.ADVANCED):
        plan, milestone = load(session, milestone_id)
        mine = [row for row in standing_advances(session, milestone_id) if row.advisory_id == advisory.id]
        if mine and milestone.status == MilestoneStatus.IN_PROGRESS:
            yield plan, milestone, mine[-1]


def _reports_on(session: Session, advisory: Advisory) -> Iterator[tuple[WorkPlan, PlanMilestone, MilestoneRecord]]:
    for milestone_id in _moved_by(session, advisory, Effect.ACHIEVED):
        plan, milestone = load(session, milestone_id)
        report = latest_report(session, milestone_id)
        if milestone.status in DONE and report is not None and report.advisory_id == advisory.id:
            yield plan, milestone, report


def _moved_by(session: Session, advisory: Advisory, effect: Effect) -> Sequence[int]:
    """In one order everywhere, so that two advisories never wait for each other's plans."""
    statement = select(AdvisoryMilestone.milestone_id).where(
        AdvisoryMilestone.advisory_id == advisory.id, AdvisoryMilestone.effect == effect
    )
    return session.scalars(statement.order_by(AdvisoryMilestone.milestone_id)).all()
