"""Every column of text says whether it holds personal data: marked where it is declared, or listed with the reason."""

import tomllib
from pathlib import Path

from sqlalchemy import Column
from sqlalchemy import LargeBinary
from sqlalchemy import String
from sqlalchemy.types import TypeDecorator

from att.tables import metadata
from db import privacy
from db.types import ExactDecimal

HERE = Path(__file__).parent
REASONS: dict[str, dict[str, list[str]]] = tomllib.loads((HERE / "not_personal.toml").read_text())
LISTED = [f"{table}.{name}" for tables in REASONS.values() for table, names in tables.items() for name in names]


def _holds_text(column: Column[object]) -> bool:
    """Whether people's words fit in it: text, JSON and bytes, and no reference to another row."""
    kind = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
    number = isinstance(column.type, ExactDecimal)
    return isinstance(kind, String | LargeBinary) and not number and not column.foreign_keys


COLUMNS = [
    f"{table.name}.{column.name}"
    for table in metadata().tables.values()
    for column in table.columns
    if _holds_text(column)
]


def test_each_column_of_text_is_marked_personal_or_listed_with_the_reason() -> None:
    known = {*privacy.marked(metadata()), *LISTED}
    assert [name for name in COLUMNS if name not in known] == []


def test_no_column_is_both_personal_and_listed_as_not() -> None:
    assert sorted(set(LISTED) & set(privacy.marked(metadata()))) == []


def test_what_is_listed_is_there_once() -> None:
    assert [name for name in LISTED if name not in COLUMNS or LISTED.count(name) > 1] == []


def test_what_reaches_people_and_why_they_are_away_is_marked_as_such() -> None:
    found = privacy.marked(metadata())
    assert {found[name] for name in ("person.email", "advisory_person.phone", "message.address")} == {
        privacy.Kind.CONTACT
    }
    assert {found["absence.kind"], found["absence.note"]} == {privacy.Kind.SENSITIVE}
    assert {found["login_session.address"], found["login_attempt.subject"]} == {privacy.Kind.DEVICE}
