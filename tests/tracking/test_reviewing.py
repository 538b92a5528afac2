"""What the planning group is to validate: once it was presented, and while it is owed."""

from datetime import UTC
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from db import SYSTEM
from directory.principal import Principal
from notifications import ledger
from notifications import policies
from notifications.models import Obligation
from notifications.models import ObligationStatus
from notifications.places import Places
from notifications.policies import Shipped
from notifications.sources import Subject
from tests.tracking import factories
from tests.tracking.conftest import Scene
from tests.tracking.test_obligation_facts import EVERY
from tests.tracking.test_obligation_facts import rows
from tracking.reviewing import listing

PRESENTED, VALIDATED = "sisgestion_presentacion", "sisgestion_validacion"


@pytest.fixture
def steps(session: Session, now: datetime, scene: Scene) -> list[Obligation]:
    """The two last steps of the monthly report of a unit: by its director, and by the planning group."""
    day = now.date().replace(day=1)
    shipped = [Shipped(key, EVERY[key].spec) for key in (PRESENTED, VALIDATED)]
    policies.install(session, shipped, since=day, by=SYSTEM, now=now)
    for key, debtor in ((PRESENTED, scene.lead.id), (VALIDATED, scene.monitor.id)):
        subject = Subject(kind="unit", id=scene.unit.id, label="Subdirección uno", debtor_id=debtor, since=day)
        ledger.open_batch(session, policies.get(session, key), [subject], Places(session), now=now)
    session.flush()
    return rows(session)


def planning(scene: Scene) -> Principal:
    return factories.principal(scene.monitor, "planning_group")


def found(session: Session, by: Principal, now: datetime, text: str = "") -> list[str]:
    page = listing.listing(session, by, text=text, now=now)
    assert listing.counts(session, by, now=now)["validations"] == len(listing.listing(session, by, now=now).items)
    return [row.link for row in page.items]


def present(session: Session, row: Obligation, now: datetime) -> None:
    row.status, row.met_at = ObligationStatus.LATE, now
    session.flush()


def test_before_it_is_presented_nothing_waits(
    session: Session, now: datetime, scene: Scene, steps: list[Obligation]
) -> None:
    assert found(session, planning(scene), now) == []


def test_presented_it_waits_for_who_validates(
    session: Session, now: datetime, scene: Scene, steps: list[Obligation]
) -> None:
    first, last = steps
    present(session, first, now)
    assert found(session, planning(scene), now) == [f"/plazos/{last.id}"]
    assert found(session, planning(scene), now, "SUBDIRECCION validacion") == [f"/plazos/{last.id}"]
    assert found(session, planning(scene), now, "otra") == []
    assert found(session, factories.principal(scene.lead, "planning_group"), now) == []


def test_validated_it_waits_no_more(session: Session, now: datetime, scene: Scene, steps: list[Obligation]) -> None:
    first, last = steps
    present(session, first, now)
    present(session, last, datetime(2026, 12, 1, tzinfo=UTC))
    assert found(session, planning(scene), now) == []
