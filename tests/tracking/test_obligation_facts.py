"""What people do meets what they owe, and what is annulled opens again; who is listed as owing what."""

from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import SYSTEM
from db import files
from db import history
from directory import coverage
from directory import grants
from directory.models import RoleGrant
from notifications import cuts as frozen
from notifications import departures
from notifications import ledger
from notifications import policies
from notifications import sources
from notifications.models import Fact
from notifications.models import Obligation
from notifications.models import ObligationStatus
from notifications.places import Places
from notifications.policies import Shipped
from notifications.sources import Subject
from tests.tracking import factories
from tests.tracking.conftest import Scene
from tracking import advisories
from tracking import consent
from tracking import cuts
from tracking import facts
from tracking import handover
from tracking import left_behind
from tracking import milestones
from tracking import work_plans
from tracking.advisories import NewAdvisory
from tracking.models import Product
from tracking.policies import SHIPPED
from tracking.sources import indicators
from tracking.sources import offices
from tracking.sources.since import first_years
from tracking.sources.since import owed_since

EVERY = {one.key: one for one in SHIPPED}
DAY = date(2026, 11, 24)


def sweep(session: Session, now: datetime, *keys: str) -> None:
    """One round of the job for these policies, all of them on."""
    wanted = [Shipped(key, EVERY[key].spec) for key in keys]
    policies.install(session, wanted, since=date(2026, 10, 1), by=SYSTEM, now=now)
    for policy in policies.every(session):
        subjects = list(sources.subjects(session, policy.spec.subjects, DAY))
        ledger.open_batch(session, policy, subjects, Places(session), now=now)
        listed = {(one.kind, one.id) for one in subjects}
        departures.let_go(session, list(departures.leaving(session, policy, listed, now=now)), now=now)
    session.flush()
    session.expire_all()


def rows(session: Session) -> list[Obligation]:
    return list(session.scalars(select(Obligation).order_by(Obligation.id)))


def listed(session: Session, name: str) -> list[Subject]:
    return list(sources.subjects(session, name, DAY))


def grant(session: Session, person_id: int, role: str, kind: str = "national", place: int | None = None) -> None:
    since = date(2026, 2, 1)
    session.add(RoleGrant(person_id=person_id, role=role, scope_kind=kind, scope_id=place, since=since))
    session.flush()


def advise(session: Session, scene: Scene, now: datetime, days_ago: int, *tokens: str) -> int:
    minutes, attendance = tokens or ("", "")
    new = NewAdvisory(
        occurred_on=now.date() - timedelta(days=days_ago), modality="advisory", summary="Se revisó el plan",
        entities=[scene.entity.id], product_id=scene.product.id, minutes_file=minutes, attendance_file=attendance,
        confirmed=True,
    )  # fmt: skip
    return advisories.register(session, new, by=scene.advising, now=now).id


def test_an_advisory_is_registered_in_time_or_late(session: Session, now: datetime, scene: Scene) -> None:
    advise(session, scene, now, 1)
    advise(session, scene, now, 20)
    sweep(session, now, "registro_asesoria")
    assert [row.status for row in rows(session)] == [ObligationStatus.MET, ObligationStatus.LATE]
    assert {(row.debtor_id, row.region_id) for row in rows(session)} == {(scene.advisor.id, scene.region.id)}


def test_minutes_are_owed_until_the_advisory_is_complete(session: Session, now: datetime, scene: Scene) -> None:
    pdf = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
    tokens = [files.save(session, f"{name}.pdf", pdf, by=scene.advising.actor(), now=now).token for name in "ab"]
    advise(session, scene, now, 1, *tokens)
    missing = advise(session, scene, now, 2)
    sweep(session, now, "soportes_asesoria")
    done, owed = rows(session)
    assert (done.status, owed.status) == (ObligationStatus.MET, ObligationStatus.PENDING)
    advisories.annul(session, missing, reason="Se registró dos veces", by=scene.advising, now=now)
    sweep(session, now)
    assert rows(session)[1].status == ObligationStatus.WAIVED  # it was never given


def test_annulling_voids_what_registering_recorded(session: Session, now: datetime, scene: Scene) -> None:
    number = advise(session, scene, now, 1)
    advisories.annul(session, number, reason="Se registró dos veces", by=scene.advising, now=now)
    assert [fact.voided_at for fact in session.scalars(select(Fact))] == [now]


