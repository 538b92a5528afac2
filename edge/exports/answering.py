"""Answering a list as a workbook: all its pages, read one after another, and sent as they lie on the disk."""

from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime
from tempfile import TemporaryFile
from typing import Any
from typing import BinaryIO
from urllib.parse import quote

from flask import Response
from flask import request
from sqlalchemy.orm import Session

from db import clock
from db import reading
from db.errors import InvalidData
from db.paging import MAX_LIMIT
from db.paging import Page
from directory.principal import Principal
from edge import personal_reads
from edge import words
from edge.exports.asked import in_words
from edge.exports.export import Export
from edge.file_names import file_name
from forms import list_workbook
from forms.list_workbook import Value

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ARGUMENT, WANTED = "formato", "xlsx"
MOST_ROWS = 20_000
"""So many rows leave at once: more would keep a worker busy for the better part of a minute."""

Read = Callable[[Session, dict[str, Any]], Page[Any]]
"""A page of a list: given which (`limit`, `cursor`), as every listing takes them."""


def by_page() -> bool:
    """Whether the address of this page asks for its list as a workbook."""
    return request.args.get(ARGUMENT) == WANTED


def by_program() -> bool:
    """Whether this call to the API asks for a workbook in `Accept`."""
    return request.accept_mimetypes.best_match(["application/json", XLSX], "application/json") == XLSX


def workbook(export: Export, read: Read, filters: Any, *, by: Principal, purpose: str = "") -> Response:
    """All rows that `read` gives, as a file to be saved; `purpose` is what personal data are taken out for.

    Raises InvalidData when there are more than `MOST_ROWS`, or without the purpose of an `export.personal`, before
    anything is sent.
    """
    now = clock.now()
    purpose = personal_reads.demand_purpose(purpose) if export.personal else ""
    ids: list[int] = []
    with ExitStack() as unsent:
        target = unsent.enter_context(TemporaryFile())
        with reading() as session:
            told = (_taken(by, now), in_words(session, filters, export.words))
            list_workbook.write(target, export.title, told, export.columns, _rows(session, export, read, ids))
            if export.personal:
                asked = in_words(session, filters, export.words)
                personal_reads.note(export.personal, ids, count=len(ids), asked=asked, purpose=purpose)
        unsent.pop_all()  # it is closed when the answer was sent
    return _sent(target, file_name(export.title, clock.local_date(now).isoformat(), ending="xlsx"))


def whole(rows: Sequence[Any]) -> Read:
    """The reader of a list that is read in one piece."""
    return lambda session, part: Page(list(rows), "")


def _taken(by: Principal, now: datetime) -> str:
    return f"Descargado el {words.long_date(now)} a las {words.clock_time(now)} por {by.name}"


def _rows(session: Session, export: Export, read: Read, ids: list[int]) -> Iterator[Sequence[Value]]:
    """The cells of every row; the ids of the rows of personal data are put in `ids`."""
    count, cursor = 0, ""
    while True:
        page = read(session, {"limit": MAX_LIMIT, "cursor": cursor})
        count += len(page.items)
        ids.extend(row.id for row in page.items if export.personal)
        if count > MOST_ROWS:
            raise too_long()
        yield from export.cells(session, page.items)
        cursor = page.next_cursor
        session.expunge_all()  # what was written is needed no more
        if not cursor:
            return


def too_long() -> InvalidData:
    """What is said of a list that is longer than a workbook may be."""
    most = words.number(MOST_ROWS, places=0)
    sentence = f"La lista tiene más de {most} filas, que son las que se descargan de una vez. Acótela con los filtros."
    return InvalidData({"": [sentence]}, sentence)


def _sent(target: BinaryIO, name: str) -> Response:
    length = target.tell()
    target.seek(0)
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}", "Content-Length": str(length),
    }  # fmt: skip
    response = Response(_pieces(target), content_type=XLSX, headers=headers)
    response.call_on_close(target.close)
    return response


def _pieces(target: BinaryIO) -> Iterator[bytes]:
    with target:
        while piece := target.read(64 * 1024):
            yield piece
