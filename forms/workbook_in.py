"""Reading a workbook back: raw answers for forms.load, and the cell where each one stands."""

import zipfile
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field as declared
from datetime import date
from datetime import datetime
from io import BytesIO
from typing import Any

from python_calamine import CalamineError
from python_calamine import CalamineWorkbook
from sqlalchemy.orm import Session

from db.errors import InvalidData
from directory import pasted
from directory.names import normalise
from forms import dates
from forms.answers import is_empty
from forms.catalogues import options
from forms.catalogues import resolve_all
from forms.declaration import Field
from forms.declaration import Form
from forms.declaration import Kind
from forms.declaration import Option
from forms.words import listed
from forms.workbook import ANSWERS_SHEET
from forms.workbook import FIRST_ROW
from forms.workbook import KEY
from forms.workbook import MARK
from forms.workbook import Owner
from forms.workbook import sheets
from forms.workbook import travels

NO_KEY = (
    "Este libro no dice de qué tarea es: se descargó hace tiempo o se le borró el título. Descargue el de esta tarea y "
    "pase a él sus respuestas."
)
LONGEST_TITLE = 300  # characters of the title of another workbook that are told
UNREADABLE = frozenset((Kind.CHOICE, Kind.CHOICES, Kind.PERSON, Kind.BOOLEAN, Kind.DATE, Kind.MONTH))
"""Kinds whose box on the page cannot show what was written when it is none of their answers."""
DIGITS = 15  # that Excel keeps of a number; what stands after them is the noise of its sums
MOST_BYTES = 100 * 1024 * 1024  # unpacked; a small file can unpack into far more


@dataclass(frozen=True, slots=True)
class Read:
    """Raw answers, where each path was read («hoja «Hitos», celda B4»), and what no list of options knows, by path."""

    raw: dict[str, Any]
    cells: dict[str, str]
    unknown: dict[str, list[str]] = declared(default_factory=dict)

    def over(self, answers: Mapping[str, Any]) -> dict[str, Any]:
        """`answers` with all that the workbook asks as it answers it: a cell left blank takes the answer away.

        What does not travel in a workbook, such as attached files, stays.
        """
        asked = {path for path in self.cells if "/" not in path}
        return {**{name: value for name, value in answers.items() if name not in asked}, **self.raw}

    def doubts(self, error: InvalidData) -> dict[str, list[str]]:
        """Of `error`, what is about something that stands written in a cell, each message with its cell."""
        return {path: said for path, said in self.located(error).errors.items() if self._written(path)}

    def keeping(self, form: Form, doubts: Mapping[str, list[str]], before: Mapping[str, Any]) -> dict[str, Any]:
        """The answers of `before` to the questions in `doubts` of which the page could not show what was written."""
        kinds = {item.name: item.kind for item in form.fields()}
        return {
            name: before[name] for name in doubts if kinds.get(name) in UNREADABLE and not is_empty(before.get(name))
        }

    def _written(self, path: str) -> bool:
        name, _, place = path.partition("/")
        value = self.raw.get(name)
        if not place:
            return name in self.cells and not is_empty(value)
        at, _, column = place.partition("/")
        rows = value if isinstance(value, list) else []
        inside = at.isdecimal() and int(at) < len(rows) and isinstance(rows[int(at)], dict)
        return path in self.cells and inside and not is_empty(rows[int(at)].get(column))

    def located(self, error: InvalidData) -> InvalidData:
        """`error` with the cell before each message; paths that have none keep theirs."""
        named = {
            path: [f"{self._place(path)}: {self._said(path)}{message}" for message in messages]
            if path in self.cells else messages
            for path, messages in error.errors.items()
        }  # fmt: skip
        return InvalidData(named, "Hay datos por corregir en el libro de Excel.")

    def _place(self, path: str) -> str:
        return self.cells[path][:1].upper() + self.cells[path][1:]

    def _said(self, path: str) -> str:
        words = self.unknown.get(path, ())
        return f"No se reconoció {listed(f'«{one}»' for one in words)}. " if words else ""


def read(
    session: Session, form: Form, content: bytes, *, context: Mapping[str, Any] | None = None,
    owner: Owner | None = None,
) -> Read:  # fmt: skip
    """The answers in a workbook that `template` wrote and somebody filled in.

    What cannot be understood stays as typed, for forms.load to refuse at its path. Raises InvalidData when `content`
    is not a workbook of this form, or it is not that of `owner`.
    """
    book = _opened(content)
    reader = _Reader(session, resolve_all(session, form, context))
    known = sheets(form)
    found = [name for name in book.sheet_names if name == ANSWERS_SHEET or name in known]
    if not found:
        raise InvalidData({"": ["El libro no tiene las hojas de este formulario. Descargue la plantilla de nuevo."]})
    if owner is not None:
        _demand_owner(book, owner)
    for name in found:
        grid = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        if name in known:
            reader.table(name, known[name], grid)
        else:
            reader.questions(name, {field.name: field for field in travels(tuple(form.fields()))}, grid)
    return Read(reader.raw, reader.cells, reader.unknown)


def _opened(content: bytes) -> CalamineWorkbook:
    refusal = InvalidData({"": ["El archivo no es un libro de Excel (.xlsx) que se pueda leer."]})
    try:
        with zipfile.ZipFile(BytesIO(content)) as packed:
            if sum(part.file_size for part in packed.infolist()) > MOST_BYTES:
                raise refusal
        return CalamineWorkbook.from_filelike(BytesIO(content))
    except (zipfile.BadZipFile, CalamineError, OSError, ValueError):
        raise refusal from None


