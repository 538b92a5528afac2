"""What a list is when it leaves as a workbook."""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from typing import Any

from sqlalchemy.orm import Session

from forms.list_workbook import Column
from forms.list_workbook import Value

Cells = Callable[[Session, Sequence[Any]], Iterable[Sequence[Value]]]
"""The cells of each of some rows, in the order of the columns; what they name is looked up for all of them at once."""


@dataclass(frozen=True, slots=True)
class Export:
    """A list: how its file and its sheet are called, its columns, and the cells of its rows.

    `words` has the labels of those of its filters that are codes: filter → code → label. With `personal`, a kind of
    `directory.readings.KINDS`, it tells how people are reached: it leaves with a purpose alone, which is written down.
    """

    title: str
    columns: tuple[Column, ...]
    cells: Cells
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    personal: str = ""
