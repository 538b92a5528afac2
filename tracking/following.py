"""Work plans go to whoever attends their entity: those that wait for an advisor, and those whose advisor left.

A sweep does it, plan by plan, so that a change of coverage over many entities never locks many cases at once.
A plan that was given on purpose to somebody who does not attend the entity stays with that person.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlalchemy import Select
from sqlalchemy import and_
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm import aliased

from db import history
from db.actor import SYSTEM
from db.actor import Actor
from db.clock import local_date
from db.errors import InvalidData
from directory.chunks import chunks
from directory.models import Coverage
from directory.models import Person
from directory.periods import active_on
from directory.principal import Principal
from engine import instances
from engine import participants
from tracking import receiving
from tracking import support
from tracking import trace
from tracking import work_plans
from tracking.models import ActionStatus
from tracking.models import CorrectiveAction
from tracking.models import WorkPlan

ADVISOR = "advisor"  # the part in the procedure of a plan
ASKER = "asker"  # in a request for an expert, who may be the advisor


def due(session: Session, now: datetime) -> list[int]:
    """Ids of the running plans that are to go to whoever attends their entity today."""
    return list(session.scalars(_waiting(local_date(now)).limit(1000)))


def give(session: Session, plan_id: int, *, now: datetime) -> None:
    """Give a plan, its procedure and its tasks to whoever attends its entity today, if it is still to go there.

    It is an act of whoever gave the entity to that person, as the history of the entity tells.
    """
    hold_cases(session, [plan_id])
    row = session.execute(_waiting(local_date(now)).where(WorkPlan.id == plan_id)).one_or_none()
    if row is not None:
        by, why = _giver(session, work_plans.get(session, plan_id).entity_id, row.person_id)
        _hand(session, plan_id, row.person_id, why, by, now)


def _giver(session: Session, entity_id: int, person_id: int) -> tuple[Actor, str]:
    """Who gave an entity to the person who attends it, and why the plan follows; the system when nobody did."""
    why = "Sigue a quien atiende la entidad."
    for act in history.backwards(session, history.Subject("entity", entity_id)):
        if act.action == "coverage.added" and act.details.get("person_id") == person_id:
            actor = Actor(act.actor_id, act.actor_name, act.capacity, act.on_behalf_of)
            return actor, f"{why} {act.reason}".rstrip()
    return SYSTEM, why


def leaving(session: Session, person_id: int, on: date) -> set[int]:
    """Ids of the running plans of a person that go by themselves, until a day, to who attends their entity then."""
    return set(session.scalars(_waiting(on).where(WorkPlan.advisor_id == person_id)))


def cases(session: Session, plan_ids: Collection[int]) -> set[int]:
    """Ids of the procedures of some plans and of their open actions: what goes with them."""
    return {case for key in sorted(plan_ids) for case in _cases(session, work_plans.get(session, key))}


@dataclass(frozen=True, slots=True)
class Consequence:
    """What becomes of the running plans of some entities when somebody else comes to attend them.

    `follow` go to that person on the day; `stay` were given on purpose to others, who do not attend the entity.
    """

    follow: list[WorkPlan]
    stay: list[WorkPlan]


def consequence(session: Session, entity_ids: Collection[int], to_id: int, since: date) -> Consequence:
    """What giving these entities to `to_id` from `since` on does to their plans; theirs already are left out."""
    statement = select(WorkPlan).where(WorkPlan.status.in_(trace.RUNNING)).order_by(WorkPlan.entity_id, WorkPlan.id)
    attended = select(Coverage).where(Coverage.since <= since)
    told = Consequence([], [])
    for ids in chunks(sorted(set(entity_ids))):
        known = list(session.scalars(attended.where(Coverage.entity_id.in_(ids))))
        for plan in session.scalars(statement.where(WorkPlan.entity_id.in_(ids))):
            if plan.advisor_id == to_id:
                continue
            moves = plan.advisor_id is None or any(_attended(plan, one) for one in known)
            (told.follow if moves else told.stay).append(plan)
    return told


def _attended(plan: WorkPlan, one: Coverage) -> bool:
    """Whether the advisor of a plan has it because of this coverage, and so gives it up with it."""
    if (one.entity_id, one.person_id) != (plan.entity_id, plan.advisor_id):
        return False
    counts = one.revoked_at is None and (one.until is None or plan.given_on is None or one.until >= plan.given_on)
    return plan.given_on is None or counts


def transfer(session: Session, plan_id: int, person_id: int, *, reason: str, by: Principal, now: datetime) -> WorkPlan:
    """Give one plan, with its procedure and its tasks, to another advisor.

    Raises NotFound, NotAllowed without `plan.transfer` there, Conflict when the plan ended, InvalidData (`advisor_id`,
    also when it is theirs already or they may not write in it; `reason`).
    """
    held(session, plan_id)
    plan, actor = trace.turning(session, plan_id, by, "plan.transfer")
    reason = trace.reasoned(reason, "Escriba por qué cambia quien acompaña.")
    _check_receiver(session, plan, person_id, now)
    _hand(session, plan_id, person_id, reason, actor, now, on_purpose=True)
    return plan


def held(session: Session, plan_id: int) -> WorkPlan:
    """The plan, locked until the transaction ends, after its cases. Raises NotFound."""
    hold_cases(session, [plan_id])
    return trace.plan(session, plan_id)


def _check_receiver(session: Session, plan: WorkPlan, person_id: int, now: datetime) -> None:
    person = trace.active_person(session, person_id, "advisor_id")
    if person_id == plan.advisor_id:
        raise InvalidData({"advisor_id": [f"El plan ya está a cargo de {person.name}."]})
    if not receiving.may_advise(session, plan, person_id, now=now):
        message = f"{person.name} no tiene un rol con el que se pueda acompañar este plan (enlace territorial)."
        raise InvalidData({"advisor_id": [message]})


def _waiting(day: date) -> Select[int, int]:
    """Plans that have no advisor, or whose advisor attended the entity and no longer does, with who attends it.

    Whoever may no longer come in receives none: those stay where they are until the entity is given to somebody.
    """
    return (
        select(WorkPlan.id, Coverage.person_id)
        .join(Coverage, and_(Coverage.entity_id == WorkPlan.entity_id, active_on(Coverage, day)))
        .join(Person, and_(Person.id == Coverage.person_id, Person.disabled_at.is_(None)))
        .where(
            WorkPlan.status.in_(trace.RUNNING),
            or_(WorkPlan.advisor_id.is_(None), and_(Coverage.person_id != WorkPlan.advisor_id, _left(day))),
        )
        .order_by(WorkPlan.id)
    )


def _left(day: date) -> ColumnElement[bool]:
    """That the advisor attended the entity: until some day before, or as a correction later left without effect.

    What they attended before the plan was given to them on purpose does not count.
    """
    former = aliased(Coverage)
    over = or_(former.until < day, and_(former.revoked_at.is_not(None), former.since <= day))
    since = or_(WorkPlan.given_on.is_(None), and_(former.until >= WorkPlan.given_on, former.revoked_at.is_(None)))
    return (
        select(former.id)
        .where(former.entity_id == WorkPlan.entity_id, former.person_id == WorkPlan.advisor_id, over, since)
        .exists()
    )


def _hand(
    session: Session, plan_id: int, person_id: int, reason: str, by: Actor, now: datetime, *, on_purpose: bool = False
) -> None:
    former = work_plans.get(session, plan_id).advisor_id
    plan = work_plans.assign_advisor(
        session, plan_id, person_id, reason=reason, on_purpose=on_purpose, by=by, now=now
    )  # fmt: skip
    asked = {row.instance_id: row for row in support.open_of(session, plan_id)}
    for instance_id in _cases(session, plan):
        if instance_id not in asked:
            participants.appoint(session, instance_id, ADVISOR, person_id, by=by, now=now)
        elif former is not None and instances.get(session, instance_id).people.get(ASKER) == former:
            participants.appoint(session, instance_id, ASKER, person_id, by=by, now=now)
            support.pass_on(session, asked[instance_id].id, person_id)


def hold_cases(session: Session, plan_ids: Collection[int]) -> None:
    """Lock the cases of some plans, in their order, before the plans themselves: the order of every act on both.

    Raises NotFound.
    """
    for instance_id in sorted(cases(session, plan_ids)):
        instances.hold(session, instance_id)


def _cases(session: Session, plan: WorkPlan) -> list[int]:
    """The procedure of a plan, and those of its open actions and requests for experts: what its advisor carries too."""
    opened = select(CorrectiveAction.instance_id).where(
        CorrectiveAction.plan_id == plan.id, CorrectiveAction.status == ActionStatus.OPEN
    )
    asked = (row.instance_id for row in support.open_of(session, plan.id))
    return sorted(key for key in {plan.instance_id, *session.scalars(opened), *asked} if key is not None)
