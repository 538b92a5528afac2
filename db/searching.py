"""Text as searches compare it: without accents and capitals, alike on both databases; singular and plural as one.

SQLite is given the function `bare`; PostgreSQL does the same with `translate`, without an extension. What is searched
is looked for inside the text, so that a plural is folded once, in the word that was typed: what is left of it stands in
the singular and in the plural alike.
"""

import sqlite3
from functools import lru_cache
from typing import Any

from sqlalchemy import Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

_ACCENTED = "áàâäãåéèêëíìîïóòôöõúùûüñçýÿºª"
_PLAIN = "aaaaaaeeeeiiiiooooouuuuncyyoa"
_UPPER = "".join(chr(code) for code in range(ord("A"), ord("Z") + 1))
# Capitals too: `lower` of PostgreSQL knows no accents under every locale.
_PAIRED = [(one.upper(), other) for one, other in zip(_ACCENTED, _PLAIN, strict=True) if len(one.upper()) == 1]
_FROM = _UPPER + _ACCENTED + "".join(one for one, other in _PAIRED if one not in _ACCENTED)
_TO = _UPPER.lower() + _PLAIN + "".join(other for one, other in _PAIRED if one not in _ACCENTED)
_TABLE = str.maketrans(_FROM, _TO)

_SHORTEST = 3  # letters that must be left: of less, nobody knows what was meant
_FINAL = "dlnrsjy"  # consonants in which a Spanish noun ends; its plural adds «es»


def forms(word: str) -> tuple[str, ...]:
    """The pieces of text of which one stands wherever the folded `word` stands, in singular or in plural.

    «bancos» → «banco»; «planes» → «plan»; «redes» → «red»; «raices» → «raice», «raiz»; «plan» → «plan».
    """
    if len(word) <= _SHORTEST or not word.isalpha():
        return (word,)
    if word.endswith("z"):
        return (word, f"{word[:-1]}ces")
    if word.endswith("ces"):
        return (word[:-1], f"{word[:-3]}z")
    if word.endswith("es") and word[-3] in _FINAL and len(word) - 2 >= _SHORTEST:
        return (word[:-2],)
    return (word[:-1],) if word.endswith(("as", "es", "os")) else (word,)


class bare(GenericFunction[str]):  # noqa: N801  # a function of the database
    """`bare(column)`: its text without accents and capitals."""

    type = Text()
    name = "bare"
    inherit_cache = True


@compiles(bare, "postgresql")
def _on_postgresql(element: Any, compiler: Any, **options: Any) -> str:
    return f"translate({compiler.process(element.clauses, **options)}, '{_FROM}', '{_TO}')"


def prepare(connection: sqlite3.Connection) -> None:
    """Teach a connection of SQLite the function."""
    connection.create_function("bare", 1, _folded, deterministic=True)


@lru_cache(maxsize=2**15)
def _folded(text: str | None) -> str | None:
    """The same titles are searched again and again: finding one in the cache costs a tenth of folding it."""
    return text if text is None else str(text).translate(_TABLE)
