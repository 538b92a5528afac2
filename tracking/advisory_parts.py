"""What hangs on an advisory: its entities, who attended, and the milestones it moves."""

from collections.abc import Collection
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy import select
from sqlalchemy import update
from sqlalchemy.orm import Session

from db.actor import Actor
from directory.access import demand
from directory.principal import Principal
from tracking import trace
from tracking.advisory_places import Place
from tracking.milestone_acts import Details
from tracking.milestone_acts import apply
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


def problems(
    session: Session, people: Sequence[Attendee], moves: Sequence[Move], places: Sequence[Place]
) -> dict[str, list[str]]:
    """What is wrong with who attended and with the milestones that move (`people/<row>/…`, `milestones/<row>/…`)."""
    return people_problems(people, {place.entity_id for place in places}) | _move_problems(session, moves, places)


def people_problems(people: Sequence[Attendee], entity_ids: Collection[int]) -> dict[str, list[str]]:
    """What is wrong with who attended an advisory to these entities (`people/<row>/name`, `people/<row>/entity_id`)."""
    errors: dict[str, list[str]] = {}
    for index, person in enumerate(people):
        if not person.name.strip():
            errors[f"people/{index}/name"] = ["Escriba el nombre de quien asistió."]
        if person.entity_id is not None and person.entity_id not in entity_ids:
            errors[f"people/{index}/entity_id"] = ["Esta entidad no es de las que atendió la asesoría."]
    return errors


def add(
    session: Session, row: Advisory, at: Sequence[Place], people: Sequence[Attendee], moves: Sequence[Move], *,
    by: Principal,
) -> None:  # fmt: skip
    """Hang entities, people and milestones on a new advisory, once `problems` found nothing.

    Raises NotAllowed without `plan.write` in a plan whose milestone it moves.
    """
    row.entities = [
        AdvisoryEntity(entity_id=place.entity_id, plan_id=place.plan_id, region_id=place.region_id) for place in at
    ]
    _add_people(session, row.id, people)
    for asked in moves:
        milestone = session.get_one(PlanMilestone, asked.milestone_id)
        demand(by, "plan.write", trace.scope_of_plan(session, session.get_one(WorkPlan, milestone.plan_id)))
        session.add(AdvisoryMilestone(advisory_id=row.id, milestone_id=milestone.id, effect=asked.effect))
    session.flush()


def people_of(session: Session, advisory_id: int) -> list[AdvisoryPerson]:
    """Who attended, as it stands now. Personal data."""
    statement = select(AdvisoryPerson).where(AdvisoryPerson.advisory_id == advisory_id)
    return list(session.scalars(statement.where(AdvisoryPerson.removed_at.is_(None)).order_by(AdvisoryPerson.id)))


def moves_of(session: Session, advisory_id: int) -> list[tuple[PlanMilestone, str]]:
    """The milestones that an advisory moves, or will once it is closed, and what it does to each."""
    statement = (
        select(PlanMilestone, AdvisoryMilestone.effect)
        .join(AdvisoryMilestone, AdvisoryMilestone.milestone_id == PlanMilestone.id)
        .where(AdvisoryMilestone.advisory_id == advisory_id)
        .order_by(PlanMilestone.plan_id, PlanMilestone.position)
    )
    return [(milestone, effect) for milestone, effect in session.execute(statement)]


def same(before: Any, value: Any) -> bool:
    """Whether both say the same: pages write the end of a line otherwise than programs."""
    if isinstance(before, str) and isinstance(value, str):
        return before.strip().splitlines() == value.strip().splitlines()
    return bool(before == value)


def are_those(session: Session, advisory_id: int, people: Sequence[Attendee]) -> bool:
    """Whether `people` are who already stands in the list, one by one."""
    return [_said(one) for one in people_of(session, advisory_id)] == [_said(one) for one in people]


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


def replace_places(session: Session, row: Advisory, at: Sequence[Place]) -> dict[str, list[int]]:
    """Give an advisory other places; milestones of those that are left out are no longer its matter.

    Returns the entities that went and those that came, for the history.
    """
    wanted = {(place.entity_id, place.plan_id): place for place in at}
    gone = [one for one in row.entities if (one.entity_id, one.plan_id) not in wanted]
    known = {(one.entity_id, one.plan_id) for one in row.entities}
    left_plans = select(PlanMilestone.id).where(PlanMilestone.plan_id.in_([one.plan_id for one in gone]))
    session.execute(
        delete(AdvisoryMilestone).where(
            AdvisoryMilestone.advisory_id == row.id, AdvisoryMilestone.milestone_id.in_(left_plans)
        )
    )
    session.execute(
        update(AdvisoryPerson)
        .where(AdvisoryPerson.advisory_id == row.id, AdvisoryPerson.entity_id.in_([one.entity_id for one in gone]))
        .values(entity_id=None)
    )
    for one in gone:
        row.entities.remove(one)
        session.delete(one)
    session.flush()
    fresh = [place for key, place in wanted.items() if key not in known]
    row.entities += [
        AdvisoryEntity(entity_id=place.entity_id, plan_id=place.plan_id, region_id=place.region_id) for place in fresh
    ]
    row.mass_event = row.mass_event or len(row.entities) > 1  # its papers and who attended are those of all of them
    session.flush()
    return {"gone": [one.entity_id for one in gone], "come": [place.entity_id for place in fresh]}


def _move_problems(session: Session, moves: Sequence[Move], places: Sequence[Place]) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    plans = {place.plan_id for place in places if place.plan_id is not None}
    seen: set[int] = set()
    for index, asked in enumerate(moves):
        milestone = session.get(PlanMilestone, asked.milestone_id)
        if milestone is None or milestone.plan_id not in plans:
            message = "Este hito no es de un plan de las entidades de la asesoría."
            errors[f"milestones/{index}/milestone_id"] = [message]
        elif milestone.id in seen:
            errors[f"milestones/{index}/milestone_id"] = ["Este hito ya está en la asesoría; dígalo una sola vez."]
        if asked.effect not in set(Effect):
            errors[f"milestones/{index}/effect"] = ["Diga si el hito avanzó o se cumplió."]
        seen.add(asked.milestone_id)
    return errors


def _said(person: Attendee | AdvisoryPerson) -> tuple[str, str, str, str, int | None]:
    texts = (person.name, person.position, person.email, person.phone)
    name, position, email, phone = (text.strip() for text in texts)
    return name, position, email, phone, person.entity_id


def _add_people(session: Session, advisory_id: int, people: Sequence[Attendee]) -> None:
    session.add_all(
        AdvisoryPerson(
            advisory_id=advisory_id,
            entity_id=person.entity_id,
            name=person.name.strip(),
            position=person.position.strip(),
            email=person.email.strip(),
            phone=person.phone.strip(),
        )
        for person in people
    )
