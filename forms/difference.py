"""What changed between two filled-in versions of a form: what a reviewer of a second round looks at."""

from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from typing import Any

from forms import pairing
from forms.answers import is_empty
from forms.declaration import Field
from forms.declaration import Form
from forms.declaration import Kind
from forms.display import Lookups
from forms.display import text
from forms.walk import rows

MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `path` is where the new version has it, or the old one when a row was removed.

    `kind` is `changed`, `added`, `removed` or `moved`; `row` counts from 0; `before` and `after` are stored values,
    None when absent. Of a set (entities) `before` holds what left it, and `after` what came; of a row that moved, where
    it stood and where it stands.
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
        if self.kind == MOVED:
            return f"fila {self.before + 1}", f"fila {self.after + 1}"
        return _words(question, self.before, names), _words(question, self.after, names)


def difference(form: Form, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    """The differences from `before` to `after`, in the order of the form.

    A row stays the same row when it is moved or edited (forms/pairing.py).
    """
    for field in form.fields():
        old, new = before.get(field.name), after.get(field.name)
        if field.kind is Kind.TABLE:
            yield from _rows(field, [dict(row) for row in rows(old)], [dict(row) for row in rows(new)])
        elif field.kind is Kind.ENTITIES:
            yield from _members(field, *(value if isinstance(value, list) else [] for value in (old, new)))
        elif not _same(old, new):
            yield Change(field.name, _kind(old, new), field, old, new)


def apparent(
    form: Form, before: Mapping[str, Any], after: Mapping[str, Any], names: Lookups | None = None
) -> list[Change]:
    """The differences that a reader sees: what reads the same in words, such as 40 and 40,00, is none."""
    found = [(one, one.words(names)) for one in difference(form, before, after)]
    return [one for one, (old, new) in found if old != new]


def own_questions(form: Form, answers: Mapping[str, Any], other: Mapping[str, Any]) -> Form:
    """`form` without the questions whose `answers` only repeat those of `other`, such as a table that both carry."""
    sections = []
    for section in form.sections:
        fields = tuple(item for item in section.fields if not _repeats(item.name, answers, other))
        if fields:
            sections.append(replace(section, fields=fields))
    return replace(form, sections=tuple(sections), rules=())


def _repeats(name: str, answers: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return name in other and answers.get(name) == other[name]


def _members(field: Field, old: Sequence[Any], new: Sequence[Any]) -> Iterator[Change]:
    """A set without order: what left it stands before, what came into it after."""
    left, came = [one for one in old if one not in new], [one for one in new if one not in old]
    if left or came:
        yield Change(field.name, "changed", field, left, came)


def _rows(table: Field, old: list[dict[str, Any]], new: list[dict[str, Any]]) -> Iterator[Change]:
    found = pairing.pairs(table, old, new)
    moved = pairing.moved(found)
    for i, j in found:
        if j is None:
            assert i is not None
            yield Change(f"{table.name}/{i}", "removed", table, old[i], None, row=i)
        elif i is None:
            yield Change(f"{table.name}/{j}", "added", table, None, new[j], row=j)
        else:
            if j in moved:
                yield Change(f"{table.name}/{j}", MOVED, table, i, j, row=j)
            yield from _cells(table, j, old[i], new[j])


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
