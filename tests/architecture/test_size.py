"""Files and functions stay small enough to be read at one go."""

import ast

import pytest

from tests.architecture import source

MODULE_LINES = 450
FUNCTION_LINES = 50

pytestmark = source.READS_SOURCE

Function = ast.FunctionDef | ast.AsyncFunctionDef


def length(function: Function) -> int:
    """Lines of a function from its name on, without its docstring."""
    lines = (function.end_lineno or 0) - function.lineno + 1
    first = function.body[0]
    documented = (
        isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    )
    return lines - ((first.end_lineno or 0) - first.lineno + 1 if documented else 0)


@pytest.mark.parametrize("room", source.ROOMS)
def test_modules_are_short(room: str) -> None:
    lengths = {source.named(path): len(path.read_text().splitlines()) for path in source.modules(room)}
    assert {name: lines for name, lines in lengths.items() if lines > MODULE_LINES} == {}


@pytest.mark.parametrize("room", source.ROOMS)
def test_functions_are_short(room: str) -> None:
    lengths = {
        f"{source.named(path)}:{node.name}": length(node)
        for path in source.modules(room)
        for node in ast.walk(source.tree(path))
        if isinstance(node, Function)
    }
    assert {name: lines for name, lines in lengths.items() if lines > FUNCTION_LINES} == {}
