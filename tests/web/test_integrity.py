"""Integridad de la historia: control interno looks through it, and reads what came of it."""

import re
from datetime import date
from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from att import checkpointing
from att import jobs
from att.commands import audit
from db import SYSTEM
from db import clock
from db import history
from db import settings
from db import transaction
from db.checkpoints import checking
from directory.models import RoleGrant
from directory.principal import load
from notifications import checkpoint_copies
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
    head = page.partition("Puntos de control")[0]
    assert 'class="notice error" role="alert"><h2>La historia se alteró: 1 lugar no se sostiene' in head
    assert "lo que se envió con él fue alterado" in head


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
    assert f"plazo {number}, acto 2" in shown.stderr


def test_the_page_tells_of_the_checkpoints(browse: Browse, world: World) -> None:
    control, now = browse("control"), clock.now()
    assert "Todavía no hay puntos de control" in control.get("/integridad")
    jobs.run("checkpoints", now - timedelta(hours=5, minutes=1))
    last = checking.in_use().last()
    assert last is not None
    page = control.get("/integridad")
    for told in (f"N.º {last.number}", "hace 5\xa0horas", last.hash, last.key, "Cubre todo lo registrado"):
        assert told in page
    assert "avise a quien opera" not in page
    desk.product(world, "Activity_DelimitarProblema")
    page = control.get("/integridad")
    assert "Hay actos que esperan el siguiente" in page
    assert "avise a quien opera" not in page, "nothing was recorded for hours, and then something: the next one is due"
    with transaction() as session:
        subject = history.Subject("work_plan", 99)
        history.record(session, subject, "plan.changed", by=SYSTEM, now=now - timedelta(hours=4))
    page = control.get("/integridad")
    assert "Hay actos de hace más de tres horas sin punto de control" in page
    checkpointing.declare_restored("Se dañó el disco.", by=SYSTEM, now=now)
    page = control.get("/integridad")
    assert "Se puso en uso una copia anterior" in page
    assert "Se dañó el disco." in page
    assert "Ninguna ha terminado" in page
    control.post("/integridad")
    jobs.run("operations", now)
    assert re.search(r"Última revisión</dt><dd>La historia está íntegra, ", control.get("/integridad"))


def test_a_history_that_was_cut_is_told_on_the_page(browse: Browse, world: World) -> None:
    """What only the checkpoints show; and a log of them that was changed."""
    desk.product(world, "Activity_DelimitarProblema")
    jobs.run("checkpoints", clock.now())
    with transaction() as session:
        session.execute(text("DELETE FROM history WHERE subject_kind = 'product'"))
        session.execute(text("DELETE FROM history_head WHERE subject_kind = 'product'"))
    log = checking.in_use()
    log.path.write_bytes(log.path.read_bytes().replace(b'"told":""', b'"told":"x"'))
    control = browse("control")
    control.get("/integridad")
    control.post("/integridad")
    jobs.run("operations", clock.now())
    page = control.get("/integridad")
    assert "Historia del producto 1, acto 2: falta, y un punto de control firmado dice que estaba.</a>" in page
    assert "Punto de control 1: fue alterado, o falta el anterior." in page
    log.path.write_bytes(b"nada\n")
    assert "no se puede leer: avise a quien opera el servidor" in control.get("/integridad")


def test_a_copy_for_outside_is_a_message_like_others(browse: Browse, world: World) -> None:
    with transaction() as session:
        settings.put(session, checkpoint_copies.KEY, "control@entidad.gov.co", by=SYSTEM, now=clock.now())
    jobs.run("checkpoints", clock.now())
    jobs.run("mail", clock.now())
    admin = browse("admin")
    assert "control@entidad.gov.co" in admin.get("/mensajes")
    page = admin.get("/mensajes/1")
    assert re.search(r"<dt>Para</dt><dd>control@entidad.gov.co</dd>", page)
    assert "Enviado" in page
    admin.post("/mensajes/1/reenvio", {"reason": "No le llegó y lo pidió."})
    assert "En cola" in admin.get("/mensajes/1")
