"""What reports are composed of: activities by obligation, what went wrong and well, SETA, and regions."""

from datetime import date
from datetime import datetime
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from db import files
from db.errors import Conflict
from db.errors import InvalidData
from db.errors import NotAllowed
from directory import coverage
from directory.models import RoleGrant
from notifications import periods
from notifications.models import Fact
from tests.tracking import factories
from tests.tracking.conftest import Scene
from tracking import advisories
from tracking import consent
from tracking import contacts
from tracking import corrective_actions
from tracking import milestones
from tracking import modifications
from tracking.advisories import NewAdvisory
from tracking.advisory_parts import Attendee
from tracking.models import Consent
from tracking.models import CorrectiveAction
from tracking.models import Report
from tracking.models import ReportStatus
from tracking.reports import composing
from tracking.reports import contract
from tracking.reports import early
from tracking.reports import kinds
from tracking.reports import monthly
from tracking.reports import placing
from tracking.reports import presenting
from tracking.reports import regional
from tracking.reports import seta
from tracking.reports import starting
from tracking.reports import store
from tracking.reports.contract import Clause

NOVEMBER = periods.of(periods.MONTHLY, date(2026, 11, 10))
DAY = date(2026, 11, 12)


@pytest.fixture
def worked(session: Session, scene: Scene, now: datetime) -> Scene:
    """A month of work: an advisory, two contacts, a milestone met and verified, one blocked, an action."""
    by = scene.advising
    paper = files.save(session, "acta.pdf", b"%PDF-1.7\n%%EOF\n", by=by.actor(), now=now).token
    given = NewAdvisory(occurred_on=DAY, modality="remote", summary="Revisión del banco",
                        entities=[scene.entity.id], product_id=scene.product.id,
                        people=[Attendee("Carlos Mena", "Secretario")], minutes_file=paper, confirmed=True)  # fmt: skip
    advisories.register(session, given, by=by, now=now)
    coverage.cover(session, scene.advisor.id, scene.entity.id, date(2026, 1, 1), by=by.actor(), now=now)
    for minutes in (15, 65):
        contacts.register(
            session, entity_id=scene.entity.id, channel="call", topic="Duda", minutes=minutes, occurred_on=DAY, by=by,
            now=now,
        )  # fmt: skip
    first, second = (factories.milestone(session, scene.plan, number) for number in (1, 2))
    milestones.report(session, first.id, occurred_on=DAY, files=[paper], by=by, now=now)
    milestones.verify(session, first.id, note="Se revisó.", by=scene.monitoring, now=now)
    milestones.block(session, second.id, reason="Cambió el alcalde", by=by, now=now)
    corrective_actions.open_action(
        session, scene.plan.id, kind="corrective", finding="Sin equipo", by=by.actor(), now=now
    )
    return scene


def told(session: Session, scene: Scene, period: periods.Period = NOVEMBER) -> dict[int, list[str]]:
    content = monthly.compose(session, scene.advisor.id, period)
    return {one["number"]: [item["kind"] for item in one["activities"]] for one in content["obligations"]}


def test_each_activity_is_told_under_the_obligation_that_names_its_kind(session: Session, worked: Scene) -> None:
    nothing: dict[int, list[str]] = {number: [] for number in range(3, 8)}
    assert told(session, worked) == {1: ["advisory", "contact"], 2: ["milestone", "milestone"], **nothing}


def take_back(session: Session, scene: Scene, how: str, now: datetime) -> None:
    """Let the met milestone of `worked` fall: its report annulled or not accepted."""
    row = factories.milestone(session, scene.plan)
    if how == "annulled":
        milestones.annul(session, row.id, reason="No era este hito", by=scene.advising, now=now)
    else:
        milestones.unverify(session, row.id, reason="Me equivoqué", by=scene.monitoring, now=now)
        milestones.reject(session, row.id, reason="El acta no está firmada", by=scene.monitoring, now=now)


