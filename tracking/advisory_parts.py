"""What hangs on an advisory: its entities with their plans, who attended, and the milestones it moves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.actor import Actor
from db.errors import InvalidData
from directory import entities
from directory.access import Subject
from directory.access import demand
from directory.principal import Principal
from tracking import trace
from tracking.milestone_acts import DONE
from tracking.milestone_acts import Details
from tracking.milestone_acts import apply
from tracking.milestone_acts import latest_report
from tracking.milestone_acts import load
from tracking.models import Advisory
from tracking.models import AdvisoryEntity
from tracking.models import AdvisoryMilestone
from tracking.models import AdvisoryPerson
from tracking.models import Effect
from tracking.models import MilestoneAct
from tracking.models import PlanMilestone
from tracking.models import WorkPlan

ACTS = {Effect.ADVANCED: MilestoneAct.ADVANCED, Effect.ACHIEVED: MilestoneAct.REPORTED}


@dataclass(frozen=True, slots=True)
class Attendee:
    """Somebody who attended. Personal data."""

    name: str
    position: str = ""
    email: str = ""
    phone: str = ""
    entity_id: int | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """What an advisory does to a milestone of one of its plans: `advanced` or `achieved`."""

    milestone_id: int
    effect: str


@dataclass(frozen=True, slots=True)
class Place:
    """An entity of an advisory, and the plan that it belongs to when there is one."""

    entity_id: int
    region_id: int | None
    plan_id: int | None
    unit_id: int | None
    advisor_id: int | None

    def subject(self, advisor_id: int | None = None) -> Subject:
        """Where this is, for permissions; `advisor_id` gave the advisory."""
        people = frozenset(person for person in (self.advisor_id, advisor_id) if person is not None)
        return Subject(unit_id=self.unit_id, entity_id=self.entity_id, region_id=self.region_id, people=people)


def places(session: Session, entity_ids: Sequence[int], product_id: int | None, vigencia: int) -> list[Place]:
    """The entities with their region, and their plan of `product_id` in the year."""
    ids = list(dict.fromkeys(entity_ids))
    regions = entities.regions_of(session, ids)
    plans: dict[int, WorkPlan] = {}
    if product_id is not None:
        statement = select(WorkPlan).where(WorkPlan.product_id == product_id, WorkPlan.vigencia == vigencia)
        plans = {plan.entity_id: plan for plan in session.scalars(statement)}
    return [_place(entity_id, regions.get(entity_id), plans.get(entity_id)) for entity_id in ids]


def places_of(session: Session, advisory_id: int) -> list[Place]:
    """The entities of an advisory that was registered."""
    statement = select(AdvisoryEntity, WorkPlan).outerjoin(WorkPlan, WorkPlan.id == AdvisoryEntity.plan_id)
    rows = session.execute(statement.where(AdvisoryEntity.advisory_id == advisory_id))
    return [_place(row.entity_id, row.region_id, plan) for row, plan in rows]


def add(
    session: Session, advisory_id: int, at: Sequence[Place], people: Sequence[Attendee], moves: Sequence[Move], *,
    by: Principal,
) -> None:  # fmt: skip
    """Hang entities, people and milestones on a new advisory.

    Raises InvalidData (`people/<row>/name`, `milestones/<row>/…`), NotAllowed without `plan.write` where it moves one.
    """
    session.add_all(AdvisoryEntity(advisory_id=advisory_id, entity_id=place.entity_id, plan_id=place.plan_id,
                                   region_id=place.region_id) for place in at)  # fmt: skip
    _add_people(session, advisory_id, people)
    plans = {place.plan_id for place in at if place.plan_id is not None}
    for index, asked in enumerate(moves):
        milestone = session.get(PlanMilestone, asked.milestone_id)
        if milestone is None or milestone.plan_id not in plans:
            message = "Este hito no es de un plan de las entidades de la asesoría."
            raise InvalidData({f"milestones/{index}/milestone_id": [message]})
        if asked.effect not in set(Effect):
            raise InvalidData({f"milestones/{index}/effect": ["Diga si el hito avanzó o se cumplió."]})
        demand(by, "plan.write", trace.scope_of_plan(session, session.get_one(WorkPlan, milestone.plan_id)))
        session.add(AdvisoryMilestone(advisory_id=advisory_id, milestone_id=milestone.id, effect=asked.effect))
    session.flush()


def people_of(session: Session, advisory_id: int) -> list[AdvisoryPerson]:
    """Who attended, as it stands now. Personal data."""
    statement = select(AdvisoryPerson).where(AdvisoryPerson.advisory_id == advisory_id)
    return list(session.scalars(statement.where(AdvisoryPerson.removed_at.is_(None)).order_by(AdvisoryPerson.id)))


def replace_people(session: Session, advisory_id: int, people: Sequence[Attendee], *, now: datetime) -> list[int]:
    """Take the list of who attended off and put another; returns how many were and are."""
    before = people_of(session, advisory_id)
    for person in before:
        person.removed_at = now
    _add_people(session, advisory_id, people)
    session.flush()
    return [len(before), len(people)]


def move(session: Session, advisory: Advisory, *, by: Actor, now: datetime) -> list[int]:
    """Move the milestones of an advisory that was closed; returns their ids. Raises Conflict when one cannot move."""
    # In one order everywhere, so that two advisories never wait for each other's plans.
    statement = select(AdvisoryMilestone).where(AdvisoryMilestone.advisory_id == advisory.id)
    rows = session.scalars(statement.order_by(AdvisoryMilestone.milestone_id)).all()
    for row in rows:
        plan, milestone = load(session, row.milestone_id)
        details = Details(
            occurred_on=advisory.occurred_on,
            note=advisory.summary,
            files=[advisory.minutes_file, advisory.attendance_file],
            advisory_id=advisory.id,
        )
        row.record_id = apply(session, plan, milestone, ACTS[Effect(row.effect)], details, by=by, now=now).id
    session.flush()
    return [row.milestone_id for row in rows]


def take_back(session: Session, advisory: Advisory, *, by: Actor, now: datetime) -> None:
    """Annul the reports that stand on an advisory; those that somebody replaced since are left alone."""
    statement = select(AdvisoryMilestone.milestone_id).where(
        AdvisoryMilestone.advisory_id == advisory.id, AdvisoryMilestone.effect == Effect.ACHIEVED
    )
    for milestone_id in session.scalars(statement.order_by(AdvisoryMilestone.milestone_id)).all():
        plan, milestone = load(session, milestone_id)
        if milestone.status not in DONE:
            continue
        report = latest_report(session, milestone_id)
        if report is not None and report.advisory_id == advisory.id:
            details = Details(reason=advisory.annulment_reason, corrects_id=report.id, advisory_id=advisory.id)
            apply(session, plan, milestone, MilestoneAct.ANNULLED, details, by=by, now=now)


def _place(entity_id: int, region_id: int | None, plan: WorkPlan | None) -> Place:
    if plan is None:
        return Place(entity_id, region_id, None, None, None)
    return Place(entity_id, region_id, plan.id, plan.unit_id, plan.advisor_id)


def _add_people(session: Session, advisory_id: int, people: Sequence[Attendee]) -> None:
    for index, person in enumerate(people):
        name = trace.required(person.name, f"people/{index}/name", "Escriba el nombre de quien asistió.")
        session.add(
            AdvisoryPerson(
                advisory_id=advisory_id,
                entity_id=person.entity_id,
                name=name,
                position=person.position.strip(),
                email=person.email.strip(),
                phone=person.phone.strip(),
            )
        )
