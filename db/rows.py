"""One row by its id, as it is or locked for a change."""

from typing import Any
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.base import Base
from db.errors import NotFound

Row = TypeVar("Row", bound=Base)


def get(session: Session, model: type[Row], row_id: int, called: str) -> Row:
    """The row of `model` with this id. Raises NotFound, which says what it is `called`."""
    return _found(session.get(model, row_id), called, row_id)


def held(session: Session, model: type[Row], row_id: int, called: str) -> Row:
    """The row as it stands now, locked until the transaction ends. Raises NotFound, which says what it is `called`."""
    key: Any = model.__table__.c.id
    statement = select(model).where(key == row_id).with_for_update()
    return _found(session.scalars(statement.execution_options(populate_existing=True)).one_or_none(), called, row_id)


def _found(row: Row | None, called: str, row_id: int) -> Row:
    if row is None:
        raise NotFound(called, row_id)
    return row
