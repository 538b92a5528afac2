"""What a plan becomes when it takes over a version of its product's milestones: told before, and done.

Milestones are paired by their line (`tracking.lineage`), so that what was reported or verified stays with the milestone
that it belongs to, whatever its number is now.
"""

from collections import Counter
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.actor import Actor
from tracking import lineage
from tracking import rollup
from tracking import trace
from tracking import work_plans
from tracking.milestone_acts import Details
from tracking.milestone_acts import apply
from tracking.models import MilestoneAct
from tracking.models import MilestoneStatus
from tracking.models import PlanMilestone
from tracking.models import TemplateMilestone
from tracking.models import WorkPlan
from tracking.percent import ZERO

Pair = tuple[PlanMilestone, TemplateMilestone]


@dataclass(frozen=True, slots=True)
class Adoption:
    """What taking over a version comes to in one plan; progress in percent, as reported and as verified.

    `numbers` (old and new) and `names` (old and new) tell of the milestones that stay.
    """

    kept: list[Pair]
    added: list[TemplateMilestone]
    retired: list[PlanMilestone]
    restored: list[PlanMilestone]
    numbers: list[tuple[str, int, int]]
    names: list[tuple[str, str]]
    reported: tuple[Decimal, Decimal]
    verified: tuple[Decimal, Decimal]
    old: Mapping[int, TemplateMilestone]

    @property
    def lost(self) -> list[PlanMilestone]:
        """The milestones that go although they were reported or verified."""
        return [row for row in self.retired if row.status in rollup.REPORTED]

    def words(self) -> list[str]:
        """What changes, a sentence part for each, as it is told before and kept in history."""
        said = [f"agrega el hito {row.number}, «{row.name}»" for row in self.added]
        said += [f"restablece «{row.name}»" for row in self.restored]
        said += [f"«{name}» pasa de hito {old} a hito {new}" for name, old, new in self.numbers]
        return said + [f"«{old}» se llama ahora «{new}»" for old, new in self.names]


def foresee(session: Session, plan: WorkPlan, template_id: int, *, lines: lineage.Lines | None = None) -> Adoption:
    """What `adopt` would do with `plan`. Changes nothing; `lines` spares reading them again for each of many plans."""
    lines = lines or lineage.of_product(session, plan.product_id)
    wanted = {lines.roots[row.id]: row for row in lines.versions[template_id]}
    statement = select(PlanMilestone).where(PlanMilestone.plan_id == plan.id).order_by(PlanMilestone.position)
    present = {lines.roots[row.template_milestone_id]: row for row in session.scalars(statement)}
    kept = [(row, wanted[root]) for root, row in present.items() if root in wanted]
    added = [row for root, row in wanted.items() if root not in present]
    retired = [row for root, row in present.items() if root not in wanted and row.retired_at is None]
    old = {row.id: row for row in lines.versions.get(plan.template_id or 0, ())}
    after = _after(kept, added)
    return Adoption(
        kept, added, retired, [row for row, _ in kept if row.retired_at is not None],
        [(row.name, row.number, to.number) for row, to in kept if 0 < row.number != to.number],
        [(row.name, to.name) for row, to in kept if _follows(row, old) and row.name != to.name],
        (plan.reported_progress, after.reported_progress), (plan.verified_progress, after.verified_progress), old,
    )  # fmt: skip


def adopt(session: Session, plan: WorkPlan, template_id: int, *, by: Actor, now: datetime) -> Adoption:
    """Bring the milestones of a locked plan to another version of the template, each by its line.

    What was adapted to the entity and what was done stays; milestones that are gone are retired, never erased.
    """
    change = foresee(session, plan, template_id)
    for milestone in change.retired:
        apply(session, plan, milestone, MilestoneAct.RETIRED, Details(), by=by, now=now)
    _free_numbers(session, plan)
    for milestone, target in change.kept:
        _take_over(milestone, change.old.get(milestone.template_milestone_id), target)
    session.flush()
    for milestone in change.restored:
        apply(session, plan, milestone, MilestoneAct.RESTORED, Details(), by=by, now=now)
    session.add_all(PlanMilestone(**work_plans.milestone_values(plan.id, target)) for target in change.added)
    plan.template_id = template_id
    rollup.refresh(session, plan)
    return change


def done_in(session: Session, product_id: int, lines: lineage.Lines) -> dict[int, int]:
    """In how many running plans a milestone is reported or verified, by the first of its line."""
    statement = (
        select(PlanMilestone.template_milestone_id, func.count())
        .join(WorkPlan, WorkPlan.id == PlanMilestone.plan_id)
        .where(
            WorkPlan.product_id == product_id, WorkPlan.status.in_(trace.RUNNING), PlanMilestone.retired_at.is_(None),
            PlanMilestone.status.in_(rollup.REPORTED),
        )
        .group_by(PlanMilestone.template_milestone_id)
    )  # fmt: skip
    found: Counter[int] = Counter()
    for milestone_id, count in session.execute(statement):
        found[lines.roots[milestone_id]] += count
    return found


def _after(kept: Sequence[Pair], added: Sequence[TemplateMilestone]) -> rollup.Rollup:
    weighed = [(MilestoneStatus(row.status), target.total_weight) for row, target in kept]
    weighed += [(MilestoneStatus.PENDING, target.total_weight) for target in added]
    return rollup.Rollup(
        applicable=sum((weight for status, weight in weighed if status != MilestoneStatus.NOT_APPLICABLE), ZERO),
        reported=sum((weight for status, weight in weighed if status in rollup.REPORTED), ZERO),
        verified=sum((weight for status, weight in weighed if status == MilestoneStatus.VERIFIED), ZERO),
    )


def _follows(row: PlanMilestone, old: Mapping[int, TemplateMilestone]) -> bool:
    """Whether a milestone takes its wording from the template: verified or adapted to the entity, it keeps its own."""
    before = old.get(row.template_milestone_id)
    return row.status != MilestoneStatus.VERIFIED and (before is None or row.name == before.name)


def _free_numbers(session: Session, plan: WorkPlan) -> None:
    """Let go of all numbers, which are unique in a plan, before they are given anew.

    A retired milestone has its own id, negative, for a number: what it was called stands in its records' history.
    """
    for row in session.scalars(select(PlanMilestone).where(PlanMilestone.plan_id == plan.id)):
        row.number = -row.id
    session.flush()


def _take_over(milestone: PlanMilestone, old: TemplateMilestone | None, new: TemplateMilestone) -> None:
    milestone.template_milestone_id, milestone.weight = new.id, new.total_weight
    milestone.number, milestone.position = new.number, new.position
    if milestone.status == MilestoneStatus.VERIFIED:
        return  # it stays what it was verified against
    # What says the same as the old template was not adapted to the entity, so it follows the new one.
    if old is None or milestone.name == old.name:
        milestone.name = new.name
    if old is None or milestone.target == old.target:
        milestone.target = new.target
    if old is None or milestone.planned_on == old.deadline:
        milestone.planned_on = new.deadline
