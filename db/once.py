"""Rows that may be there already: inserted once, whoever comes first."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import Session

from db.base import Base


def insert_new(session: Session, model: type[Base], rows: Sequence[dict[str, Any]], *returning: str) -> list[Any]:
    """Insert those of `rows` that break no unique constraint and leave the others out.

    Every row gives the same columns by name. Returns the `returning` columns of what was inserted, in any order.
    """
    if not rows:
        return []
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    columns: list[Column[Any]] = [model.__table__.c[name] for name in returning]  # type: ignore[misc]
    # The rows are given apart from the statement: it is compiled once, and sent with many of them at a time.
    statement = insert(model.__table__).on_conflict_do_nothing().returning(*columns)  # type: ignore[arg-type]
    return list(session.execute(statement, list(rows)).all())
