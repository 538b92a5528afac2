"""What is not asked on PostgreSQL by `make test` is asked there by `make soak`: nothing falls in between."""

import re
from pathlib import Path

import pytest
from _pytest.mark.expression import Expression

from tests import run
from tests import twice
from tests.conftest import DATABASES

TESTS = twice.ROOT / "tests"


@pytest.fixture(scope="module")
def later() -> list[Path]:
    """The files whose tests wait."""
    return [file for file in sorted(TESTS.rglob("test_*.py")) if twice.is_later(file)]


def asked(arguments: tuple[str, ...], marks: set[str]) -> bool:
    """Whether a run takes a test that has these marks."""
    return Expression.compile(arguments[1]).evaluate(lambda name, **_: name in marks)


@pytest.mark.parametrize("soak", [True, False])
@pytest.mark.parametrize("later", [True, False])
def test_every_test_is_asked_in_one_run_on_postgresql(soak: bool, later: bool) -> None:
    marks = {name for name, on in {"soak": soak, "later": later}.items() if on}
    runs = [asked(arguments, marks) for arguments in (run.AGAIN, run.AGAIN_LATER, run.SOAK)]
    assert runs == [not soak and not later, not soak and later, soak]


def test_both_commands_make_their_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[tuple[tuple[str, ...], str]] = []
    monkeypatch.setattr(run, "pytest", lambda _, arguments, database: made.append((tuple(arguments), database)) or True)
    monkeypatch.setattr(run, "server_answers", lambda: True)
    assert run.main(["soak"]) == 0
    assert (run.SOAK, "postgresql") in made
    assert (run.AGAIN_LATER, "postgresql") in made
    made.clear()
    assert run.main([]) == 0
    assert (run.AGAIN, "postgresql") in made


def test_a_run_on_postgresql_knows_whatever_makes_a_database() -> None:
    """A test of which it does not know that it has one would pass on SQLite alone."""
    makes = re.compile(r"@pytest\.fixture[^\n]*\ndef (\w+)\((?:(?!\n(?:def|@)).)*?databases\.apart\(", re.DOTALL)
    found = {name for file in TESTS.rglob("*.py") for name in makes.findall(file.read_text())}
    assert found
    assert found <= DATABASES


def test_what_waits_is_there_and_has_a_reason() -> None:
    assert [place for place, reason in twice.LATER.items() if not (twice.ROOT / place).exists() or not reason] == []


def test_nothing_waits_that_writes_sql_or_runs_at_the_same_moment(later: list[Path]) -> None:
    named = {twice.ROOT / place for place in twice.LATER}
    assert [file for file in later if file not in named and twice.DIFFERS.search(file.read_text())] == []


@pytest.mark.parametrize("line", [
    'session.execute(text("DELETE FROM task"))', "from tests import meanwhile", "import threading",
    'databases.kind() == "sqlite"', "session.get_bind().dialect.name",
])  # fmt: skip
def test_such_lines_are_known(line: str) -> None:
    assert twice.DIFFERS.search(line)


@pytest.mark.parametrize(
    "room", ["db", "directory", "engine", "notifications", "tracking", "processes", "releases", "architecture"]
)
def test_the_rooms_that_ask_the_database_wait_for_nothing(later: list[Path], room: str) -> None:
    assert [file for file in later if file.is_relative_to(TESTS / room)] == []


def test_what_programs_ask_and_each_page_wait_for_nothing(later: list[Path]) -> None:
    api = set((TESTS / "api").glob("test_*.py"))
    assert not {*api, TESTS / "att" / "test_counted.py", TESTS / "edge" / "test_idempotency.py"} & set(later)


def test_a_file_that_waits_is_marked(request: pytest.FixtureRequest) -> None:
    unmarked = [
        item.nodeid for item in request.session.items
        if twice.is_later(item.path) != bool(item.get_closest_marker("later"))
    ]  # fmt: skip
    assert unmarked == []
