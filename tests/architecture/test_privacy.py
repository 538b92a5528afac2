"""Every column of text says whether it holds personal data: marked where it is declared, or listed with the reason."""

import re
import tomllib
from pathlib import Path

import pytest
from sqlalchemy import Column
from sqlalchemy import LargeBinary
from sqlalchemy import String
from sqlalchemy.types import TypeDecorator

from att.tables import metadata
from db import privacy
from db.types import ExactDecimal

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
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


# What shows how people are reached → the module that gives it, which says so; None: only one's own, or what is typed.
SHOWN: dict[str, str | None] = {
    "web/templates/account.html": None,
    "web/templates/person_new.html": None,
    "web/templates/second_step.html": None,
    "web/templates/message.html": "web/outbox.py",
    "web/templates/messages.html": "web/outbox.py",
    "web/templates/messages_returned.html": "web/outbox.py",
    "web/templates/messages_unreachable.html": "web/outbox.py",
    "web/templates/people.html": "web/people.py",
    "web/templates/person.html": "web/person_page.py",
    "web/templates/plan_consentimiento.html": "web/plans.py",
    "web/templates/reached.html": "web/reached.py",
    "web/templates/strategy.html": "web/strategies.py",
    "api/schemas/follow_up.py": "api/consents.py",
    "api/schemas/identities.py": "api/identities.py",
    "api/schemas/messages.py": "api/messages.py",
    "api/schemas/people.py": "api/people.py",
    "api/schemas/products.py": "api/strategies.py",
}
NAMES = "email|phone|address|person_name|user_agent"
TOLD = re.compile(rf"\.(?:{NAMES})\b|\b(?:{NAMES}) = said\(")


def test_whatever_shows_how_people_are_reached_is_known_here() -> None:
    pages = [*ROOT.glob("web/templates/**/*.html"), *ROOT.glob("api/schemas/*.py")]
    found = {str(path.relative_to(ROOT)) for path in pages if TOLD.search(path.read_text())}
    assert found == set(SHOWN)


@pytest.mark.parametrize("module", sorted({name for name in SHOWN.values() if name}))
def test_whoever_gives_it_says_that_it_was_read(module: str) -> None:
    assert "personal_reads." in (ROOT / module).read_text()
