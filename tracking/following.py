"""Work plans go to whoever attends their entity: those that wait for an advisor, and those whose advisor left.

A sweep does it, plan by plan, so that a change of coverage over many entities never locks many cases at once.
A plan that was given on purpose to somebody who does not attend the entity stays with that person.
"""

from datetime import date
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlalchemy import Select
from sqlalchemy import and_
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import aliased

from db.actor import Actor
from db.clock import local_date
from directory.models import Coverage
from directory.periods import active_on
from directory.principal import Principal
from engine import participants
from tracking import trace
from tracking import work_plans
from tracking.models import WorkPlan

ADVISOR = "advisor"  # the part in the procedure of a plan


def due(session: Session, now: datetime) -> list[int]:
    """Ids of the running plans that are to go to whoever attends their entity today."""
    return list(session.scalars(_waiting(local_date(now)).limit(1000)))


def give(session: Session, plan_id: int, *, by: Actor, now: datetime) -> None:
    """Give a plan, its procedure and its tasks to whoever attends its entity today, if it is still to go there."""
    row = session.execute(_waiting(local_date(now)).where(WorkPlan.id == plan_id)).one_or_none()
    if row is not None:
        _hand(session, plan_id, row.person_id, "Sigue a quien atiende la entidad.", by, now)


def transfer(session: Session, plan_id: int, person_id: int, *, reason: str, by: Principal, now: datetime) -> WorkPlan:
    """Give one plan, with its procedure and its tasks, to another advisor. Raises as `work_plans.transfer`."""
    plan = work_plans.transfer(session, plan_id, person_id, reason=reason, by=by, now=now)
    if plan.instance_id is not None:
        participants.appoint(session, plan.instance_id, ADVISOR, person_id, by=by.actor(), now=now)
    return plan


def _waiting(day: date) -> Select[int, int]:
    """Plans that have no advisor, or whose advisor attended the entity and no longer does, with who attends it."""
    return (
        select(WorkPlan.id, Coverage.person_id)
        .join(Coverage, and_(Coverage.entity_id == WorkPlan.entity_id, active_on(Coverage, day)))
        .where(
            WorkPlan.status.in_(trace.RUNNING),
            or_(WorkPlan.advisor_id.is_(None), and_(Coverage.person_id != WorkPlan.advisor_id, _left(day))),
        )
        .order_by(WorkPlan.id)
    )


def _left(day: date) -> ColumnElement[bool]:
    former = aliased(Coverage)
    return (
        select(former.id)
        .where(former.entity_id == WorkPlan.entity_id, former.person_id == WorkPlan.advisor_id, former.until < day)
        .exists()
    )


def _hand(session: Session, plan_id: int, person_id: int, reason: str, by: Actor, now: datetime) -> None:
    plan = work_plans.assign_advisor(session, plan_id, person_id, reason=reason, by=by, now=now)
    if plan.instance_id is not None:
        participants.appoint(session, plan.instance_id, ADVISOR, person_id, by=by, now=now)
