"""What a case gives to a form: columns that are shown and not typed, and so the rows of their table.

The case may change while a draft waits, so what it gives is put in place again whenever the form is shown.
"""

from collections.abc import Mapping
from typing import Any

from forms.declaration import Field
from forms.declaration import Form
from forms.declaration import Kind
from forms.walk import rows


def is_given(table: Field) -> bool:
    """Whether the rows of a table come from the case: none is added, removed or moved."""
    return any(column.fixed for column in table.columns)


def in_place(form: Form, answers: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """`answers` with the rows that the case gives, in their order, each with what was typed in its other columns.

    A row is recognised by the first of its fixed columns. Tables that the case does not give stay as they are.
    """
    changed = dict(answers)
    for table in form.fields():
        if table.kind is Kind.TABLE and is_given(table) and given.get(table.name):
            changed[table.name] = _merged(table, rows(answers.get(table.name)), rows(given[table.name]))
    return changed


def _merged(table: Field, typed: list[Mapping[str, Any]], given: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    fixed = [column.name for column in table.columns if column.fixed]
    known = {str(row.get(fixed[0])): row for row in typed}
    return [{**row, **_own(known.get(str(row.get(fixed[0])), {}), fixed)} for row in given]


def _own(row: Mapping[str, Any], fixed: list[str]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in fixed}