def _demand_owner(book: CalamineWorkbook, owner: Owner) -> None:
    """Raises InvalidData, with the words of whom the workbook is, unless it is that of `owner`."""
    first: list[Any] = []
    if ANSWERS_SHEET in book.sheet_names:
        first = next(iter(book.get_sheet_by_name(ANSWERS_SHEET).to_python(skip_empty_area=False)), [])
    key, words = (str(cell).strip() for cell in [*first, "", ""][:2])
    if key == f"{KEY}{owner.key}":
        return
    if not key.startswith(KEY):
        raise InvalidData({"": [NO_KEY]})
    if not words or words == owner.words:
        raise InvalidData({"": ["Este libro es de otra tarea que se llama igual; descargue el de esta tarea."]})
    raise InvalidData({"": [f"Este libro es de «{words[:LONGEST_TITLE]}»; descargue el de esta tarea."]})


class _Reader:
    """Gathers raw answers and cells, sheet by sheet."""

    def __init__(self, session: Session, catalogues: Mapping[str, list[Option]]) -> None:
        self.session, self.catalogues = session, catalogues
        self.raw: dict[str, Any] = {}
        self.cells: dict[str, str] = {}
        self.unknown: dict[str, list[str]] = {}

    def questions(self, sheet: str, fields: Mapping[str, Field], grid: Sequence[Sequence[Any]]) -> None:
        for index, line in enumerate(grid):
            field = fields.get(str(line[0])) if line else None
            if field is not None:
                self.cells[field.name] = _place(sheet, index, 2)
                value = self.answer(field, line[2] if len(line) > 2 else None)
                self.note(field, field.name, value)
                if not is_empty(value):
                    self.raw[field.name] = value

    def table(self, sheet: str, table: Field, grid: Sequence[Sequence[Any]]) -> None:
        columns = {column.name: column for column in travels(table.columns)}
        head = [columns.get(str(cell)) for cell in grid[0]] if grid else []
        items: list[dict[str, Any]] = []
        for index, line in enumerate(grid[FIRST_ROW:], start=FIRST_ROW):
            answered = {column.name: self.answer(column, cell) for column, cell in _paired(head, line)}
            item = {name: value for name, value in answered.items() if not is_empty(value)}
            if not item:
                continue  # a line left blank between others is no row
            for position, column in enumerate(head):
                if column is not None:
                    path = f"{table.name}/{len(items)}/{column.name}"
                    self.cells[path] = _place(sheet, index, position)
                    self.note(column, path, item.get(column.name))
            items.append(item)
        self.cells[table.name] = f"hoja «{sheet}»"
        self.raw[table.name] = items

    def note(self, field: Field, path: str, value: Any) -> None:
        """Keep what no option of the question says, or is no day, in the words of the cell."""
        if is_empty(value):
            return
        if field.kind in (Kind.DATE, Kind.MONTH):
            if not (dates.iso_day if field.kind is Kind.DATE else dates.iso_month)(str(value)):
                self.unknown[path] = [str(value)]
            return
        if field.kind not in (Kind.CHOICE, Kind.CHOICES, Kind.PERSON):
            return
        known = {option.value for option in options(field, self.catalogues)}
        unknown = [str(one) for one in (value if isinstance(value, list) else [value]) if str(one) not in known]
        if unknown:
            self.unknown[path] = unknown

    def answer(self, field: Field, cell: Any) -> Any:
        if isinstance(cell, datetime | date):
            day = cell.date() if isinstance(cell, datetime) else cell
            return day.isoformat()[:7] if field.kind is Kind.MONTH else day.isoformat()
        if isinstance(cell, float):
            # A cell that looks whole is whole: 2026, not «2026.0». A number stays one: it is no text with thousands.
            cell = float(f"{cell:.{DIGITS}g}")
            cell = int(cell) if cell.is_integer() else cell
            numeric = field.kind in (Kind.INTEGER, Kind.YEAR, Kind.DECIMAL, Kind.MONEY, Kind.PERCENT)
            return cell if numeric else self.words(field, str(cell))
        return cell if isinstance(cell, bool) or is_empty(cell) else self.words(field, str(cell).strip())

    def words(self, field: Field, text: str) -> Any:
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        if field.kind is Kind.TEXTS:
            return lines
        if field.kind is Kind.CHOICES:
            return [self.option(field, line) for line in lines]
        if field.kind is Kind.ENTITIES:
            return [self.entity(line) for line in lines]
        if field.kind is Kind.ENTITY:
            return self.entity(text)
        if field.kind in (Kind.CHOICE, Kind.PERSON):
            return self.option(field, text)
        if field.kind in (Kind.DATE, Kind.MONTH):
            return (dates.iso_day if field.kind is Kind.DATE else dates.iso_month)(text) or text
        return {"sí": True, "si": True, "no": False}.get(text.lower(), text) if field.kind is Kind.BOOLEAN else text

    def option(self, field: Field, text: str) -> str:
        code = text.rpartition(MARK)[2].strip()
        known = options(field, self.catalogues)
        by_label = [option.value for option in known if normalise(option.label) == normalise(text)]
        if len(by_label) == 1:
            return by_label[0]
        return code if any(option.value == code for option in known) else text

    def entity(self, text: str) -> int | str:
        """The entity that `text` names, or `text` itself for what is no entity for sure."""
        ids = pasted.recognise(self.session, [text.rpartition(MARK)[2].strip()]).ids
        return ids[0] if len(ids) == 1 else text


def _paired(head: Sequence[Field | None], line: Sequence[Any]) -> Iterator[tuple[Field, Any]]:
    yield from ((column, cell) for column, cell in zip(head, line, strict=False) if column is not None)


def _place(sheet: str, row: int, column: int) -> str:
    letters = ""
    number = column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return f"hoja «{sheet}», celda {letters}{row + 1}"
