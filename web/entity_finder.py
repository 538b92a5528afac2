"""Finding entities for a question of a form: a search by name or code, and whole departments.

Without JavaScript a button of the form looks for what was typed, after keeping the draft, and its answer stands in the
page; with it the same list comes while one types.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import request
from sqlalchemy.orm import Session

from directory import entities
from directory.entities import label

SEARCH, DEPARTMENT = "__search", "__department"
FIND, BRING = "find-entities", "add-department"  # the verbs of its buttons
TEXT, WHERE = "entidad", "en"  # in the address: what was looked for, and for which question
MOST = 12
"""So many entities are offered at once: who sees more types more."""


@dataclass(frozen=True, slots=True)
class Finder:
    """What a page offers for finding entities. `found` are those that hold `text`, for the question at `path`."""

    departments: list[tuple[str, str]]
    path: str = ""
    text: str = ""
    found: tuple[tuple[int, str], ...] = ()
    more: bool = False


def finder(session: Session) -> Finder:
    """The departments, and what the address asks to look for."""
    every = [(row.code, row.name) for row in entities.departments(session)]
    path, text = request.args.get(WHERE, "")[:100], request.args.get(TEXT, "").strip()[:100]
    if not (path and text):
        return Finder(every)
    found = look(session, text)
    return Finder(every, path, text, tuple(found[:MOST]), more=len(found) > MOST)


def look(session: Session, text: str) -> list[tuple[int, str]]:
    """Id and name with department of the entities that `text` may mean, the likeliest first: one more than MOST."""
    rows = entities.search(session, text, limit=MOST + 1) if entities.normalise(text) else []
    places = {row.code: row for row in entities.departments(session)}
    return [(row.id, label(row, places[row.department_code])) for row in rows]


def as_json(found: Iterable[tuple[int, str]]) -> dict[str, Any]:
    """What the script of the page shows: at most MOST, and whether there are more."""
    rows = list(found)
    return {"items": [{"id": key, "label": name} for key, name in rows[:MOST]], "more": len(rows) > MOST}


def department_lines(pressed: str) -> dict[str, list[str]]:
    """Name of the question → a line that brings every municipality of the chosen department, when that was pressed."""
    verb, _, name = pressed.partition(":")
    code = request.form.get(f"{name}{DEPARTMENT}", "")
    return {name: [f"municipios de {code}"]} if verb == BRING and code else {}


def asked(pressed: str) -> str:
    """What goes into the address of the page so that it looks for what was typed, when that was pressed."""
    verb, _, name = pressed.partition(":")
    text = request.form.get(f"{name}{SEARCH}", "").strip()
    return urlencode({WHERE: name, TEXT: text}) if verb == FIND and text else ""
