"""What the steps of the processes meet of what is owed: their tasks take its date (`engine.owing`)."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.models import Instance
from notifications import owing
from notifications.owing import About
from notifications.owing import Owed
from tracking import facts
from tracking.models import Report
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


def _of_plans(session: Session, fact: str, instances: Sequence[Instance], now: datetime) -> dict[int, Owed]:
    by_plan = {instance.refs["plan_id"]: instance for instance in instances if "plan_id" in instance.refs}
    about = [About("plan", plan, one.entity_id, one.region_id) for plan, one in sorted(by_plan.items())]
    found = owing.upcoming(session, fact, about, now=now)
    return {by_plan[plan].id: owed for plan, owed in found.items()}
