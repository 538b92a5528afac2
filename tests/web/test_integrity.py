"""Integridad de la historia: control interno looks through it, and reads what came of it."""

from datetime import date

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from att import jobs
from att.commands import audit
from db import clock
from db import transaction
from directory.models import RoleGrant
from directory.principal import load
from notifications import statements
from notifications.statements import NewStatement
from tests import databases
from tests.notifications import desk as desk_of_terms
from tests.web import desk
from tests.web.conftest import Browse
from tests.web.world import World


def test_who_oversees_looks_and_reads_what_came_of_it(browse: Browse, world: World) -> None:
    desk.product(world, "Activity_DelimitarProblema")
    control = browse("control")
    assert "Nadie la ha revisado todavía" in control.get("/integridad")
    control.post("/integridad")
    assert "En curso" in control.get("/integridad")
    control.post("/integridad", status=409)
    jobs.run("operations", clock.now())
    assert "La historia está íntegra" in control.get("/integridad")
    with transaction() as session:
        session.execute(text("UPDATE submission SET capacity = 'Otra' WHERE id = 1"))
    control.get("/integridad")
    control.post("/integridad")
    jobs.run("operations", clock.now())
    page = control.get("/integridad")
    assert "1 lugar no se sostiene" in page
    assert "lo que se envió con él fue alterado" in page


def test_who_does_not_oversee_has_no_such_page(browse: Browse, world: World) -> None:
    browse("lider").get("/integridad", 403)
    assert "/integridad" not in browse("der").get("/bandeja")


def test_a_broken_row_is_told_and_stops_nothing(browse: Browse, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    now = clock.now()
    with transaction() as session:
        marta, elena = (load(session, world.people[name], now=now) for name in ("articulador", "monitoreo"))
        session.add(RoleGrant(person_id=marta.person_id, role="planning_liaison", scope_kind="unit",
                              scope_id=world.unit_id, since=date(2026, 1, 1)))  # fmt: skip
        desk_of_terms.ship(session, now, met_by=("statement",))
        subject = desk_of_terms.subject(marta.person_id, region_id=world.region_id)
        desk_of_terms.sweep(session, now, [subject])
        row = desk_of_terms.rows(session)[0]
        day = row.period_end
        said = NewStatement(text="Hecho", happened_on=day, evidence_link="https://example.org/1")
        one = statements.present(session, row.id, said, by=marta, now=now)
        statements.return_(session, one.id, "Falta", by=elena, now=now)
        number = row.id
    broken = "UPDATE statement SET status = 'accepted'"
    with transaction() as session:
        if databases.kind() == "postgresql":
            assert databases.refuses(session, broken)
            return
        session.execute(text(broken))
    control = browse("control")
    control.get("/integridad")
    control.post("/integridad")
    jobs.run("operations", clock.now())
    page = control.get("/integridad")
    assert "1 lugar no se sostiene" in page
    assert f"Historia del plazo {number}, acto 2: la constancia no está como la dejó este acto." in page
    monkeypatch.setattr(audit, "connected", lambda: None)  # the database of the test
    shown = CliRunner().invoke(audit.verify)
    assert shown.exit_code == 1
    assert f"obligation {number}, acto 2" in shown.stderr
