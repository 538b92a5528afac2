"""The versions of a policy as people follow them: what each one changed, and of what and until when it ruled."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from datetime import datetime

from sqlalchemy.orm import Session

from db import history
from db.clock import local_date
from notifications import governing
from notifications import policies
from notifications import specs
from notifications.models import PolicyVersion
from notifications.policies import Held
from notifications.specs import PolicySpec


@dataclass(frozen=True, slots=True)
class Version:
    """A version: what it and the one before say, and what it rules.

    `since` is the first day that it rules, `until` the first one that a later version rules (None: no bound).
    `replaced_by` is the version that took all of it from `replaced_at` on; `ruled` says whether it ruled anything by
    then. `enabled` says whether the policy was switched on or off with it; None: neither.
    """

    number: int
    reason: str
    created_at: datetime
    created_by: int | None
    spec: PolicySpec
    before: PolicySpec | None
    since: date | None
    until: date | None
    replaced_by: int | None
    replaced_at: datetime | None
    enabled: bool | None

    @property
    def ruled(self) -> bool:
        """Whether something that it rules had begun before it was replaced."""
        return self.replaced_at is None or self.since is None or self.since <= local_date(self.replaced_at)


def of(session: Session, policy: Held) -> list[Version]:
    """Every version of a policy, the newest first."""
    rows = policies.versions(session, policy.id)[::-1]
    switched = _switched(session, policy.id)
    found = [_told(rows, place, switched.get(row.number)) for place, row in enumerate(rows)]
    return found[::-1]


def _told(rows: Sequence[PolicyVersion], place: int, enabled: bool | None) -> Version:
    row, since = rows[place], _since(rows[place])
    later = [one for one in rows[place + 1 :] if one.spec != row.spec]  # the same again goes on ruling
    over = next((one for one in later if (_since(one) or date.min) <= (since or date.min)), None)
    until = min((day for one in later if (day := _since(one))), default=None) if over is None else None
    return Version(
        number=row.number, reason=row.reason, created_at=row.created_at, created_by=row.created_by,
        spec=specs.stored(row.spec), before=specs.stored(rows[place - 1].spec) if place else None, since=since,
        until=until, replaced_by=over.number if over else None, replaced_at=over.created_at if over else None,
        enabled=enabled,
    )  # fmt: skip


def _since(row: PolicyVersion) -> date | None:
    told = row.spec.get(governing.APPLIES_FROM)
    return date.fromisoformat(told) if told else None


def _switched(session: Session, policy_id: int) -> dict[int, bool]:
    """Version → whether the policy was switched on with it, or off; each version stands in the history, in order."""
    acts = [row for row in history.of(session, history.Subject("policy", policy_id)) if row.action == "policy.changed"]
    return {number: row.details["enabled"][1] for number, row in enumerate(acts, 1) if "enabled" in row.details}
