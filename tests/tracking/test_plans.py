"""Work plans: opening, schedule, consent, modifications, handover and figures."""

from datetime import date
from datetime import datetime
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from db import files
from db import history
from db.errors import Conflict
from db.errors import InvalidData
from db.errors import NotAllowed
from directory import coverage
from directory import grants
from directory import people
from directory.models import Entity
from tests.tracking import factories
from tests.tracking.conftest import Scene
from tracking import carried
from tracking import consent
from tracking import corrective_actions
from tracking import entity_view
from tracking import followed
from tracking import following
from tracking import giving
from tracking import handover
from tracking import milestones
from tracking import modifications
from tracking import products
from tracking import progress
from tracking import rollup
from tracking import schedule
from tracking import templates
from tracking import unfocalised
from tracking import work_plans

DAY = date(2026, 11, 20)
BY = factories.BY


def test_the_advisor_is_who_covers_the_entity(session: Session, scene: Scene, now: datetime) -> None:
    coverage.cover(session, scene.advisor.id, scene.other_entity.id, date(2026, 1, 1), by=BY, now=now)
    (plan,) = work_plans.open_many(session, scene.product.id, [scene.other_entity.id], 2026, by=BY, now=now)
    assert (plan.advisor_id, plan.status, plan.region_id) == (scene.advisor.id, "open", scene.region.id)


def test_without_coverage_a_plan_waits_for_an_advisor(session: Session, scene: Scene, now: datetime) -> None:
    (plan,) = work_plans.open_many(session, scene.product.id, [scene.other_entity.id], 2026, by=BY, now=now)
    assert plan.status == "without_advisor"
    assert work_plans.assign_advisor(session, plan.id, scene.advisor.id, by=BY, now=now).status == "open"


def test_opening_many_leaves_those_that_exist(session: Session, scene: Scene, now: datetime) -> None:
    ids = [scene.entity.id, scene.other_entity.id]
    opened = work_plans.open_many(session, scene.product.id, ids, 2026, by=BY, now=now)
    assert [plan.entity_id for plan in opened] == [scene.other_entity.id]


def test_transferring_needs_the_coordinator(session: Session, scene: Scene, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        following.transfer(session, scene.plan.id, scene.lead.id, reason="Cambio", by=scene.advising, now=now)


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
        {"number": 1, "target": "Un diagnóstico", "due_date": "2026-12-01", "applies": True},
        {"number": 3, "applies": False, "reason": "No tiene banco", "due_date": "2026-12-01"},
    ]
    schedule.schedule(session, scene.plan.id, rows, by=BY, now=now)
    one, three = factories.milestone(session, scene.plan, 1), factories.milestone(session, scene.plan, 3)
    assert (one.name, one.target, one.planned_on) == ("Diagnóstico", "Un diagnóstico", date(2026, 12, 1))
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
    row = consent.withdraw(session, scene.plan.id, name="Rosa", post="Alcaldesa", date=now.date(),
                           evidence_files=[letter(session, now)], reason="Cambio de gobierno", by=scene.advising,
                           now=now)  # fmt: skip
    assert (scene.plan.consent, row.person_position, row.reason) == ("withdrawn", "Alcaldesa", "Cambio de gobierno")


def letter(session: Session, now: datetime) -> str:
    return files.save(session, "carta.pdf", b"%PDF-1", by=BY, now=now).token


def test_a_withdrawal_is_proved_and_comes_after_the_consent(session: Session, scene: Scene, now: datetime) -> None:
    told = {"name": "Rosa", "post": "Alcaldesa", "reason": "Cambio de gobierno", "by": scene.advising, "now": now}
    with pytest.raises(InvalidData) as caught:
        consent.withdraw(session, scene.plan.id, date=now.date() - timedelta(days=1), **told)
    assert set(caught.value.errors) == {"evidence", "date"}
    assert scene.plan.consent == "given"


