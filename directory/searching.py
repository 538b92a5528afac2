"""The one way in which lists search: every word typed, in any of some columns, whatever the accents, the capitals
and the number.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy import or_

from db.searching import bare
from db.searching import forms
from directory.names import normalise


def words(text: str) -> list[str]:
    """The words of `text` as they are compared; of signs alone, those signs."""
    return normalise(text).split() or text.split()


def holding(text: str, *columns: Any, also: Sequence[Any] = ()) -> list[ColumnElement[bool]]:
    """Conditions: each word of `text` stands in one of `columns`, or in one of `also`, which are kept normalised.

    Singular and plural are one (`db.searching.forms`).
    """
    return [_in_one([bare(column) for column in columns] + list(also), word) for word in words(text)]


def standing(word: str, *columns: Any) -> ColumnElement[bool]:
    """The condition that `word`, one of `words`, stands in one of `columns`, in singular or in plural."""
    return _in_one([bare(column) for column in columns], word)


def found(text: str, told: str) -> bool:
    """Whether every word of `text` stands in `told`: for short lists that are read whole."""
    plain = normalise(told)
    return all(any(form in plain or form in told for form in forms(word)) for word in words(text))


def _in_one(columns: Sequence[Any], word: str) -> ColumnElement[bool]:
    return or_(*(column.contains(form, autoescape=True) for column in columns for form in forms(word)))
