"""Diagrams as pages show them: drawn and coloured by state, named, and two versions of them compared."""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup
from sqlalchemy.orm import Session

from engine import comparing
from engine import definitions
from engine import drawing
from engine.bundle import Bundle
from engine.comparing import Change
from engine.models import Definition

CHANGED = {comparing.ADDED: "Se agrega", comparing.CHANGED: "Cambia", comparing.REMOVED: "Se retira"}


@dataclass(frozen=True, slots=True)
class Compared:
    """Two versions beside each other: one diagram of them drawn, and everything that changes told in words.

    `titles` are the diagrams that change; `before` is empty when nothing there is changed or gone.
    """

    titles: Mapping[str, str]
    shown: str
    after: Markup
    before: Markup
    changes: Sequence[tuple[str, Sequence[Change]]]  # title of a diagram, or of the forms → what changes there


def picture(session: Session, definition: Definition, key: str, states: Mapping[str, str]) -> Markup:
    """The SVG of the diagram in which `key` stands; elements carry their state as a class."""
    return Markup(drawing.svg(definitions.diagram(session, definition.id, key), states))


def titles(session: Session, definition: Definition) -> dict[str, str]:
    """Each diagram of a definition by key, named as the step that calls it."""
    return _titles(definitions.bundle(session, definition), definition.title)


def compared(before: Bundle | None, after: Bundle, changes: Sequence[Change], title: str, wanted: str) -> Compared:
    """What `changes` between two versions of the process called `title`, with the diagram `wanted` if it changes."""
    named = {**(_titles(before, title) if before is not None else {}), **_titles(after, title)}
    keys = [key for key in named if any(one.process_key == key for one in changes)]
    shown = wanted if wanted in keys else next(iter(keys), after.key)
    now = comparing.states(list(changes), shown)
    then = {name: state for name, state in now.items() if state != comparing.ADDED}
    told = [(named[key], [one for one in changes if one.process_key == key]) for key in keys]
    told += [("Formularios", forms)] if (forms := [one for one in changes if not one.process_key]) else []
    return Compared(
        {key: named[key] for key in keys}, shown, _drawn(after, shown, now),
        _drawn(before, shown, then) if then else Markup(""), told,
    )  # fmt: skip


def _drawn(bundle: Bundle | None, key: str, states: Mapping[str, str]) -> Markup:
    """The diagram `key` of a version; nothing when it does not have it."""
    if bundle is None or key not in bundle.elements:
        return Markup("")
    return Markup(drawing.svg(bundle.files[bundle.file_of(key)].encode(), states))


def _titles(bundle: Bundle, title: str) -> dict[str, str]:
    named = {bundle.key: title}
    for elements in bundle.elements.values():
        named.update({element.called: element.name for element in elements if element.called})
    keys = [bundle.key, *(key for key in bundle.elements if key != bundle.key)]
    return {key: named.get(key, key) for key in keys}
