"""How far plans had come at an instant that went by, from what was registered until then.

Read from what is never changed: when plans were opened and cancelled, what entities decided, and the acts on
milestones. Weights, regions and which milestones a template has are those of today: how they were is not kept.
"""

from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_EVEN
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy import and_
from sqlalchemy import case
from sqlalchemy import func
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import aliased

from directory.chunks import chunks
from tracking.models import Consent
from tracking.models import ConsentStatus
from tracking.models import MilestoneRecord
from tracking.models import MilestoneStatus
from tracking.models import PlanMilestone
from tracking.models import PlanStatus
from tracking.models import WorkPlan
from tracking.percent import STEP
from tracking.percent import ZERO
from tracking.percent import share
from tracking.rollup import REPORTED


@dataclass(slots=True)
class Standing:
    """The plans of a place or product that counted, and the sums of their progress."""

    plans: int = 0
    reported: Decimal = ZERO
    verified: Decimal = ZERO

    def mean(self, total: Decimal, step: Decimal = STEP) -> Decimal:
        """The mean of `reported` or `verified` over the plans, rounded to `step`."""
        return (total / self.plans).quantize(step, rounding=ROUND_HALF_EVEN)


def by_column(session: Session, column: Any, until: datetime, *conditions: Any) -> dict[Any, Standing]:
    """Key → how the plans stood at `until`: those opened by then, with consent and not cancelled.

    `column` is one of WorkPlan; `conditions` narrow the plans. In the order of the keys, what has none at the end.
    """
    found: dict[Any, Standing] = {}
    for key, reported, verified in _of_plans(session, column, until, [counted(until), *conditions]):
        one = found.setdefault(key, Standing())
        one.plans += 1
        one.reported += reported
        one.verified += verified
    return {key: found[key] for key in sorted(found, key=lambda key: (key is None, key or 0))}


def of_plans(session: Session, until: datetime, ids: Collection[int]) -> dict[int, tuple[Decimal, Decimal]]:
    """Plan → its reported and verified progress at `until`, whether it counted or not."""
    found: dict[int, tuple[Decimal, Decimal]] = {}
    for some in chunks(sorted(ids)):
        rows = _of_plans(session, WorkPlan.id, until, [WorkPlan.id.in_(some)])
        found |= {key: (reported, verified) for key, reported, verified in rows}
    return found


def _of_plans(
    session: Session, column: Any, until: datetime, conditions: Iterable[Any]
) -> Iterator[tuple[Any, Decimal, Decimal]]:
    """Key, reported and verified progress of each of these plans."""
    state = _state(until)
    there = or_(PlanMilestone.retired_at.is_(None), PlanMilestone.retired_at >= until)
    applies = and_(there, state != MilestoneStatus.NOT_APPLICABLE)
    weight = PlanMilestone.weight
    statement: Any = (
        select(
            column, func.sum(case((applies, weight))), func.sum(case((and_(applies, state.in_(REPORTED)), weight))),
            func.sum(case((and_(applies, state == MilestoneStatus.VERIFIED), weight))),
        )
        .select_from(WorkPlan)
        .outerjoin(PlanMilestone, PlanMilestone.plan_id == WorkPlan.id)
        .where(*conditions)
        .group_by(WorkPlan.id, column)
    )  # fmt: skip
    for key, applicable, reported, verified in session.execute(statement):
        whole = applicable or ZERO
        yield key, share(reported or ZERO, whole), share(verified or ZERO, whole)


def counted(until: datetime) -> ColumnElement[bool]:
    """Whether a WorkPlan counted in the figures at `until`, as `consent.counted` says of today."""
    return and_(opened(until), _decision(until) == ConsentStatus.GIVEN)


def opened(until: datetime) -> ColumnElement[bool]:
    """Whether a WorkPlan had been opened by `until` and not been cancelled, whatever its entity answered."""
    cancelled = and_(WorkPlan.status == PlanStatus.CANCELLED, WorkPlan.closed_at < until)
    return and_(WorkPlan.opened_at < until, ~func.coalesce(cancelled, False))


def totals(session: Session, column: Any, until: datetime) -> dict[int, dict[Any, int]]:
    """Vigencia → key → how many plans were `opened` at `until`; the latest vigencia first."""
    counted_by: Any = (
        select(WorkPlan.vigencia, column, func.count())
        .where(opened(until))
        .group_by(WorkPlan.vigencia, column)
        .order_by(WorkPlan.vigencia.desc())
    )
    found: dict[int, dict[Any, int]] = {}
    for vigencia, key, count in session.execute(counted_by):
        found.setdefault(vigencia, {})[key] = count
    return found


def _decision(until: datetime) -> ColumnElement[Any]:
    """What the entity of a WorkPlan had answered at `until`."""
    row = aliased(Consent)
    last = (
        select(row.decision).where(row.plan_id == WorkPlan.id, row.recorded_at < until).order_by(row.id.desc()).limit(1)
    )
    later = select(row.id).where(row.plan_id == WorkPlan.id).exists()
    return func.coalesce(
        last.correlate(WorkPlan).scalar_subquery(),
        case((later.correlate(WorkPlan), ConsentStatus.PENDING.value), else_=WorkPlan.consent),
    )


def _state(until: datetime) -> ColumnElement[Any]:
    """Where a PlanMilestone stood at `until`: by its last act until then, or before the first one after it."""
    row, of_milestone = aliased(MilestoneRecord), PlanMilestone.id
    before = select(row.status).where(row.milestone_id == of_milestone, row.at < until).order_by(row.sequence.desc())
    after = select(row.status_before).where(row.milestone_id == of_milestone, row.at >= until).order_by(row.sequence)
    found = [one.limit(1).correlate(PlanMilestone).scalar_subquery() for one in (before, after)]
    return func.coalesce(*found, PlanMilestone.status)
