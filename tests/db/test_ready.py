"""A statement given to the driver as it is does what executing it does."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import bindparam
from sqlalchemy import insert
from sqlalchemy import select
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db.ready import read
from db.ready import tell
from directory.models import Unit
from tests.questions import asked

UNIT: Any = Unit.__table__
NEW = (
    insert(UNIT)
    .values(
        code=bindparam("code"), name="100 % listo", search_name="x",
        disabled_at=bindparam("at", type_=UNIT.c.disabled_at.type),
    )
    .returning(UNIT.c.id)
)  # fmt: skip
LAST = select(UNIT.c.code).where(UNIT.c.code >= bindparam("least")).order_by(UNIT.c.code.desc()).limit(1)
AT = select(UNIT.c.code, UNIT.c.disabled_at).where(UNIT.c.code == bindparam("code"))
RENAMED = update(UNIT).where(UNIT.c.code >= bindparam("least")).values(name="Otra")


def test_values_are_prepared_as_their_columns_want(session: Session, now: datetime) -> None:
    ((row_id,),) = tell(session.connection(), NEW, {"code": "A", "at": now}).rows
    found = session.get_one(Unit, row_id)
    assert (found.code, found.name, found.disabled_at) == ("A", "100 % listo", now)


def test_the_same_statement_serves_other_values(session: Session, now: datetime) -> None:
    for code in ("A", "C", "B"):
        tell(session.connection(), NEW, {"code": code, "at": None})
    assert read(session, LAST, {"least": "A"}) == [["C"]]
    assert read(session, LAST, {"least": "D"}) == []


def test_what_the_database_refuses_is_raised_as_always(session: Session) -> None:
    tell(session.connection(), NEW, {"code": "A", "at": None})
    with pytest.raises(IntegrityError):
        tell(session.connection(), NEW, {"code": "A", "at": None})
    session.rollback()


def test_values_are_read_as_their_columns_read_them(session: Session, now: datetime) -> None:
    tell(session.connection(), NEW, {"code": "A", "at": now})
    assert read(session, AT, {"code": "A"}) == [["A", now]]


def test_whoever_listens_hears_of_it(session: Session) -> None:
    connection = session.connection()
    with asked() as seen:
        told = tell(connection, NEW, {"code": "A", "at": None})
    assert [one.split()[0] for one in seen] == ["INSERT"]
    assert len(told.rows) == 1


def test_how_many_rows_were_touched_is_told(session: Session) -> None:
    for code in ("A", "B"):
        tell(session.connection(), NEW, {"code": code, "at": None})
    assert tell(session.connection(), RENAMED, {"least": "A"}).touched == 2
    assert tell(session.connection(), RENAMED, {"least": "C"}).touched == 0
