"""Choosing a person, or entities: a list, and beside it a search by name when the list would be too long to read.

The search is a button of the same form, so it works without JavaScript and loses nothing of what was typed.
"""

from collections.abc import Container
from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass

from flask import request

from directory.names import normalise

MOST = 200
SEARCH = "_buscar"  # the button that looks for somebody, with the name of the question
NARROWED = "_buscado"  # what the list that is shown was narrowed to, with the name of the question


@dataclass(frozen=True, slots=True)
class Picker:
    """What a question about a person offers. `more` says that there are others, to be found by name."""

    name: str
    options: list[tuple[int, str]]
    value: str
    text: str = ""
    searchable: bool = False
    more: bool = False

    @property
    def box(self) -> str:
        """The name of the box where a name is typed."""
        return f"{self.name}{SEARCH}"


def asked() -> bool:
    """Whether the button pressed was that of a search: the page is to be shown again, and nothing done."""
    return SEARCH in request.form


def picker(name: str, offered: Sequence[tuple[int, str]], value: object = "") -> Picker:
    """The people `offered` for the question `name`, narrowed to the words typed in its box.

    Whoever is chosen stays in the list, so that searching again does not lose the choice.
    """
    chosen = str(value or "")
    return _narrowed(name, offered, chosen, {chosen})


def several(name: str, offered: Sequence[tuple[int, str]], chosen: Iterable[int]) -> Picker:
    """What is `offered` for a question of which several may be marked, narrowed as `picker`; what is marked stays."""
    return _narrowed(name, offered, "", {str(key) for key in chosen})


def typed_anew(name: str) -> bool:
    """Whether other words stand in the box of `several` than those that its list was narrowed to."""
    text = request.form.get(f"{name}{SEARCH}", "").strip()
    return text != request.form.get(f"{name}{NARROWED}", "").strip()


def _narrowed(name: str, offered: Sequence[tuple[int, str]], value: str, chosen: Container[str]) -> Picker:
    if len(offered) <= MOST:
        return Picker(name, list(offered), value)
    text = request.values.get(f"{name}{SEARCH}", "").strip()
    words = normalise(text).split()
    found = [one for one in offered if all(word in normalise(one[1]) for word in words)]
    kept = [one for one in offered if str(one[0]) in chosen and one not in found[:MOST]]
    return Picker(name, kept + found[:MOST], value, text, searchable=True, more=len(found) > MOST)
