"""Some answers of a form by themselves: read, replaced, and asked again in a small form of their own."""

from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from forms.answers import is_empty
from forms.declaration import Field
from forms.declaration import Form
from forms.declaration import Kind
from forms.declaration import Section
from forms.walk import Place
from forms.walk import walk
from forms.words import capital
from forms.words import located

SECTION = "excerpt"


def places(form: Form, data: Mapping[str, Any]) -> dict[str, Place]:
    """By path, every question that `data` was asked and that has an answer of its own, cells in place of tables."""
    return {place.path: place for place in walk(form, data) if place.field.kind is not Kind.DOCUMENT}


def field_at(form: Form, path: str) -> Field:
    """The question at `path`, a column for a cell. Raises KeyError where `form` has none."""
    name, *cell = path.split("/")
    field = form.field(name)
    return next(column for column in field.columns if column.name == cell[1]) if cell else field


def value_at(data: Mapping[str, Any], path: str) -> Any:
    """The answer at `path` of stored answers; None when there is none."""
    name, *cell = path.split("/")
    if not cell:
        return data.get(name)
    items = data.get(name) or []
    return items[int(cell[0])].get(cell[1]) if int(cell[0]) < len(items) else None


def replaced(data: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of stored answers that says `values` (by path) where they stand. An answer emptied is left out."""
    copy = {name: [dict(row) if isinstance(row, dict) else row for row in value] if isinstance(value, list) else value
            for name, value in data.items()}  # fmt: skip
    for path, value in values.items():
        name, *cell = path.split("/")
        holder, key = (copy[name][int(cell[0])], cell[1]) if cell else (copy, name)
        if value is None:
            holder.pop(key, None)
        else:
            holder[key] = value
    return copy


def excerpt(form: Form, data: Mapping[str, Any], paths: Iterable[str]) -> Form:
    """A form that asks what stands at `paths` alone, by the limits of `form` and without its rules.

    The name of each question is `name_of` its path. Raises KeyError for a path where nothing is asked.
    """
    known = places(form, data)
    asked = tuple(_alone(form, data, known[path]) for path in paths)
    return Form(form.name, form.title, (Section(SECTION, form.title, asked),))


def name_of(path: str) -> str:
    """What the question at `path` is called in an excerpt."""
    return path.replace("/", "__")


def answers(data: Mapping[str, Any], paths: Iterable[str]) -> dict[str, Any]:
    """The answers of an excerpt, as `data` has them."""
    return {name_of(path): value for path in paths if not is_empty(value := value_at(data, path))}


def heading(form: Form, path: str, data: Mapping[str, Any] | None = None) -> str:
    """What stands at `path`, as a heading: the label of a question, «El nombre del hito 3» of a cell."""
    return capital(located(form, path, data)) if "/" in path else form.field(path).label


def same(one: Any, other: Any) -> bool:
    """Whether two stored answers say the same; no answer and an empty list do."""
    return bool(one == other) or (is_empty(one) and is_empty(other))


def _alone(form: Form, data: Mapping[str, Any], place: Place) -> Field:
    question = place.field
    return replace(
        question, name=name_of(place.path), label=heading(form, place.path, data),
        ask=located(form, place.path, data), fixed=False,
        show_if=None, required=question.required and question.show_if is None,
    )  # fmt: skip
