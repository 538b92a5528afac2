"""Names as they are compared and as they are written."""

import re
import unicodedata

_WORD = re.compile(r"[a-z0-9]+")

_PARTICLES = frozenset({"de", "del", "el", "la", "las", "los", "y"})


def normalise(text: str) -> str:
    """`text` in lower-case ASCII words with one space between: «Bogotá, D.C.» → «bogota d c».

    Letters that are no Latin letter fall away; ñ becomes n, because sources often omit it.
    """
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join(_WORD.findall("".join(char for char in plain if not unicodedata.combining(char))))


def telling_words(name: str) -> frozenset[str]:
    """The words of a normalised name that tell it from others: without articles and prepositions."""
    return frozenset(name.split()) - _PARTICLES


def title_case(text: str) -> str:
    """A name in capitals as it is written in Spanish: «SAN JOSÉ DE LA MONTAÑA» → «San José de la Montaña»."""
    words = text.split()
    return " ".join(_cased(word, first=position == 0) for position, word in enumerate(words))


def _cased(word: str, *, first: bool) -> str:
    if "." in word:
        return word.upper()
    lower = word.lower()
    return lower if lower in _PARTICLES and not first else lower.capitalize()
