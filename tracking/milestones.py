"""What people do with the milestones of a plan: report, verify, block, correct. Nothing is erased."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.actor import Actor
from db.errors import Conflict
from db.errors import NotAllowed
from db.errors import NotFound
from directory.access import allowed
from directory.access import demand
from directory.principal import Principal
from tracking import advisory_doubts
from tracking import consent
from tracking import evidence
from tracking import trace
from tracking.milestone_acts import Details
from tracking.milestone_acts import apply
from tracking.milestone_acts import latest_report
from tracking.milestone_acts import left_without
from tracking.milestone_acts import load
from tracking.milestone_acts import records_of
from tracking.milestone_acts import standing_advances
from tracking.milestone_acts import take_back_advance
from tracking.models import MilestoneAct
from tracking.models import MilestoneRecord
from tracking.models import MilestoneStatus
from tracking.models import PlanMilestone
from tracking.models import WorkPlan

WITHOUT_EVIDENCE = "Sin evidencia:"

__all__ = [
    "advance", "annul", "annul_advance", "applicable", "block", "not_applicable", "of_plan", "records_of", "rectify",
    "reject", "report", "unblock", "unverify", "verify",
]  # fmt: skip


def of_plan(session: Session, plan_id: int, *, retired: bool = False) -> list[PlanMilestone]:
    """The milestones of a plan in the order of work; with those that a modification retired when `retired`."""
    statement = select(PlanMilestone).where(PlanMilestone.plan_id == plan_id).order_by(PlanMilestone.position)
    return list(session.scalars(statement if retired else statement.where(PlanMilestone.retired_at.is_(None))))


def report(
    session: Session, milestone_id: int, *, occurred_on: date, note: str = "", files: Sequence[str] = (),
    without_evidence: str = "", confirmed: bool = True, by: Principal, now: datetime,
) -> MilestoneRecord:  # fmt: skip
    """Say that a milestone was reached on a day, with evidence (tokens of files). It counts as reported.

    `without_evidence` says why there is none: a report without files and without that is refused. A day before the plan
    was opened takes `confirmed`, as that of an advisory does; the doors ask whoever reports for it. Raises NotFound,
    NotAllowed, Conflict when its state does not allow it, InvalidData (`occurred_on`, `files`, `confirmed`).
    """
    done = _done(session, milestone_id, occurred_on, note, files, by, now, confirmed=confirmed)
    details = _proved(done, without_evidence)
    return _write(session, milestone_id, MilestoneAct.REPORTED, details, by, now)


def advance(
    session: Session, milestone_id: int, *, occurred_on: date, note: str, files: Sequence[str] = (),
    confirmed: bool = True, by: Principal, now: datetime,
) -> MilestoneRecord:  # fmt: skip
    """Say that a milestone was worked on without being reached; the percentages do not move. Raises as `report`."""
    note = trace.required(note, "note", "Escriba qué se avanzó.")
    details = _done(session, milestone_id, occurred_on, note, files, by, now, confirmed=confirmed)
    return _write(session, milestone_id, MilestoneAct.ADVANCED, details, by, now)


def annul_advance(
    session: Session, milestone_id: int, *, reason: str, record_id: int | None = None, by: Principal, now: datetime
) -> MilestoneRecord:
    """Take back progress that was registered by mistake: the last, or the record `record_id`. It stays in the records.

    The milestone is pending again when no progress is left. Raises NotFound, NotAllowed, Conflict when the milestone
    is not in progress or has no such progress, InvalidData (`reason`).
    """
    plan, milestone, actor = _turning(session, milestone_id, by, "plan.write")
    taken = [row for row in standing_advances(session, milestone_id) if record_id in (None, row.id)][-1:]
    if not taken:
        raise Conflict("No hay un avance que anular en este hito.", code="milestone_state")
    return take_back_advance(session, plan, milestone, taken[0], _because(reason).reason, by=actor, now=now)


def not_applicable(
    session: Session, milestone_id: int, *, reason: str, by: Principal, now: datetime
) -> MilestoneRecord:
    """Leave a milestone out in this entity; the others take its weight. Raises as `report`, InvalidData (`reason`)."""
    return _write(session, milestone_id, MilestoneAct.NOT_APPLICABLE, _because(reason), by, now)


def applicable(session: Session, milestone_id: int, *, reason: str, by: Principal, now: datetime) -> MilestoneRecord:
    """Take a milestone back that had been left out. Raises as `not_applicable`."""
    return _write(session, milestone_id, MilestoneAct.APPLICABLE, _because(reason), by, now)


def block(session: Session, milestone_id: int, *, reason: str, by: Principal, now: datetime) -> MilestoneRecord:
    """Say that the entity holds a milestone up, which is not held against its advisor. Raises as `not_applicable`."""
    return _write(session, milestone_id, MilestoneAct.BLOCKED, _because(reason), by, now)


def unblock(session: Session, milestone_id: int, *, note: str = "", by: Principal, now: datetime) -> MilestoneRecord:
    """Say that a milestone can go on. Raises NotFound, NotAllowed, Conflict."""
    return _write(session, milestone_id, MilestoneAct.UNBLOCKED, Details(note=note.strip()), by, now)


def rectify(
    session: Session, milestone_id: int, *, occurred_on: date, note: str = "", files: Sequence[str] = (), reason: str,
    confirmed: bool = True, by: Principal, now: datetime,
) -> MilestoneRecord:  # fmt: skip
    """Replace the report that stands; a verification falls and must be done again.

    Raises as `report`, and InvalidData (`reason`). The replaced report stays in the records.
    """
    done = _done(session, milestone_id, occurred_on, note, files, by, now, confirmed=confirmed)
    reason = _because(reason).reason
    return _correct(session, milestone_id, MilestoneAct.RECTIFIED, done, reason, by, now)


def annul(session: Session, milestone_id: int, *, reason: str, by: Principal, now: datetime) -> MilestoneRecord:
    """Take back the report that stands; the milestone is what the rest of its records say. Raises as `rectify`."""
    return _correct(session, milestone_id, MilestoneAct.ANNULLED, Details(), _because(reason).reason, by, now)


def verify(session: Session, milestone_id: int, *, note: str = "", by: Principal, now: datetime) -> MilestoneRecord:
    """Confirm a report of somebody else, after looking at its evidence; without any, `note` says how it was checked.

    Raises NotFound, NotAllowed without `milestone.verify` or for one's own report, Conflict when there is no report to
    verify or the entity did not agree to be followed up, InvalidData (`note`).
    """
    return _check(session, milestone_id, MilestoneAct.VERIFIED, Details(note=note.strip()), by, now)


def unverify(session: Session, milestone_id: int, *, reason: str, by: Principal, now: datetime) -> MilestoneRecord:
    """Take back a verification that was a mistake: the report stands and waits again. Raises as `reject`."""
    return _check(session, milestone_id, MilestoneAct.UNVERIFIED, _because(reason), by, now)


def reject(session: Session, milestone_id: int, *, reason: str, by: Principal, now: datetime) -> MilestoneRecord:
    """Refuse a report of somebody else, saying what is missing. Raises as `verify`, and InvalidData (`reason`)."""
    return _check(session, milestone_id, MilestoneAct.REJECTED, _because(reason), by, now)


def _turning(session: Session, milestone_id: int, by: Principal, action: str) -> tuple[WorkPlan, PlanMilestone, Actor]:
    """A milestone with its plan, which is locked, and the capacity in which `by` does `action` on it.

    Whoever may not see the plan is told so before whether it ended.
    """
    demand(by, action, trace.scope_of_plan(session, _plan_of(session, milestone_id)))
    plan, milestone = load(session, milestone_id)
    return plan, milestone, demand(by, action, trace.scope_of_plan(session, plan))


def _plan_of(session: Session, milestone_id: int) -> WorkPlan:
    of = select(WorkPlan).join(PlanMilestone, PlanMilestone.plan_id == WorkPlan.id)
    plan = session.scalars(of.where(PlanMilestone.id == milestone_id)).one_or_none()
    if plan is None:
        raise NotFound("el hito", milestone_id)
    return plan


def _write(
    session: Session, milestone_id: int, act: MilestoneAct, details: Details, by: Principal, now: datetime
) -> MilestoneRecord:
    plan, milestone, actor = _turning(session, milestone_id, by, "plan.write")
    return apply(session, plan, milestone, act, details, by=actor, now=now)


def _correct(
    session: Session, milestone_id: int, act: MilestoneAct, done: Details, reason: str, by: Principal, now: datetime
) -> MilestoneRecord:
    plan, milestone, actor = _turning(session, milestone_id, by, "plan.write")
    replaced = latest_report(session, milestone_id)
    details = Details(
        occurred_on=done.occurred_on,
        note=done.note,
        files=done.files,
        reason=reason,
        corrects_id=replaced.id if replaced else None,
        advisory_id=replaced.advisory_id if replaced else None,
        lands=left_without(session, replaced) if replaced and act == MilestoneAct.ANNULLED else None,
    )
    return apply(session, plan, milestone, act, details, by=actor, now=now)


def _check(
    session: Session, milestone_id: int, act: MilestoneAct, details: Details, by: Principal, now: datetime
) -> MilestoneRecord:
    plan, milestone, actor = _turning(session, milestone_id, by, "milestone.verify")
    if refusal := consent.not_followed(plan):
        raise Conflict(refusal, code="no_consent")
    _check_other(session, milestone, actor)
    if act == MilestoneAct.VERIFIED and milestone.status == MilestoneStatus.REPORTED:
        _demand_proof(session, milestone, details)
    return apply(session, plan, milestone, act, details, by=actor, now=now)


def reported_apart(session: Session, plan: WorkPlan, milestone: PlanMilestone, by: Principal) -> bool:
    """Whether the report is of others than `by` and whoever they would verify it for: who reports does not verify."""
    grant = allowed(by, "milestone.verify", trace.scope_of_plan(session, plan))
    return grant is not None and not _authors_among(session, milestone, by.actor(grant))


def _demand_proof(session: Session, milestone: PlanMilestone, details: Details) -> None:
    report = latest_report(session, milestone.id)
    if report is not None and not report.files:
        trace.required(details.note, "note", "Se reportó sin evidencia: escriba cómo comprobó que se cumplió.")


def _check_other(session: Session, milestone: PlanMilestone, actor: Actor) -> None:
    own = _authors_among(session, milestone, actor)
    if actor.person_id in own:
        message = "Nadie verifica lo que reportó: pida a otra persona que lo haga."
        raise NotAllowed(message, action="milestone.verify")
    if own:
        message = "Lo reportó la persona por la que usted actúa: pida a otra persona que lo verifique."
        raise NotAllowed(message, action="milestone.verify")


def _authors_among(session: Session, milestone: PlanMilestone, actor: Actor) -> set[int | None]:
    """Those who reported, or in whose name it was reported, that are `actor` or whom `actor` acts for."""
    report = latest_report(session, milestone.id)
    authors = {report.author_id, report.on_behalf_of} - {None} if report else set[int | None]()
    return authors & {actor.person_id, actor.on_behalf_of}


def _done(
    session: Session, milestone_id: int, occurred_on: date, note: str, files: Sequence[str], by: Principal,
    now: datetime, *, confirmed: bool,
) -> Details:  # fmt: skip
    plan = _plan_of(session, milestone_id)
    demand(by, "plan.write", trace.scope_of_plan(session, plan))  # before it is told how the plan stands
    day = evidence.check_in_plan(occurred_on, "occurred_on", plan, now=now)
    doubts = advisory_doubts.before_plan(session, day, [(plan, plan.entity_id)], now)
    advisory_doubts.demand_none(doubts, confirmed=confirmed)
    return Details(
        occurred_on=day,
        note=note.strip(),
        files=evidence.check_files(session, files, "files", by=by),
    )


def _proved(details: Details, without_evidence: str) -> Details:
    if details.files:
        return details
    said = trace.required(without_evidence, "files", "Adjunte la evidencia, o explique por qué no la hay.")
    return replace(details, reason=f"{WITHOUT_EVIDENCE} {said}")


def _because(reason: str) -> Details:
    return Details(reason=trace.reasoned(reason, "Escriba el motivo."))
