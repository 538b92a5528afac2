"""What is kept of a look at an invariant: since when it does not hold, and what held again."""

from collections.abc import Iterator
from datetime import datetime
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from db import invariants
from db.invariants import Finding

KEY = "prueba"
ONE, OTHER = Finding("task", 1, "uno", 7), Finding("task", 2, "dos")
TEN = timedelta(minutes=10)


@pytest.fixture(autouse=True)
def known() -> Iterator[None]:
    """A check that is looked at by hand."""
    invariants.invariant(KEY, "Prueba", meaning="", remedy="")(lambda _session, _now: [])
    yield
    del invariants.CHECKS[KEY]


def keep(session: Session, found: list[Finding], now: datetime) -> None:
    invariants.keep(session, KEY, found, seconds=0.1, now=now)
    session.flush()


def named(session: Session, *, cleared: bool = False) -> list[str]:
    return [row.text for row in invariants.findings(session, KEY, cleared=cleared).items]


def test_what_holds_was_looked_at(session: Session, now: datetime) -> None:
    keep(session, [], now)
    state = invariants.states(session)[KEY]
    assert (state.looked_at, state.found, state.since, state.error) == (now, 0, None, "")
    assert invariants.last_look(session) == now


def test_since_is_when_it_was_first_found(session: Session, now: datetime) -> None:
    keep(session, [ONE], now)
    keep(session, [ONE, OTHER], now + TEN)
    state = invariants.states(session)[KEY]
    assert (state.found, state.since, state.looked_at) == (2, now, now + TEN)
    first = {row.text: (row.first_at, row.last_at) for row in invariants.findings(session, KEY).items}
    assert first == {"uno": (now, now + TEN), "dos": (now + TEN, now + TEN)}


def test_what_is_not_found_any_more_is_cleared_and_stays_to_be_read(session: Session, now: datetime) -> None:
    keep(session, [ONE, OTHER], now)
    keep(session, [OTHER], now + TEN)
    assert (named(session), named(session, cleared=True)) == (["dos"], ["uno"])
    keep(session, [], now + 2 * TEN)
    assert invariants.states(session)[KEY].since is None


def test_what_breaks_again_begins_anew(session: Session, now: datetime) -> None:
    for place, found in enumerate(([ONE], [], [ONE])):
        keep(session, found, now + place * TEN)
    (row,) = invariants.findings(session, KEY).items
    assert (row.first_at, row.cleared_at) == (now + 2 * TEN, None)


def test_what_found_no_place_is_not_taken_for_cleared(session: Session, now: datetime) -> None:
    keep(session, [ONE], now)
    keep(session, [Finding("task", 10 + number, "otro") for number in range(invariants.MOST)], now + TEN)
    assert named(session, cleared=True) == []


def test_a_look_that_failed_keeps_what_was_known(session: Session, now: datetime) -> None:
    keep(session, [ONE], now)
    invariants.failed(session, KEY, "OperationalError", now=now + TEN)
    state = invariants.states(session)[KEY]
    assert (state.error, state.found, state.since, state.looked_at) == ("OperationalError", 1, now, now + TEN)


def test_what_holds_again_since_long_is_forgotten(session: Session, now: datetime) -> None:
    keep(session, [ONE, OTHER], now)
    keep(session, [OTHER], now + TEN)
    assert invariants.forget(session, now=now + invariants.KEPT) == 0
    assert invariants.forget(session, now=now + invariants.KEPT + TEN) == 1
    assert named(session) == ["dos"]


def test_what_breaks_in_a_case_is_found_by_it(session: Session, now: datetime) -> None:
    keep(session, [ONE, OTHER], now)
    assert [row.text for row in invariants.of_instance(session, 7)] == ["uno"]
