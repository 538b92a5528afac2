"""The statements that the inbox shows: those that wait for one's word, and those that were returned to one."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from directory import access
from directory.principal import Principal
from edge import names
from notifications import statements
from notifications import waiting

SHOWN = 8  # of each; the rest stand in the lists that the inbox leads to


def in_inbox(session: Session, by: Principal, now: datetime) -> dict[str, Any]:
    """What `templates/stated_rows.html` shows."""
    deciding = statements.to_decide(session, by=by, now=now) if access.may(by, "statement.decide") else []
    back = statements.returned_to(session, by)
    shown = [*deciding[:SHOWN], *back[:SHOWN]]
    awaited = waiting.awaited(session, [row for _, row in back[:SHOWN]])
    return {
        "to_decide": deciding[:SHOWN], "to_decide_count": len(deciding), "to_correct": back[:SHOWN],
        "to_correct_count": len(back), "correct_awaits": awaited,
        "stated_by": names.of_people(session, [key for one, _ in shown for key in (one.presented_by, one.decided_by)]),
    }  # fmt: skip
