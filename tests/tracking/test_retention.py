"""Who attended an advisory is unknown once the term after its plans is over, where a term is set."""

from datetime import datetime
from datetime import timedelta

from sqlalchemy.orm import Session

from db.retention import TERMS
from db.retention import length
from db.retention import limit
from db.retention import waiting
from tests.tracking import factories
from tests.tracking.conftest import Scene
from tests.tracking.test_advisories import register
from tracking import advisory_parts
from tracking import retention
from tracking.advisory_parts import Attendee
from tracking.models import Advisory
from tracking.models import AdvisoryPerson

TERM = TERMS[retention.KEY]
MET = Attendee("Carlos Mena", "Secretario", "cmena@quibdo.gov.co", "3101234567")
YEAR = timedelta(days=365)


def given(session: Session, scene: Scene, now: datetime, **changes: object) -> Advisory:
    row = register(session, scene, now, people=[MET], **changes)
    session.flush()
    return row


def swept(session: Session, now: datetime, months: int = 12) -> int:
    """How many became unknown, which is how many it was said."""
    ends = limit(TERM, months, now)
    assert ends is not None
    foreseen = waiting(session, TERM, months, now)
    done = retention.forget(session, ends, now)
    session.expire_all()
    assert done == foreseen
    assert retention.forget(session, ends, now) == 0
    return done


def attendee(session: Session, row: Advisory) -> AdvisoryPerson:
    (found,) = advisory_parts.people_of(session, row.id)
    return found


def test_without_a_setting_they_are_kept_for_ever(session: Session, now: datetime) -> None:
    assert (length(session, TERM), limit(TERM, 0, now), waiting(session, TERM, 0, now)) == (0, None, 0)


def test_of_a_plan_that_goes_on_nobody_is_forgotten(session: Session, scene: Scene, now: datetime) -> None:
    given(session, scene, now)
    assert swept(session, now + 10 * YEAR) == 0


def test_after_the_term_they_are_unknown_and_still_counted(session: Session, scene: Scene, now: datetime) -> None:
    row = given(session, scene, now)
    scene.plan.closed_at = now
    session.flush()
    assert swept(session, now + YEAR - timedelta(days=1)) == 0
    assert swept(session, now + YEAR + timedelta(days=1)) == 1
    one = attendee(session, row)
    assert (one.name, one.email, one.phone) == ("Asistente", "", "")
    assert (one.position, one.entity_id, one.forgotten_at is not None) == ("Secretario", None, True)


def test_one_plan_that_goes_on_keeps_those_of_a_joint_advisory(session: Session, scene: Scene, now: datetime) -> None:
    factories.plan(session, scene.product, scene.other_entity.id, now)
    given(session, scene, now, entities=[scene.entity.id, scene.other_entity.id])
    scene.plan.closed_at = now
    session.flush()
    assert swept(session, now + 10 * YEAR) == 0
