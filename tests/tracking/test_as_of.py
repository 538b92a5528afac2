"""Figures of a period that is over: as they stood when it ended, and not as they stand today."""

from datetime import UTC
from datetime import date
from datetime import datetime
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import SYSTEM
from db import files
from notifications import cuts
from notifications import ledger
from notifications import obligations
from notifications import periods
from notifications import policies
from notifications import sources
from notifications.models import Obligation
from notifications.models import ObligationStatus
from notifications.obligations import Filters
from notifications.periods import bounds
from notifications.places import Places
from tests.tracking import factories
from tests.tracking.conftest import Scene
from tracking import as_of
from tracking import consent
from tracking import milestones
from tracking import work_plans
from tracking.cuts import FOLLOW_UP
from tracking.models import WorkPlan
from tracking.policies import SHIPPED
from tracking.reports import regional

QUARTER, NEXT = (periods.of(periods.QUARTERLY, day) for day in (date(2026, 10, 1), date(2027, 1, 1)))
DAY = date(2026, 11, 12)


@pytest.fixture
def owed(session: Session, scene: Scene, now: datetime) -> Obligation:
    """The monitoring of the quarter, owed for the plan."""
    wanted = [one for one in SHIPPED if one.key == "monitoreo_trimestral"]
    scene.plan.scheduled_at = now
    session.flush()
    policies.install(session, wanted, since=date(2026, 10, 1), by=SYSTEM, now=now)
    (policy,) = policies.every(session)
    subjects = list(sources.subjects(session, policy.spec.subjects, DAY))
    ledger.open_batch(session, policy, subjects, Places(session), now=now)
    return session.scalars(select(Obligation)).one()


def stood(session: Session, until: datetime) -> list[as_of.Standing]:
    return list(as_of.by_column(session, WorkPlan.product_id, until).values())


def report(session: Session, scene: Scene, number: int, now: datetime) -> None:
    paper = files.save(session, "acta.pdf", b"%PDF-1.7\n%%EOF\n", by=scene.advising.actor(), now=now).token
    row = factories.milestone(session, scene.plan, number)
    milestones.report(session, row.id, occurred_on=DAY, files=[paper], by=scene.advising, now=now)


def test_as_of_now_a_plan_stands_where_its_own_sums_say(session: Session, scene: Scene, now: datetime) -> None:
    report(session, scene, 1, now)
    milestones.verify(
        session, factories.milestone(session, scene.plan, 1).id, note="Se revisó.", by=scene.monitoring, now=now
    )
    (found,) = stood(session, datetime(2027, 6, 1, tzinfo=UTC))
    assert (found.plans, found.reported, found.verified) == (
        1, scene.plan.reported_progress, scene.plan.verified_progress,
    )  # fmt: skip
    assert found.verified > Decimal(0)


def test_what_is_registered_after_a_period_is_not_in_its_figures(session: Session, scene: Scene, now: datetime) -> None:
    report(session, scene, 1, now)
    before = scene.plan.reported_progress
    after = datetime(2027, 1, 20, 15, tzinfo=UTC)
    report(session, scene, 2, after)
    milestones.verify(
        session, factories.milestone(session, scene.plan, 1).id, note="Se revisó.", by=scene.monitoring, now=after
    )
    cut = cuts.foreseen(session, FOLLOW_UP, "2026-Q4", by=scene.monitoring, now=after)
    assert cut.figures["products"] == [
        {
            "key": scene.product.id, "vigencia": 2026, "opened": 1, "plans": 1, "reported": str(before),
            "verified": "0.000000",
        }
    ]  # fmt: skip
    assert (cut.figures["as_of"], cuts.find(session, FOLLOW_UP, "2026-Q4")) == ("2026-12-31", None)
    (line,) = regional.progress(session, scene.region.id, QUARTER)
    assert line["verified"] == "0.0 %".replace(".", ",")


def test_a_plan_counts_from_when_it_was_opened_and_consented(session: Session, scene: Scene, now: datetime) -> None:
    assert stood(session, datetime(2026, 6, 30, tzinfo=UTC)) == []
    (open_,) = work_plans.open_many(session, scene.product.id, [scene.other_entity.id], 2026, by=factories.BY, now=now)
    later = datetime(2027, 1, 20, 15, tzinfo=UTC)
    consent.record(
        session, open_.id, given=True, name="Carlos Mena", post="Secretario", date=DAY, by=factories.BY, now=later
    )
    assert [[one.plans for one in stood(session, bounds(period)[1])] for period in (QUARTER, NEXT)] == [[1], [2]]


def test_what_was_met_after_the_period_was_overdue_at_its_end(
    session: Session, scene: Scene, now: datetime, owed: Obligation
) -> None:
    after = datetime(2027, 1, 20, 15, tzinfo=UTC)
    owed.status, owed.met_at = ObligationStatus.LATE, after
    session.flush()
    cut = cuts.foreseen(session, "obligations", "2026-Q4", by=scene.monitoring, now=after)
    (line,) = cut.figures["regions"]
    assert (line["late"], line["overdue"]) == (0, 1)


def test_a_region_counts_as_overdue_what_the_ledger_does_in_the_period(
    session: Session, scene: Scene, now: datetime, owed: Obligation
) -> None:
    after = datetime(2027, 1, 20, 15, tzinfo=UTC)
    told = [
        dict(regional.figures(session, scene.region.id, period, at))["Obligaciones vencidas sin cumplir"]
        for period, at in ((QUARTER, now), (QUARTER, after), (NEXT, after))
    ]
    assert told == ["0", "1", "0"]
    of_quarter = Filters(status="overdue", since=QUARTER.start, until=QUARTER.end, now=after)
    listed = obligations.listing(session, scene.monitoring, of_quarter).items
    assert [row.id for row in listed] == [owed.id]
    counts = obligations.counts(session, scene.monitoring, own=False, now=after, soon=after)
    assert (counts["overdue"], owed.status) == (1, ObligationStatus.PENDING)


def test_a_cut_mixes_no_vigencias_and_says_how_many_plans_count(session: Session, scene: Scene, now: datetime) -> None:
    report(session, scene, 1, now)
    entities = [scene.other_entity.id]
    (earlier,) = work_plans.open_many(session, scene.product.id, entities, 2025, by=factories.BY, now=now)
    work_plans.open_many(session, scene.product.id, entities, 2026, by=factories.BY, now=now)
    consent.record(
        session, earlier.id, given=True, name="Carlos Mena", post="Secretario", date=DAY, by=factories.BY, now=now
    )
    cut = cuts.foreseen(session, FOLLOW_UP, "2026-Q4", by=scene.monitoring, now=datetime(2027, 1, 20, 15, tzinfo=UTC))
    told = [(row["vigencia"], row["opened"], row["plans"]) for row in cut.figures["products"]]
    assert told == [(2026, 2, 1), (2025, 1, 1)]
    assert [Decimal(row["reported"]) > 0 for row in cut.figures["products"]] == [True, False]
