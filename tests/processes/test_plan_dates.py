"""Days of the procedure: what cannot be is refused, what is unlikely is confirmed first."""

from datetime import date
from datetime import timedelta

import pytest

from db import history
from db.errors import InvalidData
from engine import prefill
from engine import tasks
from tests.processes.office import Office
from tests.processes.test_life_in_database import plans
from tracking.models import Product
from tracking.models import WorkPlan

CONSENT = "Activity_RegistrarConsentimiento"
MEETING = "Activity_SocializarPlan"
EXECUTION = "Activity_EjecutarAsistencia"
MONITORING = "Activity_MonitorearAsistencia"


@pytest.fixture
def plan(active: None, office: Office, product: Product) -> WorkPlan:
    return plans(office, product)[0]


def refused(office: Office, plan: WorkPlan, element: str, **changes: object) -> dict[str, list[str]]:
    """What is wrong with the example of a step, as changed, when it is not confirmed."""
    task = office.task(plan.instance_id, element)
    data = office.answer(task, changes)
    with pytest.raises(InvalidData) as caught:
        tasks.complete(office.session, task.id, data, by=office.who(task), now=office.now)
    return caught.value.errors


def day(office: Office, days: int) -> str:
    return (office.now.date() + timedelta(days=days)).isoformat()


def test_a_consent_of_years_ago_is_refused(plan: WorkPlan, office: Office) -> None:
    office.push(plan.instance_id, until=CONSENT)
    assert "es anterior al plan" in refused(office, plan, CONSENT, date="2024-01-05")["date"][0]


def test_a_consent_before_the_plan_is_confirmed(plan: WorkPlan, office: Office) -> None:
    office.push(plan.instance_id, until=CONSENT)
    (told,) = refused(office, plan, CONSENT, date=day(office, -60))["confirmed"]
    assert "es anterior al día en que se abrió el plan de trabajo" in told
    office.do(plan.instance_id, CONSENT, date=day(office, -60))


def test_a_consent_before_the_plan_was_made_known_is_confirmed(plan: WorkPlan, office: Office) -> None:
    plan.opened_at = office.now - timedelta(days=40)
    office.push(plan.instance_id, until=MEETING)
    office.do(plan.instance_id, MEETING, meeting_date=day(office, -2))
    (told,) = refused(office, plan, CONSENT, date=day(office, -3))["confirmed"]
    assert "es anterior a la reunión de socialización" in told


def test_execution_before_the_consent_is_confirmed(plan: WorkPlan, office: Office) -> None:
    plan.opened_at = office.now - timedelta(days=40)
    office.push(plan.instance_id, until=CONSENT)
    office.do(plan.instance_id, CONSENT, date=day(office, -3))
    changes = {"start_date": day(office, -10), "end_date": day(office, 0)}
    (told,) = refused(office, plan, EXECUTION, **changes)["confirmed"]
    assert "es anterior al consentimiento" in told
    task = office.task(plan.instance_id, EXECUTION)
    assert prefill.doubts(office.session, task, {"start_date": day(office, -3)}, now=office.now) == []
    assert "start_date" in refused(office, plan, EXECUTION, start_date="2021-03-01", end_date=day(office, 0))


def test_a_period_that_has_not_begun_is_refused_and_one_that_has_not_ended_confirmed(
    plan: WorkPlan, office: Office
) -> None:
    office.push(plan.instance_id, until=MONITORING)
    begun, ahead = date(2026, 10, 1).isoformat(), date(2026, 12, 31).isoformat()
    (told,) = refused(office, plan, MONITORING, period_start=begun, period_end=ahead)["confirmed"]
    assert "El periodo termina el 31 de diciembre de 2026, que todavía no llega" in told
    assert "period_start" in refused(office, plan, MONITORING, period_start=day(office, 2), period_end=ahead)


def test_the_day_of_the_meeting_stands_in_the_history(plan: WorkPlan, office: Office) -> None:
    office.push(plan.instance_id, until=MEETING)
    assert "meeting_date" in refused(office, plan, MEETING, meeting_date=None)
    office.do(plan.instance_id, MEETING, meeting_date="2026-11-09")
    told = [row.summary for row in history.of(office.session, history.Subject("work_plan", plan.id))]
    assert "Socializó el plan el 9 de noviembre de 2026." in told
