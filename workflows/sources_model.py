"""A step of the sources, and where it lives here."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a document, the element that carries it out, and where each thing it asks for is answered.

    `asks` maps the name in the document to fields of the form, separated by spaces; `table/column` names a column.
    """

    code: str
    source: str
    title: str
    process: str
    element: str
    form: str
    asks: Mapping[str, str]
    gate: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the traceability table: a thing that a document asks for, and the field that answers it."""

    code: str
    source: str
    title: str
    gate: str
    asked: str
    process: str
    element: str
    form: str
    field: str


@dataclass(frozen=True, slots=True)
class Ours:
    """Questions that no document asks for, and why they are asked all the same. No fields: the whole form."""

    form: str
    fields: tuple[str, ...]
    reason: str
