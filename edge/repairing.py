"""Trying incidents again, one or many: each in a transaction of its own, then what the process does by itself."""

from collections.abc import Sequence
from dataclasses import dataclass

from db import clock
from db import reading
from db import transaction
from db.errors import Conflict
from db.errors import NotFound
from directory.principal import Principal
from edge.steps import settle
from engine import incidents
from engine.models import IncidentStatus

MOST = 200
"""So many incidents are asked to be tried again at once."""

AT_ONCE = 20
"""The cases of so many are run while whoever asked waits; the job of the services runs the others within seconds."""


@dataclass(frozen=True, slots=True)
class Retried:
    """What came of asking for an incident: how it stands now, or why it was not tried."""

    id: int
    status: str
    message: str = ""

    @property
    def solved(self) -> bool:
        """Whether it is over, by this attempt or by somebody faster."""
        return self.status == IncidentStatus.RESOLVED


def retry(ids: Sequence[int], *, by: Principal, reason: str = "") -> list[Retried]:
    """Try again the first MOST of `ids`; one that cannot be tried stops no other. Raises NotAllowed."""
    asked: dict[int, int] = {}
    refused: dict[int, str] = {}
    for incident_id in sorted(set(ids))[:MOST]:
        try:
            with transaction() as session:
                asked[incident_id] = incidents.retry(session, incident_id, by=by, now=clock.now(), reason=reason)
        except (Conflict, NotFound) as error:
            refused[incident_id] = error.message
    for instance_id in list(dict.fromkeys(asked.values()))[:AT_ONCE]:
        settle(instance_id)
    with reading() as session:
        now_stands = incidents.statuses(session, [*asked, *refused])
    return [Retried(key, now_stands.get(key, ""), refused.get(key, "")) for key in sorted(asked | refused)]
