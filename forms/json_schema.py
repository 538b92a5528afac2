"""The JSON Schema (2020-12) of a form: what a program may send as its answers."""

from collections.abc import Callable
from collections.abc import Mapping
from typing import Any

from forms.answers import LARGEST_ID
from forms.answers import TEXT_LIMIT
from forms.answers import bounds
from forms.answers import limit
from forms.catalogues import options
from forms.declaration import Field
from forms.declaration import Form
from forms.declaration import Kind
from forms.declaration import Option
from forms.declaration import hash_of

Schema = dict[str, Any]
Catalogues = Mapping[str, list[Option]]


def json_schema(form: Form, catalogues: Catalogues | None = None) -> Schema:
    """The schema of `form`; choices of a catalogue are listed when `catalogues` (resolved) has it.

    A question under a condition is never required here: the condition and the cross-field rules are checked on loading.
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:att:form:{form.name}:{hash_of(form)[:12]}",
        "title": form.title,
        **({"description": form.intro} if form.intro else {}),
        **_object(tuple(form.fields()), catalogues or {}),
    }


def _object(fields: tuple[Field, ...], catalogues: Catalogues) -> Schema:
    sent = [field for field in fields if field.kind is not Kind.DOCUMENT]
    required = [field.name for field in sent if field.required and field.show_if is None]
    return {
        "type": "object",
        "properties": {field.name: _described(field, catalogues) for field in sent},
        **({"required": required} if required else {}),
        "additionalProperties": False,
    }


def _described(field: Field, catalogues: Catalogues) -> Schema:
    said: Schema = {"title": field.label}
    if field.help:
        said["description"] = field.help
    if field.example:
        said["examples"] = [field.example]
    if field.fixed:
        said["readOnly"] = True  # sent back as it was given
    return {**said, **_KINDS[field.kind](field, catalogues)}


def _text(field: Field, catalogues: Catalogues) -> Schema:
    return {"type": "string", "maxLength": limit(field), **({"minLength": 1} if field.required else {})}


def _number(field: Field, catalogues: Catalogues) -> Schema:
    least, most = bounds(field)
    fraction = rf"(\.[0-9]{{1,{field.decimals}}})?" if field.decimals else ""
    said = {"type": "string", "pattern": rf"^-?[0-9]{{1,24}}{fraction}$"}
    return {**said, "x-decimals": field.decimals, **_given({"x-minimum": least, "x-maximum": most})}


def _integer(field: Field, catalogues: Catalogues) -> Schema:
    least, most = ((int(bound) if bound is not None else None) for bound in bounds(field))
    return {"type": "integer", **_given({"minimum": least, "maximum": most})}


def _choice(field: Field, catalogues: Catalogues) -> Schema:
    known = options(field, catalogues)
    if known:
        return {"type": "string", "oneOf": [{"const": option.value, "title": option.label} for option in known]}
    return {"type": "string", "maxLength": TEXT_LIMIT, **_given({"x-catalogue": field.catalogue or None})}


def _array(field: Field, items: Schema, *, unique: bool) -> Schema:
    least = max(field.min_items, int(field.required))
    said = {"type": "array", "items": items, "maxItems": field.max_items, **({"uniqueItems": True} if unique else {})}
    return {**said, **({"minItems": least} if least and field.show_if is None else {})}


def _id(field: Field, catalogues: Catalogues) -> Schema:
    return {"type": "integer", "minimum": 1, "maximum": LARGEST_ID}


def _time(format: Mapping[str, str]) -> Callable[[Field, Catalogues], Schema]:
    return lambda field, _: {
        "type": "string",
        **format,
        **_given({"x-minimum": field.minimum, "x-maximum": field.maximum}),
    }


def _given(values: Mapping[str, Any]) -> Schema:
    return {name: value for name, value in values.items() if value is not None}


_KINDS: dict[Kind, Callable[[Field, Catalogues], Schema]] = {
    Kind.TEXT: _text,
    Kind.LONG_TEXT: _text,
    Kind.INTEGER: _integer,
    Kind.YEAR: _integer,
    Kind.DECIMAL: _number,
    Kind.MONEY: _number,
    Kind.PERCENT: _number,
    Kind.DATE: _time({"format": "date"}),
    Kind.MONTH: _time({"pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$"}),
    Kind.BOOLEAN: lambda field, _: {"type": "boolean"},
    Kind.CHOICE: _choice,
    Kind.CHOICES: lambda field, known: _array(field, _choice(field, known), unique=True),
    Kind.TEXTS: lambda field, _: _array(
        field, {"type": "string", "minLength": 1, "maxLength": field.max_length or TEXT_LIMIT}, unique=False
    ),
    Kind.TABLE: lambda field, known: _array(field, _object(field.columns, known), unique=False),
    Kind.FILES: lambda field, _: _array(field, {"type": "string", "pattern": "^[0-9A-Za-z_-]{8,64}$"}, unique=True),
    Kind.URL: lambda field, known: {**_text(field, known), "format": "uri", "pattern": "^https://"},
    Kind.EMAIL: lambda field, known: {**_text(field, known), "format": "email"},
    Kind.ENTITY: _id,
    Kind.ENTITIES: lambda field, known: _array(field, _id(field, known), unique=True),
    Kind.PERSON: _id,
}
