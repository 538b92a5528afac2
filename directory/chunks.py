"""Long lists of ids, in pieces that fit in a statement."""

from collections.abc import Iterable
from collections.abc import Iterator
from itertools import islice
from typing import TypeVar

# SQLite takes at most 32,766 parameters in a statement.
SIZE = 10_000

T = TypeVar("T")


def chunks(values: Iterable[T], size: int = SIZE) -> Iterator[list[T]]:
    """`values` in lists of at most `size`, in their order."""
    rest = iter(values)
    while piece := list(islice(rest, size)):
        yield piece
