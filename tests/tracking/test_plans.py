"""Work plans: opening, schedule, consent, modifications, handover and figures."""

from datetime import date
from datetime import datetime
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from db.errors import Conflict
from db.errors import InvalidData
from db.errors import NotAllowed
from directory import coverage
from tests.tracking import factories
from tests.tracking.conftest import Scene
from tracking import consent
from tracking import corrective_actions
from tracking import entity_view
from tracking import handover
from tracking import milestones
from tracking import modifications
from tracking import progress
from tracking import rollup
from tracking import schedule
from tracking import templates
from tracking import work_plans

DAY = date(2026, 11, 20)
BY = factories.BY


def test_the_advisor_is_who_covers_the_entity(session: Session, scene: Scene, now: datetime) -> None:
    coverage.cover(session, scene.advisor.id, scene.other_entity.id, date(2026, 1, 1), by=BY, now=now)
    plan = work_plans.open_plan(session, scene.product.id, scene.other_entity.id, 2026, by=BY, now=now)
    assert (plan.advisor_id, plan.status, plan.region_id) == (scene.advisor.id, "open", scene.region.id)


def test_without_coverage_a_plan_waits_for_an_advisor(session: Session, scene: Scene, now: datetime) -> None:
    plan = work_plans.open_plan(session, scene.product.id, scene.other_entity.id, 2026, by=BY, now=now)
    assert plan.status == "without_advisor"
    assert work_plans.assign_advisor(session, plan.id, scene.advisor.id, by=BY, now=now).status == "open"


def test_a_plan_is_opened_once(session: Session, scene: Scene, now: datetime) -> None:
    with pytest.raises(Conflict, match="Quibdó"):
        work_plans.open_plan(session, scene.product.id, scene.entity.id, 2026, by=BY, now=now)


def test_opening_many_leaves_those_that_exist(session: Session, scene: Scene, now: datetime) -> None:
    ids = [scene.entity.id, scene.other_entity.id]
    opened = work_plans.open_many(session, scene.product.id, ids, 2026, by=BY, now=now)
    assert [plan.entity_id for plan in opened] == [scene.other_entity.id]


def test_transferring_needs_the_coordinator(session: Session, scene: Scene, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        work_plans.transfer(session, scene.plan.id, scene.lead.id, reason="X", by=scene.advising, now=now)


def test_an_ended_plan_admits_no_change(session: Session, scene: Scene, now: datetime) -> None:
    work_plans.cancel(session, scene.plan.id, "Producto retirado", by=BY, now=now)
    with pytest.raises(Conflict):
        work_plans.close(session, scene.plan.id, by=BY, now=now)
    assert work_plans.running(session, scene.product.id) == []


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (work_plans.Filters(text="quibdo"), 1),
        (work_plans.Filters(text="bancos quibdo"), 1),
        (work_plans.Filters(text="istmina"), 0),
        (work_plans.Filters(vigencia=2025), 0),
        (work_plans.Filters(department_code="27", status="open", consent="given"), 1),
    ],
)
def test_plan_filters(session: Session, scene: Scene, filters: work_plans.Filters, found: int) -> None:
    assert len(work_plans.listing(session, scene.advising, filters).items) == found


def test_the_lead_of_the_product_sees_its_plans(session: Session, scene: Scene) -> None:
    lead = factories.principal(scene.lead, "technical_lead", "unit", scene.unit.id + 1)
    assert [plan.id for plan in work_plans.listing(session, lead, work_plans.Filters()).items] == [scene.plan.id]


def test_a_schedule_dates_adapts_and_leaves_out(session: Session, scene: Scene, now: datetime) -> None:
    rows = [
        {"number": 1, "name": "Diagnóstico local", "due_date": "2026-12-01", "applies": True},
        {"number": 3, "applies": False, "reason": "No tiene banco", "due_date": "2026-12-01"},
    ]
    schedule.schedule(session, scene.plan.id, rows, by=BY, now=now)
    one, three = factories.milestone(session, scene.plan, 1), factories.milestone(session, scene.plan, 3)
    assert (one.name, one.planned_on) == ("Diagnóstico local", date(2026, 12, 1))
    assert (three.status, three.reason) == ("not_applicable", "No tiene banco")
    assert scene.plan.applicable_weight == 30


def test_an_adjusted_schedule_takes_a_milestone_back(session: Session, scene: Scene, now: datetime) -> None:
    for applies in (False, True):
        rows = [{"number": 3, "applies": applies, "reason": "Duda", "due_date": "2026-12-01"}]
        schedule.schedule(session, scene.plan.id, rows, by=BY, now=now)
    assert factories.milestone(session, scene.plan, 3).status == "pending"
    assert rollup.of_plan(scene.plan) == rollup.recompute(session, scene.plan.id)


