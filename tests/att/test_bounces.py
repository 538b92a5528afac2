"""The commands that read what came back: piped by a mail server, or from a Maildir."""

import os
from pathlib import Path

import pytest
from click.testing import CliRunner
from click.testing import Result

from att import jobs
from att import post
from att import returns
from att.cli import main
from att.settings import Settings
from db import clock
from db import jobs as heartbeat
from db import reading
from db import transaction
from directory.models import Person
from notifications import outbox
from notifications.models import Message
from notifications.models import MessageStatus
from tests.notifications.test_bounces import sample

ADDRESS = "julio@example.org"


@pytest.fixture
def environment(newest: None, database_url: str, tmp_path: Path) -> dict[str, str]:
    env = {"ATT_VAR": str(tmp_path), "ATT_DATABASE_URL": database_url, "ATT_SECRET_KEY": "k" * 40}
    post.use(Settings.from_env(env))
    return env


@pytest.fixture
def message_id(environment: dict[str, str]) -> int:
    """A message that left."""
    now, context = clock.now(), {"subject": "Su informe volvió", "paragraphs": [], "link": "/informes/1"}
    with transaction() as session:
        person = Person(name="Julio Peña", search_name="julio pena", email=ADDRESS, created_at=now)
        session.add(person)
        session.flush()
        row = outbox.enqueue(session, "uno", "event", "email", person.id, context, stale_at=None, now=now)
    jobs.run("mail", now)
    return row.id


def status_of(message_id: int) -> MessageStatus:
    with reading() as session:
        return session.get_one(Message, message_id).status


def about(message_id: int, name: str) -> bytes:
    with reading() as session:
        return sample(name, session.get_one(Message, message_id).internet_id, ADDRESS)


def piped(environment: dict[str, str], content: bytes) -> Result:
    return CliRunner().invoke(main, ["bounce"], input=content, env=environment)


class TestPiped:
    def test_a_bounce_is_noted(self, environment: dict[str, str], message_id: int) -> None:
        shown = piped(environment, about(message_id, "postfix_failed"))
        assert shown.exit_code == 0
        assert f"mensaje {message_id}, {ADDRESS} (5.1.1): rebotó" in shown.output
        assert status_of(message_id) == MessageStatus.FAILED

    def test_anything_is_taken(self, environment: dict[str, str], message_id: int) -> None:
        shown = piped(environment, b"\xff\x00 nada\n")
        assert shown.exit_code == 0
        assert "alguien debe leerlo" in shown.output

    @pytest.mark.parametrize("content", [b"", b"\xff\x00 nada\n", b"Subject: Re\n\n\xc2\xbfQu\xc3\xa9 hago?\n"])
    def test_what_somebody_has_to_read_is_kept_as_it_came(
        self, environment: dict[str, str], tmp_path: Path, content: bytes
    ) -> None:
        assert f"Quedó en {tmp_path / 'returned'}." in piped(environment, content).output
        assert [path.read_bytes() for path in (tmp_path / "returned" / "new").iterdir()] == [content]

    def test_what_is_about_nothing_that_was_sent_is_kept_too(self, environment: dict[str, str], tmp_path: Path) -> None:
        piped(environment, sample("exim_failed", "<a@example.org>", ADDRESS))
        assert len(list((tmp_path / "returned" / "new").iterdir())) == 1

    def test_what_was_dealt_with_is_not_kept(
        self, environment: dict[str, str], message_id: int, tmp_path: Path
    ) -> None:
        piped(environment, about(message_id, "postfix_failed"))
        assert not (tmp_path / "returned").exists()

    def test_what_cannot_be_kept_the_server_pipes_again(self, environment: dict[str, str], tmp_path: Path) -> None:
        (tmp_path / "returned").write_text("no es una carpeta")
        assert piped(environment, b"hola").exit_code == os.EX_TEMPFAIL

    def test_faster_than_our_own_note_the_server_pipes_it_again(
        self, environment: dict[str, str], message_id: int
    ) -> None:
        with transaction() as session:
            session.get_one(Message, message_id).status = MessageStatus.SENDING
        assert piped(environment, about(message_id, "exim_failed")).exit_code == os.EX_TEMPFAIL

    def test_without_tables_the_server_pipes_it_again(self, environment: dict[str, str], tmp_path: Path) -> None:
        away = {**environment, "ATT_DATABASE_URL": f"sqlite:///{tmp_path / 'otra.db'}"}
        text = sample("exim_failed", "<a@example.org>", ADDRESS)
        assert piped(away, text).exit_code == os.EX_TEMPFAIL


class TestMaildir:
    @pytest.fixture
    def folder(self, tmp_path: Path, message_id: int) -> Path:
        folder = tmp_path / "maildir"
        for name in ("new", "cur", "tmp"):
            (folder / name).mkdir(parents=True)
        for name in ("postfix_failed", "vacation", "answer"):
            (folder / "new" / f"{name}.host").write_bytes(about(message_id, name))
        return folder

    def test_each_is_dealt_with_and_what_is_to_be_read_is_flagged(
        self, environment: dict[str, str], folder: Path, message_id: int
    ) -> None:
        shown = CliRunner().invoke(main, ["bounces", str(folder)], env=environment)
        assert shown.exit_code == 0
        assert status_of(message_id) == MessageStatus.FAILED
        kept = sorted(path.name for path in (folder / "cur").iterdir())
        assert kept == ["answer.host:2,F", "postfix_failed.host:2,S", "vacation.host:2,S"]

    def test_the_second_run_finds_nothing_and_the_page_of_jobs_knows_of_the_first(
        self, environment: dict[str, str], folder: Path
    ) -> None:
        returns.from_folder(folder, clock.now())
        with reading() as session:
            (run,) = [row for row in heartbeat.every(session) if row.name == returns.JOB]
        assert (run.found, run.done, run.failed) == (3, 3, 0)
        again = CliRunner().invoke(main, ["bounces", str(folder)], env=environment)
        assert "No hay nada nuevo" in again.output

    def test_one_that_fails_stays_and_stops_no_other(
        self, environment: dict[str, str], folder: Path, message_id: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        known = returns.returned.read

        def read(content: bytes) -> object:
            if b"vacaciones" in content:
                raise ValueError("mala")
            return known(content)

        monkeypatch.setattr("att.returns.returned.read", read)
        returns.from_folder(folder, clock.now())
        assert [path.name for path in (folder / "new").iterdir()] == ["vacation.host"]
        assert status_of(message_id) == MessageStatus.FAILED

    def test_another_folder_is_refused_in_words(self, environment: dict[str, str], tmp_path: Path) -> None:
        shown = CliRunner().invoke(main, ["bounces", str(tmp_path)], env=environment)
        assert shown.exit_code == 1
        assert "no es un buzón Maildir" in shown.stderr
