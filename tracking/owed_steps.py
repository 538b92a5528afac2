"""What the steps of the processes meet of what is owed: their tasks take its date (`engine.owing`)."""

from collections import defaultdict
from collections.abc import Collection
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.chunks import chunks
from engine.models import Instance
from notifications import owing
from notifications.models import Obligation
from notifications.owing import About
from notifications.owing import Owed
from tracking import facts
from tracking.models import Report
from tracking.models import WorkPlan
from tracking.reports import kinds


def monitoring(session: Session, instances: Sequence[Instance], *, now: datetime) -> dict[int, Owed]:
    """Instance → the quarter whose monitoring is owed first of its plan."""
    return _of_plans(session, facts.MONITORING_RECORDED, instances, now)


def evaluation(session: Session, instances: Sequence[Instance], *, now: datetime) -> dict[int, Owed]:
    """Instance → the year whose evaluation is owed of its plan."""
    return _of_plans(session, facts.EVALUATION_RECORDED, instances, now)


def report(session: Session, instances: Sequence[Instance], *, now: datetime) -> dict[int, Owed]:
    """Instance → the obligation that the report which it carries meets, while it is open."""
    by_report = {instance.refs["report_id"]: instance.id for instance in instances if "report_id" in instance.refs}
    together: dict[tuple[str, str], dict[int, int]] = defaultdict(dict)  # kind and period → subject → instance
    for row in session.scalars(select(Report).where(Report.id.in_(by_report))):
        together[row.kind, row.period][row.subject_id] = by_report[row.id]
    found: dict[int, Owed] = {}
    for (kind, period), carried in together.items():
        of = kinds.kind(kind)
        owed = owing.of_period(session, of.fact, of.subject_kind, carried, period)
        found |= {carried[subject_id]: one for subject_id, one in owed.items()}
    return found


def carrying(session: Session, obligation_ids: Collection[int]) -> list[int]:
    """The instances, in order, whose steps may meet these obligations: of their plans, and of the reports they ask."""
    found: set[int] = set()
    for some in chunks(sorted(obligation_ids)):
        rows = session.scalars(select(Obligation).where(Obligation.id.in_(some))).all()
        plans = {row.subject_id for row in rows if row.subject_kind == "plan"}
        cases = session.scalars(select(WorkPlan.instance_id).where(WorkPlan.id.in_(plans)))
        found |= {case for case in cases if case is not None}
        about = {(row.subject_kind, row.subject_id, row.period) for row in rows}
        reports = select(Report).where(
            Report.subject_id.in_({subject for _, subject, _ in about}),
            Report.period.in_({period for _, _, period in about}), Report.instance_id.is_not(None),
        )  # fmt: skip
        for row in session.scalars(reports):
            if row.instance_id and (kinds.kind(row.kind).subject_kind, row.subject_id, row.period) in about:
                found.add(row.instance_id)
    return sorted(found)


def _of_plans(session: Session, fact: str, instances: Sequence[Instance], now: datetime) -> dict[int, Owed]:
    by_plan = {instance.refs["plan_id"]: instance for instance in instances if "plan_id" in instance.refs}
    about = [About("plan", plan, one.entity_id, one.region_id) for plan, one in sorted(by_plan.items())]
    found = owing.upcoming(session, fact, about, now=now)
    return {by_plan[plan].id: owed for plan, owed in found.items()}
