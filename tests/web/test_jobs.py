"""Trabajos automáticos: the last run of each."""

from datetime import timedelta

from att import jobs as automatic
from db import clock
from db import jobs
from db import transaction
from tests.web.conftest import Browse
from web.jobs import LABELS


def test_every_job_has_a_name_that_people_read() -> None:
    assert set(automatic.JOBS) <= set(LABELS)


def test_a_run_shows_what_came_of_it(browse: Browse) -> None:
    automatic.run("tidy", clock.now())
    assert "Limpieza" in browse("admin").get("/trabajos")


def test_a_failure_and_a_run_cut_off_are_told(browse: Browse) -> None:
    now = clock.now()
    with transaction() as session:
        jobs.started(session, "mail", now=now)
        jobs.started(session, "plans", now=now - timedelta(hours=4))
    with transaction() as session:
        jobs.finished(session, "mail", jobs.Outcome(3, 2, 1, "Se cayó la red"), now=now + timedelta(seconds=2))
    page = browse("admin").get("/trabajos")
    assert "Se cayó la red" in page
    assert "Quedó a medias" in page
    assert 'data-label="Con error">1<' in page  # what tells the numbers apart where the headings have no room


def begun(name: str, ago: timedelta) -> None:
    with transaction() as session:
        jobs.started(session, name, now=clock.now() - ago)


def test_it_is_told_when_no_worker_runs_whatever_the_mail_server_does(browse: Browse) -> None:
    begun("mail", timedelta(minutes=6))
    begun("bounces", timedelta(minutes=1))
    assert "Los trabajos automáticos no corren desde" in browse("admin").get("/trabajos")
    begun("operations", timedelta(minutes=1))
    assert "no corren desde" not in browse("admin").get("/trabajos")


def test_nothing_ran_yet(browse: Browse) -> None:
    assert "Ningún trabajo ha corrido todavía" in browse("admin").get("/trabajos")


def test_an_advisor_does_not_see_them(browse: Browse) -> None:
    browse("asesor").get("/trabajos", 403)
