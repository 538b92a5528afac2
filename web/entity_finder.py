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

SEARCH, SEARCHED, DEPARTMENT = "__search", "__searched", "__department"
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
    path, text = _wanted()
    if not (path and text):
        return Finder(every)
    found = look(session, text)
    return Finder(every, path, text, tuple(found[:MOST]), more=len(found) > MOST)


def pressed(first: str) -> str:
    """The button that was pressed; `first` is what the first one of the form does, which Enter presses in any box.

    Words in the box of a search that were not looked for yet are looked for before that is done.
    """
    action = request.form.get("_action") or first
    name = _typed_anew() if action == first else ""
    return f"{FIND}:{name}" if name else action


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


def _typed_anew() -> str:
    """The question in whose box stand words that were not looked for yet, if there is one."""
    for box in (name for name in request.form if name.endswith(SEARCH)):
        name, text = box.removesuffix(SEARCH), request.form[box].strip()
        if text and text != request.form.get(f"{name}{SEARCHED}", "").strip():
            return name
    return ""


def _wanted() -> tuple[str, str]:
    """The question that something is looked for, and what: in the address, or typed in a page that is shown again."""
    if WHERE in request.args:
        return request.args[WHERE][:100], request.args.get(TEXT, "").strip()[:100]
    verb, _, name = request.form.get("_action", "").partition(":")
    name = name if verb == FIND else _typed_anew()
    return name[:100], request.form.get(f"{name}{SEARCH}", "").strip()[:100]


def asked(pressed: str) -> str:
    """What goes into the address of the page so that it looks for what was typed, when that was pressed."""
    verb, _, name = pressed.partition(":")
    text = request.form.get(f"{name}{SEARCH}", "").strip()
    return urlencode({WHERE: name, TEXT: text}) if verb == FIND and text else ""
