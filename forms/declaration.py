"""What a form is: a declaration that can be stored as JSON and read back the same.

Schema, page, JSON Schema, spreadsheet and PDF all derive from the *stored* declaration, so an old
instance keeps the form it was started with.
"""

import hashlib
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import asdict
from dataclasses import dataclass
from dataclasses import field
from enum import StrEnum
from typing import Any

from db.types import dumps

PAST, AHEAD = "past", "ahead"


class Kind(StrEnum):
    """The kinds of field. In parentheses: the JSON value that stands for an answer."""

    TEXT = "text"  # one line (string)
    LONG_TEXT = "long_text"  # paragraphs (string)
    INTEGER = "integer"  # (integer)
    YEAR = "year"  # a calendar year, never grouped: 2026 (integer)
    DECIMAL = "decimal"  # exact number (string such as "12.50")
    MONEY = "money"  # Colombian pesos (string such as "1500000.00")
    PERCENT = "percent"  # 0 to 100, exact (string)
    DATE = "date"  # (string, ISO 8601)
    MONTH = "month"  # (string "2026-11")
    BOOLEAN = "boolean"  # (true or false)
    CHOICE = "choice"  # one option (its value)
    CHOICES = "choices"  # several options (list of values, in the order of the options)
    TEXTS = "texts"  # a list of short texts (list of strings)
    TABLE = "table"  # rows of `columns` (list of objects)
    FILES = "files"  # attached files (list of tokens of db.files)
    URL = "url"  # https address (string)
    EMAIL = "email"  # (string)
    ENTITY = "entity"  # a territorial entity or other beneficiary (its id, integer)
    ENTITIES = "entities"  # several (list of ids without repetition)
    PERSON = "person"  # a person of the directory (id, integer)
    DOCUMENT = "document"  # a document the program composes; shown, never sent (no value)


@dataclass(frozen=True, slots=True)
class Option:
    """A value that can be chosen, and how people read it."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Condition:
    """Shows a field only when another field of the same form (or row) has one of these values."""

    field: str
    values: tuple[str | bool, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One question.

    `catalogue` names a list resolved when the form is opened (forms.catalogues) instead of `options`.
    `source` says where the question comes from: document, step, name in the source; empty when ours.
    `item` is what one row of a table is called («hito»), `ask` what is asked for with its article («la meta de 2027»);
    left empty, forms.words derives both from the label.
    """

    kind: Kind
    name: str
    label: str
    help: str = ""
    example: str = ""
    required: bool = False
    minimum: str | None = None
    maximum: str | None = None
    max_length: int | None = None
    decimals: int = 2
    options: tuple[Option, ...] = ()
    catalogue: str = ""
    columns: tuple["Field", ...] = ()
    min_items: int = 0
    max_items: int = 200
    totals: tuple[str, ...] = ()  # columns whose sum is shown under the table
    unit: str = ""  # shown after the value: «días hábiles», «personas»
    show_if: Condition | None = None
    personal: bool = False  # personal data (Ley 1581 de 2012)
    time: str = ""  # of a date: PAST (it has happened: never after today) or AHEAD (a term; one gone by is warned of)
    fixed: bool = False  # in a column: the case gives it, and with it the rows; shown, not typed (forms.fixed)
    source: str = ""
    item: str = ""
    ask: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A titled group of questions; the task page lists its sections with their state."""

    name: str
    title: str
    fields: tuple[Field, ...]
    intro: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """A cross-field rule by name and version, with its parameters (forms.rules holds what it does)."""

    name: str
    version: int = 1
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Form:
    """A whole form. Its identity is the hash of everything it says."""

    name: str
    title: str
    sections: tuple[Section, ...]
    rules: tuple[Rule, ...] = ()
    intro: str = ""
    submit: str = "Enviar"  # the verb on its button

    def fields(self) -> Iterator[Field]:
        """Every question in order, without the columns of tables."""
        for section in self.sections:
            yield from section.fields

    def field(self, name: str) -> Field:
        """The question called `name`. Raises KeyError."""
        return next((item for item in self.fields() if item.name == name), None) or _missing(self, name)


def _missing(form: Form, name: str) -> Field:
    raise KeyError(f"{form.name} has no field {name}")


def to_json(form: Form) -> dict[str, Any]:
    """The declaration as plain JSON values; what has its default is left out."""
    pruned = _pruned(asdict(form))
    assert isinstance(pruned, dict)
    return pruned


def from_json(data: Mapping[str, Any]) -> Form:
    """The declaration that `to_json` wrote."""
    return Form(
        name=data["name"],
        title=data["title"],
        sections=tuple(_section(item) for item in data["sections"]),
        rules=tuple(
            Rule(item["name"], item.get("version", 1), item.get("params", {})) for item in data.get("rules", ())
        ),
        intro=data.get("intro", ""),
        submit=data.get("submit", "Enviar"),
    )


def hash_of(form: Form) -> str:
    """SHA-256 of the declaration: its identity."""
    return hashlib.sha256(dumps(to_json(form)).encode()).hexdigest()


_EMPTY: tuple[Any, ...] = ("", None, (), [], {}, False)


def _pruned(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: _pruned(item) for key, item in value.items() if item not in _EMPTY or (item == 0 and item is not False)
        }
    if isinstance(value, list | tuple):
        return [_pruned(item) for item in value]
    return value


def _section(data: Mapping[str, Any]) -> Section:
    return Section(
        data["name"], data["title"], tuple(_field(item) for item in data.get("fields", ())), data.get("intro", "")
    )


def _field(data: Mapping[str, Any]) -> Field:
    values = dict(data)
    values["kind"] = Kind(values["kind"])
    values["options"] = tuple(Option(item["value"], item["label"]) for item in values.get("options", ()))
    values["columns"] = tuple(_field(item) for item in values.get("columns", ()))
    values["totals"] = tuple(values.get("totals", ()))
    if "show_if" in values:
        values["show_if"] = Condition(values["show_if"]["field"], tuple(values["show_if"]["values"]))
    return Field(**values)