def test_who_said_no_may_agree_later_with_proof(session: Session, scene: Scene, now: datetime) -> None:
    told = {"name": "Rosa", "post": "Alcaldesa", "by": scene.advising, "now": now}
    consent.withdraw(
        session, scene.plan.id, date=now.date(), evidence_files=[letter(session, now)], reason="Cambio", **told
    )
    with pytest.raises(InvalidData) as caught:
        consent.give(session, scene.plan.id, date=now.date() - timedelta(days=1), **told)
    assert set(caught.value.errors) == {"evidence", "date"}
    consent.give(session, scene.plan.id, date=now.date(), evidence_files=[letter(session, now)], **told)
    assert consent.counts_in_denominators(scene.plan)
    assert [row.decision for row in consent.of_plan(session, scene.plan.id)] == ["given", "withdrawn", "given"]


@pytest.mark.parametrize(("decision", "code"), [("given", "consent_given"), ("pending", "consent_pending")])
def test_only_a_no_turns_into_a_yes(session: Session, scene: Scene, now: datetime, decision: str, code: str) -> None:
    scene.plan.consent = decision
    session.flush()
    told = {"name": "Rosa", "post": "Alcaldesa", "date": now.date(), "evidence_files": [letter(session, now)]}
    with pytest.raises(Conflict) as caught:
        consent.give(session, scene.plan.id, by=scene.advising, now=now, **told)
    assert caught.value.code == code


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
    rows = [{**CHANGED[0], "continues": "1 · Diagnóstico"}, CHANGED[1]]
    data = {"reason": "Ajuste", "milestones": rows, "entities": [scene.entity.id], "modalities": ["remote"]}
    return modifications.apply_modification(session, scene.product.id, data, by=BY, now=now).id


def test_a_modification_makes_a_version_and_says_what_changed(session: Session, scene: Scene, now: datetime) -> None:
    row = modifications.get(session, modified(session, scene, now))
    assert templates.latest_version(session, scene.product.id) == 2
    assert set(row.difference) == {"entities", "modalities", "lineage"}
    assert [milestone.number for milestone in milestones.of_plan(session, scene.plan.id)] == [1, 2, 3]


def test_an_adopting_plan_keeps_what_was_done(session: Session, scene: Scene, now: datetime) -> None:
    first = factories.milestone(session, scene.plan, 1).id
    milestones.report(
        session, first, occurred_on=DAY, without_evidence="Se perdió el acta.", by=scene.advising, now=now
    )
    modification_id = modified(session, scene, now)
    decided = modifications.adopting(session, modification_id, choice="all")
    adopted = [key for key, adopts in decided.items() if modifications.decide(
        session, modification_id, key, adopts=adopts, by=BY, now=now)]  # fmt: skip
    assert adopted == [scene.plan.id]
    assert [m.name for m in milestones.of_plan(session, scene.plan.id)] == ["Diagnóstico nuevo", "Cierre"]
    assert len(milestones.of_plan(session, scene.plan.id, retired=True)) == 4
    assert scene.plan.reported_progress == 50
    assert rollup.of_plan(scene.plan) == rollup.recompute(session, scene.plan.id)


def test_a_plan_may_stay_as_it_was(session: Session, scene: Scene, now: datetime) -> None:
    modification_id = modified(session, scene, now)
    assert modifications.adopting(session, modification_id, choice="none") == {scene.plan.id: False}
    modifications.decide(session, modification_id, scene.plan.id, adopts=False, by=BY, now=now)
    assert len(milestones.of_plan(session, scene.plan.id)) == 3


def test_a_plan_that_was_born_with_a_modification_is_not_asked(session: Session, scene: Scene, now: datetime) -> None:
    modification_id, later = modified(session, scene, now), now + timedelta(seconds=1)
    entity = session.query(Entity).filter(Entity.id != scene.entity.id).first()
    assert entity
    plan = factories.plan(session, scene.product, entity.id, later)
    within, apart = modifications.reached(session, modifications.get(session, modification_id))
    assert ([row.id for row in within], apart) == ([scene.plan.id], [])
    assert followed.of_plans(session, [plan])[plan.id].version == 2


def test_deciding_twice_changes_nothing(session: Session, scene: Scene, now: datetime) -> None:
    modification_id = modified(session, scene, now)
    for _ in range(2):
        modifications.decide(session, modification_id, scene.plan.id, adopts=True, by=BY, now=now)
    said = [row.action for row in history.of(session, history.Subject("work_plan", scene.plan.id))]
    assert said.count("plan.modification_decided") == 1


