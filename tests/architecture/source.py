"""The files that the structural tests read."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
ROOMS = ("att", "api", "web", "edge", "workflows", "tracking", "engine", "forms", "notifications", "directory", "db")
READS_SOURCE = pytest.mark.xdist_group("source")
# Rooms that are given a session and never open one.
BELOW = ("engine", "tracking", "forms", "directory", "notifications", "workflows")


def modules(*rooms: str) -> Iterator[Path]:
    """The Python files of these rooms (of all, when none is named), without the revisions of the schema."""
    for room in rooms or ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def named(path: Path) -> str:
    """`path` as people name it."""
    return str(path.relative_to(ROOT))


@cache
def tree(path: Path) -> ast.Module:
    """The syntax tree of a file. Many tests walk through the same ones: they belong to one worker (`READS_SOURCE`)."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


@cache
def call_nodes(path: Path) -> tuple[ast.Call, ...]:
    """Every call that stands in a file."""
    return tuple(node for node in ast.walk(tree(path)) if isinstance(node, ast.Call))


@cache
def calls(path: Path) -> tuple[tuple[str, int], ...]:
    """The name of everything that a file calls, as far as it is written out (`session.commit`), and the line."""
    return tuple((written(node.func), node.lineno) for node in call_nodes(path))


def written(node: ast.expr) -> str:
    """The expression as it is written out: a name and its parts, which most are, without the machine for all others."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name | ast.Attribute):
        return f"{written(node.value)}.{node.attr}"
    return ast.unparse(node)


def tracked() -> list[Path]:
    """The files that belong to the project: those git follows or would follow."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    paths = [ROOT / name for name in listing.stdout.decode().split("\0") if name]
    return [path for path in paths if path.is_file()]
