"""What the log may say is one list (`att/logs.py`): nobody writes anything else into it."""

import ast
from pathlib import Path

from att.logs import FIELDS
from att.logs import OURS
from tests.architecture import source

pytestmark = source.READS_SOURCE

SAID = {"debug", "info", "warning", "error", "exception", "critical"}


def lines(path: Path) -> list[ast.Call]:
    """Every call that writes a line of the log in a file."""
    return [
        node for node in source.call_nodes(path)
        if isinstance(node.func, ast.Attribute) and node.func.attr in SAID
        and source.written(node.func.value).split("(")[0] in ("log", "structlog.get_logger")
    ]  # fmt: skip


def test_a_line_has_only_what_a_line_may_have() -> None:
    given = {
        f"{source.named(path)}:{call.lineno} {keyword.arg}"
        for path in source.modules()
        for call in lines(path)
        for keyword in call.keywords
        if keyword.arg is not None and keyword.arg not in FIELDS
    }
    assert given == set()


def test_what_happened_is_said_in_fixed_words() -> None:
    """A sentence with gaps would carry what fills them."""
    found = [
        f"{source.named(path)}:{call.lineno}"
        for path in source.modules()
        for call in lines(path)
        if len(call.args) != 1 or not isinstance(call.args[0], ast.Constant)
    ]
    assert found == []


def test_the_lines_are_found() -> None:
    assert sum(len(lines(path)) for path in source.modules()) > 15


def test_every_logger_is_one_of_ours() -> None:
    """Others are taken for those of libraries, of which only warnings are told."""
    names = [
        node.args[0].value
        for path in source.modules()
        for node in source.call_nodes(path)
        if source.written(node.func) in ("structlog.get_logger", "logging.getLogger")
        and node.args and isinstance(node.args[0], ast.Constant)
    ]  # fmt: skip
    assert names
    assert [name for name in names if not str(name).startswith(f"{OURS}.")] == []
