"""How a milestone of a plan goes from one state to another.

Every act leaves a record, moves the present state and brings the plan's sums up to date, in one transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlalchemy import and_
from sqlalchemy import bindparam
from sqlalchemy import exists
from sqlalchemy import func
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import aliased

from db.actor import Actor
from db.clock import local_date
from db.errors import Conflict
from db.errors import NotFound
from tracking import attachments
from tracking import execution
from tracking import facts
from tracking import rollup
from tracking import trace
from tracking.models import MilestoneAct
from tracking.models import MilestoneRecord
from tracking.models import MilestoneStatus
from tracking.models import PlanMilestone
from tracking.models import WorkPlan

Status = MilestoneStatus
REPORTS = (MilestoneAct.REPORTED, MilestoneAct.RECTIFIED)

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

TAKES_BACK = frozenset({MilestoneAct.ANNULLED, MilestoneAct.REJECTED, MilestoneAct.RECTIFIED})
PROGRESS = frozenset({MilestoneAct.ADVANCED, MilestoneAct.REPORTED})
"""What is said of work done, which belongs to the execution of the plan; to correct or check it later is none."""


@dataclass(frozen=True, slots=True)
class Transition:
    """From which states an act is possible, to which it leads (None: the same), and what history says was done."""

    sources: frozenset[Status]
    target: Status | None
    verb: str


TRANSITIONS: dict[MilestoneAct, Transition] = {
    MilestoneAct.ADVANCED: Transition(OPEN, Status.IN_PROGRESS, "Registró avance en el hito"),
    MilestoneAct.ADVANCE_ANNULLED: Transition(frozenset({Status.IN_PROGRESS}), None, "Anuló un avance del hito"),
    MilestoneAct.REPORTED: Transition(OPEN, Status.REPORTED, "Reportó cumplido el hito"),
    MilestoneAct.RECTIFIED: Transition(DONE, Status.REPORTED, "Rectificó el reporte del hito"),
    MilestoneAct.ANNULLED: Transition(DONE, Status.IN_PROGRESS, "Anuló el reporte del hito"),
    MilestoneAct.VERIFIED: Transition(frozenset({Status.REPORTED}), Status.VERIFIED, "Verificó el hito"),
    MilestoneAct.UNVERIFIED: Transition(
        frozenset({Status.VERIFIED}), Status.REPORTED, "Retiró la verificación del hito"
    ),
    MilestoneAct.REJECTED: Transition(
        frozenset({Status.REPORTED}), Status.IN_PROGRESS, "No aceptó el reporte del hito"
    ),
    MilestoneAct.BLOCKED: Transition(OPEN, Status.BLOCKED, "Marcó como bloqueado por la entidad el hito"),
    MilestoneAct.UNBLOCKED: Transition(frozenset({Status.BLOCKED}), Status.IN_PROGRESS, "Desbloqueó el hito"),
    MilestoneAct.NOT_APPLICABLE: Transition(
        OPEN | {Status.BLOCKED}, Status.NOT_APPLICABLE, "Marcó que no aplica el hito"
    ),
    MilestoneAct.APPLICABLE: Transition(
        frozenset({Status.NOT_APPLICABLE}), Status.PENDING, "Marcó que sí aplica el hito"
    ),
    MilestoneAct.RETIRED: Transition(ANY, None, "Retiró, por modificación del protocolo, el hito"),
    MilestoneAct.RESTORED: Transition(ANY, None, "Restableció, por modificación del protocolo, el hito"),
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
    lands: Status | None = None  # the state it leads to, where the act alone does not say


# Every act asks these: they are built once.
_PLAN_OF = select(PlanMilestone.plan_id).where(PlanMilestone.id == bindparam("id"))
_LAST = select(func.max(MilestoneRecord.sequence)).where(MilestoneRecord.milestone_id == bindparam("id"))


def load(session: Session, milestone_id: int) -> tuple[WorkPlan, PlanMilestone]:
    """A milestone with its plan, which is locked. Raises NotFound, or Conflict when the plan ended."""
    plan_id = session.scalar(_PLAN_OF, {"id": milestone_id})
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
    """Do `act` on a milestone of a locked plan.

    Raises Conflict when its state does not allow it, or it is progress outside the execution of the plan.
    """
    transition = TRANSITIONS[act]
    before = Status(milestone.status)
    if before not in transition.sources:
        raise Conflict(_refusal(session, milestone), code="milestone_state")
    if act in PROGRESS:
        execution.demand(session, [plan])
    record = _record(session, milestone, act, details.lands or transition.target or before, details, by, now)
    _move(milestone, act, record)
    rollup.refresh(session, plan)
    summary = f"{transition.verb} {milestone.number}, «{milestone.name}»."
    changed = {"milestone_id": milestone.id, "status": [before.value, record.status], "record_id": record.id}
    trace.record(session, plan, f"milestone.{act}", summary, by=by, now=now, details=changed, reason=details.reason)
    _tell(session, milestone, act, record, by, now)
    return record


def latest_report(session: Session, milestone_id: int) -> MilestoneRecord | None:
    """The last report, or its last rectification, whether or not it was annulled since; None when there is none."""
    statement = select(MilestoneRecord).where(
        MilestoneRecord.milestone_id == milestone_id,
        MilestoneRecord.act.in_(REPORTS),
    )
    return session.scalars(statement.order_by(MilestoneRecord.sequence.desc()).limit(1)).first()


def stands() -> ColumnElement[bool]:
    """Of a `MilestoneRecord`: nobody took back since what it says.

    A report falls when it is rectified, annulled or not accepted, progress when it is annulled, a verification when it
    is withdrawn. Acts that take something back, and what the entity held up, happened.
    """
    row, later = MilestoneRecord, aliased(MilestoneRecord)
    undone = or_(
        later.corrects_id == row.id,
        and_(row.act.in_(REPORTS), later.act == MilestoneAct.REJECTED),
        and_(row.act == MilestoneAct.VERIFIED, later.act == MilestoneAct.UNVERIFIED),
    )
    return ~exists().where(later.milestone_id == row.milestone_id, later.sequence > row.sequence, undone)


def standing_advances(session: Session, milestone_id: int) -> list[MilestoneRecord]:
    """The progress that was registered on a milestone and not annulled since, oldest first."""
    records = records_of(session, milestone_id)
    annulled = {row.corrects_id for row in records if row.act == MilestoneAct.ADVANCE_ANNULLED}
    return [row for row in records if row.act == MilestoneAct.ADVANCED and row.id not in annulled]


def left_without(session: Session, taken: MilestoneRecord) -> Status | None:
    """The state of a milestone once a report or progress on it is annulled: pending when nothing else sustains it.

    None leaves it as the act says. Progress sustains it, and a report that nobody annulled, accepted or not.
    """
    records = records_of(session, taken.milestone_id)
    undone = {row.corrects_id for row in records} | {taken.id}
    sustains = any(row.act in (*REPORTS, MilestoneAct.ADVANCED) and row.id not in undone for row in records)
    return None if sustains else Status.PENDING


def take_back_advance(
    session: Session, plan: WorkPlan, milestone: PlanMilestone, record: MilestoneRecord, reason: str, *, by: Actor,
    now: datetime,
) -> MilestoneRecord:  # fmt: skip
    """Annul progress that stands on a milestone of a locked plan; without any other, the milestone is pending again.

    Raises Conflict when the milestone is not in progress.
    """
    lands = left_without(session, record)
    details = Details(reason=reason, corrects_id=record.id, advisory_id=record.advisory_id, lands=lands)
    return apply(session, plan, milestone, MilestoneAct.ADVANCE_ANNULLED, details, by=by, now=now)


def records_of(session: Session, milestone_id: int) -> list[MilestoneRecord]:
    """Every act on a milestone, oldest first."""
    statement = select(MilestoneRecord).where(MilestoneRecord.milestone_id == milestone_id)
    return list(session.scalars(statement.order_by(MilestoneRecord.sequence)))


def _tell(
    session: Session, milestone: PlanMilestone, act: MilestoneAct, record: MilestoneRecord, by: Actor, now: datetime
) -> None:
    """Let the act meet what is owed, or open it again."""
    if act in TAKES_BACK:
        facts.milestone_taken_back(session, milestone, by=by, now=now)
    if act in (MilestoneAct.REPORTED, MilestoneAct.RECTIFIED):
        on = record.occurred_on or local_date(now)
        facts.milestone_reported(session, milestone, on, by=by, now=now)
    elif act == MilestoneAct.VERIFIED:
        facts.milestone_verified(session, milestone, by=by, now=now)
    elif act == MilestoneAct.UNVERIFIED:
        facts.milestone_unverified(session, milestone, by=by, now=now)


def _record(
    session: Session, milestone: PlanMilestone, act: MilestoneAct, status: Status, details: Details, by: Actor,
    now: datetime,
) -> MilestoneRecord:  # fmt: skip
    last = session.scalar(_LAST, {"id": milestone.id}) or 0
    record = MilestoneRecord(
        plan_id=milestone.plan_id, milestone_id=milestone.id, sequence=last + 1, act=act,
        status_before=milestone.status, status=status, occurred_on=details.occurred_on, at=now, author_id=by.person_id,
        author_name=by.name, capacity=by.capacity, on_behalf_of=by.on_behalf_of, note=details.note,
        reason=details.reason, files=list(details.files), corrects_id=details.corrects_id,
        advisory_id=details.advisory_id,
    )  # fmt: skip
    session.add(record)
    session.flush()
    attachments.of_plan(session, milestone.plan_id, details.files, now=now)
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
