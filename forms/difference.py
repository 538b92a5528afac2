"""What changed between two filled-in versions of a form: what a reviewer of a second round looks at."""

from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from forms.answers import is_empty
from forms.declaration import Field
from forms.declaration import Form
from forms.declaration import Kind
from forms.display import Lookups
from forms.display import text
from forms.walk import rows


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `path` is where the new version has it, or the old one when a row was removed.

    `kind` is `changed`, `added` or `removed`; `row` counts from 0; `before` and `after` are stored values, None when
    absent.
    """

    path: str
    kind: str
    field: Field
    before: Any
    after: Any
    row: int | None = None
    column: Field | None = None

    def words(self, names: Lookups | None = None) -> tuple[str, str]:
        """Before and after, as people read them."""
        question = self.column or self.field
        return _words(question, self.before, names), _words(question, self.after, names)


def difference(form: Form, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    """The differences from `before` to `after`, in the order of the form.

    Rows are matched by what they say, so that a row put in the middle does not make all later ones look changed.
    """
    for field in form.fields():
        old, new = before.get(field.name), after.get(field.name)
        if field.kind is Kind.TABLE:
            yield from _rows(field, [dict(row) for row in rows(old)], [dict(row) for row in rows(new)])
        elif not _same(old, new):
            yield Change(field.name, _kind(old, new), field, old, new)


def _rows(table: Field, old: list[dict[str, Any]], new: list[dict[str, Any]]) -> Iterator[Change]:
    keys = [[repr(sorted(row.items(), key=lambda pair: pair[0])) for row in items] for items in (old, new)]
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, keys[0], keys[1], autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        paired = min(i2 - i1, j2 - j1)
        for step in range(paired):
            yield from _cells(table, j1 + step, old[i1 + step], new[j1 + step])
        for index in range(j1 + paired, j2):
            yield Change(f"{table.name}/{index}", "added", table, None, new[index], row=index)
        for index in range(i1 + paired, i2):
            yield Change(f"{table.name}/{index}", "removed", table, old[index], None, row=index)


def _cells(table: Field, index: int, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for column in table.columns:
        before, after = old.get(column.name), new.get(column.name)
        if not _same(before, after):
            path = f"{table.name}/{index}/{column.name}"
            yield Change(path, _kind(before, after), table, before, after, row=index, column=column)


def _same(one: Any, other: Any) -> bool:
    return one == other or (is_empty(one) and is_empty(other))


def _kind(before: Any, after: Any) -> str:
    if is_empty(before):
        return "added"
    return "removed" if is_empty(after) else "changed"


def _words(question: Field, value: Any, names: Lookups | None) -> str:
    if question.kind is Kind.TABLE and isinstance(value, Mapping):
        answered = [column for column in question.columns if not is_empty(value.get(column.name))]
        return "; ".join(f"{column.label}: {text(column, value[column.name], names)}" for column in answered)
    return text(question, value, names)
