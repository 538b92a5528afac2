"""How much room the columns of a table want: one that would not fit beside the context gets the whole width of a large
page, or is drawn as cards where that is not enough either.

Estimates in pixels for the two ways to draw a cell, with its padding; the page itself only knows the room it has.
"""

from dataclasses import dataclass

from forms.answers import limit
from forms.declaration import Field
from forms.declaration import Kind

ROOM = 720  # below it forms.css draws every table as cards
WIDE = 1160  # what a table has where the context stands below it, on a screen of 1280
SHORT = 50  # characters that still fit in a box of one line
LONG_OPTION, LONGEST_OPTION = 20, 36  # characters of an option that asks for twice the room, and for a whole line

_NUMBER = 36
_ACTS = 166
_EDITED = {
    Kind.TEXT: 190,
    Kind.LONG_TEXT: 220,
    Kind.INTEGER: 100,
    Kind.YEAR: 100,
    Kind.DECIMAL: 110,
    Kind.MONEY: 160,
    Kind.PERCENT: 110,
    Kind.DATE: 166,
    Kind.MONTH: 166,
    Kind.BOOLEAN: 110,
    Kind.URL: 200,
    Kind.EMAIL: 200,
    Kind.ENTITY: 240,
    Kind.FILES: 280,
}
_READ = {
    Kind.TEXT: 130,
    Kind.LONG_TEXT: 180,
    Kind.INTEGER: 80,
    Kind.YEAR: 80,
    Kind.DECIMAL: 90,
    Kind.MONEY: 120,
    Kind.PERCENT: 80,
    Kind.BOOLEAN: 80,
    Kind.URL: 170,
    Kind.EMAIL: 170,
}
_EDITED_OTHERWISE, _READ_OTHERWISE = 180, 125
_NARROW = {
    Kind.TEXT: 140,
    Kind.LONG_TEXT: 180,
    Kind.INTEGER: 84,
    Kind.YEAR: 84,
    Kind.DECIMAL: 96,
    Kind.MONEY: 136,
    Kind.PERCENT: 84,
    Kind.DATE: 150,
    Kind.MONTH: 150,
    Kind.BOOLEAN: 100,
    Kind.URL: 170,
    Kind.EMAIL: 170,
}
_NARROW_OTHERWISE, _NARROW_ACTS = 150, 140
_ROOMY = (Kind.FILES, Kind.ENTITY, Kind.ENTITIES, Kind.URL, Kind.EMAIL, Kind.PERSON)


def wraps(field: Field) -> bool:
    """Whether its text may be too long for a box of one line."""
    return field.kind in (Kind.LONG_TEXT, Kind.TEXTS) or (field.kind is Kind.TEXT and limit(field) > SHORT)


@dataclass(frozen=True, slots=True)
class Widths:
    """What the columns of `table` ask of the page."""

    table: Field

    @property
    def editing(self) -> bool:
        """Whether its rows are cards while it is filled in."""
        return _NUMBER + _ACTS + sum(_edited(column) for column in self.table.columns) > ROOM

    @property
    def wide(self) -> bool:
        """Whether its rows are cards only until the page gives it its whole width."""
        return self.editing and _NUMBER + _NARROW_ACTS + sum(_narrow(column) for column in self.table.columns) <= WIDE

    @property
    def reading(self) -> bool:
        """Whether its rows are cards where it is only read."""
        return _NUMBER + sum(_READ.get(column.kind, _READ_OTHERWISE) for column in self.table.columns) > ROOM


def room(field: Field) -> str:
    """The class of its cells: sentences, files and long options want twice the room of others, or a whole line."""
    if field.kind is Kind.CHOICE:
        longest = max((len(option.label) for option in field.options), default=LONG_OPTION + 1)
        return "f-full" if longest > LONGEST_OPTION else "f-roomy" if longest > LONG_OPTION else ""
    return "f-roomy" if wraps(field) or field.kind in _ROOMY else ""


def _narrow(column: Field) -> int:
    if column.kind is Kind.CHOICE or (column.kind in _ROOMY and column.kind not in _NARROW):
        return _edited(column)
    return _NARROW.get(column.kind, _NARROW_OTHERWISE)


def _edited(column: Field) -> int:
    if column.kind is Kind.TEXT and not wraps(column):
        return 130
    if column.kind is Kind.CHOICE and room(column):
        return 240 if room(column) == "f-roomy" else 420
    return _EDITED.get(column.kind, _EDITED_OTHERWISE)