def test_monitoring_a_plan_meets_its_quarter(session: Session, now: datetime, scene: Scene) -> None:
    scene.plan.scheduled_at = now - timedelta(days=40)
    session.flush()
    sweep(session, now, "monitoreo_trimestral")
    (owed,) = rows(session)
    assert (owed.period, owed.debtor_id, owed.plan_id) == ("2026-Q4", scene.advisor.id, scene.plan.id)
    facts.plan_monitored(session, scene.plan.id, "submission:1", date(2026, 9, 30), by=SYSTEM, now=now)
    assert rows(session)[0].status == ObligationStatus.PENDING  # that was the third quarter
    facts.plan_monitored(session, scene.plan.id, "submission:2", date(2026, 12, 31), by=SYSTEM, now=now)
    assert rows(session)[0].status == ObligationStatus.MET


def test_withdrawn_consent_ends_the_debt(session: Session, now: datetime, scene: Scene) -> None:
    scene.plan.scheduled_at = now
    session.flush()
    sweep(session, now, "monitoreo_trimestral")
    scene.plan.consent = "withdrawn"
    session.flush()
    sweep(session, now)
    assert rows(session)[0].status == ObligationStatus.WAIVED


def test_what_fell_due_of_a_plan_that_was_cancelled_is_let_go(session: Session, now: datetime, scene: Scene) -> None:
    """Overdue before the product was withdrawn, it is waived with that reason; the figures of then keep it."""
    scene.plan.scheduled_at = now - timedelta(days=200)
    scene.plan.opened_at = now - timedelta(days=220)
    session.flush()
    later = now + timedelta(days=120)
    sweep(session, later, "monitoreo_trimestral")
    ledger.overdue_batch(session, now=later)
    session.expire_all()
    (quarter,) = [row for row in rows(session) if row.period == "2026-Q4"]
    assert quarter.status == ObligationStatus.OVERDUE
    scene.plan.status, scene.product.status = "cancelled", "withdrawn"
    session.flush()
    withdrawn = later + timedelta(days=1)
    sweep(session, withdrawn)
    assert (quarter.status, quarter.reason) == (ObligationStatus.WAIVED, "El producto se retiró.")
    acts = history.of(session, ledger.obligation_chain(quarter.id))
    assert (acts[-1].action, acts[-1].reason) == ("obligation.waived", "El producto se retiró.")
    stood = select(frozen._stood(later)).where(Obligation.id == quarter.id)
    assert session.scalar(stood) == ObligationStatus.OVERDUE
    sweep(session, withdrawn)
    assert quarter.status == ObligationStatus.WAIVED


def test_who_agrees_later_owes_from_that_day_and_nothing_for_the_time_before(
    session: Session, now: datetime, scene: Scene
) -> None:
    scene.plan.scheduled_at = now
    scene.plan.consent = "withdrawn"
    session.flush()
    sweep(session, now, "monitoreo_trimestral")
    assert rows(session) == []
    agree(session, scene, now + timedelta(days=90))
    sweep(session, now + timedelta(days=90))
    assert [(one.period, one.status) for one in rows(session)] == [("2027-Q1", ObligationStatus.PENDING)]


def agree(session: Session, scene: Scene, at: datetime) -> None:
    day = at.date()
    consent.record(session, scene.plan.id, given=True, name="Rosa", post="Alcaldesa", date=day, by=SYSTEM, now=at)


def test_a_debt_let_go_in_an_earlier_period_does_not_come_back_with_consent(
    session: Session, now: datetime, scene: Scene
) -> None:
    scene.plan.scheduled_at = now
    session.flush()
    sweep(session, now, "monitoreo_trimestral")
    scene.plan.consent = "withdrawn"
    session.flush()
    sweep(session, now)
    later = now + timedelta(days=90)
    agree(session, scene, later)
    sweep(session, later)
    assert [(one.period, one.status) for one in rows(session)] == [
        ("2026-Q4", ObligationStatus.WAIVED), ("2027-Q1", ObligationStatus.PENDING),
    ]  # fmt: skip


def test_evaluating_a_plan_meets_its_year(session: Session, now: datetime, scene: Scene) -> None:
    sweep(session, now, "evaluacion_plan")
    (owed,) = rows(session)
    assert (owed.period, owed.due_on) == ("2026", date(2026, 12, 31))
    facts.plan_evaluated(session, scene.plan.id, "submission:1", by=SYSTEM, now=now)
    assert rows(session)[0].status == ObligationStatus.MET


def test_the_cut_is_met_by_taking_it(session: Session, now: datetime, scene: Scene) -> None:
    grant(session, scene.monitor.id, "der_monitoring")
    sweep(session, now, "corte_trimestral")
    (owed,) = rows(session)
    assert (owed.subject_id, owed.debtor_id) == (offices.MONITORING, scene.monitor.id)
    after = datetime(2027, 1, 5, 14, tzinfo=UTC)
    cut = cuts.take(session, cuts.FOLLOW_UP, "2026-Q4", by=scene.monitoring, now=after)
    assert cut.figures["products"] == [
        {
            "key": scene.product.id, "vigencia": 2026, "opened": 1, "plans": 1, "reported": "0.000000",
            "verified": "0.000000",
        }
    ]  # fmt: skip
    assert rows(session)[0].status == ObligationStatus.MET


