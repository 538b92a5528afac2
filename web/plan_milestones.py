"""The milestones of a plan as its page shows them: in their groups, with what each weighs and what came back."""

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from decimal import Decimal
from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from edge import names
from tracking import milestones
from tracking import returned
from tracking.models import MilestoneRecord
from tracking.models import MilestoneStatus
from tracking.models import MilestoneTemplate
from tracking.models import PlanMilestone
from tracking.models import TemplateMilestone
from tracking.models import WorkPlan
from tracking.percent import ZERO
from tracking.percent import share
from tracking.rollup import REPORTED


@dataclass(frozen=True, slots=True)
class Group:
    """Milestones that belong together: a momento, an interruptor or a fase, with its part of the plan.

    `weight` is what those that apply count for in the whole, as in the progress of the plan; `reported` and `verified`
    are of what applies of the group.
    """

    title: str
    weight: Decimal
    reported: Decimal
    verified: Decimal
    rows: list[PlanMilestone] = field(default_factory=list)


def values(session: Session, plan: WorkPlan) -> dict[str, Any]:
    """What the page needs of the milestones of a plan."""
    rows = milestones.of_plan(session, plan.id)
    statement = select(MilestoneRecord).where(MilestoneRecord.plan_id == plan.id).order_by(MilestoneRecord.id)
    records: dict[int, list[MilestoneRecord]] = {}
    for record in session.scalars(statement):
        records.setdefault(record.milestone_id, []).append(record)
    tokens = [token for group in records.values() for record in group for token in record.files]
    groups, unconfirmed = _groups(session, rows)
    return {
        "milestones": rows, "groups": groups, "unconfirmed": unconfirmed, "records": records,
        "counting": counting(rows),
        "returned": returned.of_plan(session, plan.id), "files": names.of_files(session, tokens),
    }  # fmt: skip


def counting(rows: Sequence[PlanMilestone]) -> dict[int, Decimal]:
    """Milestone → what it counts for in the progress of its plan; all together they are 100.

    `rows` are all of the plan. What does not apply counts for nothing, and the others take its weight.
    """
    whole = _sum(_applying(rows))
    return {row.id: share(row.weight, whole) for row in _applying(rows)}


def _applying(rows: Sequence[PlanMilestone]) -> list[PlanMilestone]:
    return [row for row in rows if row.status != MilestoneStatus.NOT_APPLICABLE]


def _groups(session: Session, rows: Sequence[PlanMilestone]) -> tuple[list[Group], bool]:
    """The groups in the order of work, and whether somebody has still to confirm what they weigh."""
    keys = {row.template_milestone_id for row in rows}
    columns: tuple[Any, ...] = (TemplateMilestone, MilestoneTemplate.confirmed)
    found = session.execute(
        select(*columns)
        .join(MilestoneTemplate, MilestoneTemplate.id == TemplateMilestone.template_id)
        .where(TemplateMilestone.id.in_(keys))
    ).all()
    titles = {row.id: _title(row) for row, _ in found}
    parts = groupby(rows, key=lambda row: titles.get(row.template_milestone_id, ""))
    in_all = _sum(_applying(rows))
    return [_group(title, list(some), in_all) for title, some in parts], not all(confirmed for _, confirmed in found)


def _title(row: TemplateMilestone) -> str:
    names_of = dict.fromkeys(part for part in (row.moment, row.group_name) if part)
    return " · ".join(names_of)


def _group(title: str, rows: list[PlanMilestone], in_all: Decimal) -> Group:
    applying = _applying(rows)
    whole = _sum(applying)
    reported = _sum([row for row in applying if row.status in REPORTED])
    verified = _sum([row for row in applying if row.status == MilestoneStatus.VERIFIED])
    return Group(title, share(whole, in_all), share(reported, whole), share(verified, whole), rows)


def _sum(rows: Sequence[PlanMilestone]) -> Decimal:
    return sum((row.weight for row in rows), ZERO)