@pytest.mark.parametrize("how", ["annulled", "rejected"])
def test_what_was_taken_back_is_no_work_of_the_month(session: Session, worked: Scene, how: str, now: datetime) -> None:
    take_back(session, worked, how, now)
    assert told(session, worked)[2] == ["milestone"]  # the one that the entity holds up
    (line,) = seta.rows(session, begun(session, worked, now))
    assert "Cumplimiento del hito 1" not in line["milestones"]


def test_a_kind_of_step_goes_where_it_is_named_and_else_with_the_other_tasks() -> None:
    ours, own = monthly.owners(contract.OURS), monthly.owners([Clause(4, "Cumplir lo demás", ("task",))])
    assert set(ours) == set(contract.ACTIVITIES)
    assert (ours["planning"], ours["socialisation"], ours["knowledge"], ours["task"]) == (3, 3, 6, 5)
    assert own == dict.fromkeys({*contract.TASKS, "task"}, 4)
    assert monthly.owners([Clause(1, "Una", ("advisory",))]) == {"advisory": 1}


def activities_of(content: dict[str, Any]) -> dict[str, int]:
    return {item["key"]: one["number"] for one in content["obligations"] for item in one["activities"]}


def drafted(session: Session, scene: Scene, now: datetime) -> Report:
    """The activity report of November, without the process that carries it."""
    row = Report(
        kind=kinds.ACTIVITIES, subject_id=scene.advisor.id, person_id=scene.advisor.id, period=NOVEMBER.key, title="",
        period_start=NOVEMBER.start, period_end=NOVEMBER.end, status=ReportStatus.DRAFT, content={}, revision=1,
        created_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def test_its_author_puts_an_activity_under_another_obligation(session: Session, worked: Scene, now: datetime) -> None:
    row = drafted(session, worked, now)
    before = activities_of(composing.shown(session, row, now))
    advisory = next(key for key in before if key.startswith("advisory:"))
    contact = next(key for key in before if key.startswith("contacts:"))
    moves = {advisory: 5, contact: before[contact]}  # the second one stays where it is
    placing.move(session, row.id, moves, revision=row.revision, by=worked.advising, now=now)
    content = composing.shown(session, row, now)
    assert activities_of(content) == {**before, advisory: 5}
    assert content["moves"] == {advisory: 5}
    assert monthly.MOVED_HERE in monthly.answers(content)["obligations"][4]["activities"]
    assert monthly.MOVED_HERE not in monthly.answers(content)["obligations"][0]["activities"]
    with pytest.raises(Conflict) as caught:
        placing.move(session, row.id, {}, revision=row.revision - 1, by=worked.advising, now=now)
    assert caught.value.code == "stale"
    presenting.present(session, row.id, composing.registered(session, row, now), by=worked.advising.actor(), now=now)
    assert activities_of(composing.shown(session, row, now))[advisory] == 5
    with pytest.raises(Conflict, match="ya se presentó"):
        placing.move(session, row.id, {}, revision=row.revision, by=worked.advising, now=now)
    presenting.decide(session, row.id, accepted=False, remarks="Falta", by=worked.monitoring.actor(), now=now)
    assert activities_of(composing.shown(session, row, now))[advisory] == 5  # as it was, while it is corrected
    placing.move(session, row.id, {}, revision=row.revision, by=worked.advising, now=now)
    assert activities_of(composing.shown(session, row, now)) == before


def test_only_what_is_told_goes_and_only_where_there_is_an_obligation(
    session: Session, worked: Scene, now: datetime
) -> None:
    row = drafted(session, worked, now)
    key = next(iter(activities_of(composing.shown(session, row, now))))
    for moves in ({"advisory:0": 1}, {key: 40}):
        with pytest.raises(InvalidData) as caught:
            placing.move(session, row.id, moves, revision=row.revision, by=worked.advising, now=now)
        assert list(caught.value.errors) == list(moves)
    with pytest.raises(NotAllowed):
        placing.move(session, row.id, {key: 2}, revision=row.revision, by=worked.monitoring, now=now)


def test_nothing_of_another_month_or_person_is_told(session: Session, worked: Scene) -> None:
    assert not any(told(session, worked, periods.of(periods.MONTHLY, date(2026, 10, 5))).values())
    content = monthly.compose(session, worked.lead.id, NOVEMBER)
    assert not any(one["activities"] for one in content["obligations"])


def test_activities_say_when_what_and_where_they_can_be_seen(session: Session, worked: Scene) -> None:
    content = monthly.compose(session, worked.advisor.id, NOVEMBER)
    advisory, contact = content["obligations"][0]["activities"]
    assert advisory["on"] == "2026-11-12"
    assert "Quibdó: Revisión del banco" in advisory["text"]
    assert [item["label"] for item in advisory["evidence"]][1:] == ["acta.pdf"]
    assert contact["text"].startswith("2 interacciones cortas (llamada) con 1 entidad: 1 h 20 min de trabajo")


def test_a_milestone_that_was_retired_keeps_the_number_it_was_reported_with(
    session: Session, worked: Scene, now: datetime
) -> None:
    done, held_up = (factories.milestone(session, worked.plan, number).name for number in (1, 2))
    rows = [{"number": 1, "name": "Cierre", "weight": "100"}]
    data = {"reason": "Se quitaron", "milestones": rows, "entities": [worked.entity.id]}
    changed = modifications.apply_modification(session, worked.product.id, data, by=factories.BY, now=now)
    modifications.decide(session, changed.id, worked.plan.id, adopts=True, by=factories.BY, now=now)
    content = monthly.compose(session, worked.advisor.id, NOVEMBER)
    activity = content["obligations"][1]["activities"][0]
    assert activity["text"].startswith(f"Cumplimiento del hito 1 (retirado) «{done}»")
    assert activity["evidence"][0]["label"] == "Hito 1 (retirado)"
    assert any(f"2 (retirado) «{held_up}»" in one["text"] for one in content["difficulties"])
    (line,) = seta.rows(session, begun(session, worked, now))
    assert "Cumplimiento del hito 1 (retirado)" in line["milestones"]


def test_what_no_obligation_in_force_names_is_told_at_the_end(session: Session, worked: Scene, now: datetime) -> None:
    own = [
        Clause(4, "Acompañar", ("contact",)),
        Clause(9, "Ya vencida", ("milestone",), until=date(2026, 10, 31)),
    ]
    contract.write(session, worked.advisor.id, own, by=worked.advising, now=now)
    assert told(session, worked) == {4: ["contact"], 0: ["advisory", "milestone", "milestone"]}


def test_the_contract_of_another_is_not_ones_own_to_change(session: Session, scene: Scene, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        contract.write(session, scene.lead.id, [Clause(1, "Una")], by=scene.advising, now=now)
    wrong = [Clause(1, " "), Clause(1, "Dos", ("nada",), date(2026, 2, 1), date(2026, 1, 1))]
    with pytest.raises(InvalidData) as refusal:
        contract.write(session, scene.advisor.id, wrong, by=scene.advising, now=now)
    assert set(refusal.value.errors) == {"text-0", "number-1", "activities-1", "until-1"}


def test_difficulties_and_achievements_are_what_is_registered(session: Session, worked: Scene) -> None:
    content = monthly.compose(session, worked.advisor.id, NOVEMBER)
    hard = " ".join(one["text"] for one in content["difficulties"])
    assert "Hito bloqueado por la entidad, 2 «Equipo», Quibdó: Cambió el alcalde" in hard
    assert "Hallazgo en Quibdó: Sin equipo (acción abierta)" in hard
    assert [one["text"] for one in content["achievements"]] == ["Hito 1 «Diagnóstico», Quibdó: cumplido y verificado"]


def test_the_same_words_twice_are_two_rows() -> None:
    point = {"on": "2026-11-02", "text": "Bloqueo", "url": ""}
    rows = monthly.answers({"obligations": [], "difficulties": [point, point], "achievements": []})
    assert [row["difficulty"] for row in rows["found_difficulties"]] == [
        "02/11/2026 · Bloqueo", "02/11/2026 · Bloqueo (2)",
    ]  # fmt: skip


def test_a_consent_that_was_withdrawn_is_a_difficulty(session: Session, scene: Scene, now: datetime) -> None:
    consent.withdraw(
        session, scene.plan.id, name="Carlos", post="Alcalde", date=now.date(), reason="Ya no quiere",
        by=scene.advising,
        evidence_files=[files.save(session, "carta.pdf", b"%PDF-1", by=scene.advising.actor(), now=now).token], now=now,
    )  # fmt: skip
    content = monthly.compose(session, scene.advisor.id, NOVEMBER)
    assert any("Quibdó retiró su consentimiento: Ya no quiere" in one["text"] for one in content["difficulties"])


def advise(session: Session, scene: Scene, day: date, now: datetime) -> None:
    given = NewAdvisory(occurred_on=day, modality="remote", summary="Revisión", entities=[scene.entity.id],
                        product_id=scene.product.id, confirmed=True)  # fmt: skip
    advisories.register(session, given, by=scene.advising, now=now)


def begun(session: Session, scene: Scene, now: datetime, kind: str = kinds.SETA) -> Report:
    about = starting.About(scene.advisor.id, scene.advisor.id, "Ana Asesora", None, scene.region.id)
    by = scene.advising.actor()
    return starting.begin(session, kinds.kind(kind), NOVEMBER, about, by=by, now=now)


def test_a_report_is_begun_once(session: Session, scene: Scene, now: datetime) -> None:
    assert begun(session, scene, now).id == begun(session, scene, now).id


def test_seta_has_a_row_per_plan_with_what_moved(session: Session, worked: Scene, now: datetime) -> None:
    row = begun(session, worked, now)
    (line,) = seta.rows(session, row)
    assert (line["plan_id"], line["advisories"]) == (worked.plan.id, 1)
    assert line["milestones"] == [
        "Cumplimiento del hito 1", "Verificación del hito 1", "Bloqueo, por la entidad, del hito 2",
    ]  # fmt: skip
    assert line["steps"] == ["Consentimiento otorgado", "Acción de mejora abierta"]


def test_what_stands_still_on_purpose_is_no_month_without_news(session: Session, worked: Scene, now: datetime) -> None:
    """A milestone that does not apply, or a closed action, changed the plan: «sin novedad» would be untrue."""
    third = factories.milestone(session, worked.plan, 3)
    milestones.not_applicable(session, third.id, reason="No tiene zona rural", by=worked.advising, now=now)
    corrective_actions.close(session, session.query(CorrectiveAction).one().id, by=worked.advising.actor(), now=now)
    (line,) = seta.rows(session, begun(session, worked, now))
    assert line["milestones"][-1] == "«No aplica», en el hito 3"
    assert line["steps"][-1] == "Acción de mejora cerrada"


def test_seta_tells_steps_and_what_no_earlier_report_could(session: Session, scene: Scene, now: datetime) -> None:
    session.query(Consent).one().recorded_at = now - timedelta(days=60)
    advise(session, scene, date(2026, 9, 3), now)
    factories.finish(session, scene.plan, now)
    row = begun(session, scene, now)
    (line,) = seta.rows(session, row)
    assert (line["advisories"], seta.moved(line)) == (0, True)
    assert line["steps"] == [
        "Ejecutar la asistencia técnica", "Asesoría del 3 de septiembre de 2026, registrada después de su mes",
    ]  # fmt: skip
    september = starting.begin(
        session, kinds.kind(kinds.SETA), periods.of(periods.MONTHLY, date(2026, 9, 3)),
        starting.About(scene.advisor.id, scene.advisor.id, "Ana Asesora", None, scene.region.id),
        by=scene.advising.actor(), now=now,
    )  # fmt: skip
    assert [len(one["steps"]) for one in seta.rows(session, row)] == [1]  # September is still to be presented
    september.presented_at = now - timedelta(days=1)
    session.flush()
    assert [len(one["steps"]) for one in seta.rows(session, row)] == [2]


def test_what_is_of_a_month_without_report_is_told_when_it_is_registered(
    session: Session, scene: Scene, now: datetime
) -> None:
    advise(session, scene, date(2026, 3, 4), now)
    content = monthly.compose(session, scene.advisor.id, NOVEMBER)
    (late,) = content["obligations"][0]["activities"]
    assert late["on"] == "2026-03-04"
    assert late["text"].endswith(" (de marzo de 2026, registrado después)")


def test_a_milestone_met_before_is_told_apart_when_it_is_verified(
    session: Session, scene: Scene, now: datetime
) -> None:
    paper = files.save(session, "acta.pdf", b"%PDF-1.7\n%%EOF\n", by=scene.advising.actor(), now=now).token
    for number, day in ((1, date(2026, 5, 6)), (2, DAY)):
        row = factories.milestone(session, scene.plan, number)
        milestones.report(session, row.id, occurred_on=day, files=[paper], by=scene.advising, now=now)
        milestones.verify(session, row.id, note="Se revisó.", by=scene.monitoring, now=now)
    told = [
        one["text"].rsplit(": ", 1)[1] for one in monthly.compose(session, scene.advisor.id, NOVEMBER)["achievements"]
    ]
    assert told == ["cumplido y verificado", "cumplido antes, verificado el 24 de noviembre de 2026"]
    assert monthly.compose(session, scene.lead.id, NOVEMBER)["achievements"] == []


def test_who_gave_a_plan_away_still_reports_what_they_did_there(session: Session, worked: Scene, now: datetime) -> None:
    row = begun(session, worked, now)
    worked.plan.advisor_id = worked.lead.id
    session.flush()
    assert [one["plan_id"] for one in seta.rows(session, row)] == [worked.plan.id]
    (done,) = monthly.compose(session, worked.advisor.id, NOVEMBER)["achievements"]
    assert done["text"].startswith("Hito 1")


def test_seta_refuses_a_plan_of_which_nothing_is_said(session: Session, scene: Scene, now: datetime) -> None:
    session.query(Consent).one().recorded_at = now - timedelta(days=60)
    row = begun(session, scene, now)
    with pytest.raises(InvalidData) as refusal:
        seta.present(session, row.id, by=scene.advising, now=now)
    assert list(refusal.value.errors) == [f"remark-{scene.plan.id}"]
    assert seta.all_quiet(session, row.id, by=scene.advising, now=now) == 1
    seta.present(session, row.id, confirmed=True, by=scene.advising, now=now)
    assert row.content["rows"][0]["quiet"] is True
    with pytest.raises(Conflict):
        seta.present(session, row.id, confirmed=True, by=scene.advising, now=now)
    with pytest.raises(NotAllowed):
        seta.save(session, row.id, {}, [], revision=row.revision, by=scene.leading, now=now)


def test_a_month_in_course_is_presented_by_who_confirms_it(session: Session, scene: Scene, now: datetime) -> None:
    row = begun(session, scene, now)
    seta.all_quiet(session, row.id, by=scene.advising, now=now)
    with pytest.raises(InvalidData) as refusal:
        seta.present(session, row.id, by=scene.advising, now=now)
    (said,) = refusal.value.errors["confirmed"]
    assert "noviembre de 2026 no ha terminado (faltan 6 días, termina el 30 de noviembre de 2026)" in said
    assert "lo que se registre después en el mes ya no entrará en este reporte" in said
    assert row.status == ReportStatus.DRAFT


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2026, 11, 29), "(falta 1 día, termina el 30 de noviembre de 2026)"),
        (date(2026, 11, 30), "(termina hoy)"),
        (date(2026, 12, 1), ""),
    ],
)
def test_how_long_a_month_still_lasts(session: Session, scene: Scene, now: datetime, day: date, said: str) -> None:
    doubt = early.doubt(begun(session, scene, now), datetime(day.year, day.month, day.day, 15, tzinfo=now.tzinfo))
    assert said in doubt
    assert bool(doubt) == bool(said)