def test_an_earlier_modification_does_not_undo_a_later_one(session: Session, scene: Scene, now: datetime) -> None:
    first, again = modified(session, scene, now), [{"number": 1, "name": "Otro", "weight": "100"}]
    data = {"reason": "Otra vez", "milestones": again, "entities": [scene.entity.id]}
    second = modifications.apply_modification(session, scene.product.id, data, by=BY, now=now).id
    for modification_id in (second, first):
        assert modifications.decide(session, modification_id, scene.plan.id, adopts=True, by=BY, now=now)
    assert [row.number for row in milestones.of_plan(session, scene.plan.id)] == [1]


def test_a_plan_that_ended_meanwhile_is_left_as_it_is(session: Session, scene: Scene, now: datetime) -> None:
    modification_id = modified(session, scene, now)
    work_plans.cancel(session, scene.plan.id, "Se repitió", by=BY, now=now)
    assert not modifications.decide(session, modification_id, scene.plan.id, adopts=True, by=BY, now=now)


def test_adoption_is_for_running_plans(session: Session, scene: Scene, now: datetime) -> None:
    modification_id, strangers = modified(session, scene, now), [scene.other_entity.id]
    with pytest.raises(InvalidData) as caught:
        modifications.adopting(session, modification_id, choice="chosen", entities=strangers)
    assert "entities" in caught.value.errors


def test_a_plan_whose_entity_was_taken_out_waits_for_a_decision(session: Session, scene: Scene, now: datetime) -> None:
    def waiting() -> list[int]:
        filters = work_plans.Filters(unfocalised=True)
        return [plan.id for plan in work_plans.listing(session, scene.monitoring, filters).items]

    products.focalise(session, scene.product.id, [scene.entity.id], now=now)
    assert waiting() == []
    products.focalise(session, scene.product.id, [], now=now)
    assert waiting() == [scene.plan.id]
    unfocalised.keep(session, scene.plan.id, "Ya va en la mitad.", by=scene.leading, now=now + timedelta(hours=1))
    assert (waiting(), scene.plan.status) == ([], "open")
    with pytest.raises(Conflict):
        unfocalised.keep(session, scene.plan.id, "Otra vez.", by=scene.leading, now=now)
    products.focalise(session, scene.product.id, [scene.entity.id], now=now + timedelta(days=1))
    products.focalise(session, scene.product.id, [], now=now + timedelta(days=2))
    assert waiting() == [scene.plan.id]


def test_the_same_milestones_make_no_version(session: Session, scene: Scene, now: datetime) -> None:
    data = {"reason": "Modalidades", "milestones": factories.ROWS, "modalities": ["remote"]}
    assert modifications.apply_modification(session, scene.product.id, data, by=BY, now=now).template_id is None


def test_doubtful_weights_are_confirmed_by_somebody(session: Session, scene: Scene, now: datetime) -> None:
    template = templates.parameterise(session, scene.product.id, factories.ROWS, confirmed=False, note="Dos lecturas",
                                      by=BY, now=now)  # fmt: skip
    assert templates.confirm(session, template.id, note="Lo confirma la SFIT", by=scene.monitoring, now=now).confirmed


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
    grants.add(session, to.id, "territorial_advisor", "region", scene.region.id, since=DAY, by=BY, now=now)
    return handover.request(session, scene.advisor.id, to.id, since, reason="Retiro", by=by, now=now).id


def test_a_handover_moves_plans_and_coverage(session: Session, scene: Scene, now: datetime) -> None:
    coverage.cover(session, scene.advisor.id, scene.entity.id, date(2026, 1, 1), by=BY, now=now)
    row = handover.apply(session, ask(session, scene, now, date(2026, 11, 24)), now=now)
    assert row.result == {"entities": 1, "plans": 1, "products": 0, "strategies": 0, "tasks": 0}
    assert scene.plan.advisor_id == row.to_id
    assert coverage.advisor_of(session, scene.entity.id, date(2026, 11, 24)) == row.to_id


def test_a_plan_given_on_purpose_stays_so_with_who_receives_it(session: Session, scene: Scene, now: datetime) -> None:
    scene.plan.given_on = date(2026, 3, 2)
    handover.apply(session, ask(session, scene, now, date(2026, 11, 24)), now=now)
    assert scene.plan.given_on == date(2026, 11, 24)


