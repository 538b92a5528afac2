"""When two names that people typed are the same: capitals, accents and blanks make no difference. None is rewritten."""

import re
import unicodedata
from collections.abc import Iterable

# Accents of every letter, but for the tilde of the ñ, which is a letter of its own.
_ACCENTS = re.compile("[\u0300-\u0302\u0304-\u036f]|(?<!n)\u0303")


def likeness(name: object) -> str:
    """What a name shares with those that are the same: «  Fuente  Própia» and «fuente propia» give one text."""
    text = unicodedata.normalize("NFD", " ".join(str(name).split()).casefold())
    return unicodedata.normalize("NFC", _ACCENTS.sub("", text))


def first_typed(names: Iterable[str]) -> dict[str, str]:
    """Likeness → the name as it was typed first, without blanks around it; in the order in which they came."""
    found: dict[str, str] = {}
    for name in names:
        found.setdefault(likeness(name), name.strip())
    return found
