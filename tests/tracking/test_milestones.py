"""Milestones of a plan: what each act does, who may do it, and that nothing is erased."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from datetime import datetime
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from db import files
from db import history
from db.errors import Conflict
from db.errors import InvalidData
from db.errors import NotAllowed
from directory.principal import Grant
from directory.principal import Principal
from tests.tracking import factories
from tests.tracking.conftest import Scene
from tracking import milestones
from tracking import rollup
from tracking.models import MilestoneRecord

DAY = date(2026, 11, 20)


def first(session: Session, scene: Scene, number: int = 1) -> int:
    return factories.milestone(session, scene.plan, number).id


def report(session: Session, scene: Scene, now: datetime, number: int = 1) -> MilestoneRecord:
    milestone_id = first(session, scene, number)
    return milestones.report(
        session, milestone_id, occurred_on=DAY, without_evidence="Se perdió el acta.", by=scene.advising, now=now
    )


def test_a_report_moves_reported_progress_only(session: Session, scene: Scene, now: datetime) -> None:
    report(session, scene, now)
    assert (scene.plan.reported_progress, scene.plan.verified_progress) == (12, 0)


def test_progress_is_reported_while_the_assistance_is_under_way(session: Session, scene: Scene, now: datetime) -> None:
    factories.finish(session, scene.plan, now)
    with pytest.raises(Conflict) as caught:
        report(session, scene, now)
    assert caught.value.code == "execution_closed"
    with pytest.raises(Conflict):
        milestones.advance(session, first(session, scene), occurred_on=DAY, note="Acta", by=scene.advising, now=now)
    assert scene.plan.reported_progress == 0


def test_a_report_is_corrected_and_checked_after_the_assistance_ended(
    session: Session, scene: Scene, now: datetime
) -> None:
    report(session, scene, now)
    factories.finish(session, scene.plan, now)
    key = first(session, scene)
    milestones.rectify(session, key, occurred_on=DAY, note="Acta", reason="Fecha", by=scene.advising, now=now)
    assert milestones.verify(session, key, note="Se revisó.", by=scene.monitoring, now=now).status == "verified"


def test_a_verification_moves_verified_progress(session: Session, scene: Scene, now: datetime) -> None:
    report(session, scene, now, number=3)
    milestones.verify(session, first(session, scene, 3), note="Se revisó.", by=scene.monitoring, now=now)
    assert (scene.plan.reported_progress, scene.plan.verified_progress) == (70, 70)


def test_who_reported_does_not_verify(session: Session, scene: Scene, now: datetime) -> None:
    report(session, scene, now)
    both = factories.principal(scene.advisor, "regional_coordinator", "region", scene.region.id)
    with pytest.raises(NotAllowed):
        milestones.verify(session, first(session, scene), note="Se revisó.", by=both, now=now)


def test_who_acts_for_the_reporter_does_not_verify(session: Session, scene: Scene, now: datetime) -> None:
    report(session, scene, now)
    grant = Grant(
        "der_monitoring", "national", on_behalf_of=scene.advisor.id, on_behalf_name="Ana", source="delegation"
    )
    with pytest.raises(NotAllowed):
        milestones.verify(
            session,
            first(session, scene),
            note="Se revisó.",
            by=Principal(scene.monitor.id, "M", None, (grant,)),
            now=now,
        )


def test_without_consent_nothing_is_verified(session: Session, scene: Scene, now: datetime) -> None:
    plan = factories.plan(session, scene.product, scene.other_entity.id, now, consented=False)
    milestone_id = factories.milestone(session, plan).id
    milestones.report(
        session, milestone_id, occurred_on=DAY, without_evidence="Se perdió el acta.", by=scene.advising, now=now
    )
    with pytest.raises(Conflict):
        milestones.verify(session, milestone_id, note="Se revisó.", by=scene.monitoring, now=now)


def test_an_advisor_of_another_region_may_not_report(session: Session, scene: Scene, now: datetime) -> None:
    stranger = factories.principal(scene.monitor, "territorial_advisor", "region", scene.region.id + 1)
    with pytest.raises(NotAllowed):
        milestones.report(
            session, first(session, scene), occurred_on=DAY, without_evidence="Se perdió el acta.", by=stranger, now=now
        )


def test_what_does_not_apply_leaves_its_weight_to_the_others(session: Session, scene: Scene, now: datetime) -> None:
    milestones.not_applicable(session, first(session, scene, 3), reason="Sin banco", by=scene.advising, now=now)
    report(session, scene, now)
    assert scene.plan.reported_progress == Decimal(40)


def test_what_is_blocked_stays_in_the_whole_and_apart(session: Session, scene: Scene, now: datetime) -> None:
    milestones.block(session, first(session, scene, 3), reason="Sin acto administrativo", by=scene.advising, now=now)
    report(session, scene, now)
    assert (scene.plan.reported_progress, scene.plan.blocked_weight) == (12, 70)


def test_unblocking_forgets_the_reason_but_not_the_record(session: Session, scene: Scene, now: datetime) -> None:
    milestone_id = first(session, scene)
    milestones.block(session, milestone_id, reason="Paro", by=scene.advising, now=now)
    milestones.unblock(session, milestone_id, by=scene.advising, now=now)
    assert factories.milestone(session, scene.plan).reason == ""
    assert [record.reason for record in milestones.records_of(session, milestone_id)] == ["Paro", ""]


def test_rectifying_a_verified_report_needs_verification_again(session: Session, scene: Scene, now: datetime) -> None:
    original = report(session, scene, now)
    milestone_id = first(session, scene)
    milestones.verify(session, milestone_id, note="Se revisó.", by=scene.monitoring, now=now)
    rectified = milestones.rectify(
        session, milestone_id, occurred_on=DAY - timedelta(1), reason="Fecha", by=scene.advising, now=now
    )
    milestone = factories.milestone(session, scene.plan)
    assert (milestone.status, milestone.achieved_on) == ("reported", DAY - timedelta(1))
    assert rectified.corrects_id == original.id
    assert scene.plan.verified_progress == 0


def test_annulling_takes_the_progress_back_and_keeps_the_report(session: Session, scene: Scene, now: datetime) -> None:
    report(session, scene, now)
    milestones.annul(session, first(session, scene), reason="Era de otro municipio", by=scene.advising, now=now)
    assert scene.plan.reported_progress == 0
    assert [row.act for row in milestones.records_of(session, first(session, scene))] == ["reported", "annulled"]


def test_a_milestone_is_pending_again_when_nothing_sustains_it(session: Session, scene: Scene, now: datetime) -> None:
    key, by = first(session, scene), {"by": scene.advising, "now": now}
    milestone = factories.milestone(session, scene.plan)
    report(session, scene, now)
    milestones.annul(session, key, reason="Era de otro municipio", **by)
    assert milestone.status == "pending"
    milestones.advance(session, key, occurred_on=DAY, note="Se empezó", **by)
    report(session, scene, now)
    milestones.rectify(session, key, occurred_on=DAY, reason="Fecha", **by)
    milestones.annul(session, key, reason="Era de otro municipio", **by)
    assert milestone.status == "in_progress"
    milestones.annul_advance(session, key, reason="Tampoco", **by)
    assert milestone.status == "pending"


def test_a_report_that_was_not_accepted_goes_on_sustaining_its_milestone(
    session: Session, scene: Scene, now: datetime
) -> None:
    report(session, scene, now)
    milestones.reject(session, first(session, scene), reason="Falta el acta", by=scene.monitoring, now=now)
    report(session, scene, now)
    milestones.annul(session, first(session, scene), reason="Otra vez no", by=scene.advising, now=now)
    assert factories.milestone(session, scene.plan).status == "in_progress"


def test_a_rejected_report_can_be_made_again(session: Session, scene: Scene, now: datetime) -> None:
    report(session, scene, now)
    milestones.reject(session, first(session, scene), reason="Falta el acta", by=scene.monitoring, now=now)
    report(session, scene, now)
    assert factories.milestone(session, scene.plan).status == "reported"


def test_the_second_report_is_a_conflict(session: Session, scene: Scene, now: datetime) -> None:
    report(session, scene, now)
    with pytest.raises(Conflict, match="Ana Asesora"):
        report(session, scene, now)


def test_the_future_is_not_reported(session: Session, scene: Scene, now: datetime) -> None:
    tomorrow = date(2026, 11, 25)
    with pytest.raises(InvalidData) as caught:
        milestones.report(
            session,
            first(session, scene),
            occurred_on=tomorrow,
            without_evidence="Se perdió el acta.",
            by=scene.advising,
            now=now,
        )
    assert "occurred_on" in caught.value.errors


def test_evidence_must_exist(session: Session, scene: Scene, now: datetime) -> None:
    with pytest.raises(InvalidData) as caught:
        milestones.report(session, first(session, scene), occurred_on=DAY, files=["nada"], by=scene.advising, now=now)
    assert "files" in caught.value.errors


def test_evidence_is_kept_with_the_record(session: Session, scene: Scene, now: datetime) -> None:
    token = files.save(session, "acta.pdf", b"%PDF-1", by=factories.BY, now=now).token
    milestone_id = first(session, scene)
    record = milestones.report(session, milestone_id, occurred_on=DAY, files=[token], by=scene.advising, now=now)
    assert record.files == [token]


def test_acts_stand_in_the_history_of_the_plan(session: Session, scene: Scene, now: datetime) -> None:
    report(session, scene, now)
    row = history.of(session, history.Subject("work_plan", scene.plan.id))[-1]
    assert (row.action, row.actor_id) == ("milestone.reported", scene.advisor.id)


@pytest.mark.parametrize("act", [milestones.block, milestones.not_applicable, milestones.annul])
def test_reasons_are_required(
    session: Session, scene: Scene, now: datetime, act: Callable[..., MilestoneRecord]
) -> None:
    with pytest.raises(InvalidData) as caught:
        act(session, first(session, scene), reason="  ", by=scene.advising, now=now)
    assert "reason" in caught.value.errors


ACTS: tuple[Callable[[Session, int, Scene, datetime], object], ...] = (
    lambda s, m, c, n: milestones.report(s, m, occurred_on=DAY, without_evidence="No hay.", by=c.advising, now=n),
    lambda s, m, c, n: milestones.advance(s, m, occurred_on=DAY, note="Algo", by=c.advising, now=n),
    lambda s, m, c, n: milestones.verify(s, m, note="Se revisó.", by=c.monitoring, now=n),
    lambda s, m, c, n: milestones.reject(s, m, reason="No", by=c.monitoring, now=n),
    lambda s, m, c, n: milestones.block(s, m, reason="Paro", by=c.advising, now=n),
    lambda s, m, c, n: milestones.unblock(s, m, by=c.advising, now=n),
    lambda s, m, c, n: milestones.not_applicable(s, m, reason="No", by=c.advising, now=n),
    lambda s, m, c, n: milestones.applicable(s, m, reason="Sí", by=c.advising, now=n),
    lambda s, m, c, n: milestones.rectify(s, m, occurred_on=DAY, reason="Error", by=c.advising, now=n),
    lambda s, m, c, n: milestones.annul(s, m, reason="Error", by=c.advising, now=n),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, len(ACTS) - 1), st.integers(1, 3)), max_size=15))
def test_sums_are_always_those_of_the_records(
    session: Session, scene: Scene, now: datetime, acts: list[tuple[int, int]]
) -> None:
    for act, number in acts:
        try:
            ACTS[act](session, first(session, scene, number), scene, now)
        except Conflict:
            continue
    assert rollup.of_plan(scene.plan) == rollup.recompute(session, scene.plan.id)


def test_a_wrong_sum_is_found(session: Session, scene: Scene, now: datetime) -> None:
    assert list(rollup.mismatches(session)) == []
    scene.plan.reported_weight = Decimal(1)
    session.flush()
    assert list(rollup.mismatches(session)) == [scene.plan.id]
    assert replace(rollup.of_plan(scene.plan), reported=Decimal(0)) == rollup.recompute(session, scene.plan.id)


def advance(session: Session, scene: Scene, now: datetime, note: str = "Acta", day: date = DAY) -> MilestoneRecord:
    return milestones.advance(session, first(session, scene), occurred_on=day, note=note, by=scene.advising, now=now)


def test_a_report_without_evidence_says_why(session: Session, scene: Scene, now: datetime) -> None:
    key = first(session, scene)
    with pytest.raises(InvalidData) as caught:
        milestones.report(session, key, occurred_on=DAY, note="Listo", by=scene.advising, now=now)
    assert set(caught.value.errors) == {"files"}
    told = milestones.report(
        session, key, occurred_on=DAY, without_evidence="Se perdió el acta.", by=scene.advising, now=now
    )
    assert told.reason == "Sin evidencia: Se perdió el acta."


def test_progress_is_taken_back_and_stays_in_the_records(session: Session, scene: Scene, now: datetime) -> None:
    wrong, right = advance(session, scene, now, "Un error"), advance(session, scene, now, "Lo cierto")
    key = first(session, scene)
    taken = milestones.annul_advance(
        session, key, reason="Era de otro hito", record_id=wrong.id, by=scene.advising, now=now
    )
    assert (taken.corrects_id, taken.status) == (wrong.id, "in_progress")
    with pytest.raises(Conflict):
        milestones.annul_advance(session, key, reason="Otra vez", record_id=wrong.id, by=scene.advising, now=now)
    taken = milestones.annul_advance(session, key, reason="También", by=scene.advising, now=now)
    assert (taken.corrects_id, taken.status) == (right.id, "pending")
    assert [row.act for row in milestones.records_of(session, key)] == ["advanced"] * 2 + ["advance_annulled"] * 2


def test_who_may_not_write_does_not_learn_how_the_plan_stands(session: Session, scene: Scene, now: datetime) -> None:
    key, scene.plan.status = first(session, scene), "closed"
    session.flush()
    told = {"occurred_on": DAY, "note": "Acta", "now": now}
    with pytest.raises(NotAllowed):
        milestones.advance(session, key, by=factories.principal(scene.monitor, "internal_control"), **told)
    with pytest.raises(Conflict):
        milestones.advance(session, key, by=scene.advising, **told)


def test_progress_is_not_older_than_its_plan(session: Session, scene: Scene, now: datetime) -> None:
    with pytest.raises(InvalidData) as caught:
        advance(session, scene, now, day=date(2020, 11, 20))
    assert "lo ocurrido desde el 1 de enero de 2026" in caught.value.errors["occurred_on"][0]
    assert advance(session, scene, now, day=date(2026, 1, 1)).occurred_on == date(2026, 1, 1)


def test_a_day_before_the_plan_was_opened_is_confirmed_as_that_of_an_advisory(
    session: Session, scene: Scene, now: datetime
) -> None:
    key, told = first(session, scene), {"note": "Acta", "by": scene.advising, "now": now, "confirmed": False}
    with pytest.raises(InvalidData) as caught:
        milestones.advance(session, key, occurred_on=now.date() - timedelta(9), **told)
    assert "anterior al día en que el plan de trabajo se abrió" in caught.value.errors["confirmed"][0]
    assert milestones.advance(session, key, occurred_on=now.date(), **told).occurred_on == now.date()
