"""The PDF of a filled-in form: tagged (PDF/UA-1), so that screen readers follow it."""

from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import typst

from db.clock import local
from db.types import dumps
from forms.declaration import Form
from forms.display import Lookups
from forms.display import Shown
from forms.display import sections
from forms.words import capital
from forms.words import item
from forms.words import long_date

TEMPLATES = Path(__file__).parent / "templates"
LEAST_WIDTH, MOST_WIDTH, MARGIN = 8, 28, 3  # of a column, in letters, before they share the page
LONGEST_WORD = 20  # longer ones are divided
MOST_COLUMNS = 6  # that fit side by side on a portrait page; wider tables are printed row by row


@dataclass(frozen=True, slots=True)
class Part:
    """A section of a document besides the answers of its form: lines (on what, what is said), answers, one table."""

    title: str
    lines: Sequence[tuple[str, str]] = ()
    answers: Sequence[Shown] = ()
    head: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    totals: str = ""


def pdf(
    form: Form,
    data: Mapping[str, Any],
    *,
    at: datetime,
    names: Lookups | None = None,
    title: str = "",
    code: str = "",
    author: str = "",
    facts: Iterable[tuple[str, str]] = (),
    before: Iterable[Part] = (),
    after: Iterable[Part] = (),
) -> bytes:
    """The answers `data` to `form` as PDF.

    `at` is when they were sent; `code` is their receipt, repeated on every page; `facts` are further lines under the
    title; `before` and `after` are sections around the answers. The same arguments give the same bytes.
    """
    head = [("Radicado", code), ("Fecha", long_date(local(at).date().isoformat())), ("Presentado por", author), *facts]
    answered = [Part(heading, answers=answers) for heading, answers in sections(form, data, names or Lookups())]
    return paper(title or form.title, head, [*before, *answered, *after], at=at, code=code, author=author)


def paper(
    title: str, facts: Iterable[tuple[str, str]], parts: Iterable[Part], *, at: datetime, code: str = "",
    author: str = "",
) -> bytes:  # fmt: skip
    """Some `parts` under a title and its `facts` (on what, what is said; those that say nothing are left out) as PDF.

    `code` stands on every page. The same arguments give the same bytes.
    """
    content = {
        "title": title,
        "code": code,
        "author": author,
        "facts": [{"label": label, "value": value} for label, value in facts if value],
        "sections": [_section(part) for part in parts],
    }
    return compose("form.typ", content, at=at)


def compose(template: str, content: Mapping[str, Any], *, at: datetime) -> bytes:
    """The PDF of `template` (a name in forms/templates) with `content`, which it reads as data."""
    made = typst.compile(
        TEMPLATES / template,
        root=TEMPLATES,
        sys_inputs={"data": dumps(content)},
        pdf_standards="ua-1",
        timestamp=at,
    )
    assert isinstance(made, bytes)
    return made


def _section(part: Part) -> dict[str, Any]:
    blank: dict[str, Any] = {"label": "", "text": "", "head": (), "rows": (), "totals": "", "wide": False, "item": "",
                             "widths": ()}  # fmt: skip
    answers = [{**blank, "label": label, "text": text} for label, text in part.lines]
    answers += [_answer(shown) for shown in part.answers]
    if part.head:
        widths = _widths(part.head, part.rows)
        answers.append({**blank, "head": part.head, "rows": part.rows, "totals": part.totals, "widths": widths})
    return {"title": part.title, "answers": answers}


def _widths(head: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[int, ...]:
    """The share of the page of each column: room for its longest word, and more the longer what it says."""
    columns = zip(head, *rows, strict=True) if rows else ((label,) for label in head)
    return tuple(_width(cells) for cells in columns)


def _width(cells: Sequence[str]) -> int:
    words = [len(word) for cell in cells for word in cell.split()]
    longest = min(max(words, default=0), LONGEST_WORD)
    return max(longest + MARGIN, LEAST_WIDTH, min(max(map(len, cells)) // 3, MOST_WIDTH))


def _answer(shown: Shown) -> dict[str, Any]:
    pairs = zip(shown.head, shown.totals, strict=True) if shown.totals else ()
    totals = "; ".join(f"Suma de {label.lower()}: {total}" for label, total in pairs if total)
    return {
        "label": shown.field.label,
        "text": shown.text,
        "head": shown.head,
        "rows": shown.rows,
        "totals": totals,
        "wide": len(shown.head) > MOST_COLUMNS,
        "widths": _widths(shown.head, shown.rows),
        "item": capital(item(shown.field)),
    }
