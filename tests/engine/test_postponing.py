"""A newer calendar moves the due dates of open tasks, once, and history says so."""

from datetime import date

from db import SYSTEM
from db import history
from engine import postponing
from engine import tasks
from engine.instances import subject
from notifications import days


def review(session, case, ana, now):
    return tasks.complete(session, tasks.open_of(session, case.id)[0].id, {"text": "Hola"}, by=ana, now=now).opened[0]


def test_a_declared_day_moves_what_is_open(session, case, ana, now) -> None:
    task = review(session, case, ana, now)
    days.add(session, date(2026, 11, 26), "national", "", "Día cívico", by=SYSTEM, now=now)
    assert postponing.batch(session, after=0, now=now) == (None, 1)
    assert task.due_at.date() == task.due_sort.date() == date(2026, 11, 30)
    assert "Día cívico" in task.due_reason
    assert history.of(session, subject(case.id))[-1].summary.endswith(
        "pasó del 27 de noviembre de 2026 al 30 de noviembre de 2026. "
        "Cambió el calendario: el 26 de noviembre de 2026 no es hábil (Día cívico)."
    )
    assert postponing.batch(session, after=0, now=now) == (None, 0)


def test_a_day_after_its_end_moves_nothing(session, case, ana, now) -> None:
    task = review(session, case, ana, now)
    days.add(session, date(2026, 12, 24), "national", "", "Nochebuena", by=SYSTEM, now=now)
    assert postponing.batch(session, after=0, now=now) == (None, 0)
    assert (task.due_at.date(), task.calendar_version) == (date(2026, 11, 27), 1)


def test_the_term_is_the_one_with_which_the_task_began(session, case, ana, now) -> None:
    assert review(session, case, ana, now).term == "working_days:3"
