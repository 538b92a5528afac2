"""The steps of a corrective action fall due: its follow-up by the day that was committed to, its closing by a term."""

from datetime import UTC
from datetime import date
from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import engine.notices  # noqa: F401 - registers its source
from db import SYSTEM
from db import settings
from db.clock import local_date
from directory.models import Person
from engine import definitions
from engine import postponing
from engine import prefill
from engine.models import Task
from engine.models import TaskStatus
from notifications import calendar
from notifications import days
from notifications import reminders
from notifications.models import Reminder
from tests.processes.conftest import Play
from tests.processes.office import Office
from tests.processes.older import older
from tests.processes.test_life_in_database import plans
from tracking import corrective_actions
from tracking.models import ActionStatus
from tracking.models import CorrectiveAction
from tracking.models import Product
from workflows import accion_correctiva

COMMITTED = date(2026, 12, 14)


@pytest.fixture
def found(active: None, played: Play) -> int:
    """The id of an action that a monitoring opened and that waits to be formulated."""

    def find(office: Office, product: Product) -> int:
        return opened(office, product).id

    return int(played("found", find))


def opened(office: Office, product: Product) -> CorrectiveAction:
    """An action that a monitoring opens, with the day that it says."""
    plan = plans(office, product)[0]
    office.push(plan.instance_id, until="Activity_MonitorearAsistencia")
    found = {"kind": "corrective", "finding": "Dos hitos vencidos", "action": "Designar", "responsible": "Alcaldía",
             "due": "2026-12-01"}  # fmt: skip
    office.do(plan.instance_id, "Activity_MonitorearAsistencia", corrective_actions=[found])
    return corrective_actions.of_plan(office.session, plan.id)[0]


@pytest.fixture
def action(found: int, session: Session) -> CorrectiveAction:
    """Its row in this test's session."""
    return session.get_one(CorrectiveAction, found)


@pytest.fixture
def following(action: CorrectiveAction, office: Office) -> Task:
    """Its follow-up, once it was formulated with a day."""
    office.do(action.instance_id, "Activity_FormularAccion", due_date=COMMITTED.isoformat())
    return office.task(action.instance_id, "Activity_SeguirAccion")


def test_the_follow_up_falls_due_on_the_day_that_was_committed_to(following: Task, action: CorrectiveAction) -> None:
    assert following.due_at == calendar.LAW.at_cut_off(COMMITTED)
    assert local_date(following.due_sort) == action.due_on
    assert following.due_reason == "es el día que se fijó en este trámite, 14 de diciembre de 2026"


def test_what_proved_ineffective_is_formulated_anew_with_another_day(
    following: Task, action: CorrectiveAction, office: Office
) -> None:
    office.complete(following, {"effective": False, "ineffective_reason": "No asistieron."})
    formulating = office.task(action.instance_id, "Activity_FormularAccion")
    given = prefill.initial(office.session, formulating, now=office.now)
    assert (formulating.round, given["due_date"]) == (2, COMMITTED.isoformat())
    office.do(action.instance_id, "Activity_FormularAccion", action="Convocar de nuevo", due_date="2027-01-18")
    again = office.task(action.instance_id, "Activity_SeguirAccion")
    assert (again.round, again.due_at) == (2, calendar.LAW.at_cut_off(date(2027, 1, 18)))
    assert (action.action, action.due_on) == ("Convocar de nuevo", date(2027, 1, 18))


def test_formulating_has_a_term_of_its_own_whatever_day_the_monitoring_said(
    action: CorrectiveAction, office: Office
) -> None:
    today = local_date(office.now)
    office.do(action.instance_id, "Activity_FormularAccion", due_date=today.isoformat())
    settings.put(office.session, "term_corrective_formulation", "working_days:8", by=SYSTEM, now=office.now)
    office.do(action.instance_id, "Activity_SeguirAccion", effective=False, ineffective_reason="No asistieron.")
    again = office.task(action.instance_id, "Activity_FormularAccion")
    assert (again.round, action.due_on, local_date(again.due_sort)) == (2, today, date(2026, 12, 4))
    assert "8 días hábiles desde el 24 de noviembre de 2026" in again.due_reason


