"""A report that was not accepted comes back to whoever made it and to who accompanies the entity."""

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import tracking.returned_notices  # noqa: F401 - registers its source
from directory.models import RoleGrant
from notifications import outbox
from notifications import reminders
from notifications.models import Reminder
from tests.tracking import factories
from tests.tracking.conftest import Scene
from tracking import milestones
from tracking import returned
from tracking.models import MilestoneRecord
from tracking.models import PlanMilestone
from tracking.returned_notices import MILESTONE

REASON = "Falta el acta firmada."


@pytest.fixture
def rejected(session: Session, scene: Scene, now: datetime) -> PlanMilestone:
    """A milestone that the advisor reported and the monitoring did not accept."""
    row = factories.milestone(session, scene.plan)
    report(session, scene, row, now)
    reject(session, scene, row, now)
    return row


def report(session: Session, scene: Scene, row: PlanMilestone, now: datetime) -> MilestoneRecord:
    why = "Se perdió el acta."
    return milestones.report(session, row.id, occurred_on=now.date(), without_evidence=why, by=scene.advising, now=now)


def reject(session: Session, scene: Scene, row: PlanMilestone, now: datetime) -> None:
    milestones.reject(session, row.id, reason=REASON, by=scene.monitoring, now=now)


def reasons(session: Session, scene: Scene) -> list[str]:
    return [row.reason for row in returned.listing(session, scene.advising).items]


def test_it_is_in_the_list_of_the_advisor_until_reported_again(
    session: Session, scene: Scene, now: datetime, rejected: PlanMilestone
) -> None:
    assert (reasons(session, scene), returned.count(session, scene.advising)) == ([REASON], 1)
    assert list(returned.of_plan(session, scene.plan.id)) == [rejected.id]
    milestones.advance(session, rejected.id, occurred_on=now.date(), note="Se pidió.", by=scene.advising, now=now)
    assert reasons(session, scene) == [REASON]
    report(session, scene, rejected, now)
    assert reasons(session, scene) == []
    reject(session, scene, rejected, now)
    assert reasons(session, scene) == [REASON]


def test_it_is_nobody_elses(session: Session, scene: Scene, now: datetime, rejected: PlanMilestone) -> None:
    other = factories.person(session, "Otra Asesora", now)
    elsewhere = factories.principal(other, "territorial_advisor", "region", scene.region.id)
    assert returned.count(session, elsewhere) == returned.count(session, scene.monitoring) == 0
    scene.plan.advisor_id = other.id
    session.flush()
    assert returned.count(session, elsewhere) == returned.count(session, scene.advising) == 1


def test_what_does_not_apply_any_more_waits_no_more(
    session: Session, scene: Scene, now: datetime, rejected: PlanMilestone
) -> None:
    milestones.not_applicable(session, rejected.id, reason="No tiene banco.", by=scene.advising, now=now)
    assert returned.whole(session) == []


def test_the_digest_of_the_advisor_says_what_is_missing(
    session: Session, scene: Scene, now: datetime, rejected: PlanMilestone
) -> None:
    scene.advisor.email = "ana@example.org"
    place = {"scope_kind": "region", "scope_id": scene.region.id}
    session.add(RoleGrant(person_id=scene.advisor.id, role="territorial_advisor", since=now.date(), **place))
    session.flush()
    turn = reminders.begin(session, now=now)
    assert turn is not None
    reminders.tell(session, turn, reminders.people(session, turn, after=0))
    told = session.scalars(select(Reminder.recipient_id).where(Reminder.source == MILESTONE))
    assert list(told) == [scene.advisor.id]
    ids = outbox.due(session, "email", now=now, limit=20)
    (letter,) = [parcel.content.decode() for parcel in outbox.claim(session, ids, now=now)]
    assert f"/hitos/{rejected.id}" in letter
