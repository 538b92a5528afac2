"""On PostgreSQL the program works whole with a role that can add to the history, and change or delete none of it."""

import os
import re
from collections.abc import Iterator
from secrets import token_hex

import pytest
from click.testing import CliRunner
from sqlalchemy import make_url
from sqlalchemy import text

from att import jobs
from att import privileges
from att import schema
from att.cli import main
from att.tables import metadata
from db import SYSTEM
from db import clock
from db import connect
from db import history
from db import reading
from db import transaction
from db.checkpoints import checking
from db.errors import InvalidData
from db.errors import NotNow
from db.session import current_engine
from engine import integrity
from tests import databases
from tests.conftest import WORKER
from tests.web import desk
from tests.web.conftest import Browse
from tests.web.test_flow import fill
from tests.web.test_flow import start_product
from tests.web.world import World

ROLE = f"att_app_{WORKER}_{os.getpid()}"
REFUSED = (
    "UPDATE history SET summary = 'Otra cosa'",
    "UPDATE history SET hash = hash",
    "DELETE FROM history",
    "TRUNCATE history",
    "UPDATE submission SET capacity = 'Otra'",
    "DELETE FROM submission",
    "DELETE FROM rectification",
    "DELETE FROM history_head",
    "DELETE FROM proposal",
    "DELETE FROM personal_reading",
    "UPDATE personal_reading SET reader_name = 'Otra'",
    "ALTER TABLE history ADD COLUMN extra text",
    "ALTER TABLE history DISABLE TRIGGER ALL",
    "DROP TABLE history",
    "CREATE TABLE another (id int)",
    "SELECT * FROM history FOR UPDATE",
    "SET session_replication_role = replica",
    "UPDATE alembic_version SET version_num = '0001'",
)


@pytest.fixture
def limited(world: World, database_url: str) -> Iterator[bool]:
    """The world, reached with the role of the program; False where the database knows no roles."""
    if databases.kind() == "sqlite":
        yield False
        return
    owner = current_engine()
    schema.mark_newest(owner)
    word = token_hex(8)
    with owner.begin() as connection:
        privileges.apply(connection, ROLE)
        privileges.apply(connection, ROLE)  # after an upgrade it is done again
        connection.execute(text(f"ALTER ROLE {ROLE} PASSWORD '{word}'"))
    url = make_url(database_url).set(username=ROLE, password=word).render_as_string(hide_password=False)
    connect(url)
    yield True
    connect(database_url)
    databases.close_idle(url)
    with current_engine().begin() as connection:
        connection.execute(text(f"DROP OWNED BY {ROLE}; DROP ROLE {ROLE}; DROP TABLE alembic_version"))


def test_the_program_works_and_the_history_cannot_be_changed(limited: bool, browse: Browse, world: World) -> None:
    lead = browse("lider")
    task_id = start_product(lead, world)
    fill(task_id, lead)
    review = lead.get(f"/tareas/{task_id}/revision")
    lead.post(f"/tareas/{task_id}/enviar", dict(re.findall(r'name="(key|revision)" value="([^"]*)"', review)))
    assert "Radicado" in lead.get(f"/tareas/{task_id}/recibo")
    desk.product(world, "Activity_RetroalimentarFicha")
    control = browse("control")
    control.get("/integridad")
    control.post("/integridad")
    for name in jobs.JOBS:
        assert jobs.run(name, clock.now()).failed == 0, name
    assert "La historia está íntegra" in control.get("/integridad")
    with transaction() as session:
        history.record(session, history.Subject("work_plan", 1), "plan.changed", by=SYSTEM, now=clock.now())
        session.flush()
        accepted = [edit for edit in REFUSED if limited and not databases.refuses(session, edit)]
    assert accepted == []
    told = checking.coverage()
    with reading() as session:
        assert list(integrity.verify(session, told)) == []


def test_every_limited_table_is_one() -> None:
    assert set(privileges.LIMITED) <= set(metadata().tables)
    assert {name for name, what in privileges.LIMITED.items() if what == privileges.ADD} >= {"history", "submission"}


@pytest.mark.parametrize("name", ["Att", "att app", "att;drop", "", "1att", 'a"b'])
def test_a_role_has_a_plain_name(name: str) -> None:
    with pytest.raises(InvalidData):
        privileges.statements(name, "att")


def test_who_owns_the_tables_is_refused(database: None) -> None:
    if databases.kind() == "sqlite":
        return
    with current_engine().connect() as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num text)"))
        owner = str(connection.scalar(text("SELECT current_user")))
        with pytest.raises(NotNow, match="posee las tablas"):
            privileges.apply(connection, owner)


def test_the_command_shows_the_sql_and_says_where_there_are_no_roles(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("att.console.connected", lambda: None)  # the database of the test
    shown = CliRunner().invoke(main, ["schema", "role", "att_app"])
    if databases.kind() == "sqlite":
        assert (shown.exit_code, "SQLite no tiene roles" in shown.stderr) == (1, True)
        return
    assert shown.exit_code == 0, shown.output
    assert 'GRANT SELECT, INSERT ON "history" TO att_app;' in shown.output
