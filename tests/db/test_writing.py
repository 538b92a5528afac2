"""Writing together does what a flush does: rows get ids, changes are kept, what is wrong is refused."""

import random
from datetime import datetime
from datetime import timedelta

import pytest
from sqlalchemy import event
from sqlalchemy import select
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from db import reading
from db import transaction
from db.session import current_engine
from db.writing import write_together
from directory.models import Unit
from tests import databases


def unit(code: str) -> Unit:
    return Unit(code=code, name=code, search_name=code)


def written(session: Session, *units: Unit) -> list[Unit]:
    session.add_all(units)
    write_together(session)
    return list(units)


def test_new_rows_get_their_ids(session: Session) -> None:
    one, other = written(session, unit("A"), unit("B"))
    assert session.get(Unit, one.id) is one
    assert one.id != other.id


def test_what_a_new_row_does_not_say_is_empty(session: Session) -> None:
    (one,) = written(session, unit("A"))
    session.refresh(one)
    assert (one.parent_id, one.disabled_at) == (None, None)


def test_changes_are_kept(database: None, now: datetime) -> None:
    with transaction() as session:
        (one,) = written(session, unit("A"))
    with transaction() as session:
        found = session.get_one(Unit, one.id)
        found.name, found.disabled_at = "Nueva", now
        written(session, unit("B"))
    with reading() as session:
        kept = session.get_one(Unit, one.id)
        assert (kept.name, kept.disabled_at) == ("Nueva", now)


def test_nothing_is_left_for_the_flush(session: Session) -> None:
    (one,) = written(session, unit("A"))
    one.name = "Nueva"
    write_together(session)
    assert (list(session.new), list(session.dirty)) == ([], [])


def test_a_row_that_is_gone_is_noticed(session: Session) -> None:
    (one,) = written(session, unit("A"))
    session.execute(text("DELETE FROM unit"))
    one.name = "Nueva"
    with pytest.raises(StaleDataError):
        write_together(session)
    session.rollback()


def test_a_rule_of_the_table_is_a_rule_here(session: Session) -> None:
    with pytest.raises(IntegrityError):
        written(session, unit("A"), unit("A"))
    session.rollback()


def test_postgresql_is_asked_once_and_sqlite_once_per_row(session: Session) -> None:
    asked: list[str] = []
    event.listen(current_engine(), "before_cursor_execute", lambda *given: asked.append(given[2]))
    written(session, unit("A"), unit("B"))
    assert sum("INSERT" in statement for statement in asked) == {"postgresql": 1, "sqlite": 2}[databases.kind()]


def test_rows_that_are_to_be_gone_go_with_the_rest(session: Session) -> None:
    asked: list[str] = []
    written(session, unit("A"), unit("B"))
    event.listen(current_engine(), "before_cursor_execute", lambda *given: asked.append(given[2]))
    session.add(unit("C"))
    write_together(session, without=[(Unit, {"code": "A"}), (Unit, {"code": "nobody"})])
    assert len(asked) == {"postgresql": 1, "sqlite": 3}[databases.kind()]
    assert list(session.scalars(select(Unit.code).order_by(Unit.code))) == ["B", "C"]


def test_rows_can_go_alone(session: Session) -> None:
    written(session, unit("A"))
    write_together(session, without=[(Unit, {"code": "A"})])
    assert session.scalars(select(Unit)).all() == []


def test_what_changed_is_written_in_one_order(database: None, now: datetime) -> None:
    with transaction() as session:
        ids = [one.id for one in written(session, *map(unit, "ABCD"))]
    asked: list[str] = []
    event.listen(current_engine(), "before_cursor_execute", lambda *given: asked.append(given[2]))
    for number in range(6):
        with transaction() as session:
            rows = [session.get_one(Unit, key) for key in random.sample(ids, 4)]
            _change(sorted(rows, key=lambda row: row.id), f"{number}", now + timedelta(days=number))
            write_together(session)
    updates = [statement for statement in asked if "UPDATE" in statement and "FOR UPDATE" not in statement]
    assert updates == updates[: len(updates) // 6] * 6


def _change(rows: list[Unit], text: str, at: datetime) -> None:
    """Change something else in each of the four."""
    rows[0].name = rows[1].search_name = text
    rows[2].name, rows[3].disabled_at = text, at
    rows[2].search_name = text
