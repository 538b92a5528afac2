"""Who asked, gave and withdrew the support of an expert, as the history of its plan keeps it.

A request itself says who follows it and who attends it: whoever did these things may have been somebody else, by
delegation or before the plan went to another advisor.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.history import HistoryRow
from tracking.models import SupportRequest
from tracking.support import WITHDRAWAL

ASKED, GIVEN = "support.asked", "support.given"
_PARTS = {ASKED: "asked", GIVEN: "given", WITHDRAWAL: "withdrawn"}


@dataclass(frozen=True, slots=True)
class Act:
    """Who did it, when, and for whom when it was by delegation."""

    person_id: int | None
    on_behalf_of: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Acts:
    """What was done last of each kind in a request; None is what nobody did."""

    asked: Act | None = None
    given: Act | None = None
    withdrawn: Act | None = None

    @property
    def asked_by(self) -> int | None:
        """Whose request it is: who delegated it, else who sent it; None until it is sent."""
        return (self.asked.on_behalf_of or self.asked.person_id) if self.asked else None

    @property
    def people(self) -> set[int | None]:
        """Whoever takes part in them, with those who delegated."""
        done = [act for act in (self.asked, self.given, self.withdrawn) if act is not None]
        return {person for act in done for person in (act.person_id, act.on_behalf_of)}


def of(session: Session, rows: Sequence[SupportRequest]) -> dict[int, Acts]:
    """Request → what was done in it, for each of `rows`, asked together."""
    told = {row.id: Acts() for row in rows}
    columns = (HistoryRow.action, HistoryRow.details, HistoryRow.actor_id, HistoryRow.on_behalf_of, HistoryRow.at)
    ours = HistoryRow.subject_kind == "work_plan", HistoryRow.subject_id.in_({row.plan_id for row in rows})
    done = select(*columns).where(*ours, HistoryRow.action.in_(_PARTS)).order_by(HistoryRow.id)
    for action, details, actor_id, on_behalf_of, at in session.execute(done) if rows else ():
        key = details.get("support_id")
        if key in told:
            told[key] = replace(told[key], **{_PARTS[action]: Act(actor_id, on_behalf_of, at)})
    return told
