"""A form as an Excel workbook: out as a template, in as raw answers with the cell of each one.

A sheet of questions, and a sheet per table. Names of questions travel hidden, so that labels may be edited. Attached
files do not travel: they are attached on the page. Above the questions stands whose the workbook is, in words, and
hidden, in the key by which it is known when it comes back.
"""

from collections.abc import Iterator
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any

import xlsxwriter
from sqlalchemy.orm import Session

from forms import display
from forms.answers import is_empty
from forms.catalogues import options
from forms.declaration import Field
from forms.declaration import Form
from forms.declaration import Kind
from forms.numbers import parse
from forms.references import codes_of
from forms.walk import rows

ANSWERS_SHEET = "Respuestas"
MARK = " · "  # between a name and the code that tells it from its namesakes
OUTSIDE = frozenset((Kind.FILES, Kind.DOCUMENT))
NUMERIC = frozenset((Kind.INTEGER, Kind.DECIMAL, Kind.MONEY, Kind.PERCENT))
FIRST_ROW = 2  # of a table's sheet: hidden names, headings, then rows
SPARE_ROWS = 200  # rows with lists of options ready below the last answer
KEY = "libro:"  # before the key of an owner, in the first cell of the sheet of questions
_LONGEST_LIST = 255  # characters that Excel takes for a list written in the cell


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose a workbook is: `key` tells it apart from every other one, `words` say it to who opens it."""

    key: str
    words: str


def template(
    session: Session, form: Form, data: Mapping[str, Any] | None = None, *, context: Mapping[str, Any] | None = None,
    owner: Owner | None = None,
) -> bytes:  # fmt: skip
    """The workbook of `form`, with `data` filled in. It says that it is of `owner`, and comes back for nobody else."""
    return _written(session, form, data or {}, tuple(form.fields()), context, owner)


def sheets(form: Form) -> dict[str, Field]:
    """The sheet of each table: at most 31 letters, none that Excel refuses, no two alike."""
    named: dict[str, Field] = {}
    for field in form.fields():
        if field.kind is Kind.TABLE:
            clean = "".join(" " if char in "[]:*?/\\'" else char for char in field.label).strip() or field.name
            name, number = clean[:31].strip(), 2
            while name.casefold() in {ANSWERS_SHEET.casefold(), *(other.casefold() for other in named)}:
                name, number = f"{clean[:28].strip()} {number}", number + 1
            named[name] = field
    return named


def travels(fields: tuple[Field, ...]) -> list[Field]:
    """The questions of `fields` that a cell can answer."""
    return [field for field in fields if field.kind not in OUTSIDE and field.kind is not Kind.TABLE]


def _written(
    session: Session,
    form: Form,
    data: Mapping[str, Any],
    fields: tuple[Field, ...],
    context: Mapping[str, Any] | None,
    owner: Owner | None,
) -> bytes:
    names = display.lookups(session, form, data, context=context)
    target = BytesIO()
    # What people typed is never a formula nor a link, whatever sign it begins with.
    settings = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(target, settings) as book:
        writer = _Writer(book, names, codes_of(session, names.entities))
        if owner is not None or (len(fields) > 1 and travels(fields)):
            writer.questions(travels(fields), data, owner)
        for name, table in sheets(form).items():
            if table in fields:
                writer.table(name, table, rows(data.get(table.name)))
    return target.getvalue()


class _Writer:
    """Writes the sheets of one workbook."""

    def __init__(self, book: Any, names: display.Lookups, codes: Mapping[int, str]) -> None:
        self.book, self.names, self.codes = book, names, codes
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.head = book.add_format({"bold": True, "bg_color": "#E5ECF8", "text_wrap": True, "valign": "top"})
        self.wrap = book.add_format({"text_wrap": True, "valign": "top"})
        self.text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        self.date = book.add_format({"num_format": "yyyy-mm-dd", "align": "left", "valign": "top"})
        self.number = book.add_format({"num_format": "#,##0.######", "valign": "top"})

    def questions(self, fields: list[Field], data: Mapping[str, Any], owner: Owner | None) -> None:
        sheet = self.book.add_worksheet(ANSWERS_SHEET)
        sheet.set_column(0, 0, None, None, {"hidden": True})
        sheet.set_column(1, 1, 40, self.wrap)
        sheet.set_column(2, 2, 60)
        sheet.set_column(3, 3, 60, self.wrap)
        head = 0
        if owner is not None:
            sheet.write_string(0, 0, f"{KEY}{owner.key}")
            sheet.write_string(0, 1, owner.words, self.title)
            head = 1
        for column, title in enumerate(("", "Pregunta", "Respuesta", "Ayuda")):
            sheet.write_string(head, column, title, self.head)
        sheet.freeze_panes(head + 1, 0)
        for row, field in enumerate(fields, start=head + 1):
            sheet.write_string(row, 0, field.name)
            sheet.write_string(row, 1, _title(field))
            sheet.write_string(row, 3, _advice(field))
            self.cell(sheet, row, 2, field, data.get(field.name))
            self.limit(sheet, (row, 2, row, 2), field)

    def table(self, name: str, table: Field, items: list[Mapping[str, Any]]) -> None:
        sheet = self.book.add_worksheet(name)
        columns = travels(table.columns)
        sheet.set_row(0, None, None, {"hidden": True})
        sheet.freeze_panes(FIRST_ROW, 0)
        last = FIRST_ROW + min(len(items) + SPARE_ROWS, table.max_items) - 1
        for index, column in enumerate(columns):
            sheet.write_string(0, index, column.name)
            sheet.write_string(1, index, _title(column), self.head)
            if _advice(column):
                sheet.write_comment(1, index, _advice(column))
            sheet.set_column(index, index, 28, self.format(column))
            self.limit(sheet, (FIRST_ROW, index, last, index), column)
        for row, item in enumerate(items, start=FIRST_ROW):
            for index, column in enumerate(columns):
                self.cell(sheet, row, index, column, item.get(column.name))

    def format(self, field: Field) -> Any:
        if field.kind is Kind.DATE:
            return self.date
        return self.number if field.kind in NUMERIC else self.text

    def cell(self, sheet: Any, row: int, column: int, field: Field, value: Any) -> None:
        style = self.format(field)
        if is_empty(value):
            sheet.write_blank(row, column, None, style)
            return
        with suppress(ValueError, ArithmeticError):  # what a draft holds that is not yet sound goes out as it is
            if field.kind is Kind.DATE:
                sheet.write_datetime(row, column, date.fromisoformat(value), style)
                return
            # Excel keeps fifteen digits; longer numbers travel as text and stay exact.
            number = parse(value, decimals=field.decimals) if field.kind in NUMERIC else None
            if number is not None and len(number.as_tuple().digits) <= 15:
                sheet.write_number(row, column, float(number), style)
                return
        sheet.write_string(row, column, self.words(field, value), style)

    def words(self, field: Field, value: Any) -> str:
        if field.kind in (Kind.ENTITY, Kind.ENTITIES):
            ids = value if isinstance(value, list) else [value]
            return "\n".join(f"{self.names.entities[id]}{MARK}{self.codes[id]}" for id in ids if id in self.codes)
        if field.kind is Kind.PERSON:
            return f"{display.text(field, value, self.names)}{MARK}{value}"
        if field.kind in (Kind.TEXTS, Kind.CHOICES):
            single = Field(kind=Kind.CHOICE, name="", label="", options=field.options, catalogue=field.catalogue)
            return "\n".join(display.text(single, item, self.names) for item in value)
        spoken = field.kind in (Kind.CHOICE, Kind.BOOLEAN)
        return display.text(field, value, self.names) if spoken else str(value)

    def limit(self, sheet: Any, area: tuple[int, int, int, int], field: Field) -> None:
        labels = list(_offered(field, self.names))
        if labels and len(",".join(labels)) <= _LONGEST_LIST and not any("," in label for label in labels):
            sheet.data_validation(*area, {"validate": "list", "source": labels, "error_type": "information"})


def _offered(field: Field, names: display.Lookups) -> Iterator[str]:
    if field.kind is Kind.BOOLEAN:
        yield from ("Sí", "No")
    elif field.kind is Kind.CHOICE:
        yield from (option.label for option in options(field, names.catalogues))


def _title(field: Field) -> str:
    return f"{field.label} (obligatorio)" if field.required else field.label


_FORMATS = {
    Kind.TEXTS: "Escriba uno por línea (Alt + Entrar dentro de la celda).",
    Kind.CHOICES: "Escriba una opción por línea.",
    Kind.ENTITY: "Escriba el código DANE o el nombre.",
    Kind.ENTITIES: "Escriba códigos DANE o nombres, uno por línea.",
    Kind.PERSON: "Escriba el nombre como aparece en el directorio.",
    Kind.MONTH: "Escriba año y mes, por ejemplo 2026-11.",
    Kind.DATE: "Escriba una fecha, por ejemplo 24/11/2026.",
    Kind.PERCENT: "Escriba un número de 0 a 100.",
}


def _advice(field: Field) -> str:
    example = f"Ejemplo: {field.example}" if field.example else ""
    unit = f"En {field.unit}." if field.unit else ""
    return " ".join(part for part in (field.help, _FORMATS.get(field.kind, ""), unit, example) if part)
