"""A back-up made while people work is put back elsewhere, whole, and the work goes on there."""

import os
import shutil
import signal
import subprocess
import sys
import tarfile
import threading
from collections.abc import Iterator
from datetime import datetime
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from att import checkpointing
from att.backup import archive
from att.backup import dumps
from att.backup.making import make
from att.backup.restoring import restore
from att.cli import main
from att.settings import Settings
from db import SYSTEM
from db import connect
from db import files
from db import history
from db import installation
from db import reading
from db import settings as kept
from db import transaction
from db.actor import Actor
from db.checkpoints import checking
from db.errors import InvalidData
from db.errors import NotNow
from db.errors import Unavailable
from db.files import StoredFile
from db.session import current_engine
from engine import integrity
from tests import databases
from tests.conftest import WORKER
from tests.processes.office import PDF
from tests.processes.office import Office
from tests.processes.office import Staff
from tests.processes.office import found

pytestmark = pytest.mark.skipif(
    databases.kind() == "postgresql" and shutil.which("pg_dump") is None, reason="needs the client of PostgreSQL"
)
KEY = "the key of an installation that is backed up"


@pytest.fixture
def here(newest: None, database_url: str, tmp_path: Path) -> Settings:
    """The installation of this test."""
    settings = installed(tmp_path / "here", database_url)
    files.keep_under(settings.files)
    return settings


@pytest.fixture
def elsewhere(here: Settings, tmp_path: Path) -> Iterator[Settings]:
    """An empty installation, which is the one in use."""
    if databases.kind() == "sqlite":
        yield moved_to(installed(tmp_path / "elsewhere", f"sqlite:///{tmp_path / 'elsewhere' / 'att.db'}"))
        return
    with databases.postgresql_database(f"att_restored_{WORKER}") as url:
        yield moved_to(installed(tmp_path / "elsewhere", url))
        connect(here.database_url)


def installed(var: Path, url: str, key: str = KEY) -> Settings:
    return Settings.from_env({"ATT_VAR": str(var), "ATT_DATABASE_URL": url, "ATT_SECRET_KEY": key})


def moved_to(settings: Settings) -> Settings:
    connect(settings.database_url)
    files.keep_under(settings.files)
    return settings


def begun(now: datetime) -> tuple[Staff, int]:
    """An office with a product whose first step is done."""
    with transaction() as session:
        staff = found(session, now, entity_count=2)
        office = Office.of(session, staff, now)
        case = office.start_product().instance_id or 0
        office.complete(office.task(case, office.waiting(case)[0]))
        return staff, case


def count(now: datetime, stop: threading.Event, counted: threading.Event) -> None:
    """Somebody who writes all the time."""
    number = 0
    while not stop.is_set():
        number += 1
        with transaction() as session:
            kept.put(session, "count", number, by=SYSTEM, now=now)
        counted.set()


def test_the_drill(here: Settings, tmp_path: Path, now: datetime, request: pytest.FixtureRequest) -> None:
    """Back up while somebody writes, lose everything, put it back, and go on where it was."""
    staff, case = begun(now)
    with reading() as session:
        waited = Office.of(session, staff, now).waiting(case)
    stop, counted = threading.Event(), threading.Event()
    writer = threading.Thread(target=count, args=(now, stop, counted))
    writer.start()
    counted.wait()
    made = make(here, tmp_path / "respaldo.tar", now=now)
    stop.set()
    writer.join()
    with transaction() as session:
        office = Office.of(session, staff, now)
        office.complete(office.task(case, waited[0]))  # after the back-up: it is lost with what was lost

    elsewhere = request.getfixturevalue("elsewhere")
    done = restore(elsewhere, tmp_path / "respaldo.tar")
    assert (done.manifest, done.breaks, done.missing) == (made, [], [])
    with transaction() as session:
        office = Office.of(session, staff, now)
        assert office.waiting(case) == waited
        assert kept.get(session, "count", 0) >= 1
        office.complete(office.task(case, waited[0]))
        assert files.content(session.query(StoredFile).first()) == PDF
    with reading() as session:
        assert list(history.verify(session)) == []


