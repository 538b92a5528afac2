"""Where a task without a term stands in lists ordered by term: after those with one, in an order of its own.

First what was sent back, then the rest, the newest first; at the end what stays open as long as an operation lasts. The
place is an instant of the far future, so that lists go on along their index.
"""

from collections.abc import Iterable
from datetime import UTC
from datetime import datetime

from sqlalchemy.orm import Session

from engine import submissions
from engine.bundle import Element

BEGIN = datetime(9998, 1, 1, tzinfo=UTC)  # sent back
_NEW = datetime(9998, 6, 1, tzinfo=UTC)
STANDING = datetime(9999, 6, 1, tzinfo=UTC)
_HORIZON = datetime(2200, 1, 1, tzinfo=UTC)
_SCALE = 1000  # until the horizon it is less than three months on this scale: a band never reaches the next


def place(session: Session, instance_id: int, element: Element, among: Iterable[Element], now: datetime) -> datetime:
    """The place of a task that opens now at `element`, `among` the elements of its process."""
    if element.properties.get("standing") == "true":
        band = STANDING
    else:
        band = BEGIN if _sent_back(session, instance_id, element, among) else _NEW
    return band + (_HORIZON - now) / _SCALE


def _sent_back(session: Session, instance_id: int, element: Element, among: Iterable[Element]) -> bool:
    """Whether what was sent at `element` was reviewed since, and so comes back."""
    reviewing = {one.id for one in among if element.id in one.words("reviews")}
    if not reviewing:
        return False
    last = submissions.newest(session, instance_id, {element.id, *reviewing})
    own = last.get(element.id)
    return own is not None and any(last[one].place > own.place for one in reviewing & last.keys())
