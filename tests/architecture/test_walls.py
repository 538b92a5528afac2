"""The walls that import-linter cannot see."""

import ast
import tomllib
from pathlib import Path

import pytest

from tests.architecture import source

pytestmark = source.READS_SOURCE

NOW = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "datetime.datetime.now", "time.time"}

OPENERS = {"transaction", "reading", "sessionmaker", "Session", "build_engine", "connect", "create_engine"}


def lines(found: list[tuple[Path, int]]) -> list[str]:
    return [f"{source.named(path)}:{line}" for path, line in found]


def test_only_db_commits() -> None:
    found = [
        (path, line)
        for path in source.modules()
        if path.relative_to(source.ROOT).parts[0] != "db"
        for name, line in source.calls(path)
        if name.split(".")[-1] == "commit"
    ]
    assert lines(found) == []


@pytest.mark.parametrize("room", source.BELOW)
def test_no_session_is_opened_below_the_edge(room: str) -> None:
    found = [
        (path, line)
        for path in source.modules(room)
        for name, line in source.calls(path)
        if name.removeprefix("db.").removeprefix("session.") in OPENERS
    ]
    assert lines(found) == []


def test_only_the_clock_knows_what_time_it_is() -> None:
    found = [
        (path, line)
        for path in source.modules()
        if source.named(path) != "db/clock.py"
        for name, line in source.calls(path)
        if name in NOW
    ]
    assert lines(found) == []


@pytest.mark.parametrize("room", source.BELOW)
def test_now_is_passed_down(room: str) -> None:
    found = [(path, line) for path in source.modules(room) for name, line in source.calls(path) if name == "clock.now"]
    assert lines(found) == []


def test_no_datetime_is_naive() -> None:
    """A call of `datetime(…)` says its zone."""
    found = [
        (path, node.lineno)
        for path in source.modules()
        for node in source.call_nodes(path)
        if source.written(node.func) in ("datetime", "datetime.datetime")
        and len(node.args) < 8
        and not any(keyword.arg in ("tzinfo", None) for keyword in node.keywords)
    ]
    assert lines(found) == []


def test_no_test_sleeps() -> None:
    found = [
        (path, line)
        for path in sorted((source.ROOT / "tests").rglob("*.py"))
        for name, line in source.calls(path)
        if name in ("time.sleep", "sleep")
    ]
    assert lines(found) == []


def test_only_the_doors_of_the_engine_import_spiffworkflow() -> None:
    found = [
        source.named(path)
        for path in source.modules("engine")
        if not path.name.startswith("spiff")
        for node in ast.walk(source.tree(path))
        if (isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "SpiffWorkflow")
        or (isinstance(node, ast.Import) and any(name.name.split(".")[0] == "SpiffWorkflow" for name in node.names))
    ]
    assert found == []


def test_every_room_is_walled_in() -> None:
    """A new folder of code must be placed among the layers, typed and packaged, before anything is put in it."""
    folders = {path.parent.name for path in source.ROOT.glob("*/__init__.py")} - {"tests", "benchmarks"}
    project = tomllib.loads((source.ROOT / "pyproject.toml").read_text())["tool"]
    layers = project["importlinter"]["contracts"][0]["layers"]
    assert folders == set(source.ROOMS)
    assert {room.strip() for layer in layers for room in layer.split("|")} == folders
    assert set(project["importlinter"]["root_packages"]) == folders | {"tests"}
    assert set(project["mypy"]["files"]) == folders
    assert {name.rstrip("*") for name in project["setuptools"]["packages"]["find"]["include"]} == folders