def test_what_is_arranged_for_later_goes_along_or_stays_arranged(session: Session, scene: Scene, now: datetime) -> None:
    own, today, later = scene.advisor.id, date(2026, 11, 24), date(2026, 12, 1)
    coverage.cover(session, own, scene.entity.id, date(2026, 1, 1), by=BY, now=now)
    coverage.cover(session, own, scene.other_entity.id, later, by=BY, now=now)
    coverage.hand_over(session, scene.entity.id, scene.lead.id, later, by=BY, now=now)
    assert carried.by(session, own, today) == carried.Carried(entities=1, scheduled=1, plans=1)
    assert carried.by(session, own, later) == carried.Carried(entities=1)  # the plan goes with its entity before
    row = handover.apply(session, ask(session, scene, now, today), now=now)
    assert row.result["entities"] == 2
    assert coverage.from_day(session, own, today) == []
    told = [(one.person_id, one.since, one.until) for one in coverage.of_entity(session, scene.entity.id)]
    assert told == [
        (own, date(2026, 1, 1), date(2026, 11, 23)), (row.to_id, today, date(2026, 11, 30)),
        (scene.lead.id, later, None),
    ]  # fmt: skip
    assert coverage.advisor_of(session, scene.other_entity.id, later) == row.to_id


def test_a_plan_that_goes_with_its_entity_on_the_day_is_not_given_to_another(
    session: Session, scene: Scene, now: datetime
) -> None:
    day = date(2026, 12, 1)
    coverage.cover(session, scene.advisor.id, scene.entity.id, date(2026, 1, 1), by=BY, now=now)
    coverage.cover(session, scene.advisor.id, scene.other_entity.id, date(2026, 1, 1), by=BY, now=now)
    coverage.hand_over(session, scene.entity.id, scene.lead.id, day, by=BY, now=now)
    then = now.replace(month=12, day=1)
    row = handover.apply(session, ask(session, scene, now, day), now=then)
    assert (row.result["entities"], row.result["plans"]) == (1, 0)
    assert following.due(session, then) == [scene.plan.id]


def test_who_is_only_to_attend_later_hands_that_over(session: Session, scene: Scene, now: datetime) -> None:
    giver = factories.person(session, "Gil Garzón", now)
    coverage.cover(session, giver.id, scene.other_entity.id, date(2026, 12, 1), by=BY, now=now)
    by = factories.principal(scene.monitor, "support_liaison")
    assert giver.id in dict(giving.givers(session, by, date(2026, 11, 24)))
    assert carried.in_words(carried.by(session, giver.id, date(2026, 11, 24))) == "1 entidad programada para después"


def test_no_plan_goes_to_who_may_no_longer_come_in(session: Session, scene: Scene, now: datetime) -> None:
    coverage.cover(session, scene.advisor.id, scene.entity.id, date(2026, 1, 1), by=BY, now=now)
    coverage.hand_over(session, scene.entity.id, scene.lead.id, date(2026, 12, 1), by=BY, now=now)
    people.disable(session, scene.lead.id, by=BY, now=now)
    assert following.due(session, now.replace(month=12, day=2)) == []


def test_who_lacks_a_role_receives_nothing_and_is_told_which(session: Session, scene: Scene, now: datetime) -> None:
    by, to = factories.principal(scene.monitor, "support_liaison"), factories.person(session, "Rita Relevo", now)
    for giver, lacks in ((scene.advisor, "Enlace territorial (planes"), (scene.lead, "Líder técnico en Dirección DER")):
        with pytest.raises(InvalidData) as caught:
            handover.request(session, giver.id, to.id, date(2026, 11, 24), reason="Retiro", by=by, now=now)
        assert lacks in caught.value.errors["to_id"][0]
    assert scene.plan.advisor_id == scene.advisor.id


