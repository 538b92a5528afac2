"""A task that meets something owed has its date, and both are told once."""

from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import engine.notices  # noqa: F401 - registers its source
import notifications.obligation_notices  # noqa: F401 - registers its source
from db import SYSTEM
from db.clock import local_date
from db.errors import InvalidData
from directory.models import Person
from engine import ledger_dates
from notifications import acts
from notifications import ledger
from notifications import policies
from notifications import reminders
from notifications import sources
from notifications.digests import Digests
from notifications.models import Message
from notifications.models import Obligation
from notifications.models import ObligationStatus
from notifications.places import Places
from tests.processes.conftest import Play
from tests.processes.office import Office
from tests.processes.test_life_in_database import plans
from tracking import agenda
from tracking import work_plans
from tracking.models import Product
from tracking.models import WorkPlan
from tracking.policies import SHIPPED

MONITORING = "Activity_MonitorearAsistencia"
END_OF_YEAR = date(2026, 12, 31)


def sweep(session: Session, now: datetime) -> None:
    """One round of the jobs of the ledger."""
    for policy in policies.enabled(session):
        subjects = list(sources.subjects(session, policy.spec.subjects, local_date(now)))
        ledger.open_batch(session, policy, subjects, Places(session), now=now)
    session.flush()
    ledger_dates.batch(session, after=0, now=now)
    session.expire_all()


@pytest.fixture
def owing(active: None, played: Play) -> int:
    """The id of a plan that is monitored, owed quarter by quarter since October."""

    def owe(office: Office, product: Product) -> int:
        wanted = [one for one in SHIPPED if one.key in ("monitoreo_trimestral", "evaluacion_plan")]
        policies.install(office.session, wanted, since=date(2026, 10, 1), by=SYSTEM, now=office.now)
        found = plans(office, product)[0]
        office.push(found.instance_id, until=MONITORING)
        sweep(office.session, office.now)
        return found.id

    return int(played("owing", owe))


@pytest.fixture
def plan(owing: int, session: Session) -> WorkPlan:
    """Its row in this test's session."""
    return work_plans.get(session, owing)


def owed(session: Session, plan: WorkPlan) -> Obligation:
    rows = select(Obligation).join(policies.Policy, policies.Policy.id == Obligation.policy_id)
    return session.scalars(
        rows.where(Obligation.plan_id == plan.id, policies.Policy.key == "monitoreo_trimestral")
    ).one()


def test_the_monitoring_is_due_when_the_quarter_is(plan: WorkPlan, office: Office) -> None:
    task, row = office.task(plan.instance_id, MONITORING), owed(office.session, plan)
    assert (task.due_at, task.due_reason, task.term) == (row.due_at, row.explanation, "")
    assert local_date(task.due_sort) == END_OF_YEAR


def test_the_next_monitoring_is_of_the_next_quarter(plan: WorkPlan, office: Office) -> None:
    office.do(plan.instance_id, MONITORING, period_start="2026-10-01", period_end="2026-11-24", corrective_actions=[])
    assert owed(office.session, plan).status == ObligationStatus.MET
    again = office.task(plan.instance_id, MONITORING)
    assert (again.round, local_date(again.due_sort)) == (2, date(2027, 3, 31))
    later = datetime(2027, 1, 12, 15, tzinfo=UTC)
    sweep(office.session, later)
    assert local_date(office.task(plan.instance_id, MONITORING).due_sort) == date(2027, 3, 31)


def test_a_task_follows_what_it_meets(plan: WorkPlan, office: Office) -> None:
    """A quarter that is waived is owed no more: the task is for the next one."""
    acts.waive(
        office.session, owed(office.session, plan).id, "Calamidad", by=office.people["der_monitoring"], now=office.now
    )
    sweep(office.session, office.now)
    assert local_date(office.task(plan.instance_id, MONITORING).due_sort) == date(2027, 3, 31)


def test_a_monitoring_is_of_one_quarter(plan: WorkPlan, office: Office) -> None:
    with pytest.raises(InvalidData) as refusal:
        office.do(plan.instance_id, MONITORING, period_start="2026-07-01", period_end="2026-11-20")
    assert "termínelo a más tardar el 30 de septiembre" in refusal.value.errors["period_end"][0]


def test_task_and_obligation_are_told_once(plan: WorkPlan, office: Office) -> None:
    session, advisor = office.session, office.people["territorial_advisor"]
    session.get_one(Person, advisor.person_id).email = "asesora@example.org"
    near = datetime(2026, 12, 29, 14, tzinfo=UTC)
    turn = reminders.begin(session, now=near)
    assert turn is not None
    reminders.tell(session, turn, [advisor.person_id])
    (digest,) = session.scalars(select(Message)).all()
    told = Digests(session, [digest], near).of(digest)
    assert told is not None
    lines = [line for section in told["sections"] for group in section.groups for line in group.lines]
    about = [line.item for line in lines if "onitore" in line.item.title]
    assert [(item.link, item.due_on) for item in about if plan.id == owed(session, plan).plan_id][:1] == [
        (f"/plazos/{owed(session, plan).id}", END_OF_YEAR)
    ]
    assert not any(item.link.startswith("/tareas/") for item in about)
    items = agenda.between(session, advisor, END_OF_YEAR - timedelta(days=3), END_OF_YEAR, now=near)
    assert not any("Monitorear" in item.title for item in items)
    assert any("Monitoreo trimestral" in item.title for item in items)
