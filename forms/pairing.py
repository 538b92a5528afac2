"""Which row of a table is which in another version of it: rows are added, moved and edited, and stay the same row."""

from collections import Counter
from collections.abc import Mapping
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Any

from forms.answers import is_empty
from forms.declaration import Field
from forms.declaration import Kind

ALIKE = 0.5  # how much of what two rows say must be the same for one to be an edit of the other
WRITTEN = (Kind.TEXT, Kind.LONG_TEXT, Kind.TEXTS)
LITTLE = 0.3  # of their words, below which rows are different ones
NAMED = 3  # a question of text tells a row better than an option or a number

Row = Mapping[str, Any]
Pair = tuple[int | None, int | None]


def pairs(table: Field, old: Sequence[Row], new: Sequence[Row]) -> list[Pair]:
    """Positions in `old` and in `new` of the same row; None where a row is gone or came.

    Rows that the case gives are known by their first fixed column. Of others, the same row is the one that says the
    same, wherever it stands; then the one that says most of the same; then the one between the same neighbours.
    In the order of `new`, those gone at the end.
    """
    places = _known(table, old, new) or _same(old, new)
    places.update(_alike(table, old, new, places))
    places.update(_between(len(old), len(new), places))
    kept = set(places.values())
    return [(places.get(at), at) for at in range(len(new))] + [(at, None) for at in range(len(old)) if at not in kept]


def moved(found: Sequence[Pair]) -> set[int]:
    """Positions in the new version of rows that changed places with others, the fewest that explain the order."""
    both = [(i, j) for i, j in found if i is not None and j is not None]
    order = [i for i, _ in both]
    stayed = {order[block.a + step] for block in _runs(order) for step in range(block.size)}
    return {j for i, j in both if i not in stayed}


def _runs(order: list[int]) -> Any:
    return SequenceMatcher(None, order, sorted(order), autojunk=False).get_matching_blocks()


def _known(table: Field, old: Sequence[Row], new: Sequence[Row]) -> dict[int, int]:
    """Rows that the case gives, by their position in `new`."""
    column = next((item.name for item in table.columns if item.fixed), "")
    places = {str(row[column]): at for at, row in enumerate(old) if column and not is_empty(row.get(column))}
    return {at: places[str(row[column])] for at, row in enumerate(new) if str(row.get(column)) in places}


def _same(old: Sequence[Row], new: Sequence[Row]) -> dict[int, int]:
    """Rows that say exactly the same, by their position in `new`: first those that kept their order."""
    keys = [[repr(sorted(_said(row).items())) for row in items] for items in (old, new)]
    found: dict[int, int] = {}
    for block in SequenceMatcher(None, keys[0], keys[1], autojunk=False).get_matching_blocks():
        found.update({block.b + step: block.a + step for step in range(block.size)})
    left = [at for at in range(len(old)) if at not in found.values()]
    for at, key in enumerate(keys[1]):
        twin = next((one for one in left if keys[0][one] == key), None) if at not in found else None
        if twin is not None:
            found[at] = twin
            left.remove(twin)
    return found


def _said(row: Row) -> dict[str, Any]:
    return {name: value for name, value in row.items() if not is_empty(value)}


def _alike(table: Field, old: Sequence[Row], new: Sequence[Row], known: Mapping[int, int]) -> dict[int, int]:
    taken = set(known.values())
    scored = [
        (likeness(table, before, after), -abs(i - j), i, j)
        for i, before in enumerate(old) if i not in taken
        for j, after in enumerate(new) if j not in known
    ]  # fmt: skip
    found: dict[int, int] = {}
    for score, _, i, j in sorted(scored, reverse=True):
        if score >= ALIKE and j not in found and i not in found.values():
            found[j] = i
    return found


def likeness(table: Field, one: Row, other: Row) -> float:
    """How much of what two rows say is the same, from 0 to 1; what neither says counts for nothing.

    Rows whose words have little in common are not alike, however many options and figures they share.
    """
    text, rest = [], []
    for column in table.columns:
        left, right = one.get(column.name), other.get(column.name)
        if column.kind in WRITTEN and not (is_empty(left) and is_empty(right)):
            text.append(_text_likeness(left, right))
        elif not (is_empty(left) and is_empty(right)):
            rest.append(float(left == right))
    if text and sum(text) / len(text) < LITTLE:
        return 0.0
    weight = NAMED * len(text) + len(rest)
    return (NAMED * sum(text) + sum(rest)) / weight if weight else 0.0


def _text_likeness(left: Any, right: Any) -> float:
    one, other = (Counter(str(side or "").casefold().split()) for side in (left, right))
    return 2 * (one & other).total() / ((one.total() + other.total()) or 1)


def _between(olds: int, news: int, known: Mapping[int, int]) -> dict[int, int]:
    """Rows that were rewritten where they stood: as many of them as before, between the same neighbours."""
    found: dict[int, int] = {}
    i = j = 0
    for new_end, old_end in [*sorted(known.items()), (news, olds)]:
        free = [at for at in range(i, old_end) if at not in known.values() and at not in found.values()]
        if len(free) == new_end - j == old_end - i:
            found.update(zip(range(j, new_end), free, strict=True))
        i, j = old_end + 1, new_end + 1
    return found
