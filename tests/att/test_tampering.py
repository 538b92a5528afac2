"""Whatever is done to the history in the database is found: by the program, and from an export without it."""

import hashlib
import importlib.util
import json
import sys
from collections.abc import Iterator
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy import text
from sqlalchemy.orm import Session

from att import checkpointing
from db import SYSTEM
from db import exporting
from db import history
from db import reading
from db import transaction
from db.checkpoints import checking
from db.checkpoints import keys
from db.checkpoints.log import Checkpoint
from db.checkpoints.log import Log
from db.history import Break
from db.history import HistoryRow
from db.types import dumps
from engine import integrity
from engine.models import Submission
from notifications import statements  # noqa: F401 - it says how what was stated is read back
from tests import databases
from tests.att import tampering
from tests.processes.office import Office
from tests.processes.office import found
from tests.snapshots import Stage

# Some of each kind in a quick run, more edits than there are columns; many by `make soak`.
TIMES, EDITS, MANY = (20, 60, 300) if databases.kind() == "sqlite" else (5, 10, 30)
DAYS = 9
VERIFIER = Path(__file__).resolve().parent.parent.parent / "docs" / "verificador" / "verificar_historia.py"


def loaded() -> Any:
    """The verifier, which belongs to no package."""
    spec = importlib.util.spec_from_file_location("verificar_historia", VERIFIER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


verifier = loaded()


@pytest.fixture
def after(now: datetime) -> datetime:
    """When all of it is over."""
    return now + timedelta(days=DAYS, hours=3)


@pytest.fixture
def log(snapshot: Stage, now: datetime) -> Log:
    """Nine days of work, with a checkpoint every evening; the log of this test."""
    log = checking.in_use()

    def build() -> tuple[bytes, bytes]:
        live(now)
        return log.path.read_bytes(), log.key_path.read_bytes()

    lines, key = snapshot("nine days", build)
    log.folder.mkdir(exist_ok=True)
    log.path.write_bytes(lines)
    log.key_path.write_bytes(key)
    return log


def live(now: datetime) -> None:
    """A product goes through its first steps, and some plans change; every evening a checkpoint is taken."""
    with transaction() as session:
        staff = found(session, now, entity_count=2)
    case = 0
    for day in range(DAYS):
        at = now + timedelta(days=day)
        with transaction() as session:
            office = Office.of(session, staff, at)
            if day == 0:
                case = office.start_product().instance_id or 0
            office.complete(office.task(case, office.waiting(case)[0]))
            for plan in range(1, 1 + day % 4):
                subject = history.Subject("work_plan", plan)
                history.record(session, subject, "plan.changed", by=SYSTEM, now=at, details={"día": day, "nota": 1.5})
        checkpointing.seal_history(at + timedelta(hours=2))


def breaks(session: Session) -> list[Break]:
    session.expire_all()
    return list(integrity.verify(session, checking.coverage()))


def export(session: Session, log: Log, at: datetime, *, content: bool = True) -> list[bytes]:
    session.expire_all()
    return list(exporting.lines(session, log.last(), content=content, now=at))


def told(lines: list[bytes], log: Log, *hashes: str, key: str = "") -> Any:
    """What the verifier finds."""
    return verifier.verify(lines, log.path.read_bytes().splitlines(keepends=True), key, hashes)


@pytest.fixture
def writing(log: Log) -> Iterator[Session]:
    """A session whose every change is taken back."""
    with transaction() as session, session.begin_nested() as dropped:
        yield session
        dropped.rollback()


@pytest.mark.parametrize("kind", tampering.KINDS)
def test_every_tampering_is_found(writing: Session, log: Log, after: datetime, kind: str) -> None:
    assert unseen(writing, log, after, kind, EDITS if kind == "edits" else TIMES) == ([], [])
    assert breaks(writing) == []


@pytest.mark.soak
@pytest.mark.parametrize("kind", tampering.KINDS)
def test_every_tampering_is_found_however_often(writing: Session, log: Log, after: datetime, kind: str) -> None:
    assert unseen(writing, log, after, kind, MANY) == ([], [])


def unseen(writing: Session, log: Log, after: datetime, kind: str, times: int) -> tuple[list[int], list[int]]:
    """Which of so many tamperings the program does not find, and which the verifier does not."""
    inside, outside = [], []
    for number in range(times):
        with writing.begin_nested() as once:
            tampering.KINDS[kind](writing, Random(f"{kind} {number}"))
            writing.flush()
            if not breaks(writing):
                inside.append(number)
            if told(export(writing, log, after), log).code() != verifier.BROKEN:
                outside.append(number)
            once.rollback()
    return inside, outside


def test_what_nobody_touched_is_whole(writing: Session, log: Log, after: datetime) -> None:
    result = told(export(writing, log, after), log, key=log.last().key)
    assert breaks(writing) == []
    assert (result.problems, result.notices, result.code()) == ([], [], verifier.WHOLE)
    assert result.acts == writing.query(HistoryRow).count() == log.last().acts
    assert len(list(log)) == DAYS


def test_the_chains_alone_do_not_show_what_only_the_checkpoints_do(writing: Session, log: Log, after: datetime) -> None:
    """Without them, whoever knows how to write a history anew is not found: so the tests above say something."""
    log.path.unlink()
    writing.execute(text("DELETE FROM setting"))
    for kind in ("truncations", "hashed anew", "old copies"):
        with writing.begin_nested() as once:
            tampering.KINDS[kind](writing, Random(kind))
            writing.flush()
            assert breaks(writing) == []
            assert verifier.verify(export(writing, log, after)).code() == verifier.WHOLE
            once.rollback()


def test_work_that_goes_on_is_no_tampering(log: Log, after: datetime) -> None:
    """Acts since the last checkpoint, one that ended late and the next checkpoint itself are all right."""
    plan = history.Subject("work_plan", 1)
    with transaction() as session:
        history.record(session, plan, "plan.changed", by=SYSTEM, now=after)
        late = log.last().at - timedelta(minutes=50)  # its transaction began before the checkpoint
        history.record(session, history.Subject("work_plan", 99), "plan.changed", by=SYSTEM, now=late)
    with reading() as session:
        assert breaks(session) == []
    checkpointing.seal_history(after)
    with transaction() as session:
        history.record(session, plan, "plan.changed", by=SYSTEM, now=after)
    checkpointing.seal_history(after + timedelta(minutes=1))
    with reading() as session:
        assert breaks(session) == []
        assert told(export(session, log, after + timedelta(minutes=2)), log).problems == []
        assert log.last().acts == session.query(HistoryRow).count()


def test_acts_dated_back_by_hand_are_declared(log: Log, after: datetime) -> None:
    early = after - timedelta(days=300)
    with transaction() as session:
        history.record(session, history.Subject("work_plan", 1), "plan.changed", by=SYSTEM, now=early)
    with reading() as session:
        assert [found.problem for found in breaks(session)] == ["backdated"]
    checkpointing.seal_history(after, as_of="Se corrió lo de enero.")
    with reading() as session:
        assert breaks(session) == []
        result = told(export(session, log, after), log)
    assert (result.problems, "Se corrió lo de enero." in " ".join(result.notices)) == ([], True)


def test_with_a_checkpoint_every_hundred_acts_nothing_is_left_out(
    log: Log, after: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.checkpoints.taking.ACTS", 7)
    log.path.unlink()
    checkpointing.seal_history(after)
    with reading() as session:
        assert breaks(session) == []
        acts = session.query(HistoryRow).count()
    lines = list(log)
    assert (lines[-1].acts, len(lines)) == (acts, -(-acts // 7))
    assert lines[-1].chains == len(
        {(kind, end[0]) for line in lines for kind, ends in line.ends.items() for end in ends}
    )
    assert checkpointing.seal_history(after + timedelta(minutes=1)).done == 0


@pytest.mark.parametrize("kind", ["edit", "missing line", "cut", "forged", "other key", "gone"])
def test_a_log_that_was_changed_is_found(
    writing: Session, log: Log, after: datetime, tmp_path: Path, kind: str
) -> None:
    lines = log.path.read_bytes().splitlines(keepends=True)
    pinned, newest = log.last().key, log.last().hash
    exported = export(writing, log, after)
    for number in range(MANY // 15):
        rng = Random(f"{kind} {number}")
        changed = list(lines)
        place = rng.randrange(len(lines))
        if kind == "edit":
            at = rng.randrange(len(lines[place]) - 1)
            changed[place] = lines[place][:at] + bytes([lines[place][at] ^ 1]) + lines[place][at + 1 :]
        elif kind == "missing line":
            del changed[rng.randrange(len(lines) - 1)]
        elif kind == "cut":
            del changed[rng.randrange(1, len(lines)) :]
        elif kind == "forged":
            changed = forged(writing, lines, keys.load_or_make(tmp_path / "other.pem"))
        elif kind == "other key":
            other = keys.load_or_make(tmp_path / "other.pem")
            renamed = [line.replace(pinned.encode(), other.public.encode()) for line in lines]
            changed = forged(writing, renamed, other)
        else:
            changed = []
        log.path.write_bytes(b"".join(changed))
        assert [found for found in breaks(writing) if found.subject.kind == checking.KIND], number
        mailed = [newest] if kind in ("cut", "gone") else []  # what only somebody outside can say
        assert told(exported, log, *mailed, key=pinned).code() == verifier.BROKEN, number


def forged(session: Session, lines: list[bytes], key: keys.Key) -> list[bytes]:
    """The same checkpoints with something else in them, linked anew, signed with `key`, and noted in the database."""
    made: list[bytes] = []
    for line in lines:
        told = {**json.loads(line), "told": "Otra cosa", "previous": _hash(made[-1]) if made else ""}
        del told["signature"]
        content = dumps(told).encode()
        made.append(content[:-1] + f',"signature":"{key.sign(content)}"}}\n'.encode())
    checking.remember(session, Checkpoint(number=len(made), at=_NEVER, hash=_hash(made[-1])), now=_NEVER)
    session.flush()
    return made


def _hash(line: bytes) -> str:
    return hashlib.sha256(line.rstrip(b"\n")).hexdigest()


_NEVER = datetime(2026, 1, 1, tzinfo=UTC)


def test_an_old_log_with_an_old_database_is_found_by_the_mail(writing: Session, log: Log, after: datetime) -> None:
    """Both went back together: nothing here tells, but what left this machine does."""
    newest = log.last()
    moments = sorted(set(writing.scalars(select(HistoryRow.at))))
    tampering.rewind(writing, moments[3])
    writing.execute(text("DELETE FROM setting"))
    log.path.write_bytes(b"".join(log.path.read_bytes().splitlines(keepends=True)[:4]))
    assert breaks(writing) == []
    exported = export(writing, log, after)
    assert told(exported, log).code() == verifier.WHOLE
    assert told(exported, log, newest.hash).problems == [f"Ningún punto de control tiene la huella {newest.hash}."]


@pytest.mark.parametrize("part", ["line", "half", "after"])
def test_an_export_that_was_cut_or_added_to_is_found(writing: Session, log: Log, after: datetime, part: str) -> None:
    lines = export(writing, log, after)
    changed = {"line": lines[:5] + lines[6:], "half": lines[: len(lines) // 2], "after": [*lines, b"{}\n"]}[part]
    assert told(changed, log).code() == verifier.BROKEN


def test_an_export_has_answers_only_when_it_is_asked(writing: Session, log: Log, after: datetime) -> None:
    answer = next(iter(writing.scalars(select(Submission)))).receipt
    with_answers = b"".join(export(writing, log, after))
    without = export(writing, log, after, content=False)
    assert b'"content":"[' in with_answers
    assert b'"content":"[' not in b"".join(without)
    assert answer.encode() in with_answers
    result = told(without, log, key=log.last().key)
    assert (result.code(), len(result.notices)) == (verifier.WHOLE, 1)
