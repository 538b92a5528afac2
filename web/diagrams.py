"""Diagrams as pages show them: a drawing coloured by state, and what each called diagram is called."""

from collections.abc import Mapping

from markupsafe import Markup
from sqlalchemy.orm import Session

from engine import definitions
from engine import drawing
from engine.models import Definition


def picture(session: Session, definition: Definition, key: str, states: Mapping[str, str]) -> Markup:
    """The SVG of the diagram in which `key` stands; elements carry their state as a class."""
    return Markup(drawing.svg(definitions.diagram(session, definition.id, key), states))


def titles(session: Session, definition: Definition) -> dict[str, str]:
    """Each diagram of a definition by key, named as the step that calls it."""
    named = {definition.key: definition.title}
    for elements in definitions.bundle(session, definition).elements.values():
        named.update({element.called: element.name for element in elements if element.called})
    return {key: named.get(key, key) for key in definitions.process_keys(session, definition.id)}
