"""How a milestone of a plan goes from one state to another.

Every act leaves a record, moves the present state and brings the plan's sums up to date, in one transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from datetime import datetime

from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.actor import Actor
from db.errors import Conflict
from db.errors import NotFound
from tracking import rollup
from tracking import trace
from tracking.models import MilestoneAct
from tracking.models import MilestoneRecord
from tracking.models import MilestoneStatus
from tracking.models import PlanMilestone
from tracking.models import WorkPlan

Status = MilestoneStatus

IN_WORDS = {
    Status.PENDING: "pendiente",
    Status.IN_PROGRESS: "en curso",
    Status.REPORTED: "cumplido según reporte",
    Status.VERIFIED: "cumplido y verificado",
    Status.BLOCKED: "bloqueado por la entidad",
    Status.NOT_APPLICABLE: "no aplica",
}

ANY = frozenset(Status)
OPEN = frozenset({Status.PENDING, Status.IN_PROGRESS})
DONE = frozenset({Status.REPORTED, Status.VERIFIED})


@dataclass(frozen=True, slots=True)
class Transition:
    """From which states an act is possible, to which it leads (None: the same), and its verb for history."""

    sources: frozenset[Status]
    target: Status | None
    verb: str


TRANSITIONS: dict[MilestoneAct, Transition] = {
    MilestoneAct.ADVANCED: Transition(OPEN, Status.IN_PROGRESS, "Registró avance en"),
    MilestoneAct.REPORTED: Transition(OPEN, Status.REPORTED, "Reportó cumplido"),
    MilestoneAct.RECTIFIED: Transition(DONE, Status.REPORTED, "Rectificó el reporte de"),
    MilestoneAct.ANNULLED: Transition(DONE, Status.IN_PROGRESS, "Anuló el reporte de"),
    MilestoneAct.VERIFIED: Transition(frozenset({Status.REPORTED}), Status.VERIFIED, "Verificó"),
    MilestoneAct.REJECTED: Transition(frozenset({Status.REPORTED}), Status.IN_PROGRESS, "No aceptó el reporte de"),
    MilestoneAct.BLOCKED: Transition(OPEN, Status.BLOCKED, "Marcó como bloqueado por la entidad"),
    MilestoneAct.UNBLOCKED: Transition(frozenset({Status.BLOCKED}), Status.IN_PROGRESS, "Desbloqueó"),
    MilestoneAct.NOT_APPLICABLE: Transition(OPEN | {Status.BLOCKED}, Status.NOT_APPLICABLE, "Marcó que no aplica"),
    MilestoneAct.APPLICABLE: Transition(frozenset({Status.NOT_APPLICABLE}), Status.PENDING, "Marcó que sí aplica"),
    MilestoneAct.RETIRED: Transition(ANY, None, "Retiró, por modificación del protocolo,"),
    MilestoneAct.RESTORED: Transition(ANY, None, "Restableció, por modificación del protocolo,"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What an author says with an act."""

    occurred_on: date | None = None
    note: str = ""
    reason: str = ""
    files: Sequence[str] = ()
    corrects_id: int | None = None
    advisory_id: int | None = None


def load(session: Session, milestone_id: int) -> tuple[WorkPlan, PlanMilestone]:
    """A milestone with its plan, which is locked. Raises NotFound, or Conflict when the plan ended."""
    plan_id = session.scalar(select(PlanMilestone.plan_id).where(PlanMilestone.id == milestone_id))
    if plan_id is None:
        raise NotFound("el hito", milestone_id)
    plan = trace.running_plan(session, plan_id)
    # Read after the lock: another transaction may have moved it while this one waited.
    milestone = session.get_one(PlanMilestone, milestone_id, populate_existing=True)
    if milestone.retired_at is not None:
        raise Conflict(f"«{milestone.name}» ya no hace parte de este plan.", code="milestone_retired")
    return plan, milestone


