"""Plans follow whoever attends their entity, with their procedure and their tasks."""

from collections.abc import Iterator
from datetime import datetime
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

import workflows
from db import SYSTEM
from db import history
from db import transaction
from db.errors import InvalidData
from directory import coverage
from engine import batch
from engine import instances
from engine import tasks
from engine.batch import Together
from tests.processes.office import Office
from tests.processes.office import Staff
from tests.processes.office import found
from tests.snapshots import Stage
from tracking import corrective_actions
from tracking import following
from tracking import life
from tracking import milestones
from tracking import work_plans
from tracking.models import WorkPlan


@pytest.fixture
def staff(snapshot: Stage, now: datetime) -> Staff:
    """An office with the built-in processes."""
    workflows.register()

    def build() -> Staff:
        with transaction() as session:
            return found(session, now, entity_count=2)

    return snapshot("staff", build)


@pytest.fixture
def running(snapshot: Stage, staff: Staff, now: datetime) -> list[int]:
    """The plans of a product in operation."""

    def build() -> list[int]:
        with transaction() as session:
            return [plan.id for plan in activated(Office.of(session, staff, now))]

    return snapshot("running", build)


@pytest.fixture
def session(request: pytest.FixtureRequest, staff: Staff) -> Iterator[Session]:
    """A session on the office, with its product in operation where the test has its plans."""
    if "plans" in request.fixturenames:
        request.getfixturevalue("running")
    with transaction() as session:
        yield session


@pytest.fixture
def office(session: Session, staff: Staff, now: datetime) -> Office:
    return Office.of(session, staff, now)


@pytest.fixture
def plans(session: Session, running: list[int]) -> list[WorkPlan]:
    return [work_plans.get(session, plan_id) for plan_id in running]


def activated(office) -> list[WorkPlan]:
    product = office.start_product()
    office.push(product.instance_id, until="Activity_DesarrollarAsistencia")
    office.work_through()
    return [work_plans.get(office.session, plan_id) for plan_id in work_plans.running(office.session, product.id)]


def holders(office, plan: WorkPlan) -> set[int | None]:
    return {task.assignee_id for task in tasks.open_of(office.session, plan.instance_id)}


def swept(office, now) -> int:
    found = following.due(office.session, now)
    for plan_id in found:
        following.give(office.session, plan_id, now=now)
    return len(found)


def test_a_plan_without_advisor_goes_to_who_comes_to_attend_its_entity(session, office, now) -> None:
    entity = office.entities[0]
    advisor = office.people["territorial_advisor"].person_id
    coverage.end(session, advisor, entity.id, now.date(), by=SYSTEM, now=now)
    office.now = now + timedelta(days=1)
    plan = next(plan for plan in activated(office) if plan.entity_id == entity.id)
    assert (plan.status, holders(office, plan)) == ("without_advisor", {None})
    lead = office.people["technical_lead"].person_id
    coverage.cover(session, lead, entity.id, office.now.date(), by=SYSTEM, now=office.now)
    assert swept(office, office.now) == 1
    assert (plan.status, plan.advisor_id, holders(office, plan)) == ("open", lead, {lead})


def test_a_plan_follows_its_entity_when_its_advisor_leaves_it(session, office, plans, now) -> None:
    plan, other = plans
    lead = office.people["technical_lead"].person_id
    tomorrow = now + timedelta(days=1)
    coverage.hand_over(session, plan.entity_id, lead, tomorrow.date(), by=SYSTEM, now=now)
    assert swept(office, now) == 0
    assert swept(office, tomorrow) == 1
    assert (plan.advisor_id, holders(office, plan)) == (lead, {lead})
    assert other.advisor_id == office.people["territorial_advisor"].person_id


def test_a_plan_that_follows_is_given_by_who_gave_the_entity(session, office, plans, now) -> None:
    plan, head = plans[0], office.people["regional_coordinator"]
    lead = office.people["technical_lead"].person_id
    coverage.hand_over(session, plan.entity_id, lead, now.date(), by=head.actor(), now=now)
    swept(office, now)
    moved = history.of(session, history.Subject("work_plan", plan.id))[-1]
    assert (moved.action, moved.actor_id) == ("plan.assigned", head.person_id)


def test_a_plan_follows_although_the_coverage_of_its_advisor_was_left_without_effect(
    session, office, plans, now
) -> None:
    plan = plans[0]
    former, lead = (office.people[role].person_id for role in ("territorial_advisor", "technical_lead"))
    told = following.consequence(session, [plan.entity_id], lead, now.date())
    assert ([one.id for one in told.follow], told.stay) == ([plan.id], [])
    coverage.hand_over(session, plan.entity_id, lead, now.date(), by=SYSTEM, now=now)
    assert coverage.of_entity(session, plan.entity_id, revoked=True)[0].person_id == former
    assert swept(office, now) == 1
    assert (plan.advisor_id, holders(office, plan)) == (lead, {lead})


