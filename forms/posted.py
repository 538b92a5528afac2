"""From the fields of an HTML form to raw answers, keeping what was typed.

`name` is an answer, `table-2-column` a cell, `name__lines` pasted lines that the page resolves to entities, `_action`
the button that was pressed. A page always sends text: what can be read as the kind of its question is, the rest stays
as typed so that forms.load explains it and the page shows it again.
"""

import re
from collections.abc import Mapping
from typing import Any

from forms.answers import is_empty
from forms.declaration import Field
from forms.declaration import Form
from forms.declaration import Kind
from forms.fixed import is_given

Posted = Mapping[str, list[str]]

LINES = "__lines"
_BREAKS = re.compile(r"\s*[\r\n]+\s*")
_ID = re.compile(r"[0-9]{1,18}")
_LIST_KINDS = (Kind.CHOICES, Kind.FILES, Kind.ENTITIES)


def raw(form: Form, posted: Posted, *, keep_empty_rows: bool = False) -> dict[str, Any]:
    """The answers that stand in `posted`. Empty rows at the end of a table are dropped unless `keep_empty_rows`."""
    answers: dict[str, Any] = {}
    for field in form.fields():
        value = _rows(field, posted, keep_empty_rows) if field.kind is Kind.TABLE else _value(field, posted, field.name)
        if value is not None and field.kind is not Kind.DOCUMENT:
            answers[field.name] = value
    return answers


def lines(form: Form, posted: Posted) -> dict[str, list[str]]:
    """What was pasted for entities: path of the question → its lines, without blanks."""
    found: dict[str, list[str]] = {}
    for name, values in posted.items():
        if name.endswith(LINES):
            path = path_of(form, name.removesuffix(LINES))
            pasted = [line.strip() for value in values for line in value.splitlines() if line.strip()]
            if path and pasted:
                found[path] = pasted
    return found


def action(posted: Posted) -> str:
    """The button that was pressed (`add:milestones`, `remove:milestones:2`, `detach:evidence:<token>`), if any."""
    return (posted.get("_action") or [""])[0]


def act(form: Form, answers: Mapping[str, Any], pressed: str) -> dict[str, Any]:
    """`answers` after the button `pressed`; an action that makes no sense changes nothing."""
    changed = dict(answers)
    verb, _, rest = pressed.partition(":")
    name, _, argument = rest.partition(":")
    field = next((field for field in form.fields() if field.name == name.partition("-")[0]), None)
    if field is None:
        return changed
    if verb == "detach":
        return _detached(changed, name, argument)
    if field.kind is Kind.TABLE and not is_given(field):
        items = [dict(row) for row in changed.get(name) or []]
        changed[name] = _moved(items, verb, int(argument) if _ID.fullmatch(argument) else len(items), field)
    return changed


def _moved(items: list[dict[str, Any]], verb: str, index: int, table: Field) -> list[dict[str, Any]]:
    if verb == "add" and len(items) < table.max_items:
        items.insert(index if index == len(items) else index + 1, {})
    elif verb == "remove" and index < len(items):
        items.pop(index)
    elif verb == "up" and 0 < index < len(items):
        items[index - 1], items[index] = items[index], items[index - 1]
    elif verb == "down" and index + 1 < len(items):
        items[index + 1], items[index] = items[index], items[index + 1]
    return items


def _detached(answers: dict[str, Any], name: str, token: str) -> dict[str, Any]:
    table, *cell = name.split("-", 2)
    if not cell:
        answers[table] = [item for item in answers.get(table) or [] if item != token]
    elif len(cell) == 2 and cell[0].isdecimal():
        items = [dict(row) for row in answers.get(table) or []]
        if int(cell[0]) < len(items):
            row = items[int(cell[0])]
            row[cell[1]] = [item for item in row.get(cell[1]) or [] if item != token]
        answers[table] = items
    return answers


def _rows(table: Field, posted: Posted, keep_empty: bool) -> list[dict[str, Any]]:
    pattern = re.compile(re.escape(table.name) + r"-([0-9]{1,6})-")
    indexes = sorted({int(match.group(1)) for name in posted if (match := pattern.match(name))})
    items = [_row(table, posted, index) for index in indexes]
    while items and not items[-1] and not keep_empty:
        items.pop()
    return items


def _row(table: Field, posted: Posted, index: int) -> dict[str, Any]:
    cells = {column.name: _value(column, posted, f"{table.name}-{index}-{column.name}") for column in table.columns}
    return {name: value for name, value in cells.items() if not is_empty(value)}


def _value(field: Field, posted: Posted, name: str) -> Any:
    """None when nothing of the question was on the page, so that a draft is not emptied by a page that lacks it."""
    if name not in posted:
        return None
    typed = [value for value in posted[name] if value.strip()]
    if field.kind is Kind.TEXTS:
        return [line.strip() for value in typed for line in value.splitlines() if line.strip()]
    if field.kind in _LIST_KINDS:
        return (
            [_id(value) for value in dict.fromkeys(typed)]
            if field.kind is Kind.ENTITIES
            else list(dict.fromkeys(typed))
        )
    if not typed:
        return ""
    if field.kind in (Kind.ENTITY, Kind.PERSON):
        return _id(typed[-1])
    if field.kind is Kind.TEXT:
        return _BREAKS.sub(" ", typed[-1])  # the box of a cell takes line breaks where nothing stops it
    return {"true": True, "false": False}.get(typed[-1], typed[-1]) if field.kind is Kind.BOOLEAN else typed[-1]


def _id(value: str) -> int | str:
    return int(value) if _ID.fullmatch(value.strip()) else value


def path_of(form: Form, name: str) -> str:
    """`table-2-column` as `table/2/column`, and plain names as they are; empty for what the form does not have."""
    table, *cell = name.split("-", 2)
    if table not in {field.name for field in form.fields()}:
        return ""
    return "/".join((table, *cell))
