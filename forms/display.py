"""Answers in words: es-CO numbers, dates, labels, names of people and entities."""

from collections import defaultdict
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as declared
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.files import StoredFile
from directory.models import Department
from directory.models import Entity
from directory.models import Person
from forms import catalogues
from forms.answers import is_empty
from forms.declaration import Field
from forms.declaration import Form
from forms.declaration import Kind
from forms.declaration import Option
from forms.numbers import UNBROKEN
from forms.numbers import NotANumber
from forms.numbers import parse
from forms.numbers import percent
from forms.numbers import spoken
from forms.walk import rows
from forms.walk import visible
from forms.walk import walk
from forms.words import long_date
from forms.words import long_month

UNANSWERED = "Sin respuesta"


@dataclass(frozen=True, slots=True)
class Lookups:
    """Names of what answers point to: options per catalogue, entities and people by id, files by token."""

    catalogues: Mapping[str, list[Option]] = declared(default_factory=dict)
    entities: Mapping[int, str] = declared(default_factory=dict)
    people: Mapping[int, str] = declared(default_factory=dict)
    files: Mapping[str, str] = declared(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shown:
    """A question with its answer in words; a table carries its head, its rows and its totals instead of `text`."""

    field: Field
    text: str
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    totals: tuple[str, ...] = ()


def lookups(
    session: Session, form: Form, *answers: Mapping[str, Any], context: Mapping[str, Any] | None = None
) -> Lookups:
    """The names that displaying `answers` to `form` needs, one query per kind."""
    found: dict[Kind, set[Any]] = {kind: set() for kind in Kind}
    chosen: dict[str, set[Any]] = defaultdict(set)
    for data in answers:
        for _, field, value in walk(form, data):
            if not is_empty(value):
                values = value if isinstance(value, list) else [value]
                found[field.kind].update(values)
                chosen[catalogues.catalogue_of(field)].update(values)
    return Lookups(
        catalogues.resolve_all(session, form, context, chosen),
        entity_names(session, _integers(found[Kind.ENTITY] | found[Kind.ENTITIES])),
        _people_names(session, _integers(found[Kind.PERSON])),
        _file_names(session, {str(token) for token in found[Kind.FILES]}),
    )


def entity_names(session: Session, ids: set[int]) -> dict[int, str]:
    """«Armenia (Quindío)» by id: two municipalities may share a name."""
    if not ids:
        return {}
    query = select(Entity.id, Entity.name, Entity.kind, Department.name).join(
        Department, Department.code == Entity.department_code
    )
    found = session.execute(query.where(Entity.id.in_(ids)))
    return {id: name if kind == "governorate" else f"{name} ({department})" for id, name, kind, department in found}


def text(field: Field, value: Any, names: Lookups | None = None) -> str:
    """The answer `value` to `field` in words; «Sin respuesta» when there is none. Never raises for what drafts hold."""
    if is_empty(value):
        return UNANSWERED
    try:
        return _WORDS[field.kind](field, value, names or Lookups())
    except (ValueError, ArithmeticError, TypeError, AttributeError, LookupError):
        return str(value)  # a draft keeps what was typed


def sections(form: Form, data: Mapping[str, Any], names: Lookups) -> Iterator[tuple[str, list[Shown]]]:
    """Title and answers of each section, with hidden questions and composed documents left out."""
    asked = {field.name for field in visible(tuple(form.fields()), data)}
    for section in form.sections:
        fields = [field for field in section.fields if field.name in asked and field.kind is not Kind.DOCUMENT]
        if fields:
            yield section.title, [shown(field, data.get(field.name), names) for field in fields]


def shown(field: Field, value: Any, names: Lookups) -> Shown:
    """One question with its answer in words."""
    if field.kind is Kind.TEXTS and isinstance(value, list) and value:
        return Shown(field, "\n".join(str(item) for item in value))  # as it was written: one below the other
    if field.kind is not Kind.TABLE or not rows(value):
        return Shown(field, text(field, value, names))
    body = tuple(tuple(text(column, row.get(column.name), names) for column in field.columns) for row in rows(value))
    totals = tuple(_total(field, column, rows(value)) for column in field.columns) if field.totals else ()
    return Shown(field, text(field, value, names), tuple(column.label for column in field.columns), body, totals)


def total(table: Field, column: Field, items: list[Mapping[str, Any]]) -> Decimal | None:
    """The sum of a column, None when the column is not to be added. What is not a number counts as nothing."""
    if column.name not in table.totals:
        return None
    added = Decimal(0)
    for row in items:
        try:
            added += parse(row.get(column.name), decimals=column.decimals)
        except NotANumber:
            continue
    return added


def _total(table: Field, column: Field, items: list[Mapping[str, Any]]) -> str:
    added = total(table, column, items)
    return "" if added is None else text(column, added)


def _plain(field: Field, value: Any, names: Lookups) -> str:
    return _with_unit(field, str(value))


def _number(field: Field, value: Any, names: Lookups) -> str:
    decimals = 0 if field.kind is Kind.INTEGER else field.decimals
    return _with_unit(field, spoken(parse(value, decimals=decimals), decimals=decimals))


def _money(field: Field, value: Any, names: Lookups) -> str:
    number = parse(value, decimals=field.decimals)
    whole = number == number.to_integral_value()
    amount = spoken(number, decimals=0 if whole else field.decimals, keep_zeros=not whole)
    return _with_unit(field, f"${UNBROKEN}{amount}")


def _percent(field: Field, value: Any, names: Lookups) -> str:
    return _with_unit(field, percent(parse(value, decimals=field.decimals), decimals=field.decimals))


def _with_unit(field: Field, words: str) -> str:
    return f"{words}{UNBROKEN}{field.unit}" if field.unit else words


def _label(field: Field, value: Any, names: Lookups) -> str:
    known = {option.value: option.label for option in catalogues.options(field, names.catalogues)}
    return known.get(value, str(value))


def _labels(field: Field, value: Any, names: Lookups) -> str:
    return "; ".join(_label(field, item, names) for item in value)


def _entity(field: Field, value: Any, names: Lookups) -> str:
    known = str(value).isdecimal()  # a draft may hold a name that nobody recognised
    return names.entities.get(int(value), f"Entidad {value}") if known else str(value)


def _entities(field: Field, value: Any, names: Lookups) -> str:
    return "; ".join(_entity(field, item, names) for item in value)


def _person(field: Field, value: Any, names: Lookups) -> str:
    return names.people.get(int(value), f"Persona {value}")


def _files(field: Field, value: Any, names: Lookups) -> str:
    return "; ".join(names.files.get(token, "Archivo que ya no está") for token in value)


def _rows(field: Field, value: Any, names: Lookups) -> str:
    return "1 fila" if len(value) == 1 else f"{len(value)} filas"


_WORDS: dict[Kind, Callable[[Field, Any, Lookups], str]] = {
    Kind.TEXT: _plain,
    Kind.LONG_TEXT: _plain,
    Kind.INTEGER: _number,
    Kind.YEAR: _plain,
    Kind.DECIMAL: _number,
    Kind.MONEY: _money,
    Kind.PERCENT: _percent,
    Kind.DATE: lambda field, value, names: long_date(value),
    Kind.MONTH: lambda field, value, names: long_month(value),
    Kind.BOOLEAN: lambda field, value, names: {True: "Sí", False: "No", "true": "Sí", "false": "No"}[value],
    Kind.CHOICE: _label,
    Kind.CHOICES: _labels,
    Kind.TEXTS: lambda field, value, names: "; ".join(value),
    Kind.TABLE: _rows,
    Kind.FILES: _files,
    Kind.URL: _plain,
    Kind.EMAIL: _plain,
    Kind.ENTITY: _entity,
    Kind.ENTITIES: _entities,
    Kind.PERSON: _person,
    Kind.DOCUMENT: lambda field, value, names: "",
}


def _people_names(session: Session, ids: set[int]) -> dict[int, str]:
    found = session.execute(select(Person.id, Person.name).where(Person.id.in_(ids))) if ids else ()
    return {row.id: row.name for row in found}


def _file_names(session: Session, tokens: set[str]) -> dict[str, str]:
    query = select(StoredFile.token, StoredFile.name).where(StoredFile.token.in_(tokens))
    return {row.token: row.name for row in session.execute(query)} if tokens else {}


def _integers(values: set[Any]) -> set[int]:
    return {int(value) for value in values if str(value).isdecimal() and len(str(value)) < 19}
