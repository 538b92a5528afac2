"""How a bundle is refused: with the place and a word for programs."""

from typing import NoReturn

from db.errors import DefinitionError
from engine.bundle import Bundle
from engine.bundle import Element
from engine.bundle import Flow


def refuse(bundle: Bundle, where: Element | Flow, message: str, code: str) -> NoReturn:
    """Refuse for something at an element or an arrow. Raises DefinitionError."""
    file = bundle.file_of(where.process_key)
    raise DefinitionError(message, file=file, element=where.id, line=where.line, code=code)
