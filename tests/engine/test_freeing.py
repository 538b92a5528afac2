"""What somebody held with a role goes back to the others when they lose it."""

from dataclasses import replace

from db import SYSTEM
from db import history
from engine import freeing
from engine import tasks
from engine.instances import subject
from tests.engine.test_tasks import first
from tests.engine.test_tasks import write

ROLE = "der_reviewer"


def test_what_was_taken_with_a_role_that_is_lost_goes_back_to_the_group(session, case, ana, rosa, now) -> None:
    task = write(session, case, ana, now).opened[0]
    tasks.claim(session, task.id, by=rosa, now=now)
    assert freeing.free(session, replace(rosa, grants=()), ROLE, (), by=SYSTEM, now=now) == [task]
    assert (task.assignee_id, task.claimed_at, task.previous_holder_id) == (None, None, rosa.person_id)
    last = next(history.backwards(session, subject(case.id)))
    assert last.action == "task.released"
    assert last.summary.startswith(f"La tarea «{task.name}» volvió al grupo: {rosa.name} ya no tiene el rol ")
    assert tasks.claim(session, task.id, by=rosa, now=now).assignee_id == rosa.person_id


def test_who_holds_the_role_otherwise_keeps_the_task(session, case, ana, rosa, now) -> None:
    task = write(session, case, ana, now).opened[0]
    tasks.claim(session, task.id, by=rosa, now=now)
    assert freeing.free(session, rosa, ROLE, (), by=SYSTEM, now=now) == []
    assert task.assignee_id == rosa.person_id


def test_what_is_somebodys_for_their_part_in_the_case_stays_theirs(session, case, ana, now) -> None:
    task, nobody = first(session, case), replace(ana, grants=())
    assert freeing.free(session, nobody, task.role, (), by=SYSTEM, now=now) == []
    assert freeing.free(session, nobody, task.role, ("writer",), by=SYSTEM, now=now) == [task]
    assert "writer" not in case.people
