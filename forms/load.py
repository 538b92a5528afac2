"""From what was sent to what is stored: checks everything, then refuses with all errors at once or returns the data."""

from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from db.errors import InvalidData
from forms import rules
from forms.answers import is_empty
from forms.declaration import AHEAD
from forms.declaration import PAST
from forms.declaration import Field
from forms.declaration import Form
from forms.declaration import Kind
from forms.references import unresolved
from forms.schema import deserialised
from forms.schema import flattened
from forms.schema import schema_of
from forms.walk import LISTS
from forms.walk import prune
from forms.walk import visible
from forms.walk import walk
from forms.words import located
from forms.words import of
from forms.words import one_item

Errors = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Loaded:
    """Sound answers in the order of the form, and what calls for attention without being wrong (path → sentences).

    Unanswered questions are left out, save lists, which are empty. Hidden questions are left out.
    """

    data: dict[str, Any]
    warnings: Errors


def load(
    session: Session,
    form: Form,
    raw: object,
    *,
    context: Mapping[str, Any] | None = None,
    partial: bool = False,
) -> Loaded:
    """Check `raw` against `form`.

    `context` reaches catalogues and rules; `Field.time` is judged by the `today` in it. With `partial` nothing is
    required and no rule runs: what is there must be sound, what is missing may come later. Raises InvalidData with
    every error at its path. What was left empty and a rule can reckon is written first, unless `partial`.
    """
    if not isinstance(raw, Mapping):
        raise InvalidData({"": ["Envíe las respuestas como campos con nombre."]})
    pruned = prune(form, raw)
    if not partial:
        rules.fill(form, pruned)
    data, tree = deserialised(schema_of(form), pruned)
    data = ordered(form, data)
    errors: Errors = {}
    _add(errors, form, pruned, flattened(tree))
    if not partial:
        refused = set(errors)
        _add(errors, form, pruned, (pair for pair in _unanswered(form, pruned) if pair[0] not in refused))
    _add(errors, form, pruned, unresolved(session, form, data, context or {}))
    warnings: Errors = {}
    if not partial:
        warnings = _judge(form, data, context or {}, errors)
    if errors:
        raise InvalidData({path: errors[path] for path in sorted(errors, key=_position(form))})
    return Loaded(data, warnings)


def blank(form: Form) -> dict[str, Any]:
    """The answers of a form that nobody has touched: its lists, empty."""
    return {field.name: [] for field in form.fields() if field.kind in LISTS}


def merge(form: Form, *sources: Mapping[str, Any]) -> dict[str, Any]:
    """The answers of `sources` to the questions of `form`; a later answer wins, an empty one never does.

    Columns that the form does not have are dropped from rows.
    """
    merged = blank(form)
    for source in sources:
        for field in form.fields():
            value = source.get(field.name)
            if field.kind is not Kind.DOCUMENT and not is_empty(value):
                merged[field.name] = _rows(field, value) if field.kind is Kind.TABLE else value
    return ordered(form, merged)


def ordered(form: Form, data: Mapping[str, Any]) -> dict[str, Any]:
    """`data` in the order of the form, with an empty list for every list that is asked and unanswered."""
    asked = {field.name for field in visible(tuple(form.fields()), data)}
    result: dict[str, Any] = {}
    for field in form.fields():
        if field.kind is Kind.TABLE and field.name in data:
            result[field.name] = _rows(field, data[field.name])
        elif field.name in data:
            result[field.name] = data[field.name]
        elif field.name in asked and field.kind in LISTS:
            result[field.name] = []
    return result


def _rows(table: Field, value: Any) -> list[dict[str, Any]]:
    items = [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []
    return [{column.name: row[column.name] for column in table.columns if column.name in row} for row in items]


def _add(errors: Errors, form: Form, answers: Mapping[str, Any], pairs: Iterable[tuple[str, str]]) -> None:
    for path, sentence in pairs:
        it = located(form, path, answers)
        errors.setdefault(path, []).append(sentence.replace(" de {it}", f" {of(it)}").replace("{it}", it))


def _unanswered(form: Form, answers: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What is required and empty, tables and lists with too few items included."""
    for path, field, value in walk(form, answers, tables=True):
        count = len(value) if isinstance(value, list) else 0
        least = max(field.min_items, int(field.required)) if field.kind in LISTS else 0
        if field.kind in LISTS and count < least:
            yield path, _too_few(field, least)
        elif field.required and field.kind is not Kind.DOCUMENT and is_empty(value):
            yield path, _ASKING.get(field.kind, "Escriba {it}.")


_ASKING = {
    Kind.BOOLEAN: "Responda sí o no en {it}.",
    Kind.CHOICE: "Elija {it}.",
    Kind.ENTITY: "Elija {it}.",
    Kind.PERSON: "Elija {it}.",
}


def _too_few(field: Field, least: int) -> str:
    if field.kind is Kind.TABLE:
        what = one_item(field) if least == 1 else f"{least} filas"
        return f"Agregue al menos {what} en «{field.label}»."
    verb = {Kind.FILES: "Adjunte", Kind.TEXTS: "Escriba"}.get(field.kind, "Elija")
    noun = {Kind.FILES: "un archivo", Kind.ENTITIES: "una entidad", Kind.TEXTS: "un elemento"}.get(
        field.kind, "una opción"
    )
    return f"{verb} al menos {noun if least == 1 else least} en «{field.label}»."


def _judge(form: Form, data: Mapping[str, Any], context: Mapping[str, Any], errors: Errors) -> Errors:
    """Look at its dates and run the rules of the form; adds to `errors`, returns the warnings."""
    warnings: Errors = {}
    refused = set(errors)
    for target, when, sentence in ((errors, PAST, _NOT_YET), (warnings, AHEAD, _GONE_BY)):
        found = _out_of_time(form, data, when, context.get("today"))
        _add(target, form, data, ((path, sentence[kind]) for path, kind in found if path not in refused))
    for problem in rules.run(form, data, context, set(errors)):
        target = warnings if problem.warning else errors
        target.setdefault(problem.path, []).append(problem.message)
    return warnings


_NOT_YET = {
    Kind.DATE: "Elija para {it} el día de hoy o uno anterior: todavía no ha llegado.",
    Kind.MONTH: "Elija para {it} el mes en curso o uno anterior: todavía no ha llegado.",
}
_GONE_BY = {
    Kind.DATE: "Revise {it}: es un día que ya pasó.",
    Kind.MONTH: "Revise {it}: es un mes que ya pasó.",
}


def _out_of_time(form: Form, data: Mapping[str, Any], when: str, today: date | None) -> Iterator[tuple[str, Kind]]:
    """Paths and kinds of the days and months that `Field.time` speaks of and that lie on the other side of `today`."""
    if today is None:
        return
    for path, field, value in walk(form, data):
        if field.time != when or not isinstance(value, str):
            continue
        now = today.isoformat()[: len(value)]  # of a month, as far as the month
        if value > now if when == PAST else value < now:
            yield path, field.kind


def _position(form: Form) -> Any:
    """A key that sorts paths as the page shows them."""
    fields = {field.name: (index, field) for index, field in enumerate(form.fields())}

    def key(path: str) -> tuple[int, int, int, str]:
        name, row, column = (*path.split("/"), "", "")[:3]
        index, field = fields.get(name, (len(fields), None))
        columns = [item.name for item in field.columns] if field else []
        return index, int(row) if row.isdigit() else -1, columns.index(column) if column in columns else -1, path

    return key