def test_what_the_back_up_lacks_is_declared_and_no_fraud(
    here: Settings, tmp_path: Path, now: datetime, request: pytest.FixtureRequest
) -> None:
    """The checkpoints of before go on, name what was lost, and hold what is done from then on."""
    staff, case = begun(now)
    checkpointing.seal_history(now + timedelta(minutes=1))
    make(here, tmp_path / "respaldo.tar", now=now)
    push(staff, case, now + timedelta(minutes=2))
    checkpointing.seal_history(now + timedelta(minutes=3))
    lost = checking.in_use().last()

    elsewhere = request.getfixturevalue("elsewhere")
    done = restore(elsewhere, tmp_path / "respaldo.tar", by=Actor(None, "Luis", "Operación"))
    assert (done.breaks, lost is not None and done.declared.previous == lost.hash) == ([], True)
    assert ("instance", case) in {(kind, cut[0]) for kind, cuts in done.declared.cuts.items() for cut in cuts}
    assert done.declared.told.startswith("Luis: Respaldo del ")
    with reading() as session:
        (act,) = history.of(session, installation.SUBJECT)
        assert act.actor_name == "Luis"
        assert "antes de lo que decían los puntos de control" in act.summary
    push(staff, case, now + timedelta(minutes=4))
    checkpointing.seal_history(now + timedelta(minutes=5))
    assert found_breaks() == []
    with transaction() as session:
        session.execute(text("UPDATE history SET reason = 'otra' WHERE id = (SELECT max(id) FROM history)"))
    assert found_breaks() != []


def test_an_earlier_database_put_back_in_silence_is_found_until_it_is_declared(
    here: Settings, tmp_path: Path, now: datetime, request: pytest.FixtureRequest
) -> None:
    staff, case = begun(now)
    make(here, tmp_path / "respaldo.tar", now=now)
    push(staff, case, now + timedelta(minutes=2))
    checkpointing.seal_history(now + timedelta(minutes=3))

    elsewhere = request.getfixturevalue("elsewhere")
    current_engine().dispose()
    archive.unpack(tmp_path / "respaldo.tar", tmp_path / "apart")
    dumps.back(elsewhere.database_url, tmp_path / "apart" / archive.DATABASE)
    assert {"vanished"} <= {found.problem for found in found_breaks()}
    checkpointing.declare_restored("Se dañó el disco.", by=SYSTEM, now=now + timedelta(minutes=4))
    assert found_breaks() == []


def push(staff: Staff, case: int, at: datetime) -> None:
    """Do the step that waits."""
    with transaction() as session:
        office = Office.of(session, staff, at)
        office.complete(office.task(case, office.waiting(case)[0]))


def found_breaks() -> list[history.Break]:
    told = checking.coverage()
    with reading() as session:
        return list(integrity.verify(session, told))


@pytest.fixture
def whole(here: Settings, tmp_path: Path, now: datetime) -> Path:
    """A small back-up, of a file and no person."""
    with transaction() as session:
        files.save(session, "acta.pdf", PDF, by=SYSTEM, now=now)
    make(here, tmp_path / "respaldo.tar", now=now)
    return tmp_path / "respaldo.tar"


def test_nothing_is_written_over(here: Settings, whole: Path, now: datetime) -> None:
    before = whole.read_bytes()
    with pytest.raises(InvalidData) as refused:
        make(here, whole, now=now)
    assert "ya existe" in refused.value.errors["archivo"][0]
    with pytest.raises(NotNow, match="ya tiene tablas"):
        restore(here, whole)
    assert whole.read_bytes() == before
    assert [path.name for path in whole.parent.iterdir() if path.name.startswith(".")] == []


def test_files_that_are_there_stay(whole: Path, elsewhere: Settings) -> None:
    elsewhere.files.mkdir()
    (elsewhere.files / "something").write_text("de alguien")
    with pytest.raises(NotNow, match="ya tiene archivos"):
        restore(elsewhere, whole)


