"""Whoever asks what is kept about them is told all of it."""

import tomllib
from pathlib import Path

from sqlalchemy.orm import Session

from att.tables import metadata
from db import SYSTEM
from db import clock
from db import privacy
from directory import kept
from directory import people
from edge import person_file

REASONS = tomllib.loads(Path(__file__).with_name("not_in_the_file.toml").read_text())
LEFT_OUT = {table for reason in REASONS.values() for table in reason["tables"]}
BY_WHOM = ("_by", "author_id", "actor_id")


def _told() -> set[str]:
    return {table for part in kept.PARTS.values() for table in part.tables}


def _names_people() -> set[str]:
    """Tables with a column that is marked personal, refers to a person, or says who did something."""
    found = {name.partition(".")[0] for name in privacy.marked(metadata())}
    for table in metadata().tables.values():
        for column in table.columns:
            refers = any(key.column.table.name == "person" for key in column.foreign_keys)
            if refers or column.name.endswith(BY_WHOM):
                found.add(table.name)
    return found


def test_every_table_that_names_people_is_told_or_left_out_with_the_reason() -> None:
    assert _names_people() - _told() - LEFT_OUT == set()


def test_none_is_both_or_unknown() -> None:
    assert set() == LEFT_OUT & _told()
    assert _names_people() >= LEFT_OUT
    assert _told() <= set(metadata().tables)


def test_it_says_who_they_are_and_what_was_done_about_them(session: Session) -> None:
    row = people.add(session, "Ana Ruiz", email="ana@dnp.gov.co", by=SYSTEM, now=clock.now())
    session.flush()
    parts = {part.key: rows for part, rows in kept.of(session, row.id)}
    assert parts["identity"][0]["Correo"] == "ana@dnp.gov.co"
    assert [one["Qué"] for one in parts["history"]] == ["Registró a Ana Ruiz."]
    assert set(parts) == set(kept.PARTS)


def test_nobody_finds_the_hash_of_a_password_in_it() -> None:
    secrets = {name for name, kind in privacy.marked(metadata()).items() if kind is privacy.Kind.SECRET}
    assert "account.password_hash" in secrets
    for room in ("directory", "engine", "notifications", "tracking"):
        source = (Path(person_file.__file__).parents[1] / room / "kept.py").read_text()
        assert not any(f".{name.partition('.')[2]}" in source for name in secrets)
