"""Checkpoints leave the database: as a file, by mail and webhook, and for whoever audits without this program."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from errno import ENOSPC
from pathlib import Path
from unittest.mock import Mock

import pytest
from click.testing import CliRunner
from click.testing import Result
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization import NoEncryption
from cryptography.hazmat.primitives.serialization import PrivateFormat
from sqlalchemy import select
from sqlalchemy.orm import undefer

from att import checkpointing
from att import jobs
from att.cli import main
from db import SYSTEM
from db import exporting
from db import history
from db import installation
from db import reading
from db import settings
from db import transaction
from db.checkpoints import checking
from db.checkpoints import keys
from db.checkpoints import watching
from db.checkpoints.log import Log
from db.errors import InvalidData
from db.errors import Unavailable
from directory.models import PersonalReading
from notifications import checkpoint_copies
from notifications import outbox
from notifications.models import Message
from tests.att.test_tampering import VERIFIER
from tests.att.test_tampering import loaded
from tests.att.test_tampering import verifier

Run = Callable[..., Result]

PLAN = history.Subject("work_plan", 1)


def act(now: datetime) -> None:
    with transaction() as session:
        history.record(session, PLAN, "plan.changed", by=SYSTEM, now=now, summary="Cambió el plan.")


@pytest.fixture
def now() -> datetime:
    """Long ago: commands go by the clock of the machine, which nobody knows."""
    return datetime(2020, 3, 3, 14, 0, tzinfo=UTC)


@pytest.fixture
def log(database: None, now: datetime) -> Log:
    """The log of this test, with one checkpoint."""
    act(now)
    checkpointing.seal_history(now)
    return checking.in_use()


def test_the_job_takes_one_when_something_was_recorded(log: Log, now: datetime) -> None:
    assert jobs.run("checkpoints", now).done == 0
    act(now)
    assert jobs.run("checkpoints", now + timedelta(hours=1)).done == 1
    first, second = log
    assert (second.previous, second.number, second.acts, second.chains) == (first.hash, 2, 2, 1)
    assert second.ends["work_plan"] == [(1, 2, 2, _hash_of_last())]


def _hash_of_last() -> str:
    with reading() as session:
        return history.of(session, PLAN)[-1].hash


def test_only_its_owner_reads_the_key(log: Log) -> None:
    assert log.key_path.stat().st_mode & 0o777 == 0o600
    assert not log.key_path.is_relative_to(log.folder)


def test_a_line_that_a_crash_cut_off_is_written_anew(log: Log, now: datetime) -> None:
    whole = log.path.read_bytes()
    log.path.write_bytes(whole + b'{"number":2,"at":"20')
    assert [line.number for line in log] == [line.number for line in log.backwards()] == [1]
    act(now)
    checkpointing.seal_history(now + timedelta(hours=1))
    assert [line.number for line in log] == [1, 2]
    assert log.path.read_bytes().startswith(whole)


def test_long_lines_are_read_from_the_end_too(log: Log, now: datetime) -> None:
    with transaction() as session:
        for number in range(2, 2002):
            history.record(session, history.Subject("work_plan", number), "x", by=SYSTEM, now=now)
    checkpointing.seal_history(now + timedelta(hours=1))
    assert log.size() > 150_000
    assert list(log.backwards()) == list(reversed(list(log)))


def test_another_key_does_not_go_on_with_a_log(log: Log, now: datetime) -> None:
    log.key_path.unlink()
    act(now)
    outcome = jobs.run("checkpoints", now + timedelta(hours=1))
    assert (outcome.failed, "otra llave" in outcome.error) == (1, True)


@pytest.mark.parametrize("kind", ["text", "other"])
def test_what_is_no_such_key_is_refused(tmp_path: Path, kind: str) -> None:
    other = generate_private_key(65537, 2048).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "key").write_bytes(other if kind == "other" else b"nada")
    with pytest.raises(Unavailable):
        keys.load_or_make(tmp_path / "key")


def test_a_key_that_cannot_be_written_whole_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", Mock(side_effect=OSError(ENOSPC, "lleno")))
        with pytest.raises(Unavailable):
            keys.load_or_make(tmp_path / "key")
    assert list(tmp_path.iterdir()) == []
    assert keys.load_or_make(tmp_path / "key").public == keys.load_or_make(tmp_path / "key").public
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600


def test_a_folder_that_cannot_be_written_is_told(database: None, tmp_path: Path, now: datetime) -> None:
    (tmp_path / "file").write_text("")
    checking.keep_under(tmp_path / "file" / "folder", tmp_path / "key")
    act(now)
    assert "No se puede escribir" in jobs.run("checkpoints", now).error


def test_an_act_of_a_transaction_that_ended_late_takes_nothing_back(log: Log, now: datetime) -> None:
    """It has a lower number than acts that a checkpoint covers already: PostgreSQL gives numbers out before."""
    for subject_id, number in ((2, 11), (3, 5)):
        with transaction() as session:
            subject = history.Subject("work_plan", subject_id)
            history.record(session, subject, "plan.changed", by=SYSTEM, now=now, summary="Cambió el plan.")
            history.of(session, subject)[0].id = number
        assert jobs.run("checkpoints", now + timedelta(minutes=10 * subject_id)).done == 1
    assert [line.through for line in log] == [1, 11, 11]
    with reading() as session:
        assert not watching.checkpoints_go_on(session, now + timedelta(days=1))


def test_what_is_recorded_while_it_is_exported_is_no_gap(log: Log, now: datetime) -> None:
    with reading(still=True) as session:
        lines = exporting.lines(session, log.last(), content=False, now=now)
        begun = [next(lines), next(lines)]
        act(now)
        found = verifier.verify([*begun, *lines])
    assert (found.problems, found.acts) == ([], 1)


def test_it_is_sent_once_a_day_to_who_keeps_it(log: Log, now: datetime) -> None:
    with transaction() as session:
        addresses = "control@contraloria.example, https://archivo.example/puntos"
        settings.put(session, checkpoint_copies.KEY, addresses, by=SYSTEM, now=now)
    for hours in (1, 2, 25):
        checkpointing.seal_history(now + timedelta(hours=hours))
    last = log.last()
    assert last is not None
    with transaction() as session:
        rows = session.scalars(select(Message).order_by(Message.id).options(undefer(Message.content))).all()
        assert [(row.channel, row.recipient_id) for row in rows] == [("email", None), ("webhook", None)] * 2
        parcels = outbox.claim(session, [row.id for row in rows[:2]], now=now + timedelta(hours=1))
    mail, hook = parcels
    assert (mail.address, hook.address) == ("control@contraloria.example", "https://archivo.example/puntos")
    assert last.hash in mail.content.decode().replace("=\r\n", "")
    for own in (b"List-Unsubscribe", b"/mi-cuenta/avisos"):  # an outsider has no preferences here
        assert own not in mail.content
    body = json.loads(hook.content)["checkpoint"]
    assert (body["hash"], body["signature"], body["key"]) == (last.hash, last.signature, last.key)


@pytest.mark.parametrize(
    "typed", ["nadie", "control@", "ftp://archivo.example", ", ".join(["a@b.co"] * 11), "http://archivo.example"]
)
def test_an_address_that_is_none_is_refused(typed: str) -> None:
    with pytest.raises(InvalidData):
        checkpoint_copies.addresses(typed)


def test_a_mailbox_outside_has_a_whole_domain() -> None:
    assert checkpoint_copies.checked("control@contraloria.gov.co") == ["control@contraloria.gov.co"]
    with pytest.raises(InvalidData) as refused:
        checkpoint_copies.checked("auditor@contraloria")
    assert "le falta el final del dominio" in str(refused.value.errors)


@pytest.fixture
def run(newest: None, log: Log, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A command on the installation of this test."""
    monkeypatch.setenv("ATT_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("ATT_DATABASE_URL", database_url)
    monkeypatch.setenv("ATT_CHECKPOINTS", str(log.folder))
    monkeypatch.setenv("ATT_CHECKPOINT_KEY", str(log.key_path))
    return lambda *arguments: CliRunner().invoke(main, arguments)


def test_an_auditor_is_given_an_export_the_log_and_the_key(run: Run, log: Log, tmp_path: Path) -> None:
    shown = run("audit", "checkpoint")
    assert f"Huella {log.last().hash}" in shown.output
    key = run("audit", "key").output
    assert key == (log.folder / "llave_publica.pem").read_text() + f"{log.last().key}\n"
    assert run("audit", "verify").output == "La historia está íntegra.\n"
    exported = run("history", "export", str(tmp_path / "historia.jsonl"), "--reason", "Para la auditoría")
    assert exported.exit_code == 0, exported.output
    assert (tmp_path / "historia.jsonl").stat().st_mode & 0o777 == 0o600
    assert run("history", "export", str(tmp_path / "historia.jsonl")).exit_code == 1
    with reading() as session:
        (told,) = history.of(session, installation.SUBJECT)
        assert (told.action, told.reason) == (installation.EXPORTED, "Para la auditoría")
        assert session.scalars(select(PersonalReading)).all() == []
    assert run("audit", "restored", "--reason", "Se dañó el disco").exit_code == 0
    assert "Se dañó el disco" in log.last().told
    assert run("audit", "verify").exit_code == 0


def test_what_was_sent_leaves_with_a_reason_alone_and_is_written_down(run: Run, tmp_path: Path) -> None:
    refused = run("history", "export", str(tmp_path / "sin.jsonl"), "--content", "--reason", " . ")
    assert refused.exit_code == 1
    assert "Diga con --reason" in refused.output + str(refused.exception)
    assert not (tmp_path / "sin.jsonl").exists()
    assert run("history", "export", str(tmp_path / "con.jsonl"), "--content", "--reason", "Auditoría 7").exit_code == 0
    with reading() as session:
        (read,) = session.scalars(select(PersonalReading)).all()
        assert (read.kind, read.reader_id, read.purpose) == ("history", None, "Auditoría 7")


def test_what_an_operator_dates_back_is_declared(run: Run, log: Log, now: datetime) -> None:
    assert run("sweep", "tidy", "--as-of", "2019-01-01T08:00").exit_code == 0
    act(now - timedelta(days=400))  # as a sweep of that day does
    assert run("audit", "verify").exit_code == 1
    assert run("audit", "checkpoint", "--dated-back", "El reloj estaba adelantado").exit_code == 0
    assert "El reloj estaba adelantado" in log.last().told
    assert run("audit", "verify").exit_code == 0


@pytest.fixture
def handed(run: Run, log: Log, tmp_path: Path) -> Path:
    """A folder with what an auditor is given, and the verifier alone."""
    folder = tmp_path / "auditor"
    folder.mkdir()
    run("history", "export", str(folder / "historia.jsonl"))
    shutil.copy(log.path, folder)
    shutil.copy(log.folder / "llave_publica.pem", folder)
    shutil.copy(VERIFIER, folder)
    return folder


def verified(folder: Path, *more: str, options: tuple[str, ...] = (), path: str = os.defpath) -> tuple[int, str]:
    """How the verifier ends in a Python of its own, away from the program, and what it says."""
    given = ("historia.jsonl", "--puntos", "checkpoints.jsonl", "--llave", "llave_publica.pem")
    ran = subprocess.run(
        [sys.executable, "-I", *options, VERIFIER.name, *(more or given)], cwd=folder, env={"PATH": path},
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    return ran.returncode, ran.stdout + ran.stderr


def test_the_verifier_runs_alone(handed: Path, log: Log) -> None:
    code, said = verified(handed)
    assert (code, "La historia está íntegra." in said) == (0, True), said
    mailed = log.last().hash
    given = ("historia.jsonl", "--puntos", "checkpoints.jsonl", "--llave", log.last().key, "--huella")
    assert verified(handed, *given, mailed)[0] == 0
    code, said = verified(handed, *given, "0" * 64)
    assert (code, "Ningún punto de control tiene la huella" in said) == (1, True)


def test_without_cryptography_it_asks_openssl(handed: Path) -> None:
    """With neither it says that the signatures were not checked, and ends with another code."""
    there = loaded().has_openssl()
    code, said = verified(handed, options=("-S",), path=os.environ["PATH"])
    assert (code, "openssl" in said) == (0 if there else 3, True), said
    code, said = verified(handed, options=("-S",), path=str(handed))
    assert (code, "No se comprobaron las firmas" in said) == (3, True)
    log = handed / "checkpoints.jsonl"
    log.write_bytes(log.read_bytes().replace(b'"signature":"', b'"signature":"00'))
    assert verified(handed, options=("-S",), path=os.environ["PATH"])[0] == (1 if there else 3)


def test_it_says_which_act_does_not_hold(handed: Path) -> None:
    file = handed / "historia.jsonl"
    file.write_bytes(file.read_bytes().replace("Cambió el plan".encode(), "Cerró el plan".encode()))
    code, said = verified(handed)
    assert code == 1
    assert "Historia: plan de trabajo 1, acto 1: fue alterado." in said
    assert "LA HISTORIA NO SE SOSTIENE" in said


@pytest.mark.parametrize(
    "given",
    [
        ("otro.jsonl",), ("checkpoints.jsonl",), ("historia.jsonl", "--llave", "llave_publica.pem"),
        ("historia.jsonl", "--puntos", "checkpoints.jsonl", "--llave", "historia.jsonl"), (),
    ],
)  # fmt: skip
def test_what_it_cannot_read_is_another_code(handed: Path, given: tuple[str, ...]) -> None:
    code, said = verified(handed, *(given or ("--nada",)))
    assert (code, "Traceback" in said) == (2, False)


def test_without_the_log_it_says_what_it_cannot_see(handed: Path) -> None:
    code, said = verified(handed, "historia.jsonl")
    assert (code, "no se notaría un recorte" in said) == (0, True)
