"""Whoever had a request for an expert is told that it was withdrawn, by whom and why."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from db.clock import local_date
from directory import principal
from engine import tasks
from notifications.calendar import LAW
from notifications.models import Reminder
from notifications.models import ReminderStatus
from notifications.notices import Round
from tests.processes.office import Office
from tests.processes.test_expert_support import ANSWERING
from tests.processes.test_expert_support import ASKING
from tests.processes.test_expert_support import NO
from tests.processes.test_expert_support import asked
from tests.processes.test_expert_support import desk
from tests.processes.test_expert_support import row
from tests.processes.test_expert_support import withdrawn
from tracking.models import SupportRequest
from tracking.support_notices import RUNG
from tracking.support_notices import TOLD_FOR
from tracking.support_notices import WITHDRAWN
from tracking.support_notices import WithdrawnSupports

__all__ = ["asked", "desk", "row"]


@pytest.mark.parametrize("accepted", [False, True])
def test_the_expert_who_was_asked_or_accepted_is_told_once(
    desk: Office, row: SupportRequest, asked: dict[str, int], accepted: bool
) -> None:
    desk.do(row.instance_id, ASKING, expert=asked["experta"])
    if accepted:
        desk.do(row.instance_id, ANSWERING)
    assert told(desk) == []
    withdrawn(desk, row)
    assert told(desk) == [(row.id, asked["experta"])]
    assert told(desk, after=TOLD_FOR + timedelta(seconds=1)) == []


def test_whoever_took_a_free_request_is_told(desk: Office, row: SupportRequest, asked: dict[str, int]) -> None:
    desk.do(row.instance_id, ASKING)
    by = principal.load(desk.session, asked["experto"], now=desk.now)
    tasks.claim(desk.session, desk.task(row.instance_id, ANSWERING).id, by=by, now=desk.now)
    withdrawn(desk, row)
    assert told(desk) == [(row.id, asked["experto"])]


def test_nobody_is_told_of_what_nobody_had(desk: Office, row: SupportRequest) -> None:
    desk.do(row.instance_id, ASKING)
    withdrawn(desk, row)
    assert told(desk) == []


def test_who_declined_is_not_told_that_it_was_given_up(desk: Office, row: SupportRequest) -> None:
    desk.do(row.instance_id, ASKING)
    desk.do(row.instance_id, ANSWERING, **NO)
    desk.do(row.instance_id, ASKING, desist=True, desist_reason="Ya lo resolvió la gobernación.")
    assert told(desk) == []


def test_the_line_says_what_was_asked_who_withdrew_it_and_why(
    desk: Office, row: SupportRequest, asked: dict[str, int], session: Session
) -> None:
    desk.do(row.instance_id, ASKING, expert=asked["experta"])
    withdrawn(desk, row)
    reminder = Reminder(
        source=WITHDRAWN, source_id=row.id, version=0, rung=RUNG, recipient_id=asked["experta"],
        day=local_date(desk.now), status=ReminderStatus.QUEUED, created_at=desk.now,
    )  # fmt: skip
    session.add(reminder)
    session.flush()
    line = WithdrawnSupports().items(session, [reminder], now=desk.now)[reminder.id]
    who = desk.people["territorial_advisor"].name
    assert line.title.startswith("Solicitud de apoyo retirada: Revisar con la alcaldía")
    assert line.why == f"{who} la retiró: Ya no hace falta. Ya no está en su bandeja."
    assert line.link == f"/planes/{row.plan_id}?parte=apoyos"


def told(desk: Office, after: timedelta = timedelta()) -> list[tuple[int, int]]:
    """Request and person of what a round tells everybody, so long after."""
    now = desk.now + after
    turn = Round(now, local_date(now), LAW)
    everybody = set(range(1, 1000))
    return [(one.source_id, one.holder_id) for one in WithdrawnSupports().due(desk.session, turn, everybody)]