@pytest.mark.parametrize(
    ("row", "path"),
    [
        ({"number": 9, "applies": True}, "plan_milestones/0/number"),
        ({"number": 1, "applies": False, "reason": ""}, "plan_milestones/0/reason"),
    ],
)
def test_wrong_schedules_say_where(
    session: Session, scene: Scene, now: datetime, row: dict[str, object], path: str
) -> None:
    with pytest.raises(InvalidData) as caught:
        schedule.schedule(session, scene.plan.id, [row], by=BY, now=now)
    assert path in caught.value.errors


@pytest.mark.parametrize(
    ("decision", "status", "counts"),
    [("given", "open", True), ("given", "cancelled", False), ("refused", "open", False), ("pending", "open", False),
     ("withdrawn", "open", False), ("given", "closed", True)],
)  # fmt: skip
def test_who_counts(session: Session, scene: Scene, decision: str, status: str, counts: bool) -> None:
    scene.plan.consent, scene.plan.status = decision, status
    session.flush()
    assert consent.counts_in_denominators(scene.plan) is counts
    assert session.query(work_plans.WorkPlan).filter(consent.counted()).count() == int(counts)


def test_consent_withdrawn_keeps_who_and_why(session: Session, scene: Scene, now: datetime) -> None:
    row = consent.withdraw(session, scene.plan.id, name="Rosa", post="Alcaldesa", date=DAY, reason="Cambio de gobierno",
                           by=scene.advising, now=now)  # fmt: skip
    assert (scene.plan.consent, row.person_position, row.reason) == ("withdrawn", "Alcaldesa", "Cambio de gobierno")


def test_a_refusal_needs_a_reason(session: Session, scene: Scene, now: datetime) -> None:
    plan = factories.plan(session, scene.product, scene.other_entity.id, now, consented=False)
    with pytest.raises(InvalidData) as caught:
        consent.record(session, plan.id, given=False, name="R", post="A", date=DAY, by=BY, now=now)
    assert "reason" in caught.value.errors


CHANGED = [
    {"number": 1, "name": "Diagnóstico nuevo", "weight": "50"},
    {"number": 4, "name": "Cierre", "weight": "50"},
]


def modified(session: Session, scene: Scene, now: datetime) -> int:
    data = {"reason": "Ajuste", "milestones": CHANGED, "entities": [scene.entity.id], "modalities": ["remote"]}
    return modifications.apply_modification(session, scene.product.id, data, by=BY, now=now).id


def test_a_modification_makes_a_version_and_says_what_changed(session: Session, scene: Scene, now: datetime) -> None:
    row = modifications.get(session, modified(session, scene, now))
    assert templates.latest_version(session, scene.product.id) == 2
    assert set(row.difference) == {"entities", "modalities"}
    assert [milestone.number for milestone in milestones.of_plan(session, scene.plan.id)] == [1, 2, 3]


def test_an_adopting_plan_keeps_what_was_done(session: Session, scene: Scene, now: datetime) -> None:
    first = factories.milestone(session, scene.plan, 1).id
    milestones.report(session, first, occurred_on=DAY, by=scene.advising, now=now)
    modification_id = modified(session, scene, now)
    adopted = modifications.record_adoption(session, modification_id, adoption="all", by=BY, now=now)
    assert adopted == [scene.plan.id]
    assert [m.name for m in milestones.of_plan(session, scene.plan.id)] == ["Diagnóstico nuevo", "Cierre"]
    assert len(milestones.of_plan(session, scene.plan.id, retired=True)) == 4
    assert scene.plan.reported_progress == 50
    assert rollup.of_plan(scene.plan) == rollup.recompute(session, scene.plan.id)


def test_a_plan_may_stay_as_it_was(session: Session, scene: Scene, now: datetime) -> None:
    modification_id = modified(session, scene, now)
    assert modifications.record_adoption(session, modification_id, adoption="none", by=BY, now=now) == []
    assert len(milestones.of_plan(session, scene.plan.id)) == 3


def test_adoption_is_for_running_plans(session: Session, scene: Scene, now: datetime) -> None:
    with pytest.raises(InvalidData) as caught:
        modifications.record_adoption(session, modified(session, scene, now), adoption="chosen",
                                      entities=[scene.other_entity.id], by=BY, now=now)  # fmt: skip
    assert "entities" in caught.value.errors


def test_the_same_milestones_make_no_version(session: Session, scene: Scene, now: datetime) -> None:
    data = {"reason": "Modalidades", "milestones": factories.ROWS, "modalities": ["remote"]}
    assert modifications.apply_modification(session, scene.product.id, data, by=BY, now=now).template_id is None


