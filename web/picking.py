"""Choosing a person, or entities: a list, and beside it a search by name when the list would be too long to read.

The search is a button of the same form, so it works without JavaScript and loses nothing of what was typed. It is the
first button of its form: that is the one which browsers press on Enter, and looking for a name is never the act itself.
Of what may be marked by the dozen nothing stands there until it is looked for, and then a page at a time.
"""

from collections.abc import Container
from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass

from flask import request

from directory.names import normalise

MOST = 200
PAGE = 25
"""So many of what may be marked are shown at once."""
SEARCH = "_buscar"  # the button that looks for somebody, with the name of the question
NARROWED = "_buscado"  # what the list that is shown was narrowed to, with the name of the question
SEEN = "_vistas"  # how many of what was found are shown, with the name of the question
FURTHER = "+"  # after the name of the question, the value of the button that shows more of what was found


@dataclass(frozen=True, slots=True)
class Picker:
    """What a question offers. `more` says that there are others: to be found by name, or on the next page."""

    name: str
    options: list[tuple[int, str]]
    value: str
    text: str = ""
    searchable: bool = False
    more: bool = False
    matching: int = 0  # how many of the options have the words typed: who was chosen before may have others
    found: int = 0  # how many have them in all

    @property
    def box(self) -> str:
        """The name of the box where a name is typed."""
        return f"{self.name}{SEARCH}"


def asked() -> bool:
    """Whether somebody looks for a name: the page is to be shown again, and nothing done.

    They pressed the button of a search, or wrote in its box and have not seen what was found.
    """
    boxes = (name.removesuffix(SEARCH) for name in request.form if name.endswith(SEARCH))
    return SEARCH in request.form or any(typed_anew(name) for name in boxes)


def picker(name: str, offered: Sequence[tuple[int, str]], value: object = "") -> Picker:
    """The people `offered` for the question `name`, narrowed to the words typed in its box.

    Whoever is chosen stays in the list, so that searching again does not lose the choice.
    """
    chosen = str(value or "")
    return _narrowed(name, offered, chosen, {chosen})


def several(name: str, offered: Sequence[tuple[int, str]], chosen: Iterable[int]) -> Picker:
    """What is `offered` for a question of which several may be marked; what is marked stays.

    Where they are too many to read, they are looked for by name and come a page at a time.
    """
    if len(offered) <= MOST:
        return Picker(name, list(offered), "")
    text, found = _found(name, offered)
    shown = found[: _seen(name, text)]
    return _with_chosen(name, offered, found, shown, {str(key) for key in chosen}, text=text)


def typed_anew(name: str) -> bool:
    """Whether other words stand in the box of a question than those that its list was narrowed to."""
    text = request.form.get(f"{name}{SEARCH}", "").strip()
    return text != request.form.get(f"{name}{NARROWED}", "").strip()


def _seen(name: str, text: str) -> int:
    """How many of what is found for `text` are to be shown."""
    if request.method == "GET":
        return PAGE if text else 0
    seen, pressed = request.form.get(f"{name}{SEEN}", 0, type=int), request.form.get(SEARCH)
    if pressed == f"{name}{FURTHER}":
        return max(seen, 0) + PAGE
    return PAGE if pressed == name or typed_anew(name) else max(seen, 0)


def _narrowed(name: str, offered: Sequence[tuple[int, str]], value: str, chosen: Container[str]) -> Picker:
    if len(offered) <= MOST:
        return Picker(name, list(offered), value)
    text, found = _found(name, offered)
    return _with_chosen(name, offered, found, found[:MOST], chosen, text=text, value=value)


def _found(name: str, offered: Sequence[tuple[int, str]]) -> tuple[str, list[tuple[int, str]]]:
    """The words typed in the box of the question `name`, and those `offered` that have them all."""
    text = request.values.get(f"{name}{SEARCH}", "").strip()
    words = normalise(text).split()
    return text, [one for one in offered if all(word in normalise(one[1]) for word in words)]


def _with_chosen(
    name: str, offered: Sequence[tuple[int, str]], found: list[tuple[int, str]], shown: list[tuple[int, str]],
    chosen: Container[str], *, text: str, value: str = "",
) -> Picker:  # fmt: skip
    kept = [one for one in offered if str(one[0]) in chosen and one not in shown]
    return Picker(
        name, kept + shown, value, text, searchable=True, more=len(found) > len(shown), matching=len(shown),
        found=len(found),
    )  # fmt: skip
