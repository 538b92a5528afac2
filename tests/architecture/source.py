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
def calls(path: Path) -> tuple[tuple[str, int], ...]:
    """The name of everything that a file calls, as far as it is written out (`session.commit`), and the line."""
    found = (node for node in ast.walk(tree(path)) if isinstance(node, ast.Call))
    return tuple((ast.unparse(node.func), node.lineno) for node in found)


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