def test_an_action_of_the_version_before_is_formulated_by_the_day_it_began_with(
    active: None, office: Office, product: Product
) -> None:
    ((name, said),) = accion_correctiva.PROCESS.files.items()
    before = said.replace("setting:term_corrective_formulation=working_days:5", "variable:due_date")
    definitions.deploy(office.session, older(accion_correctiva.PROCESS, {name: before}), by=SYSTEM, now=office.now)
    row = opened(office, product)
    definitions.deploy(office.session, accion_correctiva.PROCESS, by=SYSTEM, now=office.now)
    formulating = office.task(row.instance_id, "Activity_FormularAccion")
    assert formulating.due_at == calendar.LAW.at_cut_off(date(2026, 12, 1))
    office.push(row.instance_id)
    assert row.status == ActionStatus.CLOSED


def test_a_closing_that_was_not_granted_goes_back_to_a_follow_up_for_the_same_day(
    following: Task, action: CorrectiveAction, office: Office
) -> None:
    office.complete(following, {"effective": True})
    office.do(action.instance_id, "Activity_VerificarCierre", closed=False, closing_note="Falta el acta.")
    again = office.task(action.instance_id, "Activity_SeguirAccion")
    assert (again.round, again.due_at) == (2, following.due_at)


def test_a_follow_up_that_was_sent_back_begins_with_what_it_said_and_its_evidence(
    following: Task, action: CorrectiveAction, office: Office
) -> None:
    sent = office.complete(following, {"effective": True}).submission.data
    office.do(action.instance_id, "Activity_VerificarCierre", closed=False, closing_note="Falta el acta.")
    again = office.task(action.instance_id, "Activity_SeguirAccion")
    assert sent["evidence"]
    assert prefill.initial(office.session, again, now=office.now) == {
        "progress": sent["progress"], "evidence": sent["evidence"],
    }  # fmt: skip
    office.complete(again, {"effective": False, "ineffective_reason": "No asistieron."})
    office.do(action.instance_id, "Activity_FormularAccion", due_date="2027-01-18")
    anew = office.task(action.instance_id, "Activity_SeguirAccion")
    assert prefill.initial(office.session, anew, now=office.now) == {"evidence": []}


def test_a_newer_calendar_does_not_move_what_was_committed_to(following: Task, office: Office) -> None:
    days.add(office.session, COMMITTED, "national", "", "Día cívico", by=SYSTEM, now=office.now)
    postponing.batch(office.session, after=0, now=office.now)
    assert local_date(following.due_sort) == COMMITTED
    assert following.calendar_version == days.current(office.session)


@pytest.mark.parametrize(("term", "end"), [("", date(2026, 12, 1)), ("working_days:8", date(2026, 12, 4))])
def test_whoever_verifies_the_closing_has_the_term_of_the_settings(
    following: Task, action: CorrectiveAction, office: Office, term: str, end: date
) -> None:
    if term:
        settings.put(office.session, "term_corrective_closing", term, by=SYSTEM, now=office.now)
    office.complete(following, {"effective": True})
    verifying = office.task(action.instance_id, "Activity_VerificarCierre")
    assert local_date(verifying.due_sort) == end
    assert "días hábiles desde el 24 de noviembre de 2026" in verifying.due_reason


def test_the_advisor_is_reminded_before_the_day(following: Task, session: Session) -> None:
    for number, person in enumerate(session.scalars(select(Person))):
        person.email = f"persona.{number}@example.org"
    others = session.scalars(select(Task).where(Task.status == TaskStatus.OPEN, Task.id != following.id))
    for other in others:
        other.status = TaskStatus.CANCELLED
    session.flush()
    told = []
    for day in (9, 10, 14):
        turn = reminders.begin(session, now=datetime(2026, 12, day, 14, tzinfo=UTC))
        assert turn is not None
        reminders.tell(session, turn, reminders.people(session, turn, after=0))
        written = select(Reminder.rung).where(Reminder.source_id == following.id).order_by(Reminder.id.desc())
        told.append(session.scalars(written).first())
    assert told == ["new", "due-2", "due0"]
