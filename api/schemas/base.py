"""The base of every schema: Spanish messages, pages of lists, and fields used everywhere."""

import base64
import hashlib
import json
from collections.abc import Iterator
from typing import Any

from flask import request
from marshmallow import Schema
from marshmallow import ValidationError
from marshmallow import fields
from marshmallow import validate

from db.paging import DEFAULT_LIMIT
from db.paging import MAX_LIMIT

PLACES = ("limit", "cursor")  # what of a query says which slice of a list, not which list

# Class of field → key of the message → sentence. A field gets those of its bases first.
MESSAGES: dict[type[fields.Field[Any]], dict[str, str]] = {
    fields.Field: {
        "required": "Falta este dato.",
        "null": "Este dato no puede ser nulo.",
        "validator_failed": "El valor no es válido.",
    },
    fields.String: {"invalid": "Escriba un texto.", "invalid_utf8": "El texto no está en UTF-8."},
    fields.Integer: {"invalid": "Escriba un número entero.", "too_large": "El número es demasiado grande."},
    fields.Decimal: {"invalid": "Escriba un número.", "special": "Escriba un número."},
    fields.Boolean: {"invalid": "Escriba true o false."},
    fields.Date: {"invalid": "Escriba una fecha como 2026-11-24."},
    fields.DateTime: {
        "invalid": "Escriba un instante como 2026-11-24T09:00:00-05:00.",
        "invalid_awareness": "Escriba el instante con su zona, como 2026-11-24T09:00:00-05:00.",
    },
    fields.List: {"invalid": "Envíe una lista."},
    fields.Mapping: {"invalid": "Envíe un objeto."},
    fields.Nested: {"type": "Envíe un objeto."},
}


class Base(Schema):
    """A schema whose messages are in Spanish."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.error_messages |= {"unknown": "Este dato no se espera.", "type": "Envíe un objeto."}

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        _speak_spanish(field_obj)


def _speak_spanish(field: fields.Field[Any]) -> None:
    for kind in reversed(type(field).__mro__):
        field.error_messages.update(MESSAGES.get(kind, {}))
    for inner in _inside(field):
        _speak_spanish(inner)


def _inside(field: fields.Field[Any]) -> Iterator[fields.Field[Any]]:
    """The fields of what a list or an object holds, where it says."""
    if isinstance(field, fields.List):
        yield field.inner
    if isinstance(field, fields.Mapping):
        yield from (one for one in (field.key_field, field.value_field) if one is not None)


def limit() -> fields.Integer:
    """How many rows."""
    rule = validate.Range(1, MAX_LIMIT, error=f"Pida entre 1 y {MAX_LIMIT} filas.")
    return fields.Integer(
        load_default=DEFAULT_LIMIT, validate=rule, metadata={"description": "Cuántas filas, a lo sumo."}
    )


class Exact(fields.Decimal):
    """An exact number of an answer, written as a text: a number of JSON would be rounded by whoever reads it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(as_string=True, **options)


class Cursor(fields.String):
    """Where a page ends, bound to the list it came from: its address and everything that narrows or orders it.

    A cursor is read with the filters of its request; with others it would give arbitrary rows, so it is refused.
    """

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return f"{_list_asked_for()}.{value}" if value else ""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        given = super()._deserialize(value, attr, data, **kwargs)
        mark, _, place = given.partition(".")
        if given and mark != _list_asked_for():
            raise ValidationError("El cursor no corresponde a esta lista; vuelva a su comienzo.")
        return place


def _list_asked_for() -> str:
    """A short mark of the list that the request asks for."""
    narrowing = sorted(pair for pair in request.args.items(multi=True) if pair[0] not in PLACES and pair[1])
    asked = json.dumps([request.path, *narrowing])
    return base64.urlsafe_b64encode(hashlib.sha256(asked.encode()).digest()[:9]).decode()


class Paging(Base):
    """Which slice of a list."""

    limit = limit()
    cursor = Cursor(load_default="", metadata={"description": "El `next_cursor` de la página anterior."})


def page_of(item: type[Schema]) -> type[Schema]:
    """The schema of a page of `item`."""
    name = item.__name__.removesuffix("Schema")
    members = {
        "items": fields.List(fields.Nested(item), required=True),
        "next_cursor": Cursor(
            required=True, metadata={"description": "Para pedir la página siguiente; vacío en la última."}
        ),
    }
    return type(f"{name}PageSchema", (Base,), members)


def text(description: str, *, most: int = 2000, **options: Any) -> fields.String:
    """A text of at most `most` characters; a required one cannot be blank."""
    least = 1 if options.get("required") else 0
    rule = validate.Length(least, most, error=f"Escriba {'entre 1 y' if least else 'hasta'} {most} caracteres.")
    return fields.String(validate=rule, metadata={"description": description}, **options)


def number(description: str, **options: Any) -> fields.Integer:
    """The number of a thing: a positive whole one that databases can hold."""
    rule = validate.Range(1, 2**63 - 1, error="Escriba un número entero positivo.")
    return fields.Integer(strict=True, validate=rule, metadata={"description": description}, **options)


def narrowing(description: str) -> fields.Integer:
    """The number of a thing to which a list is narrowed; in a query it comes as text."""
    wanted = number(description, load_default=None)
    wanted.strict = False
    return wanted


def choice(description: str, values: Any, **options: Any) -> fields.String:
    """One of a few words."""
    words = [str(value) for value in values]
    rule = validate.OneOf(words, error=f"Elija uno de estos: {', '.join(word or '(vacío)' for word in words)}.")
    return fields.String(validate=rule, metadata={"description": description}, **options)


def said(description: str, kind: type[fields.Field[Any]] = fields.String, **options: Any) -> fields.Field[Any]:
    """A field of an answer, with its description."""
    return kind(metadata={"description": description}, **options)
