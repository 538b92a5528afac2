"""Plans follow whoever attends their entity, with their procedure and their tasks."""

from datetime import timedelta

import pytest

from db import SYSTEM
from directory import coverage
from engine import tasks
from tests.processes.office import Office
from tracking import following
from tracking import work_plans
from tracking.models import WorkPlan


@pytest.fixture
def office(session, now) -> Office:
    return Office.open(session, now)


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
        following.give(office.session, plan_id, by=SYSTEM, now=now)
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


def test_a_plan_follows_its_entity_when_its_advisor_leaves_it(session, office, now) -> None:
    plan, other = activated(office)
    lead = office.people["technical_lead"].person_id
    tomorrow = now + timedelta(days=1)
    coverage.hand_over(session, plan.entity_id, lead, tomorrow.date(), by=SYSTEM, now=now)
    assert swept(office, now) == 0
    assert swept(office, tomorrow) == 1
    assert (plan.advisor_id, holders(office, plan)) == (lead, {lead})
    assert other.advisor_id == office.people["territorial_advisor"].person_id


def test_a_plan_given_on_purpose_stays(session, office, now) -> None:
    plan = activated(office)[0]
    lead = office.people["technical_lead"].person_id
    by = office.people["regional_coordinator"]
    following.transfer(session, plan.id, lead, reason="Conoce el producto.", by=by, now=now)
    assert (plan.advisor_id, holders(office, plan)) == (lead, {lead})
    assert swept(office, now + timedelta(days=30)) == 0
