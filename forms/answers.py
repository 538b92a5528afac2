"""One marshmallow field per kind of question: from what was sent to the value that is stored.

A refusal is a sentence with `{it}` where the question belongs; forms.load fills it in, because only there the row is
known. No sentence repeats what was typed.
"""

import re
import unicodedata
from collections.abc import Callable
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from marshmallow import ValidationError
from marshmallow import fields

from db import characters
from forms import numbers
from forms.declaration import Field
from forms.declaration import Kind

TEXT_LIMIT = 500
LONG_TEXT_LIMIT = 10_000
URL_LIMIT = 2_000
EMAIL_LIMIT = 254
LARGEST_ID = 2**63 - 1
MOST_NAMED = 5  # of what could not be read, in one sentence

_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}")
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
_YEAR = re.compile(r"[0-9]{4}")
_BULLET = re.compile(r"^[•·▪◦‣]\s*")  # of a list pasted from a document
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_TOKEN = re.compile(r"[0-9A-Za-z_-]{8,64}")


class Answer(fields.Field[Any]):
    """The marshmallow field of one question; `read` turns a raw value into the stored one or raises ValidationError."""

    def __init__(self, question: Field, read: Callable[[Field, Any], Any]) -> None:
        super().__init__(required=False, allow_none=True)
        self.question = question
        self.read = read

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        return self.read(self.question, value)


def answer(question: Field) -> Answer:
    """The marshmallow field for a question that is not a table. Raises KeyError for kinds without a value."""
    return Answer(question, READERS[question.kind])


def is_empty(value: object) -> bool:
    """Whether nothing was answered: blank text counts, false and zero do not."""
    return (
        value is None
        or (isinstance(value, str) and not value.strip())
        or (isinstance(value, list | dict) and not value)
    )


# Control characters and lone surrogates; only text of several lines may have line breaks and tabs.
_UNSTORABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_UNSTORABLE_IN_LINE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def limit(question: Field) -> int:
    """The most characters that a question of text takes."""
    defaults = {Kind.LONG_TEXT: LONG_TEXT_LIMIT, Kind.URL: URL_LIMIT, Kind.EMAIL: EMAIL_LIMIT}
    return question.max_length or defaults.get(question.kind, TEXT_LIMIT)


def clean(value: Any, *, most: int, several_lines: bool = False) -> str:
    """`value` as text in composed letters, without blank edges. Raises ValidationError."""
    if not isinstance(value, str):
        raise ValidationError("Escriba {it} como texto.")
    text = value.replace("\r\n", "\n").replace("\r", "\n").strip()
    if _is_unstorable(text, several_lines=several_lines):
        raise ValidationError("Escriba de nuevo {it}: lleva caracteres que no se pueden guardar.")
    text = unicodedata.normalize("NFC", text)
    if len(text) > most:
        raise ValidationError(
            f"Acorte {{it}}: tiene {numbers.spoken(len(text))} caracteres y caben {numbers.spoken(most)}."
        )
    return text


def _is_unstorable(text: str, *, several_lines: bool) -> bool:
    if several_lines:
        return not characters.is_printable(text) and _UNSTORABLE.search(text) is not None
    return not text.isprintable() and _UNSTORABLE_IN_LINE.search(text) is not None


def _text(question: Field, value: Any) -> str:
    return clean(value, most=limit(question))


def _long_text(question: Field, value: Any) -> str:
    return clean(value, most=limit(question), several_lines=True)


def _integer(question: Field, value: Any) -> int:
    try:
        number = numbers.parse(value, decimals=0)
    except numbers.NotANumber:
        raise ValidationError(f"Escriba {{it}} como un número entero, {_such_as(question)}.") from None
    if numbers.places(number) or not _INTEGER.fullmatch(f"{number:.0f}"):
        raise ValidationError(f"Escriba {{it}} sin decimales, {_such_as(question)}.")
    _within(question, number, decimals=0)
    return int(number)


def _such_as(question: Field) -> str:
    """The range of a number that has one, and else an example: 1.250 says nothing to who rates from 1 to 5."""
    least, most = bounds(question)
    if least is None or most is None:
        return "por ejemplo 1.250"
    return f"de {numbers.spoken(least, decimals=0)} a {numbers.spoken(most, decimals=0)}"


def _year(question: Field, value: Any) -> int:
    text = str(value).strip()
    if isinstance(value, bool) or not _YEAR.fullmatch(text):
        raise ValidationError("Escriba {it} con cuatro cifras, por ejemplo 2026.")
    year = int(text)
    if not int(question.minimum or "1900") <= year <= int(question.maximum or "2200"):
        between = f"entre {question.minimum or 1900} y {question.maximum or 2200}"
        raise ValidationError(f"Escriba {{it}} con un año {between}.")
    return year


def _decimal(question: Field, value: Any) -> str:
    sample = "33,5" if question.kind is Kind.PERCENT else "1.234,56"
    try:
        number = numbers.parse(value, decimals=question.decimals)
    except numbers.NotANumber:
        raise ValidationError(f"Escriba {{it}} como un número, por ejemplo {sample}.") from None
    if numbers.places(number) > question.decimals:
        places = "1 decimal" if question.decimals == 1 else f"{question.decimals} decimales"
        raise ValidationError(f"Escriba {{it}} con {places} como máximo.")
    _within(question, number, decimals=question.decimals)
    return numbers.canonical(number, question.decimals)


def bounds(question: Field) -> tuple[str | None, str | None]:
    """The least and greatest answer. A percentage stays between 0 and 100 unless the form says otherwise."""
    if question.kind is Kind.PERCENT:
        return question.minimum or "0", question.maximum or "100"
    return question.minimum, question.maximum


