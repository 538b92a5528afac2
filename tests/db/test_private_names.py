"""SQLAlchemy's names that are not public and that we call: an upgrade that takes one away shows here, by name.

`Session._register_persistent` is what a flush calls when its rows are stored; nothing public does it for rows that
somebody else stored. If it goes, `db/writing.py` may expunge each row, `make_transient_to_detached` and add it again.
"""

import inspect

import sqlalchemy
from sqlalchemy import inspect as state_of
from sqlalchemy.orm import Session

from db.writing import write_together
from directory.models import Unit


def unit(code: str) -> Unit:
    return Unit(code=code, name=code, search_name=code)


def test_the_session_still_registers_what_was_stored() -> None:
    method = getattr(Session, "_register_persistent", None)
    where = f"SQLAlchemy {sqlalchemy.__version__}: see db/writing.py, write_together"
    assert method is not None, f"Session._register_persistent is gone. {where}"
    assert list(inspect.signature(method).parameters) == ["self", "states"], f"It takes something else now. {where}"


def test_what_was_written_together_is_in_the_session_as_after_a_flush(session: Session) -> None:
    row = unit("A")
    session.add(row)
    write_together(session)
    assert state_of(row).persistent
    assert not state_of(row).modified
    assert session.identity_map[state_of(row).key] is row  # type: ignore[index]


def test_what_is_rolled_back_leaves_the_session(session: Session) -> None:
    row = unit("A")
    session.add(row)
    write_together(session)
    session.rollback()
    assert (state_of(row).transient, row in session) == (True, False)
