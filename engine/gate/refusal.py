"""How a bundle is refused: with the place and a word for programs."""

from collections.abc import Sequence
from typing import NoReturn

from db.errors import DefinitionError
from engine.bundle import Bundle
from engine.bundle import Element
from engine.bundle import Flow

MOST = 20
"""So many problems are told at once; whoever drew the diagram mends them together."""


def refuse(bundle: Bundle, where: Element | Flow, message: str, code: str) -> NoReturn:
    """Refuse for something at an element or an arrow. Raises DefinitionError."""
    raise refusal(bundle, where, message, code)


def refusal(bundle: Bundle, where: Element | Flow, message: str, code: str) -> DefinitionError:
    """What `refuse` raises."""
    file = bundle.file_of(where.process_key)
    return DefinitionError(message, file=file, element=where.id, line=where.line, code=code)


def refuse_for(found: Sequence[DefinitionError]) -> None:
    """Refuse for everything found, a line for each; for nothing when it is empty. The place is that of the first.

    Raises DefinitionError.
    """
    if not found:
        return
    first = found[0]
    if len(found) > 1:
        first.message = "\n".join(one.message for one in found[:MOST])
        first.args = (first.message,)
    raise first