def apply(
    session: Session,
    plan: WorkPlan,
    milestone: PlanMilestone,
    act: MilestoneAct,
    details: Details,
    *,
    by: Actor,
    now: datetime,
) -> MilestoneRecord:
    """Do `act` on a milestone of a locked plan. Raises Conflict when its state does not allow it."""
    transition = TRANSITIONS[act]
    before = Status(milestone.status)
    if before not in transition.sources:
        raise Conflict(_refusal(session, milestone), code="milestone_state")
    record = _record(session, milestone, act, transition.target or before, details, by, now)
    _move(milestone, act, record)
    rollup.refresh(session, plan)
    summary = f"{transition.verb} el hito {milestone.number}, «{milestone.name}»."
    changed = {"milestone_id": milestone.id, "status": [before.value, record.status], "record_id": record.id}
    trace.record(session, plan, f"milestone.{act}", summary, by=by, now=now, details=changed, reason=details.reason)
    return record


def latest_report(session: Session, milestone_id: int) -> MilestoneRecord | None:
    """The last report, or its last rectification, whether or not it was annulled since; None when there is none."""
    statement = select(MilestoneRecord).where(
        MilestoneRecord.milestone_id == milestone_id,
        MilestoneRecord.act.in_((MilestoneAct.REPORTED, MilestoneAct.RECTIFIED)),
    )
    return session.scalars(statement.order_by(MilestoneRecord.sequence.desc()).limit(1)).first()


def records_of(session: Session, milestone_id: int) -> list[MilestoneRecord]:
    """Every act on a milestone, oldest first."""
    statement = select(MilestoneRecord).where(MilestoneRecord.milestone_id == milestone_id)
    return list(session.scalars(statement.order_by(MilestoneRecord.sequence)))


def _record(
    session: Session, milestone: PlanMilestone, act: MilestoneAct, status: Status, details: Details, by: Actor,
    now: datetime,
) -> MilestoneRecord:  # fmt: skip
    counted = select(func.max(MilestoneRecord.sequence)).where(MilestoneRecord.milestone_id == milestone.id)
    record = MilestoneRecord(
        plan_id=milestone.plan_id, milestone_id=milestone.id, sequence=(session.scalar(counted) or 0) + 1, act=act,
        status_before=milestone.status, status=status, occurred_on=details.occurred_on, at=now, author_id=by.person_id,
        author_name=by.name, capacity=by.capacity, on_behalf_of=by.on_behalf_of, note=details.note,
        reason=details.reason, files=list(details.files), corrects_id=details.corrects_id,
        advisory_id=details.advisory_id,
    )  # fmt: skip
    session.add(record)
    session.flush()
    return record


def _move(milestone: PlanMilestone, act: MilestoneAct, record: MilestoneRecord) -> None:
    """The present state of a milestone after `record`."""
    status = milestone.status = Status(record.status)
    if act in (MilestoneAct.REPORTED, MilestoneAct.RECTIFIED):
        milestone.achieved_on, milestone.reported_at = record.occurred_on, record.at
        milestone.reported_by = record.author_id
    elif status not in DONE:
        milestone.achieved_on = milestone.reported_at = milestone.reported_by = None
    if act == MilestoneAct.VERIFIED:
        milestone.verified_at, milestone.verified_by = record.at, record.author_id
    elif status != Status.VERIFIED:
        milestone.verified_at = milestone.verified_by = None
    if status in (Status.BLOCKED, Status.NOT_APPLICABLE):
        milestone.reason = record.reason or milestone.reason
    else:
        milestone.reason = ""
    if act == MilestoneAct.RETIRED:
        milestone.retired_at = record.at
    elif act == MilestoneAct.RESTORED:
        milestone.retired_at = None


def _refusal(session: Session, milestone: PlanMilestone) -> str:
    last = records_of(session, milestone.id)[-1:]
    who = f" ({last[0].author_name})" if last else ""
    return f"El hito {milestone.number} está {IN_WORDS[Status(milestone.status)]}{who}; esta acción ya no es posible."
