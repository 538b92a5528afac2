"""Characters that no text may keep: control characters, half characters, and those that turn the direction of reading.

PostgreSQL cannot store a NUL, UTF-8 cannot write half a character, and a name that reads backwards deceives whoever
reads it. What people paste is cleaned; what programs send is refused (`edge.bodies`).
"""

import re

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_BREAKS = re.compile("[\x0b\x0c\x85]")


def is_printable(text: str) -> bool:
    """Whether `text` is of visible signs, blanks, line breaks and tabs alone: sooner told than what else is in it."""
    return text.isprintable() or text.replace("\n", "").replace("\t", "").isprintable()


def is_forbidden(text: str) -> bool:
    """Whether some character of `text` may not be kept."""
    return not is_printable(text) and _FORBIDDEN.search(text) is not None


def clean(text: str) -> str:
    """`text` without them; the line breaks of word processors become ordinary ones."""
    return _FORBIDDEN.sub("", _BREAKS.sub("\n", text)) if is_forbidden(text) else text


def too_long(text: str, most: int, what: str) -> str:
    """Why `text` is too long for `what`, named as people read it; empty when it has at most `most` characters."""
    length = len(text.strip())
    if length <= most:
        return ""
    return f"Escriba como máximo {_grouped(most)} caracteres en «{what}»: tiene {_grouped(length)}."


def _grouped(number: int) -> str:
    return f"{number:,}".replace(",", ".")
