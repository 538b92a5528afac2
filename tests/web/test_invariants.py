"""Invariantes: what must always hold, shown to whoever watches the system."""

from datetime import timedelta

import pytest

from att import jobs
from db import clock
from db import invariants
from db import reading
from db import transaction
from db.invariants import Finding
from db.jobs import JobRun
from db.jobs import Outcome
from tests.web.conftest import Browse

KEY = "open_case_waits"


def keep(found: list[Finding]) -> None:
    with transaction() as session:
        invariants.keep(session, KEY, found, seconds=0.25, now=clock.now())


def test_before_the_first_look_it_says_so(browse: Browse) -> None:
    assert "Todavía no se ha revisado nada" in browse("admin").get("/invariantes")


def test_when_all_holds_it_says_so(browse: Browse) -> None:
    assert jobs.run("invariants", clock.now()) == Outcome()
    page = browse("control").get("/invariantes")
    assert "Todo se cumple." in page
    assert all(check.title in page and check.meaning in page for check in invariants.CHECKS.values())


def test_what_does_not_hold_leads_to_where_it_is_repaired(browse: Browse) -> None:
    keep([Finding("instance", 4, "Bancos: está abierto y no espera nada", 4)])
    admin = browse("admin")
    assert "1 invariante no se cumple" in admin.get("/invariantes")
    page = admin.get(f"/invariantes/{KEY}")
    assert '<a href="/incidentes/tramites/4">Bancos: está abierto y no espera nada</a>' in page
    assert "Qué hacer" in page
    assert "No se cumple desde" in page
    assert "0,25 s" in page


def test_what_holds_again_stays_to_be_read(browse: Browse) -> None:
    keep([Finding("message", 9, "Mensaje 9: debía haber salido")])
    keep([])
    page = browse("admin").get(f"/invariantes/{KEY}?parte=resueltos")
    assert '<a href="/mensajes/9">' in page
    assert "dejó de encontrarse" in page
    assert "Nada que no se cumpla" in browse("admin").get(f"/invariantes/{KEY}")


def test_one_that_could_not_be_looked_at_shows(browse: Browse) -> None:
    with transaction() as session:
        invariants.failed(session, KEY, "OperationalError: se cayó", now=clock.now())
    assert "no se pudo revisar" in browse("admin").get("/invariantes")
    assert "OperationalError: se cayó" in browse("admin").get(f"/invariantes/{KEY}")


def test_a_sweep_that_stopped_is_told(browse: Browse) -> None:
    with transaction() as session:
        invariants.keep(session, KEY, [], seconds=0.1, now=clock.now() - timedelta(hours=2))
    page = browse("admin").get("/invariantes").replace("\xa0", " ")
    assert "La última revisión fue hace 2 horas." in page
    assert "Todo se cumple." not in page


def test_a_page_of_what_does_not_exist(browse: Browse) -> None:
    browse("admin").get("/invariantes/otro", 404)


@pytest.mark.parametrize("path", ["/invariantes", f"/invariantes/{KEY}", "/trabajos"])
def test_they_are_for_whoever_watches_the_system(browse: Browse, path: str) -> None:
    for name in ("admin", "monitoreo", "control"):
        browse(name).get(path)
    for name in ("asesor", "lider", "director", "articulador", "der"):
        browse(name).get(path, 403)


def test_a_job_that_nobody_runs_is_told(browse: Browse) -> None:
    jobs.run("tidy", clock.now())
    with transaction() as session:
        row = session.get_one(JobRun, "tidy")
        row.last_started_at -= timedelta(hours=4)
        row.last_finished_at = row.last_started_at
    with reading() as session:
        assert session.get_one(JobRun, "tidy").every == jobs.JOBS["tidy"][1]
    assert "Hace rato no corre" in browse("admin").get("/trabajos")