def test_who_is_listed(session: Session, now: datetime, scene: Scene) -> None:
    grant(session, scene.monitor.id, "regional_coordinator", "region", scene.region.id)
    grant(session, scene.lead.id, "planning_liaison", "unit", scene.unit.id)
    (advisor,) = listed(session, "advisors")
    assert (advisor.id, advisor.debtor_id, advisor.region_id) == (scene.advisor.id, scene.advisor.id, scene.region.id)
    (region,) = listed(session, "regions")
    assert (region.label, region.debtor_id, region.since) == (scene.region.name, scene.monitor.id, date(2026, 2, 1))
    assert [one.debtor_id for one in listed(session, "units_with_liaison")] == [scene.lead.id]
    assert [one.debtor_id for one in listed(session, "units_with_director")] == [None]
    assert [one.debtor_id for one in listed(session, "units_validated")] == [None]
    assert listed(session, "office_communications") == []


def test_who_gives_their_entities_away_owes_the_month_in_which_they_attended(
    session: Session, now: datetime, scene: Scene
) -> None:
    by = scene.advising.actor()
    work_plans.assign_advisor(session, scene.plan.id, scene.lead.id, by=by, now=now)
    coverage.cover(session, scene.advisor.id, scene.entity.id, date(2026, 6, 1), date(2026, 11, 20), by=by, now=now)
    coverage.cover(session, scene.lead.id, scene.entity.id, date(2026, 11, 21), by=by, now=now)
    former, present = sorted(listed(session, "advisors"), key=lambda one: one.until is None)
    assert (former.id, former.since, former.until) == (scene.advisor.id, date(2026, 6, 1), date(2026, 11, 20))
    assert (present.id, present.until) == (scene.lead.id, None)
    sweep(session, now, "reporte_seta")
    november = [row.debtor_id for row in rows(session) if row.period == "2026-11"]
    assert sorted(filter(None, november)) == sorted((scene.advisor.id, scene.lead.id))
    later = now + timedelta(days=20)
    sweep(session, later, "reporte_seta")
    december = {row.debtor_id for row in rows(session) if row.period == "2026-12"}
    assert december == {scene.lead.id}


def test_who_receives_plans_owes_nothing_of_the_months_before(session: Session, now: datetime, scene: Scene) -> None:
    by = scene.advising.actor()
    scene.plan.opened_at = datetime(2026, 8, 3, 15, tzinfo=UTC)
    coverage.cover(session, scene.advisor.id, scene.entity.id, date(2026, 6, 1), date(2026, 11, 20), by=by, now=now)
    coverage.cover(session, scene.advisor.id, scene.other_entity.id, date(2026, 11, 21), by=by, now=now)
    work_plans.assign_advisor(session, scene.plan.id, scene.lead.id, by=by, now=now)
    coverage.cover(session, scene.lead.id, scene.entity.id, date(2026, 11, 21), by=by, now=now)
    began = {one.id: one.since for one in listed(session, "advisors")}
    assert began == {scene.lead.id: date(2026, 11, 21), scene.advisor.id: date(2026, 6, 1)}
    sweep(session, now, "reporte_seta")
    owed = {(row.debtor_id, row.period) for row in rows(session)}
    assert owed == {
        (scene.lead.id, "2026-11"), (scene.advisor.id, "2026-10"), (scene.advisor.id, "2026-11"),
    }  # fmt: skip


def test_a_handover_passes_on_what_is_owed_at_once(session: Session, now: datetime, scene: Scene) -> None:
    by, own = scene.advising.actor(), scene.advisor.id
    scene.plan.opened_at = datetime(2026, 8, 3, 15, tzinfo=UTC)
    scene.plan.scheduled_at = now - timedelta(days=40)
    coverage.cover(session, own, scene.entity.id, date(2026, 6, 1), by=by, now=now)
    sweep(session, now, "reporte_seta", "monitoreo_trimestral")
    assert {row.debtor_id for row in rows(session)} == {own}
    heir = factories.person(session, "Rita Relevo", now)
    grants.add(session, heir.id, "territorial_advisor", "region", scene.region.id, since=DAY, by=by, now=now)
    asker = factories.principal(scene.monitor, "support_liaison")
    handover.request(session, own, heir.id, DAY, reason="Retiro", by=asker, now=now)
    session.expire_all()
    owed = {(row.subject_kind, row.debtor_id, row.period) for row in rows(session)}
    assert {one for one in owed if one[0] == "plan"} == {("plan", heir.id, "2026-Q4")}
    assert {one for one in owed if one[0] == "person"} == {
        ("person", own, "2026-10"), ("person", own, "2026-11"), ("person", heir.id, "2026-11"),
    }  # fmt: skip
    left = left_behind.by(session, own, now=now)
    assert not left
    assert left.kept == 2
    assert "2 obligaciones abiertas siguen contando para esta persona" in left_behind.kept_in_words(left)