def test_coverage_that_comes_along_makes_nobody_an_advisor(session: Session, scene: Scene, now: datetime) -> None:
    by, to = factories.principal(scene.monitor, "support_liaison"), factories.person(session, "Rita Relevo", now)
    giver = factories.person(session, "Gil Garzón", now)
    coverage.cover(session, giver.id, scene.entity.id, date(2026, 1, 1), by=BY, now=now)
    with pytest.raises(InvalidData) as caught:
        handover.request(session, giver.id, to.id, date(2026, 11, 24), reason="Retiro", by=by, now=now)
    assert "Enlace territorial (entidades" in caught.value.errors["to_id"][0]
    assert coverage.advisor_of(session, scene.entity.id, date(2026, 11, 24)) == giver.id


def test_who_carries_nothing_hands_nothing_over(session: Session, scene: Scene, now: datetime) -> None:
    by, to = factories.principal(scene.monitor, "support_liaison"), factories.person(session, "Rita Relevo", now)
    idle = factories.person(session, "Gil Garzón", now)
    with pytest.raises(InvalidData) as caught:
        handover.request(session, idle.id, to.id, date(2026, 11, 24), reason="Retiro", by=by, now=now)
    assert "nada que entregar" in caught.value.errors["from_id"][0]
    assert handover.waiting(session) == []


def test_what_a_handover_moves_is_counted_before(session: Session, scene: Scene, now: datetime) -> None:
    by, to = factories.principal(scene.monitor, "support_liaison"), factories.person(session, "Rita Relevo", now)
    grants.add(session, to.id, "technical_lead", "unit", scene.product.unit_id, since=DAY, by=BY, now=now)
    asked = handover.check(session, scene.lead.id, to.id, date(2026, 11, 24), by=by, now=now)
    assert asked.carried.products == 1
    assert carried.in_words(asked.carried) == "1 producto que lidera"
    assert carried.in_words(carried.Carried(plans=2, tasks=1, products=1)) == (
        "2 planes de trabajo, 1 producto que lidera y 1 tarea abierta"
    )


@pytest.mark.parametrize("role", ["internal_control", "administrator"])
def test_who_only_watches_or_runs_the_system_receives_nothing(
    session: Session, scene: Scene, now: datetime, role: str
) -> None:
    by, to = factories.principal(scene.monitor, "support_liaison"), factories.person(session, "Rita Relevo", now)
    coverage.cover(session, scene.advisor.id, scene.entity.id, date(2026, 1, 1), by=BY, now=now)
    grants.add(session, to.id, role, "national", None, since=DAY, by=BY, now=now)
    with pytest.raises(InvalidData) as caught:
        handover.request(session, scene.advisor.id, to.id, date(2026, 11, 24), reason="Retiro", by=by, now=now)
    assert "no se lleva trabajo" in caught.value.errors["to_id"][0]


def test_history_says_in_which_capacity_a_handover_was_done(session: Session, scene: Scene, now: datetime) -> None:
    handover_id = ask(session, scene, now, date(2026, 11, 24))
    rows = history.of(session, history.Subject("handover", handover_id))
    assert [(row.action, row.capacity) for row in rows] == [
        ("handover.requested", "Enlace de acompañamiento"), ("handover.applied", "Enlace de acompañamiento"),
    ]  # fmt: skip
    moved = history.of(session, history.Subject("work_plan", scene.plan.id))[-1]
    assert (moved.action, moved.capacity) == ("plan.assigned", "Enlace de acompañamiento")


def test_what_the_worker_does_on_the_day_is_of_who_ordered_it(session: Session, scene: Scene, now: datetime) -> None:
    coverage.cover(session, scene.advisor.id, scene.entity.id, date(2026, 1, 1), by=BY, now=now)
    row = handover.apply(session, ask(session, scene, now, date(2026, 12, 1)), now=now.replace(month=12, day=1))
    order = f"Empalme pedido por {scene.monitor.name} el 24 de noviembre de 2026: Retiro"
    for kind, key in (("work_plan", scene.plan.id), ("entity", scene.entity.id), ("person", row.to_id)):
        moved = [one for one in history.of(session, history.Subject(kind, key)) if one.reason == order]
        assert {(one.actor_id, one.capacity) for one in moved} == {(scene.monitor.id, "Enlace de acompañamiento")}
    for person_id in (row.from_id, row.to_id):
        acts = history.of(session, history.Subject("person", person_id))
        told = [(one.action, one.actor_id, one.reason) for one in acts if one.action.startswith("handover.")]
        assert told == [(f"handover.{what}", scene.monitor.id, "Retiro") for what in ("requested", "applied")]
    shown = entity_view.timeline(session, scene.advising, scene.entity.id).items
    assert order in {event.reason for event in shown}


