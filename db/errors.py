"""The one tree of errors.

AttError
├── NotFound        what was named does not exist, or not for this person
├── NotAllowed      the person may not do this
├── Conflict        someone was faster, or it was already done
│   └── NotNow      something else stands in the way, that nobody changed meanwhile
├── InvalidData     what was sent is wrong: path → messages
├── DefinitionError a diagram or bundle is refused: file, element, line
└── Unavailable     a part that is needed does not answer now

They carry data and a Spanish sentence; only the edge knows status codes.
"""

from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from contextlib import contextmanager


class AttError(Exception):
    """Base of every error the application raises on purpose."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotFound(AttError):
    """The thing asked for does not exist, or this person may not know that it does.

    `kind` is a Spanish noun with its article («la tarea»), `key` what was asked for.
    """

    def __init__(self, kind: str, key: object) -> None:
        super().__init__(f"No se encontró {kind} «{key}».")
        self.kind = kind
        self.key = key


class NotAllowed(AttError):
    """The person may not do `action`; `message` says why in words.

    `hidden` says that they may not even know that what they asked for is there.
    """

    def __init__(self, message: str, *, action: str = "", hidden: bool = False) -> None:
        super().__init__(message)
        self.action = action
        self.hidden = hidden


class Conflict(AttError):
    """The state changed before this request arrived; `message` says who and when."""

    def __init__(self, message: str, *, code: str = "conflict") -> None:
        super().__init__(message)
        self.code = code


class NotNow(Conflict):
    """Something that stands forbids it, and nobody changed it meanwhile; `message` says what."""


class InvalidData(AttError):
    """What was sent is wrong.

    `errors` maps a path such as `hitos/2/peso` (rows count from 0) to its messages;
    the empty path holds messages about the whole.
    """

    def __init__(self, errors: Mapping[str, Sequence[str]], message: str = "") -> None:
        super().__init__(message or "Hay datos por corregir.")
        self.errors = {path: list(messages) for path, messages in errors.items()}


@contextmanager
def gathered(errors: dict[str, list[str]]) -> Iterator[None]:
    """Put what is wrong into `errors` instead of raising it: whoever tells several things tells them all at once."""
    try:
        yield
    except InvalidData as error:
        errors |= error.errors


class DefinitionError(AttError):
    """A diagram or bundle is refused whole; says where."""

    def __init__(self, message: str, *, file: str = "", element: str = "", line: int = 0, code: str = "") -> None:
        where = ", ".join(part for part in (file, element, f"línea {line}" if line else "") if part)
        super().__init__(f"{message} ({where})" if where else message)
        self.file = file
        self.element = element
        self.line = line
        self.code = code


class Unavailable(AttError):
    """Something that is needed does not answer now; nothing was lost."""

    def __init__(self, message: str = "El servicio no está disponible en este momento. Intente de nuevo.") -> None:
        super().__init__(message)