def test_a_plan_given_on_purpose_is_owed_for_since_that_day(session: Session, now: datetime, scene: Scene) -> None:
    scene.plan.opened_at = datetime(2026, 8, 3, 15, tzinfo=UTC)
    work_plans.assign_advisor(
        session, scene.plan.id, scene.lead.id, on_purpose=True, by=scene.advising.actor(), now=now
    )
    (one,) = listed(session, "advisors")
    assert (one.id, one.since) == (scene.lead.id, date(2026, 11, 24))


def test_who_coordinates_from_today_owes_nothing_for_who_did_before(
    session: Session, now: datetime, scene: Scene
) -> None:
    grant(session, scene.monitor.id, "regional_coordinator", "region", scene.region.id)
    session.scalars(select(RoleGrant)).one().until = date(2026, 11, 20)
    new = RoleGrant(person_id=scene.lead.id, role="regional_coordinator", scope_kind="region",
                    scope_id=scene.region.id, since=date(2026, 11, 21))  # fmt: skip
    session.add(new)
    session.flush()
    (one,) = listed(session, "coordinators")
    assert (one.debtor_id, one.since) == (scene.lead.id, date(2026, 11, 21))
    (region,) = listed(session, "regions")
    assert (region.debtor_id, region.since) == (scene.lead.id, date(2026, 2, 1))


def test_a_region_without_coordination_still_owes(session: Session, now: datetime, scene: Scene) -> None:
    grant(session, scene.monitor.id, "regional_coordinator", "region", scene.region.id)
    session.scalars(select(RoleGrant)).one().until = date(2026, 10, 31)
    session.flush()
    assert [one.debtor_id for one in listed(session, "regions")] == [None]


def test_indicators_are_listed_by_how_often_they_are_measured(session: Session, now: datetime, scene: Scene) -> None:
    scene.product.protocol = {
        "indicators": [{"name": "Bancos", "frequency": "monthly"}, {"name": "Planes", "frequency": "yearly"}]
    }
    session.flush()
    assert listed(session, "indicators_yearly") == []  # not published yet
    scene.product.published_at = now
    session.flush()
    (one,) = listed(session, "indicators_yearly")
    assert (one.id, one.label) == (indicators.number(scene.product.id, 1), "Planes · Bancos al día")
    assert (one.debtor_id, one.product_id) == (scene.lead.id, scene.product.id)


def test_strategies_and_products_are_owed_by_their_leads(session: Session, now: datetime, scene: Scene) -> None:
    assert listed(session, "products") == []  # still in pre-design
    scene.product.stage = "activation"
    session.flush()
    assert [one.debtor_id for one in listed(session, "products")] == [scene.lead.id]
    assert listed(session, "strategies") == []


@pytest.mark.parametrize(
    ("horizon", "year", "since"),
    [
        ("2027-02-01", None, date(2027, 2, 1)),
        ("2027-02-01", 2026, DAY),  # assistance began before its horizon all the same
        ("2025-02-01", None, DAY),
        ("", 2027, date(2027, 1, 1)),
        (None, None, DAY),
    ],
)
def test_nothing_is_owed_of_the_years_before_a_product_is_given(
    now: datetime, horizon: str | None, year: int | None, since: date
) -> None:
    given = Product(published_at=now, created_at=now, protocol={"horizon_start": horizon})
    assert owed_since(given, year) == since


def test_the_first_year_of_a_product_is_that_of_its_plans(session: Session, now: datetime, scene: Scene) -> None:
    assert first_years(session) == {scene.product.id: scene.plan.vigencia}
    work_plans.cancel(session, scene.plan.id, "Se repitió", by=factories.BY, now=now)
    assert first_years(session) == {}


def test_milestones_that_are_taken_back_no_longer_count(session: Session, now: datetime, scene: Scene) -> None:
    milestone = factories.milestone(session, scene.plan)
    scene.plan.scheduled_at = now
    session.flush()
    sweep(session, now, "hitos_quincenales")
    (owed,) = rows(session)
    facts.milestone_reported(session, milestone, date(2026, 11, 20), by=SYSTEM, now=now)
    assert (owed.period, owed.status) == ("2026-11-F2", ObligationStatus.MET)
    facts.milestone_taken_back(session, milestone, by=SYSTEM, now=now)
    assert owed.status == ObligationStatus.PENDING
    assert milestones.of_plan(session, scene.plan.id)
