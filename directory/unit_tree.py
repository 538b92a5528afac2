"""The units as a tree that is read from top to bottom: each below the one that it belongs to, by name."""

from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from db.paging import DEFAULT_LIMIT
from db.paging import Page
from db.paging import decoded
from db.paging import demand_limit
from db.paging import encoded
from directory import units
from directory.models import Unit
from directory.searching import found


@dataclass(frozen=True, slots=True)
class Placed:
    """A unit, and those that it belongs to, from the outside in."""

    unit: Unit
    above: tuple[Unit, ...] = ()


def listing(
    session: Session, text: str = "", *, retired: bool = False, limit: int = DEFAULT_LIMIT, cursor: str = ""
) -> Page[Placed]:
    """A page of the tree, narrowed to the units in whose code or name each word of `text` stands.

    With those no longer in use when `retired`. Raises InvalidData for a bad cursor or limit.
    """
    demand_limit(limit)
    rows = [
        row for row in walk(units.every(session, disabled=True))
        if (retired or row.unit.disabled_at is None) and found(text, f"{row.unit.code} {row.unit.name}")
    ]  # fmt: skip
    start = _after(rows, cursor) if cursor else 0
    part = rows[start : start + limit]
    return Page(part, encoded([part[-1].unit.id]) if start + limit < len(rows) else "")


def walk(rows: Sequence[Unit]) -> Iterator[Placed]:
    """Every unit of `rows`, which come by name: first one that belongs to none of them, then all below it."""
    known = {unit.id for unit in rows}
    below: dict[int | None, list[Unit]] = {}
    for unit in rows:
        below.setdefault(unit.parent_id if unit.parent_id in known else None, []).append(unit)
    waiting = [Placed(unit) for unit in reversed(below.get(None, []))]
    while waiting:
        row = waiting.pop()
        yield row
        waiting += [Placed(unit, (*row.above, row.unit)) for unit in reversed(below.get(row.unit.id, []))]


def _after(rows: Sequence[Placed], cursor: str) -> int:
    """Where the rows after `cursor` begin; at the beginning when the unit that it names is not among them any more."""
    (last,) = decoded(cursor, 1)
    return next((place for place, row in enumerate(rows, start=1) if row.unit.id == last), 0)