def test_doubtful_weights_are_confirmed_by_somebody(session: Session, scene: Scene, now: datetime) -> None:
    template = templates.parameterise(session, scene.product.id, factories.ROWS, confirmed=False, note="Dos lecturas",
                                      by=BY, now=now)  # fmt: skip
    assert templates.confirm(session, template.id, note="Lo confirma la SFIT", by=BY, now=now).confirmed


def test_a_corrective_action_from_opening_to_close(session: Session, scene: Scene, now: datetime) -> None:
    action = corrective_actions.open_action(
        session, scene.plan.id, kind="corrective", finding="Vencidos", by=BY, now=now
    )
    corrective_actions.follow(session, action.id, progress="Designado", effective=True, by=BY, now=now)
    corrective_actions.close(session, action.id, by=BY, now=now)
    assert [(row.status, row.effective) for row in corrective_actions.of_plan(session, scene.plan.id)] == [
        ("closed", True)
    ]


def ask(session: Session, scene: Scene, now: datetime, since: date) -> int:
    by = factories.principal(scene.monitor, "support_liaison")
    to = factories.person(session, "Rita Relevo", now)
    return handover.request(session, scene.advisor.id, to.id, since, reason="Retiro", by=by, now=now).id


def test_a_handover_moves_plans_and_coverage(session: Session, scene: Scene, now: datetime) -> None:
    coverage.cover(session, scene.advisor.id, scene.entity.id, date(2026, 1, 1), by=BY, now=now)
    row = handover.apply(session, ask(session, scene, now, date(2026, 11, 24)), by=BY, now=now)
    assert row.result == {"entities": 1, "plans": 1, "products": 0, "strategies": 0, "tasks": 0}
    assert scene.plan.advisor_id == row.to_id
    assert coverage.advisor_of(session, scene.entity.id, date(2026, 11, 24)) == row.to_id


def test_a_handover_waits_for_its_day(session: Session, scene: Scene, now: datetime) -> None:
    handover_id = ask(session, scene, now, date(2026, 12, 1))
    assert handover.due(session, now) == []
    assert handover.due(session, now.replace(month=12, day=1)) == [handover_id]
    with pytest.raises(Conflict):
        handover.apply(session, handover_id, by=BY, now=now)


def test_a_handover_is_applied_once(session: Session, scene: Scene, now: datetime) -> None:
    handover_id = ask(session, scene, now, date(2026, 11, 24))
    first = dict(handover.apply(session, handover_id, by=BY, now=now).result)
    assert handover.apply(session, handover_id, by=BY, now=now).result == first


@pytest.mark.parametrize("dimension", list(progress.DIMENSIONS))
def test_boards_in_every_dimension(session: Session, scene: Scene, now: datetime, dimension: str) -> None:
    milestone_id = factories.milestone(session, scene.plan, 3).id
    milestones.report(session, milestone_id, occurred_on=DAY, by=scene.advising, now=now)
    factories.plan(session, scene.product, scene.other_entity.id, now, consented=False)
    lines = progress.by_dimension(session, scene.monitoring, dimension)
    assert sum(line.plans for line in lines) == 2
    assert sum(line.counted for line in lines) == 1
    assert max(line.reported for line in lines) == 70


def test_what_is_blocked_is_not_held_against_the_advisor(session: Session, scene: Scene, now: datetime) -> None:
    blocked, done = (factories.milestone(session, scene.plan, number).id for number in (3, 1))
    milestones.block(session, blocked, reason="Paro", by=scene.advising, now=now)
    milestones.report(session, done, occurred_on=DAY, by=scene.advising, now=now)
    line = progress.total(session, scene.monitoring)
    assert (line.reported, line.attainable) == (12, 40)


def test_boards_by_milestone_and_group(session: Session, scene: Scene, now: datetime) -> None:
    milestone_id = factories.milestone(session, scene.plan, 2).id
    milestones.report(session, milestone_id, occurred_on=DAY, by=scene.advising, now=now)
    by_milestone = progress.by_milestone(session, scene.monitoring, scene.product.id)
    assert [(line.number, line.reported) for line in by_milestone] == [(1, 0), (2, 100), (3, 0)]
    groups = progress.by_group(session, scene.monitoring, scene.product.id)
    assert [(line.name, line.reported) for line in groups] == [("Alistamiento", Decimal(60)), ("Ejecución", 0)]


def test_a_board_shows_only_what_one_may_read(session: Session, scene: Scene) -> None:
    stranger = factories.principal(scene.monitor, "territorial_advisor", "region", scene.region.id + 1)
    assert progress.by_dimension(session, stranger, "product") == []


def test_the_time_line_of_an_entity(session: Session, scene: Scene) -> None:
    events = entity_view.timeline(session, scene.advising, scene.entity.id)
    assert {event.product_name for event in events} == {"Bancos al día"}
    assert events[-1].summary == "Abrió el plan de trabajo de Quibdó para 2026."
