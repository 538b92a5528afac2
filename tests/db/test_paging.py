"""Pages keep their order whatever arrives between them."""

from datetime import datetime
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import SYSTEM
from db import history
from db import paging
from db.errors import InvalidData
from db.history import HistoryRow

KEYS = [paging.Key(HistoryRow.at, descending=True), paging.Key(HistoryRow.id)]


@pytest.fixture
def ten(session: Session, now: datetime) -> Session:
    """Ten acts; two share each instant."""
    for number in range(10):
        act(session, number + 1, now + timedelta(hours=number // 2))
    return session


def act(session: Session, subject: int, now: datetime) -> None:
    history.record(session, history.Subject("plan", subject), "plan.changed", by=SYSTEM, now=now)


def page(session: Session, cursor: str = "", limit: int = 3) -> paging.Page[HistoryRow]:
    return paging.page(session, select(HistoryRow), KEYS, limit=limit, cursor=cursor)


def test_the_pages_hold_every_row_once_in_order(ten: Session) -> None:
    seen, cursor = [], ""
    for _ in range(4):
        found = page(ten, cursor)
        seen += [row.subject_id for row in found.items]
        cursor = found.next_cursor
    assert (seen, cursor) == ([9, 10, 7, 8, 5, 6, 3, 4, 1, 2], "")


def test_a_row_that_arrives_meanwhile_moves_nothing(ten: Session, now: datetime) -> None:
    first = page(ten)
    act(ten, 11, now + timedelta(days=1))
    assert [row.subject_id for row in page(ten, first.next_cursor).items] == [8, 5, 6]


def test_the_last_page_has_no_cursor(ten: Session) -> None:
    assert page(ten, limit=10).next_cursor == ""


@pytest.mark.parametrize("limit", [0, -1, paging.MAX_LIMIT + 1])
def test_a_limit_out_of_bounds_is_refused(ten: Session, limit: int) -> None:
    with pytest.raises(InvalidData) as refused:
        page(ten, limit=limit)
    assert "limit" in refused.value.errors


@pytest.mark.parametrize("cursor", ["x", "%%%", "e30", "WzFd", "bm8ganNvbg", "W3sidCI6ICJubyJ9LCAxXQ", "ñ", "WzFdWzFd"])
def test_a_bad_cursor_is_refused(ten: Session, cursor: str) -> None:
    with pytest.raises(InvalidData) as refused:
        page(ten, cursor)
    assert list(refused.value.errors) == ["cursor"]