def test_presenting_and_accepting_are_two_facts_and_returning_takes_none_back(
    session: Session, scene: Scene, now: datetime
) -> None:
    row = begun(session, scene, now)
    row.kind = kinds.ACTIVITIES
    by = scene.advising.actor()
    before = datetime(2026, 11, 20, 15, 0, tzinfo=now.tzinfo)
    presenting.present(session, row.id, {"obligations": []}, receipt="R-1", at=before, by=by, now=now)
    presenting.decide(session, row.id, accepted=False, remarks="Falta", by=scene.monitoring.actor(), now=now)
    assert (row.status, row.remarks) == (ReportStatus.RETURNED, "Falta")
    facts = session.query(Fact).order_by(Fact.kind).all()
    assert [(one.kind, one.voided_at, one.at) for one in facts] == [("activity_report.presented", None, before)]
    presenting.present(session, row.id, {"obligations": []}, receipt="R-2", by=by, now=now)
    presenting.decide(session, row.id, accepted=True, remarks="", by=scene.monitoring.actor(), now=now)
    facts = session.query(Fact).order_by(Fact.kind).all()
    assert [(one.kind, one.at) for one in facts] == [
        ("activity_report.accepted", before), ("activity_report.presented", before),
    ]  # fmt: skip
    assert (store.first_presented(session, row), row.presented_at) == (before, now)