def test_a_plan_given_back_on_purpose_to_who_attended_before_stays(session, office, plans, now) -> None:
    plan = plans[0]
    former, lead = (office.people[role].person_id for role in ("territorial_advisor", "technical_lead"))
    tomorrow = now + timedelta(days=1)
    coverage.hand_over(session, plan.entity_id, lead, tomorrow.date(), by=SYSTEM, now=now)
    assert swept(office, tomorrow) == 1
    by, later = office.people["regional_coordinator"], now + timedelta(days=2)
    following.transfer(session, plan.id, former, reason="Conoce el plan.", by=by, now=later)
    assert swept(office, now + timedelta(days=9)) == 0
    assert plan.advisor_id == former
    told = following.consequence(session, [plan.entity_id], office.people["der_reviewer"].person_id, later.date())
    assert (told.follow, [one.id for one in told.stay]) == ([], [plan.id])


def test_the_open_actions_of_a_plan_go_with_it(session, office, plans, now) -> None:
    plan, lead = plans[0], office.people["technical_lead"].person_id
    action = corrective_actions.open_action(session, plan.id, kind="corrective", finding="Atraso", by=SYSTEM, now=now)
    links = instances.Links("Acción", entity_id=plan.entity_id, people={"advisor": plan.advisor_id},
                            refs={"plan_id": plan.id, "action_id": action.id})  # fmt: skip
    case = instances.start(session, life.CORRECTIVE_ACTION, f"AC-{action.id}", links=links, by=SYSTEM, now=now)
    action.instance_id = case.id
    following.transfer(session, plan.id, lead, reason="Cambio", by=office.people["regional_coordinator"], now=now)
    assert {task.assignee_id for task in tasks.open_of(session, case.id)} == {lead}


def test_a_plan_given_on_purpose_is_told_to_stay(session, office, plans, now) -> None:
    plan = plans[0]
    lead = office.people["technical_lead"].person_id
    following.transfer(session, plan.id, lead, reason="Cambio", by=office.people["regional_coordinator"], now=now)
    told = following.consequence(session, [plan.entity_id], office.people["der_reviewer"].person_id, now.date())
    assert (told.follow, [one.id for one in told.stay]) == ([], [plan.id])


def test_a_plan_given_on_purpose_stays(session, office, plans, now) -> None:
    plan = plans[0]
    lead = office.people["technical_lead"].person_id
    by = office.people["regional_coordinator"]
    following.transfer(session, plan.id, lead, reason="Conoce el producto.", by=by, now=now)
    assert (plan.advisor_id, holders(office, plan)) == (lead, {lead})
    assert swept(office, now + timedelta(days=30)) == 0


def test_answers_for_several_keep_the_milestones_of_each_plan(session, office, plans, now) -> None:
    plan = plans[1]
    office.do(plan.instance_id, "Activity_IdentificarNecesidad")
    (task,) = tasks.open_of(session, plan.instance_id)
    first, *rest = milestones.of_plan(session, plan.id)
    first.name = "Como lo llama su plantilla"
    session.flush()
    typed = [{"number": first.number, "name": "Como lo llama otra", "due_date": "2026-12-01", "applies": True}]
    own = batch.own(session, task.id, {"plan_milestones": typed, "plan_start": "2026-11-01"}, Together({}), now=now)
    assert [row["number"] for row in own["plan_milestones"]] == [first.number, *(row.number for row in rest)]
    assert own["plan_milestones"][0]["name"] == "Como lo llama su plantilla"
    assert own["plan_milestones"][0]["due_date"] == "2026-12-01"
    assert own["plan_start"] == "2026-11-01"


def test_what_was_left_as_the_first_case_had_it_is_each_ones_own(session, office, plans, now) -> None:
    first, second = (tasks.open_of(session, plan.instance_id)[0] for plan in plans[:2])
    given, theirs = (batch.given(session, task.id, now=now) for task in (first, second))
    sent = batch.own(session, second.id, {**given, "situation": "Igual en todas"}, Together(given), now=now)
    assert any(given.values())
    assert sent == {**{name: value for name, value in theirs.items() if value}, "situation": "Igual en todas"}


@pytest.mark.parametrize("role", ["regional_coordinator", "der_reviewer"])
def test_a_plan_is_not_given_to_who_could_not_write_in_it(session, office, plans, now, role: str) -> None:
    plan = plans[0]
    with pytest.raises(InvalidData) as caught:
        following.transfer(
            session,
            plan.id,
            office.people[role].person_id,
            reason="Cambio",
            by=office.people["regional_coordinator"],
            now=now,
        )
    assert "advisor_id" in caught.value.errors
