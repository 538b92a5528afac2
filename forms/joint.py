"""One form filled in for several cases: what its answers are for each of them.

What a case gave to its form is its own: it stays with it and never goes to another. Only what was written goes along.
"""

from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any

from forms import fixed
from forms import pairing
from forms import spelling
from forms.answers import is_empty
from forms.declaration import Field
from forms.declaration import Form
from forms.declaration import Kind
from forms.walk import LISTS
from forms.walk import rows

Answers = Mapping[str, Any]


def for_another(form: Form, written: Answers, first: Answers, own: Answers) -> dict[str, Any]:
    """What is sent for a case that gave `own` to its form, when `written` was answered over what another gave, `first`.

    An answer that is still as the first case had it is not the matter of this one, which keeps its own or none. Of a
    list or a table only what was added goes along. Names that the form does not have stay as they were written.
    """
    known = {field.name for field in form.fields()}
    result = {name: value for name, value in written.items() if name not in known}
    for field in form.fields():
        value = _carried(field, *(source.get(field.name) for source in (written, first, own)))
        if not is_empty(value):
            result[field.name] = value
    return result


def keeping(form: Form, joint: Answers, draft: Answers, own: Answers) -> dict[str, Any]:
    """`joint` with what somebody answered in the `draft` of that case, question by question.

    `own` is what the case gave to its form: a draft that still says it answers nothing. In a table that the case gives,
    cell by cell.
    """
    result = dict(joint)
    for field in form.fields():
        if field.name not in draft:
            continue
        if _given(field):
            result[field.name] = _kept_cells(field, *(rows(one.get(field.name)) for one in (joint, draft, own)))
        elif not _same(field, draft[field.name], own.get(field.name)):
            result[field.name] = draft[field.name]
    return {name: value for name, value in result.items() if not is_empty(value)}


def _carried(field: Field, written: Any, first: Any, own: Any) -> Any:
    if _given(field):
        return _cells(field, rows(written), rows(first), rows(own)) if own else written
    if field.kind is Kind.TABLE:
        return _rows(field, *(spelling.answer(field, one) for one in (written, first, own)))
    if field.kind in LISTS:
        return _items(*(one if isinstance(one, list) else [] for one in (written, first, own)))
    return own if is_empty(written) or _same(field, written, first) else written


def _given(field: Field) -> bool:
    return field.kind is Kind.TABLE and fixed.is_given(field)


def _same(field: Field, one: Any, other: Any) -> bool:
    both = spelling.answer(field, one), spelling.answer(field, other)
    return both[0] == both[1] or (is_empty(both[0]) and is_empty(both[1]))


def _items(written: Sequence[Any], first: Sequence[Any], own: Sequence[Any]) -> list[Any]:
    """Own ones, but for what was taken out of the first case's; then those that were added there."""
    said, before = ({str(one) for one in items} for items in (written, first))
    kept = [one for one in own if str(one) in said or str(one) not in before]
    have = {str(one) for one in kept}
    return kept + [one for one in written if str(one) not in before | have]


def _rows(table: Field, written: list[Answers], first: list[Answers], own: list[Answers]) -> list[Answers]:
    """Own rows, with what became of those that the first case gave too; then the rows that were added there."""
    pairs = pairing.pairs(table, first, written)
    became = {i: written[j] if j is not None else None for i, j in pairs if i is not None}
    result = []
    for row in own:
        twin = next((i for i, one in enumerate(first) if one == row and i in became), None)
        now = row if twin is None else became.pop(twin)
        if now is not None:
            result.append(now)
    return result + [written[j] for i, j in pairs if i is None and j is not None and written[j] not in result]


def _cells(table: Field, written: list[Answers], first: list[Answers], own: list[Answers]) -> list[dict[str, Any]]:
    """The rows of this case, each with what was typed in the row of the same name and was not there before."""
    typed, before = _by_name(table, written), _by_name(table, first)
    result = []
    for row in own:
        name = _name(table, row)
        cells = {
            column.name: _carried(
                column, typed[name].get(column.name), before.get(name, {}).get(column.name), row.get(column.name)
            )
            for column in table.columns
            if not column.fixed and name in typed
        }
        result.append({**row, **{key: value for key, value in cells.items() if not is_empty(value)}})
    return result


def _kept_cells(table: Field, joint: list[Answers], draft: list[Answers], own: list[Answers]) -> list[dict[str, Any]]:
    mine, given = _by_name(table, draft), _by_name(table, own)
    result = []
    for row in joint:
        name = _name(table, row)
        kept = {
            column.name: mine[name][column.name]
            for column in table.columns
            if not column.fixed and name in mine and column.name in mine[name]
            and not _same(column, mine[name][column.name], given.get(name, {}).get(column.name))
        }  # fmt: skip
        result.append({**row, **kept})
    return result


def _by_name(table: Field, items: list[Answers]) -> dict[str, Answers]:
    return {_name(table, row): row for row in items}


def _name(table: Field, row: Answers) -> str:
    """A row that the case gives is known by the first of its fixed columns."""
    return str(row.get(next(column.name for column in table.columns if column.fixed)))