def test_what_was_not_presented_has_no_first_time(session: Session, scene: Scene, now: datetime) -> None:
    assert store.first_presented(session, begun(session, scene, now)) is None


def test_who_reviews(session: Session, scene: Scene, now: datetime) -> None:
    region, person = scene.region.id, scene.advisor.id
    assert starting.reviewer(session, region, person, DAY) == "der"
    coordinator = factories.person(session, "Marta", now)
    session.add(
        RoleGrant(person_id=coordinator.id, role="regional_coordinator", scope_kind="region", scope_id=region,
                  since=date(2026, 1, 1))
    )  # fmt: skip
    session.flush()
    assert starting.reviewer(session, region, person, DAY) == "region"
    assert starting.reviewer(session, region, coordinator.id, DAY) == "der"
    assert starting.reviewer(session, None, person, DAY) == "der"


def test_the_figures_of_a_region(session: Session, worked: Scene, now: datetime) -> None:
    figures = dict(regional.figures(session, worked.region.id, NOVEMBER, now))
    assert figures["Asesorías dadas"] == figures["Entidades asesoradas"] == "1"
    assert figures["Hitos cumplidos"] == figures["Hitos verificados"] == "1"
    assert figures["Consentimientos otorgados"] == "1"
    (line,) = regional.progress(session, worked.region.id, NOVEMBER)
    assert (line["plans"], line["product"]) == (1, f"Bancos al día ({worked.product.code})")
    (advisor,) = regional.advisor_rows(session, worked.region.id, NOVEMBER, DAY)
    assert (advisor["advisor"], advisor["advisories"]) == ("Ana Asesora", 1)
    assert regional.advisor_rows(session, worked.region.id, NOVEMBER, DAY, but=worked.advisor.id) == []


