"""A chain shows what was done to it."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from db import SYSTEM
from db import history

PLAN = history.Subject("work_plan", 1)
OTHER = history.Subject("work_plan", 2)


@pytest.fixture
def chains(session: Session, now: datetime) -> Session:
    """Three acts on a plan, two on another."""
    for number in (1, 2, 3):
        history.record(session, PLAN, "plan.changed", by=SYSTEM, now=now, details={"step": number})
    for number in (1, 2):
        history.record(session, OTHER, "plan.changed", by=SYSTEM, now=now, details={"step": number})
    session.flush()
    return session


def broken(session: Session) -> list[tuple[int, int, str]]:
    session.expire_all()
    return [(found.subject.id, found.sequence, found.problem) for found in history.verify(session)]


def test_an_untouched_chain_holds(chains: Session) -> None:
    assert broken(chains) == []


def test_the_zone_in_which_an_act_is_told_is_no_matter(session: Session, now: datetime) -> None:
    """By hand people write Bogotá's hour; the database gives back that of Greenwich."""
    history.record(session, PLAN, "plan.changed", by=SYSTEM, now=now.astimezone(ZoneInfo("America/Bogota")))
    session.flush()
    assert broken(session) == []


def test_a_chain_reads_from_the_oldest(chains: Session) -> None:
    assert [row.details["step"] for row in history.of(chains, PLAN)] == [1, 2, 3]


def test_a_chain_is_read_page_by_page(chains: Session) -> None:
    """Each page reads its own rows only, and goes on where the one before ended even when acts come meanwhile."""
    first = history.page(chains, PLAN, limit=2)
    history.record(chains, PLAN, "plan.changed", by=SYSTEM, now=history.of(chains, PLAN)[0].at, details={"step": 4})
    chains.flush()
    chains.expunge_all()
    rest = history.page(chains, PLAN, limit=2, cursor=first.next_cursor)
    read = [row for row in chains.identity_map.values() if isinstance(row, history.HistoryRow)]
    assert [row.details["step"] for row in first.items] == [1, 2]
    assert [row.details["step"] for row in rest.items] == [3, 4]
    assert (rest.next_cursor, len(read)) == ("", 2)


def test_each_subject_counts_for_itself(chains: Session) -> None:
    assert [row.sequence for row in history.of(chains, OTHER)] == [1, 2]


@pytest.mark.parametrize(
    "edit",
    [
        "summary = 'otra cosa'",
        "details = '[9]'",
        "actor_name = 'Otra persona'",
        "reason = 'porque sí'",
        "action = 'plan.closed'",
        "actor_id = 99",
    ],
)
def test_an_edit_shows(chains: Session, edit: str) -> None:
    chains.execute(text(f"UPDATE history SET {edit} WHERE subject_id = 1 AND sequence = 2"))
    assert broken(chains) == [(1, 2, "altered")]


def test_a_deletion_shows(chains: Session) -> None:
    chains.execute(text("DELETE FROM history WHERE subject_id = 1 AND sequence = 2"))
    assert broken(chains) == [(1, 3, "missing")]


def test_a_swap_shows(chains: Session) -> None:
    for old, new in ((2, 20), (3, 2), (20, 3)):
        chains.execute(text(f"UPDATE history SET sequence = {new} WHERE subject_id = 1 AND sequence = {old}"))
    assert broken(chains) == [(1, 2, "unchained"), (1, 3, "unchained"), (1, 3, "replaced")]


def test_a_rehashed_edit_breaks_the_row_after(chains: Session) -> None:
    row = history.of(chains, PLAN)[1]
    row.summary = "otra cosa"
    row.hash = history.digest(row)
    chains.flush()
    assert broken(chains) == [(1, 3, "unchained")]


def test_a_row_moved_to_another_chain_shows(chains: Session) -> None:
    chains.execute(text("UPDATE history SET subject_id = 2, sequence = 3 WHERE subject_id = 1 AND sequence = 3"))
    assert broken(chains) == [(2, 3, "unchained"), (1, 3, "cut"), (2, 3, "loose")]


def test_the_last_act_missing_shows(chains: Session) -> None:
    chains.execute(text("DELETE FROM history WHERE subject_id = 1 AND sequence = 3"))
    assert broken(chains) == [(1, 3, "cut")]


def test_a_whole_history_missing_shows(chains: Session) -> None:
    chains.execute(text("DELETE FROM history WHERE subject_id = 2"))
    assert broken(chains) == [(2, 2, "cut")]


def test_the_last_act_rehashed_shows(chains: Session) -> None:
    row = history.of(chains, PLAN)[-1]
    row.summary = "otra cosa"
    row.hash = history.digest(row)
    chains.flush()
    assert broken(chains) == [(1, 3, "replaced")]


def test_what_comes_after_a_missing_end_does_not_hide_it(chains: Session) -> None:
    at = history.of(chains, PLAN)[0].at
    chains.execute(text("DELETE FROM history WHERE subject_id = 1 AND sequence = 3"))
    history.record(chains, PLAN, "plan.changed", by=SYSTEM, now=at)
    chains.flush()
    assert broken(chains) == [(1, 4, "missing")]
