"""Whether unfinished answers could stand in a page: each of the shape of its question, whatever is wrong with it still.

A draft keeps what is half done, so nothing is judged here but that a text is no list and a row no text.
"""

from collections.abc import Iterator
from collections.abc import Mapping
from typing import Any

from forms.declaration import Field
from forms.declaration import Form
from forms.declaration import Kind
from forms.schema import UNKNOWN
from forms.walk import LISTS

ONE = "Responda con un solo valor."
SEVERAL = "Responda con una lista de valores."
ROWS = "Responda con una lista de filas."
ROW = "Cada fila lleva sus respuestas con nombre."


def problems(form: Form, raw: Mapping[str, Any]) -> dict[str, list[str]]:
    """Path → why what stands there could not be shown; empty when all of it could."""
    return {path: [message] for path, message in _wrong(tuple(form.fields()), raw, "")}


def sound(form: Form, raw: Mapping[str, Any]) -> dict[str, Any]:
    """`raw` without the questions in which something could not be shown."""
    wrong = {path.partition("/")[0] for path in problems(form, raw)}
    return {name: value for name, value in raw.items() if name not in wrong}


def _wrong(questions: tuple[Field, ...], answers: Mapping[str, Any], above: str) -> Iterator[tuple[str, str]]:
    known = {field.name: field for field in questions}
    for name, value in answers.items():
        field = known.get(name)
        if field is None:
            yield f"{above}{name}", UNKNOWN
        elif field.kind is Kind.TABLE:
            yield from _rows(field, value, f"{above}{name}")
        elif field.kind in LISTS:
            if value is not None and not (isinstance(value, list) and all(_single(item) for item in value)):
                yield f"{above}{name}", SEVERAL
        elif not _single(value):
            yield f"{above}{name}", ONE


def _rows(table: Field, value: Any, path: str) -> Iterator[tuple[str, str]]:
    if value is None:
        return
    if not isinstance(value, list):
        yield path, ROWS
        return
    for index, row in enumerate(value):
        if isinstance(row, Mapping):
            yield from _wrong(table.columns, row, f"{path}/{index}/")
        else:
            yield f"{path}/{index}", ROW


def _single(value: Any) -> bool:
    return not isinstance(value, dict | list)