def _within(question: Field, number: Decimal, *, decimals: int) -> None:
    least, most = bounds(question)
    if least is not None and number < Decimal(least):
        raise ValidationError(f"Escriba {{it}} con un valor de {numbers.spoken(least, decimals=decimals)} o más.")
    if most is not None and number > Decimal(most):
        raise ValidationError(f"Escriba {{it}} con un valor de {numbers.spoken(most, decimals=decimals)} o menos.")


def _date(question: Field, value: Any) -> str:
    text = clean(value, most=TEXT_LIMIT)
    try:
        if len(text) != 10:
            raise ValueError(text)
        day = date.fromisoformat(text)
    except ValueError:
        raise ValidationError("Escriba {it} como una fecha con año, mes y día, por ejemplo 2026-11-24.") from None
    return _in_time(question, day.isoformat(), "día")


def _month(question: Field, value: Any) -> str:
    text = clean(value, most=TEXT_LIMIT)
    if not _MONTH.fullmatch(text) or text.startswith("0000"):
        raise ValidationError("Escriba {it} con año y mes, por ejemplo 2026-11.")
    return _in_time(question, text, "mes")


def _in_time(question: Field, text: str, what: str) -> str:
    if question.minimum is not None and text < question.minimum:
        raise ValidationError(f"Elija para {{it}} el {what} {question.minimum} o uno posterior.")
    if question.maximum is not None and text > question.maximum:
        raise ValidationError(f"Elija para {{it}} el {what} {question.maximum} o uno anterior.")
    return text


def _boolean(question: Field, value: Any) -> bool:
    known = {"true": True, "false": False}
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value in known:
        return known[value]
    raise ValidationError("Responda sí o no en {it}.")


def _choice(question: Field, value: Any) -> str:
    if not isinstance(value, str) or (question.options and value not in {option.value for option in question.options}):
        raise ValidationError("Elija {it} de la lista.")
    return clean(value, most=TEXT_LIMIT)


def _choices(question: Field, value: Any) -> list[str]:
    chosen = {_choice(question, item) for item in _several(question, value)}
    if question.catalogue:
        return sorted(chosen)
    return [option.value for option in question.options if option.value in chosen]


def _texts(question: Field, value: Any) -> list[str]:
    most = question.max_length or TEXT_LIMIT
    return [text for item in _several(question, value) if (text := _BULLET.sub("", clean(item, most=most)))]


def _files(question: Field, value: Any) -> list[str]:
    tokens = _several(question, value)
    if not all(isinstance(token, str) and _TOKEN.fullmatch(token) for token in tokens):
        raise ValidationError("Adjunte de nuevo los archivos de {it}.")
    return list(dict.fromkeys(tokens))


def _url(question: Field, value: Any) -> str:
    text = clean(value, most=limit(question))
    refusal = ValidationError("Escriba {it} como una dirección web completa que empiece por https://.")
    try:
        parts = urlsplit(text)
        sound = parts.scheme == "https" and parts.hostname and not parts.username and " " not in text
        assert parts.port is None or parts.port > 0
    except (ValueError, AssertionError):
        raise refusal from None
    if not sound:
        raise refusal
    return text


def _email(question: Field, value: Any) -> str:
    text = clean(value, most=limit(question))
    if not _EMAIL.fullmatch(text):
        raise ValidationError("Escriba {it} como un correo electrónico, por ejemplo nombre@entidad.gov.co.")
    return text


def _id(question: Field, value: Any) -> int:
    """An id of the directory; forms sent by a page carry it as text."""
    text = str(value)
    if isinstance(value, bool) or not _INTEGER.fullmatch(text) or not 0 < int(text) <= LARGEST_ID:
        raise ValidationError("Elija {it} de la lista.")
    return int(text)


def _ids(question: Field, value: Any) -> list[int]:
    several = _several(question, value)
    unknown = [item for item in several if isinstance(item, str) and item.strip() and not _INTEGER.fullmatch(item)]
    if unknown:  # what was pasted and names nothing for sure stays until it is corrected or taken out
        raise ValidationError(f"Corrija en {{it}} lo que no se reconoció: «{'», «'.join(unknown[:MOST_NAMED])}».")
    ids = [_id(question, item) for item in several]
    if len(set(ids)) < len(ids):
        raise ValidationError("Deje una sola vez cada nombre en {it}: hay repetidos.")
    return ids


def _several(question: Field, value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ValidationError("Responda {it} con una lista.")
    if len(value) > question.max_items:
        raise ValidationError(f"Deje en {{it}} {question.max_items} como máximo: hay {len(value)}.")
    return value


READERS: dict[Kind, Callable[[Field, Any], Any]] = {
    Kind.TEXT: _text,
    Kind.LONG_TEXT: _long_text,
    Kind.INTEGER: _integer,
    Kind.YEAR: _year,
    Kind.DECIMAL: _decimal,
    Kind.MONEY: _decimal,
    Kind.PERCENT: _decimal,
    Kind.DATE: _date,
    Kind.MONTH: _month,
    Kind.BOOLEAN: _boolean,
    Kind.CHOICE: _choice,
    Kind.CHOICES: _choices,
    Kind.TEXTS: _texts,
    Kind.FILES: _files,
    Kind.URL: _url,
    Kind.EMAIL: _email,
    Kind.ENTITY: _id,
    Kind.ENTITIES: _ids,
    Kind.PERSON: _id,
}
"""Every kind that has a value, save tables, which forms.schema nests."""