@pytest.mark.parametrize("how", ["cut", "changed", "added", "no archive"])
def test_what_is_no_whole_back_up_is_refused(whole: Path, elsewhere: Settings, tmp_path: Path, how: str) -> None:
    content = whole.read_bytes()
    if how == "cut":
        whole.write_bytes(content[: len(content) // 2])
    elif how == "changed":
        whole.write_bytes(content.replace(PDF, PDF.replace(b"1.7", b"1.4")))
    elif how == "added":
        (tmp_path / "otro").write_text("de más")
        with tarfile.open(whole, "a") as tar:
            tar.add(tmp_path / "otro", arcname="otro")
    else:
        whole.write_bytes(b"nada")
    with pytest.raises(InvalidData) as refused:
        restore(elsewhere, whole)
    assert list(refused.value.errors) == ["archivo"]
    assert not elsewhere.files.exists()
    assert restore_is_possible(elsewhere)


def restore_is_possible(settings: Settings) -> bool:
    """Whether nothing of what was refused stayed."""
    from att.backup.dumps import demand_empty

    demand_empty(connect(settings.database_url))
    return True


def test_another_key_could_go_on_with_no_case(whole: Path, elsewhere: Settings) -> None:
    other = installed(elsewhere.var, elsewhere.database_url, key="another secret altogether, long enough")
    with pytest.raises(InvalidData) as refused:
        restore(other, whole)
    assert list(refused.value.errors) == ["ATT_SECRET_KEY"]


@pytest.mark.parametrize(("database", "revision"), [("otra", "0001"), ("", "9999")])
def test_a_back_up_of_something_else_is_refused(
    elsewhere: Settings, tmp_path: Path, now: datetime, database: str, revision: str
) -> None:
    (tmp_path / "database").write_bytes(b"")
    with tarfile.open(tmp_path / "otro.tar", "w") as tar:
        writer = archive.Writer(tar)
        writer.add(archive.DATABASE, tmp_path / "database")
        writer.close(made_at=now, database=database or databases.kind(), revision=revision, key=KEY)
    with pytest.raises(InvalidData) as refused:
        restore(elsewhere, tmp_path / "otro.tar")
    assert list(refused.value.errors) == ["archivo"]


def garbage(target: Path, now: datetime) -> Path:
    """An archive whose every print is right, of a database that is none and a file."""
    folder = target.parent / "parts"
    folder.mkdir()
    (folder / "database").write_bytes(b"no es una base de datos" * 1000)
    (folder / "file").write_bytes(PDF)
    with tarfile.open(target, "w") as tar:
        writer = archive.Writer(tar)
        writer.add(archive.DATABASE, folder / "database")
        writer.add(f"{archive.FILES}aa/{'a' * 64}", folder / "file")
        writer.close(made_at=now, database=databases.kind(), revision="0001", key=KEY)
    return target


def test_where_the_database_cannot_be_filled_no_file_stays(elsewhere: Settings, tmp_path: Path, now: datetime) -> None:
    with pytest.raises(Unavailable):
        restore(elsewhere, garbage(tmp_path / "otro.tar", now))
    assert not elsewhere.files.exists() or list(elsewhere.files.iterdir()) == []
    assert [path.name for path in elsewhere.var.iterdir() if path.name.endswith(".part")] == []
    assert restore_is_possible(elsewhere)


KILLED = """
import os, signal, sys
from att import schema
from att.backup import dumps
from att.cli import main
def killed(*_, **__): os.kill(os.getpid(), signal.SIGKILL)
setattr({"back": dumps, "upgrade": schema}[sys.argv[1]], sys.argv[1], killed)
main(sys.argv[2:])
"""


@pytest.mark.parametrize(("where", "said"), [("back", "ya tiene archivos"), ("upgrade", "ya tiene tablas")])
def test_a_restoration_that_is_killed_says_what_to_do_and_changes_nothing_else(
    here: Settings, whole: Path, elsewhere: Settings, where: str, said: str
) -> None:
    """Just before the database is filled, and just after: by the kernel, as a power cut would."""
    before = {path: path.read_bytes() for path in here.files.rglob("*") if path.is_file()}
    variables = {"ATT_VAR": elsewhere.var, "ATT_DATABASE_URL": elsewhere.database_url, "ATT_SECRET_KEY": KEY}
    environment = os.environ | {name: str(value) for name, value in variables.items()}
    died = subprocess.run([sys.executable, "-c", KILLED, where, "restore", str(whole)], env=environment, check=False)
    assert died.returncode == -signal.SIGKILL
    with pytest.raises(NotNow, match=said) as refused:
        restore(elsewhere, whole)
    assert "use otra" in str(refused.value) or "restaure en una nueva" in str(refused.value)
    assert {path: path.read_bytes() for path in before} == before
    moved_to(here)
    with reading() as session:
        assert list(history.verify(session)) == []
        assert all(files.is_kept(row) for row in session.query(StoredFile))


def test_it_is_one_command_each_way(
    whole: Path, here: Settings, elsewhere: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    runner = CliRunner()
    monkeypatch.setenv("ATT_SECRET_KEY", KEY)
    for settings, *arguments in ((here, "backup"), (elsewhere, "restore", str(whole))):
        monkeypatch.setenv("ATT_VAR", str(settings.var))
        monkeypatch.setenv("ATT_DATABASE_URL", settings.database_url)
        result = runner.invoke(main, arguments)
        current_engine().dispose()
        assert result.exit_code == 0, result.output
    assert len(list((here.var / "respaldos").glob("att-*.tar"))) == 1
    assert "La historia está íntegra y no falta ningún archivo." in result.output
