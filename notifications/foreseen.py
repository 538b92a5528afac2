"""What a change of the calendar would move, before anybody makes it.

Every room that computes due dates from the calendar names those that would be other ones; nothing is written.
"""

from collections import Counter
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from datetime import time
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from notifications import days
from notifications import policies
from notifications import recompute
from notifications import waiting
from notifications.ledger import BATCH
from notifications.ledger import OPEN
from notifications.models import NonWorkingDay
from notifications.models import Obligation
from notifications.places import Places

SHOWN = 20
"""How many are shown with the counts."""


@dataclass(frozen=True, slots=True)
class Move:
    """An open due date that would be another one. `of` says of which policy, or what kind of thing it is."""

    of: str
    title: str
    about: str
    link: str
    before: datetime
    after: datetime


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What would move, by due date as it is now."""

    moves: list[Move]

    @property
    def count(self) -> int:
        """How many open due dates would move."""
        return len(self.moves)

    @property
    def by_policy(self) -> list[tuple[str, int]]:
        """Policy, or kind of thing, and how many of it would move; the most numerous first."""
        return sorted(Counter(move.of for move in self.moves).items(), key=lambda pair: (-pair[1], pair[0]))


Mover = Callable[[Session, Places], Iterable[Move]]
"""The open due dates of a room that are other ones under a calendar as it would be."""

_MOVERS: dict[str, Mover] = {}


def mover(name: str) -> Callable[[Mover], Mover]:
    """Register who knows the due dates of a room."""

    def register(function: Mover) -> Mover:
        _MOVERS[name] = function
        return function

    return register


def of_added(session: Session, day: Any, scope_kind: str, scope_code: str, reason: str) -> Foreseen:
    """What declaring a day non-working would move. Raises what `days.add` raises."""
    return _under(session, Places(session, added=days.proposed(session, day, scope_kind, scope_code, reason)))


def of_removed(session: Session, day_id: int) -> tuple[NonWorkingDay, Foreseen]:
    """A declared day, and what making it a working day again would move. Raises NotFound, Conflict."""
    row = days.removable(session, day_id)
    return row, _under(session, Places(session, removed=row.id))


def of_cut_off(session: Session, hour: time, reason: str) -> Foreseen:
    """What ending the working days at another hour would move. Raises InvalidData (`cut_off`, `reason`)."""
    days.check_cut_off(hour, reason)
    return _under(session, Places(session, cut_off=hour))


def _under(session: Session, places: Places) -> Foreseen:
    found = [move for name in sorted(_MOVERS) for move in _MOVERS[name](session, places)]
    return Foreseen(sorted(found, key=lambda move: (move.before, move.of, move.title, move.link)))


_COLUMNS = (
    Obligation.id, Obligation.policy_id, Obligation.entity_id, Obligation.region_id, Obligation.period,
    Obligation.period_start, Obligation.period_end, Obligation.due_at, Obligation.title, Obligation.subject_label,
    Obligation.policy_version, Obligation.calendar_version,
)  # fmt: skip


@mover("obligation")
def _obligations(session: Session, places: Places) -> Iterator[Move]:
    held = {policy.id: policy for policy in policies.every(session)}
    statement = select(*_COLUMNS).where(Obligation.status.in_(OPEN)).order_by(Obligation.id)
    rows = session.execute(statement.execution_options(yield_per=BATCH))
    known: dict[Any, datetime | None] = {}
    present, steps = Places(session), waiting.of_open(session)
    for row in rows:
        policy, step = held[row.policy_id], steps.get(row.id)
        place = places.of(entity_id=row.entity_id, region_id=row.region_id)
        # Only periods that a policy names have a date of their own; of the others the days decide.
        own = row.period if policy.at(row.period_start).spec.periods else ""
        same = (row.policy_id, own, row.period_start, row.period_end, id(place), row.id if step is not None else 0)
        if same not in known:
            when = recompute.present_due(policy, row, places, step)
            known[same] = when.at if when is not None else None
        after = known[same]
        # What an earlier change still moves is not of this one.
        before = recompute.settled_due(policy, row, present, step)
        if before is not None and after is not None and after != before:
            link = f"/plazos/{row.id}"
            yield Move(policy.spec.title, row.title, row.subject_label, link, before, after)
