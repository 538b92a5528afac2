"""In which strategies units take part as partners: asked of the room that knows it, which registers how.

Strategies stand above this room; who somebody is, and so what they may read, is said here.
"""

from collections.abc import Callable
from collections.abc import Collection
from collections.abc import Mapping
from datetime import date

from sqlalchemy.orm import Session

Joined = Callable[[Session, Collection[int], date], Mapping[int, frozenset[int]]]
"""Unit → the strategies in which it takes part on a day, for some units; one question."""

_ASKED = "strategies"
_known: dict[str, Joined] = {}


def joins(joined: Joined) -> Joined:
    """Register who knows in which strategies units take part; the last one that does is asked."""
    _known[_ASKED] = joined
    return joined


def strategies(session: Session, unit_ids: Collection[int], day: date) -> Mapping[int, frozenset[int]]:
    """Unit → the strategies in which it takes part on `day`; units that take part in none may be left out."""
    return _known[_ASKED](session, unit_ids, day) if _known else {}
