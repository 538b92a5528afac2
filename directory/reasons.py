"""What counts as a reason: it stays in a history for whoever asks one day, so it must say something."""

import re

from db.errors import InvalidData

SHORT = "Lo escrito no basta: use al menos una palabra, de dos letras o más."
_WORD = re.compile(r"[^\W\d_]{2}")


def told(reason: str) -> bool:
    """Whether `reason` has a word in it: two letters together at least, which «.», «1» and «x» have not."""
    return _WORD.search(reason) is not None


def demand(reason: str, message: str, path: str = "reason") -> str:
    """`reason` without blanks around it. Raises InvalidData at `path`, with `message`, when it has no word."""
    if not told(reason):
        raise InvalidData({path: [wanting(reason, message)]})
    return reason.strip()


def wanting(reason: str, message: str) -> str:
    """`message`, which asks for a reason; of one that was written and says nothing, also what is missing in it."""
    return f"{message} {SHORT}" if reason.strip() else message