def test_what_is_registered_after_its_report_is_told_in_the_next_one(
    session: Session, scene: Scene, now: datetime
) -> None:
    about = starting.About(scene.advisor.id, scene.advisor.id, "Ana Asesora", None, scene.region.id)
    by = scene.advising.actor()
    row = starting.begin(session, kinds.kind(kinds.SETA), NOVEMBER, about, by=by, now=now)
    row.kind, row.presented_at = kinds.ACTIVITIES, now - timedelta(hours=1)
    coverage.cover(session, scene.advisor.id, scene.entity.id, date(2026, 1, 1), by=by, now=now)
    contacts.register(
        session, entity_id=scene.entity.id, channel="call", topic="Duda", minutes=5, occurred_on=DAY, by=scene.advising,
        now=now,
    )  # fmt: skip
    december = monthly.compose(session, scene.advisor.id, periods.of(periods.MONTHLY, date(2026, 12, 1)))
    (late,) = december["obligations"][0]["activities"]
    assert late["text"].endswith("(registrado después de informar noviembre de 2026)")
    row.presented_at = now + timedelta(hours=1)
    session.flush()
    december = monthly.compose(session, scene.advisor.id, periods.of(periods.MONTHLY, date(2026, 12, 1)))
    assert december["obligations"][0]["activities"] == []