def test_a_handover_waits_for_its_day(session: Session, scene: Scene, now: datetime) -> None:
    handover_id = ask(session, scene, now, date(2026, 12, 1))
    assert handover.due(session, now) == []
    assert handover.due(session, now.replace(month=12, day=1)) == [handover_id]
    with pytest.raises(Conflict):
        handover.apply(session, handover_id, now=now)


def test_a_handover_is_applied_once(session: Session, scene: Scene, now: datetime) -> None:
    handover_id = ask(session, scene, now, date(2026, 11, 24))
    first = dict(handover.apply(session, handover_id, now=now).result)
    assert handover.apply(session, handover_id, now=now).result == first


@pytest.mark.parametrize("dimension", list(progress.DIMENSIONS))
def test_boards_in_every_dimension(session: Session, scene: Scene, now: datetime, dimension: str) -> None:
    milestone_id = factories.milestone(session, scene.plan, 3).id
    milestones.report(
        session, milestone_id, occurred_on=DAY, without_evidence="Se perdió el acta.", by=scene.advising, now=now
    )
    factories.plan(session, scene.product, scene.other_entity.id, now, consented=False)
    lines = progress.by_dimension(session, scene.monitoring, dimension)
    assert sum(line.plans for line in lines) == 2
    assert sum(line.counted for line in lines) == 1
    assert max(line.reported for line in lines) == 70


def test_what_is_blocked_is_not_held_against_the_advisor(session: Session, scene: Scene, now: datetime) -> None:
    blocked, done = (factories.milestone(session, scene.plan, number).id for number in (3, 1))
    milestones.block(session, blocked, reason="Paro", by=scene.advising, now=now)
    milestones.report(session, done, occurred_on=DAY, without_evidence="Se perdió el acta.", by=scene.advising, now=now)
    line = progress.total(session, scene.monitoring)
    assert (line.reported, line.attainable) == (12, 40)


def test_a_board_shows_only_what_one_may_read(session: Session, scene: Scene) -> None:
    stranger = factories.principal(scene.monitor, "territorial_advisor", "region", scene.region.id + 1)
    assert progress.by_dimension(session, stranger, "product") == []


def test_the_time_line_of_an_entity(session: Session, scene: Scene) -> None:
    events = entity_view.timeline(session, scene.advising, scene.entity.id).items
    assert {event.product_name for event in events} == {"Bancos al día"}
    assert events[-1].summary == "Abrió el plan de trabajo de Quibdó para 2026."


def states(session: Session, scene: Scene) -> list[dict[str, object]]:
    found = milestones.of_plan(session, scene.plan.id)
    return [{"number": row.number, "name": row.name, "state": row.status} for row in found]


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"state": "verified"}, "milestone_states/0/state"),
        ({"name": "Otro nombre"}, "milestone_states/0/name"),
        ({"number": 9}, "milestone_states/0/number"),
    ],
)
def test_monitoring_says_what_the_records_say(
    session: Session, scene: Scene, change: dict[str, object], path: str
) -> None:
    rows = states(session, scene)
    schedule.check_states(session, scene.plan.id, rows, "milestone_states")
    with pytest.raises(InvalidData) as caught:
        schedule.check_states(session, scene.plan.id, [{**rows[0], **change}, *rows[1:]], "milestone_states")
    assert path in caught.value.errors


def test_no_milestone_of_the_template_is_left_out_or_renamed(session: Session, scene: Scene) -> None:
    rows = states(session, scene)
    schedule.check(session, scene.plan.id, rows)
    for wrong, path in ((rows[1:], "plan_milestones"), ([{**rows[0], "name": "Otro"}, *rows[1:]],
                                                        "plan_milestones/0/name")):  # fmt: skip
        with pytest.raises(InvalidData) as caught:
            schedule.check(session, scene.plan.id, wrong)
        assert path in caught.value.errors
    with pytest.raises(InvalidData):
        schedule.check_states(session, scene.plan.id, rows[1:], "milestone_states")
