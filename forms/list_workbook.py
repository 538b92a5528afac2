"""A list as an Excel workbook: what it is, which filters it shows and when it was taken, then its rows.

Rows are written as they come, to a file and never to memory, so that a long list costs what a short one does.
"""

from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from datetime import datetime
from decimal import Decimal
from typing import Any
from typing import BinaryIO

import xlsxwriter

from db.clock import local

Value = str | int | Decimal | date | datetime | None
"""What a cell holds. Codes are texts; numbers, days and instants are so in Excel too."""

HEADINGS_ROW = 4  # counted from 0, after title, what was asked for, when it was taken, and a line without anything
LONGEST_TEXT = 32_767  # that Excel takes in a cell


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, and its width in characters."""

    title: str
    width: int = 18


def write(
    target: BinaryIO, title: str, told: Sequence[str], columns: Sequence[Column], rows: Iterable[Sequence[Value]]
) -> None:
    """Write the workbook to `target`, with one line of `told` after another under the title."""
    # What people typed is never a formula nor a link, whatever sign it begins with.
    settings = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
                "strings_to_numbers": False}  # fmt: skip
    with xlsxwriter.Workbook(target, settings) as book:
        book.set_properties({"title": title})
        writer = _Writer(book)
        writer.head(title, told[: HEADINGS_ROW - 2], columns)
        last = HEADINGS_ROW
        for last, row in enumerate(rows, start=HEADINGS_ROW + 1):
            for place, value in enumerate(row):
                writer.cell(last, place, value)
        writer.sheet.autofilter(HEADINGS_ROW, 0, last, len(columns) - 1)


class _Writer:
    """Writes the only sheet of a workbook, from the top down."""

    def __init__(self, book: Any) -> None:
        self.sheet = book.add_worksheet("Lista")
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.head_format = book.add_format({"bold": True, "bg_color": "#E5ECF8", "text_wrap": True, "valign": "top"})
        self.text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        self.number = book.add_format({"num_format": "#,##0.######", "valign": "top"})
        self.whole = book.add_format({"num_format": "0", "valign": "top"})
        self.day = book.add_format({"num_format": "yyyy-mm-dd", "align": "left", "valign": "top"})
        self.moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm", "align": "left", "valign": "top"})

    def head(self, title: str, told: Sequence[str], columns: Sequence[Column]) -> None:
        for place, column in enumerate(columns):
            self.sheet.set_column(place, place, column.width)
        self.sheet.freeze_panes(HEADINGS_ROW + 1, 0)
        self.sheet.write_string(0, 0, title, self.title)
        for line, words in enumerate(told, start=1):
            self.sheet.write_string(line, 0, words[:LONGEST_TEXT])
        for place, column in enumerate(columns):
            self.sheet.write_string(HEADINGS_ROW, place, column.title, self.head_format)

    def cell(self, line: int, place: int, value: Value) -> None:
        match value:
            case None | "":
                pass
            case datetime():  # before `date`, which it also is
                self.sheet.write_datetime(line, place, local(value).replace(tzinfo=None), self.moment)
            case date():
                self.sheet.write_datetime(line, place, value, self.day)
            case int():
                self.sheet.write_number(line, place, value, self.whole)
            case Decimal():
                self.sheet.write_number(line, place, float(value), self.number)
            case _:
                self.sheet.write_string(line, place, value[:LONGEST_TEXT], self.text)
