"""A statement given to the driver as it is does what executing it does."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import bindparam
from sqlalchemy import insert
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db.ready import ask
from directory.models import Unit

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


def test_values_are_prepared_as_their_columns_want(session: Session, now: datetime) -> None:
    row_id = ask(session.connection(), NEW, {"code": "A", "at": now}).scalar_one()
    found = session.get_one(Unit, row_id)
    assert (found.code, found.name, found.disabled_at) == ("A", "100 % listo", now)


def test_the_same_statement_serves_other_values(session: Session, now: datetime) -> None:
    for code in ("A", "C", "B"):
        ask(session.connection(), NEW, {"code": code, "at": None})
    assert ask(session.connection(), LAST, {"least": "A"}).scalar() == "C"
    assert ask(session.connection(), LAST, {"least": "D"}).scalar() is None


def test_what_the_database_refuses_is_raised_as_always(session: Session) -> None:
    ask(session.connection(), NEW, {"code": "A", "at": None})
    with pytest.raises(IntegrityError):
        ask(session.connection(), NEW, {"code": "A", "at": None})
    session.rollback()
