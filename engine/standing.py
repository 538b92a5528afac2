"""Where a case stands, read from its stored state: what waits, what it came by, and whether another version has it all.

The state names parts of the diagrams; it holds none of them. So it can be given to another version, as long as that one
has every part that is named, and of the same class. Work items keep their ids: tasks, drafts and terms hang on them.
"""

import json
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from db import packed
from engine.bundle import Bundle
from engine.bundle import Element
from engine.spiff import FINISHED
from engine.spiff import LIVE
from engine.spiff import Specs

_ID, _PARENT, _STATE, _NAME, _CHILDREN = 0, 1, 2, 3, 6  # places in a stored item (engine/spiff.py: _tree)
SPLIT = ".BoundaryEventSplit"
_JOIN = ".BoundaryEventJoin"
_ASKING = (None, "ParallelGateway", "_EndJoin", "_BoundaryEventJoin")  # classes of what asks by which parts one came


@dataclass(frozen=True, slots=True)
class Item:
    """A stored part of a case: where it stands, whether it waits, and after which part it came."""

    scope: str
    name: str
    live: bool
    after: str

    @property
    def element(self) -> str:
        """The element of the diagram to which it belongs."""
        return of_element(self.name)


def of_element(name: str) -> str:
    """The element of the diagram for which the library made the part called `name`."""
    return name.removesuffix(SPLIT).removesuffix(_JOIN)


class Standing:
    """A stored state, opened."""

    def __init__(self, state: bytes) -> None:
        self.stored: dict[str, Any] = json.loads(packed.unpack(state))

    def items(self) -> Iterator[Item]:
        """Everything that is stored, process by process."""
        for tree in self._trees():
            names = {row[_ID]: row[_NAME] for row in tree["tasks"]}
            for row in tree["tasks"]:
                yield Item(tree["spec"], row[_NAME], bool(row[_STATE] & LIVE), names.get(row[_PARENT], ""))

    def bridged(self, specs: Specs) -> "Standing":
        """The same without the finished parts that `specs` does not have and nothing asks for any more.

        What came after such a part comes after the one before it. A join asks what came to it: that stays.
        """
        for tree in self._trees():
            kinds = specs.kinds(tree["spec"])
            for row in [row for row in tree["tasks"] if _is_gone(row, tree, kinds)]:
                _take_out(row, tree)
        return self

    def dumped(self) -> bytes:
        """The state as it is stored."""
        return packed.pack(json.dumps(self.stored, separators=(",", ":")))

    def _trees(self) -> list[dict[str, Any]]:
        return [self.stored["top"], *self.stored["subs"].values()]


def missing(standing: Standing, old: Bundle, new: Specs) -> Iterator[tuple[Item, Element | None]]:
    """What is stored that the version `new` does not have, or has as something else, with its element of before."""
    for item in standing.items():
        kind = new.kinds(item.scope).get(item.name)
        was = old.element(item.scope, item.element)
        now = new.bundle.element(item.scope, item.element)
        same = was is None or (now is not None and (was.kind, was.event) == (now.kind, now.event))
        if kind is None or not same:
            yield item, was


def _is_gone(row: list[Any], tree: Mapping[str, Any], kinds: Mapping[str, str]) -> bool:
    """Whether a part is finished, is no root, is not known any more, and leads to no join and to no boundary."""
    if row[_NAME] in kinds or not row[_STATE] & FINISHED or row[_ID] == tree["root"] or row[_NAME].endswith(SPLIT):
        return False
    children = [one for one in tree["tasks"] if one[_ID] in row[_CHILDREN]]
    return all(kinds.get(one[_NAME]) not in _ASKING for one in children)


def _take_out(row: list[Any], tree: dict[str, Any]) -> None:
    tree["tasks"] = [one for one in tree["tasks"] if one is not row]
    for one in tree["tasks"]:
        if one[_ID] == row[_PARENT]:
            place = one[_CHILDREN].index(row[_ID])
            one[_CHILDREN][place : place + 1] = row[_CHILDREN]
        if one[_PARENT] == row[_ID]:
            one[_PARENT] = row[_PARENT]
