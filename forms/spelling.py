"""Answers in the spelling in which they are stored, as far as they can be read; what cannot stays as it was typed."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError

from forms.answers import READERS
from forms.answers import is_empty
from forms.declaration import Field
from forms.declaration import Form
from forms.declaration import Kind
from forms.walk import filled
from forms.walk import rows


def answers(form: Form, raw: Mapping[str, Any]) -> dict[str, Any]:
    """`raw` in stored spelling, without what is empty; names that the form does not have stay."""
    fields = {field.name: field for field in form.fields()}
    known = {name: answer(fields[name], value) for name, value in raw.items() if name in fields}
    return {**raw, **known}


def answer(field: Field, value: Any) -> Any:
    """One answer in stored spelling; of a table its rows, without the empty ones at its end."""
    if field.kind is Kind.TABLE:
        items = rows(value)
        return [row(field, item) for item in items[: filled(items)]]
    if is_empty(value) or field.kind not in READERS:
        return value
    try:
        return READERS[field.kind](field, value)
    except ValidationError:
        return value


def row(table: Field, raw: Mapping[str, Any]) -> dict[str, Any]:
    """A row of a table in stored spelling, without its empty cells."""
    columns = {column.name: column for column in table.columns}
    return {name: answer(columns[name], cell) for name, cell in raw.items() if name in columns and not is_empty(cell)}
