"""Every line of a history is written in words: whoever records an act says it in a sentence, without identifiers."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.source import READS_SOURCE
from tests.architecture.source import call_nodes
from tests.architecture.source import modules
from tests.architecture.source import named
from tests.architecture.source import tree
from tests.architecture.source import written

pytestmark = READS_SOURCE

# What a programmer calls things: in a sentence it stands only through something that translates it.
RAW = frozenset({
    "action", "element", "field", "form_name", "key", "kind", "kinds", "message", "operation", "process_key", "role",
    "scope_kind", "stage", "status",
})  # fmt: skip


def sentences(path: Path) -> Iterator[ast.JoinedStr]:
    """Every sentence with gaps that a file gives to a history as its summary."""
    for function in ast.walk(tree(path)):
        if not isinstance(function, ast.FunctionDef):
            continue
        for node in ast.walk(function):
            if isinstance(node, ast.keyword) and node.arg == "summary":
                yield from _gapped(node.value)
            if isinstance(node, ast.Assign) and any(ast.unparse(one) == "summary" for one in node.targets):
                yield from _gapped(node.value)


def _gapped(value: ast.expr) -> Iterator[ast.JoinedStr]:
    yield from (node for node in ast.walk(value) if isinstance(node, ast.JoinedStr))


def raw_gaps(sentence: ast.JoinedStr) -> list[str]:
    """The gaps that would show an identifier as it is."""
    found = []
    for part in sentence.values:
        if not isinstance(part, ast.FormattedValue):
            continue
        value = part.value
        name = value.id if isinstance(value, ast.Name) else value.attr if isinstance(value, ast.Attribute) else ""
        if name in RAW or "replace('_'" in ast.unparse(value):
            found.append(ast.unparse(value))
    return found


def test_no_history_shows_a_raw_identifier() -> None:
    wrong = [
        f"{named(path)}:{sentence.lineno} {gap}"
        for path in modules("engine", "tracking", "directory", "notifications", "workflows", "db")
        for sentence in sentences(path)
        for gap in raw_gaps(sentence)
    ]
    assert wrong == []


def test_the_rule_sees_what_it_forbids(tmp_path: Path) -> None:
    code = tmp_path / "sample.py"
    code.write_text(
        'def act(message, row):\n    summary = f"Avisó: {message}."\n    use(summary=f"Pasó a {row.status}")\n'
    )
    assert [gap for sentence in sentences(code) for gap in raw_gaps(sentence)] == ["message", "row.status"]


def test_every_recorded_act_has_its_sentence() -> None:
    silent = []
    for path in modules("engine", "tracking", "directory", "notifications", "workflows"):
        for node in call_nodes(path):
            if (name := written(node.func)) in {"history.record", "history.Entry"}:
                positional = 4 if name == "history.Entry" else 99
                said = any(one.arg == "summary" for one in node.keywords) or len(node.args) >= positional - 1
                if not said:
                    silent.append(f"{named(path)}:{node.lineno}")
    assert silent == []
