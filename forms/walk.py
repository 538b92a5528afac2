"""Going through the answers of a form, and which questions are asked given the others."""

from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any
from typing import NamedTuple

from forms.answers import is_empty
from forms.declaration import Condition
from forms.declaration import Field
from forms.declaration import Form
from forms.declaration import Kind

LISTS = frozenset((Kind.CHOICES, Kind.TEXTS, Kind.TABLE, Kind.FILES, Kind.ENTITIES))
"""Kinds whose value is a list: present and empty when nothing was answered."""


class Place(NamedTuple):
    """An answer and where it stands: `milestones/2/weight`, its question, its value (None when unanswered)."""

    path: str
    field: Field
    value: Any


def walk(form: Form, data: Mapping[str, Any], *, tables: bool = False) -> Iterator[Place]:
    """Every question that is asked, in order, with its answer; cells in place of tables (both with `tables`)."""
    for field in visible(tuple(form.fields()), data):
        value = data.get(field.name)
        if field.kind is not Kind.TABLE:
            yield Place(field.name, field, value)
            continue
        if tables:
            yield Place(field.name, field, value)
        yield from _cells(field, value, data)


def rows(value: Any) -> list[Mapping[str, Any]]:
    """The rows of a table; what is not a row counts as an empty one, so that positions hold."""
    items = value if isinstance(value, list) else []
    return [item if isinstance(item, Mapping) else {} for item in items]


def visible(fields: Sequence[Field], answers: Mapping[str, Any], outer: Mapping[str, Any] | None = None) -> list[Field]:
    """The `fields` that are asked given `answers`; a column may depend on a question `outer` to its table.

    A question that hangs on a hidden one is hidden too.
    """
    names = {field.name: field for field in fields}
    known: dict[str, bool] = {}

    def shown(field: Field) -> bool:
        if field.name not in known:
            known[field.name] = False  # a circle of conditions hides itself
            known[field.name] = field.show_if is None or met(field.show_if)
        return known[field.name]

    def met(condition: Condition) -> bool:
        other = names.get(condition.field)
        if other is None:
            return _matches(condition, (outer or {}).get(condition.field))
        return shown(other) and _matches(condition, answers.get(condition.field))

    return [field for field in fields if shown(field)]


def prune(form: Form, raw: Mapping[str, Any]) -> dict[str, Any]:
    """`raw` without hidden questions, empty answers and empty last rows; fields that the form does not have stay."""
    kept = _pruned(tuple(form.fields()), raw, None)
    for field in form.fields():
        if field.kind is Kind.TABLE and isinstance(kept.get(field.name), list):
            items = kept[field.name]
            items = [_pruned(field.columns, row, kept) if isinstance(row, Mapping) else row for row in items]
            kept[field.name] = items[: filled(items)]
    return kept


def filled(items: Sequence[Any]) -> int:
    """How many rows a table has up to the last one with an answer: those below were only offered."""
    count = len(items)
    while count and _blank(items[count - 1]):
        count -= 1
    return count


def _blank(row: Any) -> bool:
    return isinstance(row, Mapping) and all(is_empty(value) for value in row.values())


def _pruned(fields: Sequence[Field], raw: Mapping[str, Any], outer: Mapping[str, Any] | None) -> dict[str, Any]:
    hidden = {field.name for field in fields} - {field.name for field in visible(fields, raw, outer)}
    return {name: value for name, value in raw.items() if name not in hidden and not is_empty(value)}


def _matches(condition: Condition, value: Any) -> bool:
    values = value if isinstance(value, list) else [value]
    return any(_same(wanted, item) for wanted in condition.values for item in values)


def _same(wanted: str | bool, value: Any) -> bool:
    """Yes and no arrive as words from a page."""
    if isinstance(wanted, bool):
        return value is wanted or value == str(wanted).lower()
    return isinstance(value, str) and value == wanted


def _cells(table: Field, value: Any, data: Mapping[str, Any]) -> Iterator[Place]:
    for index, row in enumerate(rows(value)):
        for column in visible(table.columns, row, data):
            yield Place(f"{table.name}/{index}/{column.name}", column, row.get(column.name))
