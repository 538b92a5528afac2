"""Whether the history is whole, and what was sent still what it was: looked through in batches, and told in words."""

import zlib

import pytest
from sqlalchemy import text

from db import SYSTEM
from db import history
from db import seals
from db.errors import Conflict
from db.errors import NotAllowed
from directory.principal import Grant
from directory.principal import Principal
from engine import integrity
from engine import operations
from engine.instances import subject
from tests.engine.test_tasks import review
from tests.engine.test_tasks import write

AUDITOR = Principal(99, "Inés", grants=(Grant("internal_control", "national"),))


@pytest.fixture
def sent(session, case, ana, rosa, now) -> int:
    """The case with two acts of people; its id."""
    write(session, case, ana, now)
    review(session, case, rosa, now)
    session.flush()
    return int(case.id)


def looked(session, now, monkeypatch, *, chains: int = 200):
    monkeypatch.setattr(integrity, "CHAINS", chains)
    session.expire_all()
    total = history.count_chains(session)
    row = operations.begin(session, integrity.KIND, "Revisar", {}, total, by=SYSTEM, now=now)
    while operations.advance(session, row.id, now=now):
        pass
    return row


def told(row) -> list[str]:
    return [str(note["text"]) for note in row.notes]


@pytest.mark.parametrize("chains", [1, 2, 200])
def test_what_nobody_touched_is_whole(session, sent, now, monkeypatch, chains: int) -> None:
    row = looked(session, now, monkeypatch, chains=chains)
    assert (row.status, row.failed, row.notes, row.done) == ("done", 0, [], row.total)
    assert (list(seals.verify(session)), seals.unsealed(session)) == ([], 0)


@pytest.mark.parametrize(
    "edit", ["author_id = 1 - author_id + 2", "capacity = 'Otra'", "receipt = receipt || '9'", "data = :other"]
)
def test_a_submission_that_was_altered_shows(session, sent, now, monkeypatch, edit: str) -> None:
    other = {"other": zlib.compress(b'{"verdict":"validated"}')} if ":other" in edit else {}
    values = {"element": history.of(session, subject(sent))[1].element, **other}
    narrowed = f"instance_id = {sent} AND round = 1 AND element = :element"
    session.execute(text(f"UPDATE submission SET {edit} WHERE {narrowed}"), values)
    row = looked(session, now, monkeypatch)
    what = "ya no está lo que se envió con él" if "receipt" in edit else "lo que se envió con él fue alterado"
    assert told(row) == [f"Historia del trámite {sent}, acto 2: {what}."]
    assert [found.sequence for found in seals.verify(session)] == [2]


def test_an_act_that_was_altered_or_taken_out_shows(session, sent, now, monkeypatch) -> None:
    ours = f"WHERE subject_kind = 'instance' AND subject_id = {sent}"
    session.execute(text(f"UPDATE history SET actor_name = 'Otra' {ours} AND sequence = 1"))
    session.execute(text(f"DELETE FROM history {ours} AND sequence = 3"))
    row = looked(session, now, monkeypatch)
    assert [words.partition(", ")[2] for words in told(row)] == [
        "acto 1: fue alterado.", "acto 3: falta, y con él terminaba la historia.",
    ]  # fmt: skip


def test_acts_from_before_seals_were_kept_are_counted(session, sent, now, monkeypatch) -> None:
    history.record(session, subject(sent), "task.completed", by=SYSTEM, now=now, details={"receipt": "R-2025-000001"})
    session.flush()
    assert looked(session, now, monkeypatch).failed == 0
    assert seals.unsealed(session) == 1


def test_it_is_begun_by_who_oversees_and_once_at_a_time(session, sent, ana, now) -> None:
    with pytest.raises(NotAllowed):
        integrity.begin(session, by=ana, now=now)
    assert integrity.begin(session, by=AUDITOR, now=now).title == "Revisar la integridad de la historia"
    with pytest.raises(Conflict):
        integrity.begin(session, by=AUDITOR, now=now)
