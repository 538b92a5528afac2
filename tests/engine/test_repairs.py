"""Repairing a case: what it waits for, steps restarted from what is stored, and incidents that nothing waits for."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy import text

from db import SYSTEM
from db import history
from db import invariants
from db.errors import Conflict
from db.errors import DefinitionError
from db.errors import InvalidData
from db.errors import NotAllowed
from directory.principal import Grant
from directory.principal import Principal
from engine import definitions
from engine import drafts
from engine import incidents
from engine import instances
from engine import registry
from engine import repairs
from engine import seal
from engine import services
from engine import tasks
from engine.instances import Links
from engine.instances import subject
from engine.invariants import open_case_waits
from engine.models import Incident
from engine.models import IncidentStatus
from engine.models import Instance
from engine.models import Task
from engine.models import TaskStatus
from engine.models import Timer
from engine.registry import Process
from tests.engine import diagrams as d
from tests.engine.conftest import NOTE
from tests.engine.test_services import case as branches
from tests.engine.test_services import ledger
from tests.engine.test_tasks import first
from tests.engine.test_tasks import review
from tests.engine.test_tasks import settle
from tests.engine.test_tasks import write

__all__ = ["branches", "ledger"]

ROOT = Principal(90, "Iván Cruz", grants=(Grant("administrator", "national"),))
DIRECTOR = Principal(91, "Pedro Rey", grants=(Grant("technical_director", "national"),))
WHY = "La fila se perdió al recuperar un respaldo."


def restart(session: Any, case: Instance, now: Any, element: str = "", by: Principal = ROOT) -> repairs.Waiting:
    """Restart what waits at `element`, or the first thing that waits."""
    session.flush()
    session.expire_all()
    one = next(one for one in repairs.waiting(session, case.id) if element in ("", one.element))
    return repairs.restart(session, case.id, one.work_id, WHY, by=by, now=now)


def stranded(session: Any, now: Any) -> bool:
    session.flush()
    return bool(open_case_waits(session, now))


@pytest.fixture
def failing(session, case, ana, rosa, now) -> Incident:
    """The service of the case failed."""
    write(session, case, ana, now)
    review(session, case, rosa, now)
    return services.fail(session, case.id, RuntimeError("closed"), now=now)


def test_a_case_tells_what_it_waits_for(session, case, ana, now) -> None:
    (one,) = repairs.waiting(session, case.id)
    assert (one.kind, one.element, one.sound, one.task) == ("task", "Activity_Escribir", True, first(session, case))


def test_what_ended_waits_for_nothing(session, case, ana, rosa, now) -> None:
    write(session, case, ana, now)
    review(session, case, rosa, now)
    settle(session, case, now)
    assert repairs.waiting(session, case.id) == []


@pytest.mark.parametrize("edit", ["DELETE FROM task", "UPDATE task SET status = 'cancelled'"])
def test_a_step_whose_row_was_lost_comes_back(session, case, ana, now, edit: str) -> None:
    session.flush()
    session.execute(text(edit))
    session.expire_all()
    assert stranded(session, now)
    assert not repairs.waiting(session, case.id)[0].sound
    assert restart(session, case, now).sound
    assert not stranded(session, now)
    assert first(session, case).assignee_id == ana.person_id
    write(session, case, ana, now)


def test_a_step_goes_back_to_whom_the_process_gives_it(session, case, ana, rosa, now) -> None:
    """With the date and the draft that it had: whoever runs the system gives nobody more time."""
    write(session, case, ana, now)
    task = first(session, case)
    tasks.claim(session, task.id, by=rosa, now=now)
    drafts.save(session, task.id, {"text": "a medias"}, by=rosa, now=now)
    due, revision = task.due_at, task.revision
    restart(session, case, now + timedelta(days=9))
    task = first(session, case)
    assert (task.assignee_id, task.previous_holder_id, task.claimed_at) == (None, rosa.person_id, None)
    assert (task.due_at, task.round, task.revision) == (due, 1, revision + 1)
    assert drafts.find(session, task.id).data == {"text": "a medias"}


def test_the_other_steps_that_wait_come_back_with_it(session, branches, ledger, now) -> None:
    session.flush()
    session.execute(text("UPDATE task SET status = 'cancelled'"))
    restart(session, branches, now, "Activity_Uno")
    assert [one.sound for one in repairs.waiting(session, branches.id)] == [True, True, True]


def test_a_row_that_nothing_waits_for_is_closed_with_it(session, case, ana, now) -> None:
    session.flush()
    row = {column.key: getattr(first(session, case), column.key) for column in Task.__table__.c if column.key != "id"}
    session.add(Task(**{**row, "work_id": "another"}))
    restart(session, case, now)
    assert session.scalars(select(Task.status).where(Task.work_id == "another")).one() == TaskStatus.CANCELLED


def test_what_was_sent_is_never_opened_again(session, case, ana, now) -> None:
    session.flush()
    session.execute(text("UPDATE task SET status = 'completed'"))
    with pytest.raises(Conflict, match="ya se envió"):
        restart(session, case, now)


def test_an_automatic_step_begins_anew(session, case, failing, notebook, now) -> None:
    restart(session, case, now)
    assert (failing.status, failing.resolved_by, failing.retry_at) == (IncidentStatus.RESOLVED, ROOT.person_id, None)
    again = services.fail(session, case.id, RuntimeError("closed"), now=now)
    assert (again.id != failing.id, again.attempts) == (True, 1)


def test_an_automatic_step_still_acts_for_whoever_led_to_it(session, case, failing, notebook, now) -> None:
    restart(session, case, now)
    settle(session, case, now)
    assert notebook.lines == ["Rosa Díaz: Hola"]


def test_a_service_that_nobody_was_told_of_is_found_again(session, case, failing, now) -> None:
    session.flush()
    session.execute(text("UPDATE instance SET awaits_service = false"))
    assert stranded(session, now)
    restart(session, case, now)
    assert services.due(session, now) == [case.id]


@pytest.mark.parametrize("edit", ["DELETE FROM timer", "UPDATE timer SET fired_at = due_at"])
def test_a_term_runs_again(session, branches, ledger, now, edit: str) -> None:
    session.flush()
    due = session.scalars(select(Timer.due_at)).one()
    session.execute(text(edit))
    assert restart(session, branches, now, "Event_Plazo").sound
    assert session.scalars(select(Timer.due_at).where(Timer.fired_at.is_(None))).one() == due


def test_an_incident_that_nothing_waits_for_is_closed_with_it(session, case, failing, now) -> None:
    failing.work_id = "another"
    restart(session, case, now)
    session.flush()
    assert (failing.status, failing.resolved_at, failing.resolved_by) == (IncidentStatus.RESOLVED, now, None)


def test_it_stands_in_the_history_with_its_reason(session, case, failing, now) -> None:
    restart(session, case, now)
    act = history.of(session, subject(case.id))[-1]
    assert (act.action, act.summary, act.reason) == ("step.restarted", "Reinició el paso «Activity_Anotar».", WHY)
    assert (act.actor_id, act.element) == (ROOT.person_id, "Activity_Anotar")
    assert [row.action for row in repairs.acts(session, case.id)] == ["step.restarted"]
    assert list(history.verify(session)) == []


@pytest.mark.parametrize("reason", ["", "  ", "."])
def test_without_a_reason_nothing_is_done(session, case, now, reason: str) -> None:
    (one,) = repairs.waiting(session, case.id)
    with pytest.raises(InvalidData):
        repairs.restart(session, case.id, one.work_id, reason, by=ROOT, now=now)
    with pytest.raises(InvalidData):
        repairs.reassign(session, first(session, case).id, 1, reason, by=DIRECTOR, now=now)
    with pytest.raises(InvalidData):
        repairs.cancel(session, case.id, reason, by=DIRECTOR, now=now)


def test_only_whoever_runs_the_system_restarts_and_does_nothing_else(session, case, ana, rosa, now) -> None:
    for by in (ana, rosa, DIRECTOR):
        with pytest.raises(NotAllowed):
            restart(session, case, now, by=by)
    with pytest.raises(NotAllowed):
        repairs.reassign(session, first(session, case).id, ana.person_id, WHY, by=ROOT, now=now)
    with pytest.raises(NotAllowed):
        repairs.cancel(session, case.id, WHY, by=ROOT, now=now)


def test_what_waits_no_more_is_not_restarted(session, case, ana, now) -> None:
    (one,) = repairs.waiting(session, case.id)
    write(session, case, ana, now)
    with pytest.raises(Conflict, match="ya no espera"):
        repairs.restart(session, case.id, one.work_id, WHY, by=ROOT, now=now)
    instances.cancel(session, case.id, WHY, by=DIRECTOR.actor(), now=now)
    with pytest.raises(Conflict, match="ya terminó"):
        repairs.restart(session, case.id, one.work_id, WHY, by=ROOT, now=now)


def test_a_state_that_was_altered_is_not_repaired_from(session, case, now) -> None:
    session.flush()
    session.execute(text("UPDATE instance SET seal = 'otro'"))
    session.expire_all()
    with pytest.raises(DefinitionError):
        repairs.waiting(session, case.id)


def test_reassigning_says_why(session, case, ana, rosa, now) -> None:
    write(session, case, ana, now)
    task = first(session, case)
    repairs.reassign(session, task.id, rosa.person_id, WHY, by=DIRECTOR, now=now)
    act = history.of(session, subject(case.id))[-1]
    assert (act.action, act.reason, first(session, case).assignee_id) == ("task.assigned", WHY, rosa.person_id)


def test_a_case_of_a_product_ends_with_it(session, toy, ana, now) -> None:
    row = instances.start(
        session, "tramite", "T-2", links=Links("Dos", refs={"product_id": 1}), by=ana.actor(), now=now
    )
    with pytest.raises(Conflict, match="termina con su producto"):
        repairs.cancel(session, row.id, WHY, by=DIRECTOR, now=now)


def test_what_failed_in_a_case_that_is_ended_waits_no_more(session, case, failing, now) -> None:
    repairs.cancel(session, case.id, WHY, by=DIRECTOR, now=now)
    session.flush()
    session.refresh(failing)
    assert (failing.status, failing.retry_at, failing.resolved_at) == (IncidentStatus.RESOLVED, None, now)
    assert history.of(session, subject(case.id))[-1].reason == WHY
    with pytest.raises(Conflict, match="ya se resolvió"):
        incidents.retry(session, failing.id, by=ROOT, now=now)


def test_what_failed_on_a_way_that_the_process_left_waits_no_more(session, ana, now) -> None:
    """A message takes the case out of the part in which the service failed."""
    seal.use("a secret of the tests")

    def stuck(session: Any, context: Any, *, by: Any, now: Any) -> None:
        raise RuntimeError("closed")

    inner = d.start("Event_Dentro") + d.service("Activity_Anotar", "toy.stuck") + d.end("Event_FinDentro")
    inner += d.chain("Event_Dentro", "Activity_Anotar", "Event_FinDentro")
    body = (
        d.start() + d.sub("Activity_Parte", inner) + d.boundary("Event_Retiro", "Activity_Parte", "retiro")
        + d.user("Activity_Cerrar") + d.end() + d.end("Event_Retirado")
        + d.chain("Event_Inicio", "Activity_Parte", "Event_Fin") + d.flow("Event_Retiro", "Activity_Cerrar")
        + d.flow("Activity_Cerrar", "Event_Retirado")
    )  # fmt: skip
    files = {"retiro.bpmn": d.diagram("retiro", body, messages=("retiro",))}
    process = Process("retiro", "Retiro", files, {"nota": NOTE}, handlers={"toy.stuck": stuck},
                      messages=("retiro",))  # fmt: skip
    before = dict(registry._handlers)
    registry.register(process)
    definitions.deploy(session, process, by=SYSTEM, now=now)
    try:
        row = instances.start(session, "retiro", "X-1", links=Links("Retiro"), by=ana.actor(), now=now)
        incident = services.fail(session, row.id, RuntimeError("closed"), now=now)
        instances.send(session, row.id, "retiro", reason=WHY, by=ana.actor(), now=now)
        session.flush()
        session.refresh(incident)
        assert (incident.status, incident.resolved_at) == (IncidentStatus.RESOLVED, now)
        assert not row.awaits_service
    finally:
        registry._processes.pop("retiro")
        registry._handlers.clear()
        registry._handlers.update(before)


def test_a_list_is_of_the_places_that_one_sees(session, case, failing, now) -> None:
    case.unit_id = None
    session.flush()
    elsewhere = Principal(92, "Otra", grants=(Grant("regional_coordinator", "region", 5),))
    assert [row.id for row in incidents.listed(session, by=ROOT).items] == [failing.id]
    assert [row.id for row in incidents.listed(session, by=DIRECTOR).items] == [failing.id]
    assert incidents.listed(session, by=elsewhere).items == []
    with pytest.raises(NotAllowed):
        incidents.get(session, failing.id, by=elsewhere)


@pytest.mark.parametrize(("words", "found"), [("tramite uno", 1), ("error", 1), ("toy.note", 1), ("otro", 0)])
def test_a_list_is_searched(session, case, failing, words: str, found: int) -> None:
    session.flush()
    assert len(incidents.listed(session, by=ROOT, text=words).items) == found
    assert len(incidents.matching(session, by=ROOT, text=words, limit=9)) == found


def test_every_act_that_repairs_is_sound_for_the_invariants(session, case, failing, now) -> None:
    restart(session, case, now)
    session.flush()
    assert [key for key, check in invariants.CHECKS.items() if check.look(session, now)] == []
