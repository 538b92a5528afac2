"""A SETA report as an Excel workbook: one row per plan."""

from collections.abc import Mapping
from collections.abc import Sequence
from decimal import Decimal
from io import BytesIO
from typing import Any

import xlsxwriter

COLUMNS = (
    ("Producto", 40), ("Entidad", 30), ("Asesorías", 12), ("Hitos del mes", 50), ("Otros movimientos", 50),
    ("Avance reportado (%)", 20),
    ("Avance verificado (%)", 20), ("Sin novedad", 12), ("Observación", 60),
)  # fmt: skip


def workbook(title: str, rows: Sequence[Mapping[str, Any]]) -> bytes:
    """The workbook of these rows. What people typed is written as text, never as a formula."""
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": title})
    sheet = book.add_worksheet("SETA")
    bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    sheet.write_string(0, 0, title, bold)
    for column, (label, width) in enumerate(COLUMNS):
        sheet.set_column(column, column, width, wrapped)
        sheet.write_string(2, column, label, bold)
    for line, row in enumerate(rows, start=3):
        for column, value in enumerate(_cells(row)):
            if isinstance(value, str):
                sheet.write_string(line, column, value)
            else:
                sheet.write_number(line, column, value)
    sheet.freeze_panes(3, 0)
    book.close()
    return out.getvalue()


def _cells(row: Mapping[str, Any]) -> list[str | int | float]:
    return [
        row["product"], row["entity"], row["advisories"], "; ".join(row["milestones"]), "; ".join(row.get("steps", ())),
        float(Decimal(row["reported"])), float(Decimal(row["verified"])), "Sí" if row["quiet"] else "No",
        row["remark"],
    ]  # fmt: skip
