"""Advisories and quick contacts."""

from datetime import date
from datetime import datetime
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from db import files
from db import history
from db.errors import Conflict
from db.errors import InvalidData
from db.errors import NotAllowed
from tests.tracking import factories
from tests.tracking.conftest import Scene
from tracking import advisories
from tracking import advisory_follow
from tracking import advisory_parts
from tracking import advisory_places
from tracking import contacts
from tracking import entity_view
from tracking import evidence
from tracking import milestones
from tracking import work_plans
from tracking.advisories import NewAdvisory
from tracking.advisory_parts import Attendee
from tracking.advisory_parts import Move
from tracking.models import Advisory
from tracking.models import WorkPlan

DAY = date(2026, 11, 17)


def pdf(session: Session, now: datetime, name: str) -> str:
    return files.save(session, name, b"%PDF-1 " + name.encode(), by=factories.BY, now=now).token


def register(session: Session, scene: Scene, now: datetime, **changes: Any) -> Advisory:
    asked: dict[str, Any] = {
        "occurred_on": DAY, "modality": "advisory", "summary": "Revisión del banco", "entities": [scene.entity.id],
        "product_id": scene.product.id, "people": [Attendee("Carlos Mena", "Secretario")], "confirmed": True,
    } | changes  # fmt: skip
    return advisories.register(session, NewAdvisory(**asked), by=scene.advising, now=now)


def complete(session: Session, scene: Scene, now: datetime, effect: str = "achieved") -> Advisory:
    move = Move(factories.milestone(session, scene.plan).id, effect)
    minutes, attendance = pdf(session, now, "acta.pdf"), pdf(session, now, "lista.pdf")
    return register(session, scene, now, minutes_file=minutes, attendance_file=attendance, milestones=[move])


def test_the_lag_is_from_the_day_to_its_registration(session: Session, scene: Scene, now: datetime) -> None:
    assert register(session, scene, now).lag_days == 7


def test_several_entities_are_a_mass_event(session: Session, scene: Scene, now: datetime) -> None:
    factories.plan(session, scene.product, scene.other_entity.id, now)
    both = [scene.entity.id, scene.other_entity.id]
    assert register(session, scene, now, entities=both).mass_event


def test_what_stands_in_a_plan_that_ended_stays_as_it_was(session: Session, scene: Scene, now: datetime) -> None:
    row = complete(session, scene, now)
    assert advisory_follow.ended(session, row) == []
    work_plans.close(session, scene.plan.id, by=factories.BY, now=now)
    assert advisory_follow.ended(session, row) == [scene.plan]
    with pytest.raises(Conflict, match=scene.entity.name):
        advisories.annul(session, row.id, reason="Se registró por error.", by=scene.advising, now=now)
    with pytest.raises(Conflict, match=scene.entity.name):
        advisories.rectify(session, row.id, {"summary": "Taller"}, reason="Se copió mal.", by=scene.advising, now=now)
    assert row.summary == "Revisión del banco"


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"modality": "otra"}, "modality"),
        ({"summary": " "}, "summary"),
        ({"entities": []}, "entities"),
        ({"entities": [0]}, "entities"),
        ({"occurred_on": date(2026, 11, 25)}, "occurred_on"),
        ({"minutes_file": "nada"}, "minutes_file"),
        ({"people": [Attendee(" ")]}, "people/0/name"),
        ({"people": [Attendee("Carlos", entity_id=0)]}, "people/0/entity_id"),
        ({"milestones": [Move(0, "achieved")]}, "milestones/0/milestone_id"),
        ({"plans": [0]}, "plans"),
        ({"product_id": None}, "entities"),
        ({"product_id": 0}, "product_id"),
    ],
)
def test_wrong_data_say_where(
    session: Session, scene: Scene, now: datetime, changes: dict[str, Any], path: str
) -> None:
    with pytest.raises(InvalidData) as caught:
        register(session, scene, now, **changes)
    assert list(caught.value.errors) == [path]


def test_everything_wrong_is_said_at_once(session: Session, scene: Scene, now: datetime) -> None:
    wrong = {"modality": "", "summary": "", "occurred_on": date(2026, 11, 25), "minutes_file": "nada",
             "people": [Attendee(" ")], "attendance_file": "nada"}  # fmt: skip
    with pytest.raises(InvalidData) as caught:
        register(session, scene, now, **wrong)
    assert set(caught.value.errors) == {
        "modality", "summary", "occurred_on", "minutes_file", "attendance_file", "people/0/name"
    }  # fmt: skip


def test_before_the_assistance_begins_nothing_is_registered(session: Session, scene: Scene, now: datetime) -> None:
    plan = factories.plan(session, scene.product, scene.other_entity.id, now, executing=False)
    with pytest.raises(Conflict) as caught:
        register(session, scene, now, entities=[scene.entity.id, plan.entity_id])
    assert caught.value.code == "execution_closed"
    assert "El plan de Istmina todavía no llega a ese paso." in caught.value.message
    assert "Quibdó" not in caught.value.message


def test_once_the_assistance_ended_not_even_what_was_done_before_is_registered(
    session: Session, scene: Scene, now: datetime
) -> None:
    factories.finish(session, scene.plan, now)
    with pytest.raises(Conflict) as caught:
        register(session, scene, now)
    assert "El plan de Quibdó lo terminó el 24 de noviembre de 2026" in caught.value.message
    assert advisories.listing(session, scene.monitoring, advisories.Filters()).items == []


def test_papers_that_come_late_move_nothing_once_the_assistance_ended(
    session: Session, scene: Scene, now: datetime
) -> None:
    row = register(session, scene, now, milestones=[Move(factories.milestone(session, scene.plan).id, "achieved")])
    factories.finish(session, scene.plan, now)
    papers = {name: pdf(session, now, f"{name}.pdf") for name in ("minutes_file", "attendance_file")}
    advisories.rectify(session, row.id, papers, reason="Llegaron", by=scene.advising, now=now)
    with pytest.raises(Conflict) as caught:
        advisories.close(session, row.id, by=scene.advising, now=now)
    assert caught.value.code == "execution_closed"
    assert scene.plan.reported_progress == 0


def test_an_advisory_that_moves_nothing_is_closed_at_any_time(session: Session, scene: Scene, now: datetime) -> None:
    row = register(session, scene, now)
    factories.finish(session, scene.plan, now)
    papers = {name: pdf(session, now, f"{name}.pdf") for name in ("minutes_file", "attendance_file")}
    advisories.rectify(session, row.id, papers, reason="Llegaron", by=scene.advising, now=now)
    assert advisories.close(session, row.id, by=scene.advising, now=now).status == "closed"


def next_year(session: Session, scene: Scene, now: datetime) -> WorkPlan:
    """A plan of 2027 beside that of 2026, both under way."""
    (plan,) = work_plans.open_many(session, scene.product.id, [scene.entity.id], 2027, by=factories.BY, now=now)
    factories.execution(session, plan, now)
    return plan


def test_the_plan_is_the_running_one_whatever_its_year(session: Session, scene: Scene, now: datetime) -> None:
    later = next_year(session, scene, now)
    work_plans.close(session, scene.plan.id, by=factories.BY, now=now)
    row = register(session, scene, now)
    assert [(one.entity_id, one.plan_id) for one in row.entities] == [(scene.entity.id, later.id)]


def test_of_several_running_plans_one_is_to_be_named(session: Session, scene: Scene, now: datetime) -> None:
    next_year(session, scene, now)
    with pytest.raises(InvalidData) as caught:
        register(session, scene, now)
    assert caught.value.errors == {
        "entities": [
            "Quibdó tiene varios planes de trabajo en curso en «Bancos al día» (vigencias 2026 y 2027): diga cuál."
        ]
    }
    row = register(session, scene, now, plans=[scene.plan.id])
    assert [one.plan_id for one in row.entities] == [scene.plan.id]


def test_an_entity_without_plan_is_named(session: Session, scene: Scene, now: datetime) -> None:
    with pytest.raises(InvalidData) as caught:
        register(session, scene, now, entities=[scene.entity.id, scene.other_entity.id])
    assert caught.value.errors == {"entities": ["Istmina no tiene un plan de trabajo en curso en «Bancos al día»."]}


def test_a_plan_says_its_entity(session: Session, scene: Scene, now: datetime) -> None:
    row = register(session, scene, now, entities=[], product_id=None, plans=[scene.plan.id])
    assert [(one.entity_id, one.plan_id) for one in row.entities] == [(scene.entity.id, scene.plan.id)]


def test_plans_that_do_not_fit_are_named(session: Session, scene: Scene, now: datetime) -> None:
    later = next_year(session, scene, now)
    ended = factories.plan(session, scene.product, scene.other_entity.id, now)
    work_plans.close(session, ended.id, by=factories.BY, now=now)
    other = factories.product(session, scene.lead, scene.unit.id, now, name="Otro")
    asked = {"entities": [], "plans": [scene.plan.id, later.id, ended.id]}
    with pytest.raises(InvalidData) as caught:
        register(session, scene, now, **asked)
    assert caught.value.errors["plans"] == [
        "Eligió dos planes de trabajo de Quibdó: registre una asesoría por cada uno.",
        "El plan de trabajo de Istmina ya terminó; no admite asesorías.",
    ]
    with pytest.raises(InvalidData) as caught:
        register(session, scene, now, entities=[], plans=[scene.plan.id], product_id=other.id)
    assert caught.value.errors["plans"] == ["El plan de trabajo elegido para Quibdó es de otro producto."]


def test_a_milestone_moves_once(session: Session, scene: Scene, now: datetime) -> None:
    move = Move(factories.milestone(session, scene.plan).id, "achieved")
    with pytest.raises(InvalidData) as caught:
        register(session, scene, now, milestones=[move, move])
    assert list(caught.value.errors) == ["milestones/1/milestone_id"]


def test_the_lead_of_a_product_advises_in_its_plans(session: Session, scene: Scene, now: datetime) -> None:
    elsewhere = factories.principal(scene.lead, "technical_lead", "unit", scene.unit.id + 1)
    new = NewAdvisory(occurred_on=DAY, modality="advisory", summary="Taller", plans=[scene.plan.id], confirmed=True)
    assert advisories.register(session, new, by=elsewhere, now=now).advisor_id == scene.lead.id


def test_products_and_plans_to_advise_are_ones_own(session: Session, scene: Scene, now: datetime) -> None:
    factories.department(session, "05", "Antioquia")
    far = factories.entity(session, "Andes", "05034", "05")
    factories.plan(session, scene.product, far.id, now)
    near = factories.plan(session, scene.product, scene.other_entity.id, now)
    offered = advisory_places.products_to_advise(session, scene.advising)
    assert [(product.id, count) for product, count in offered] == [(scene.product.id, 2)]
    plans = advisory_places.plans_to_advise(session, scene.advising, scene.product.id)
    assert [plan.id for plan in plans] == [near.id, scene.plan.id]
    stranger = factories.principal(scene.monitor, "territorial_advisor", "region", scene.region.id + 9)
    assert advisory_places.products_to_advise(session, stranger) == []


def test_without_attendance_list_it_stays_open(session: Session, scene: Scene, now: datetime) -> None:
    row = register(session, scene, now, minutes_file=pdf(session, now, "acta.pdf"))
    with pytest.raises(InvalidData) as caught:
        advisories.close(session, row.id, by=scene.advising, now=now)
    assert list(caught.value.errors) == ["attendance_file"]


def test_a_complete_advisory_reports_its_milestones(session: Session, scene: Scene, now: datetime) -> None:
    row = complete(session, scene, now)
    record = milestones.records_of(session, factories.milestone(session, scene.plan).id)[-1]
    assert (row.status, record.advisory_id, record.files) == ("closed", row.id, [row.minutes_file, row.attendance_file])
    assert scene.plan.reported_progress == 12


def test_advancing_moves_no_percentage(session: Session, scene: Scene, now: datetime) -> None:
    complete(session, scene, now, "advanced")
    assert (factories.milestone(session, scene.plan).status, scene.plan.reported_progress) == ("in_progress", 0)


def test_annulling_takes_its_reports_back(session: Session, scene: Scene, now: datetime) -> None:
    row = complete(session, scene, now)
    advisories.annul(session, row.id, reason="Duplicada", by=scene.advising, now=now)
    assert (row.status, scene.plan.reported_progress) == ("annulled", 0)
    with pytest.raises(Conflict):
        advisories.annul(session, row.id, reason="Otra vez", by=scene.advising, now=now)


def test_rectifying_counts_the_lag_again(session: Session, scene: Scene, now: datetime) -> None:
    row = register(session, scene, now)
    changes = {"occurred_on": date(2026, 11, 23)}
    people = [Attendee("Carla Mena")]
    advisories.rectify(session, row.id, changes, people=people, reason="Fecha", by=scene.advising, now=now)
    assert (row.lag_days, row.revision) == (1, 2)
    assert [person.name for person in advisory_parts.people_of(session, row.id)] == ["Carla Mena"]


def test_a_closed_advisory_keeps_its_evidence(session: Session, scene: Scene, now: datetime) -> None:
    row = complete(session, scene, now)
    with pytest.raises(InvalidData):
        advisories.rectify(session, row.id, {"minutes_file": ""}, reason="Cambio", by=scene.advising, now=now)


def test_advisories_elsewhere_are_not_registered(session: Session, scene: Scene, now: datetime) -> None:
    factories.department(session, "05", "Antioquia")
    far = factories.entity(session, "Andes", "05034", "05")
    factories.plan(session, scene.product, far.id, now)
    with pytest.raises(NotAllowed):
        register(session, scene, now, entities=[scene.entity.id, far.id])


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (advisories.Filters(), 1),
        (advisories.Filters(modality="remote"), 0),
        (advisories.Filters(since=date(2026, 11, 18)), 0),
        (advisories.Filters(until=DAY, status="open"), 1),
        (advisories.Filters(entity_id=0), 0),
    ],
)
def test_filters(session: Session, scene: Scene, now: datetime, filters: advisories.Filters, found: int) -> None:
    register(session, scene, now)
    assert len(advisories.listing(session, scene.monitoring, filters).items) == found


def contact(session: Session, scene: Scene, now: datetime, **changes: Any) -> contacts.QuickContact:
    asked: dict[str, Any] = {"entity_id": scene.entity.id, "channel": "call", "topic": "KPT", "minutes": 15,
                             "occurred_on": DAY} | changes  # fmt: skip
    return contacts.register(session, **asked, by=scene.advising, now=now)


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"channel": "paloma"}, "channel"),
        ({"topic": ""}, "topic"),
        ({"topic": "x" * 501}, "topic"),
        ({"minutes": 0}, "minutes"),
    ],
)
def test_wrong_contacts_say_where(
    session: Session, scene: Scene, now: datetime, changes: dict[str, Any], path: str
) -> None:
    with pytest.raises(InvalidData) as caught:
        contact(session, scene, now, **changes)
    assert list(caught.value.errors) == [path]


def test_a_contact_moves_no_milestone(session: Session, scene: Scene, now: datetime) -> None:
    contact(session, scene, now)
    assert scene.plan.reported_progress == 0


def test_an_annulled_contact_is_kept_with_its_reason_and_counts_no_more(
    session: Session, scene: Scene, now: datetime
) -> None:
    row = contact(session, scene, now)
    with pytest.raises(InvalidData):
        contacts.annul(session, row.id, reason=" ", by=scene.advising, now=now)
    contacts.annul(session, row.id, reason="Repetido", by=scene.advising, now=now)
    assert contacts.listing(session, scene.monitoring, contacts.Filters()).items == []
    assert contacts.listing(session, scene.monitoring, contacts.Filters(status="annulled")).items == [row]
    acts = history.of(session, contacts.chain(row.id))
    assert [(act.action, act.reason) for act in acts] == [("contact.registered", ""), ("contact.annulled", "Repetido")]
    with pytest.raises(Conflict):
        contacts.annul(session, row.id, reason="Otra vez", by=scene.advising, now=now)


def test_the_lead_of_a_running_plan_registers_contacts_with_its_entity(
    session: Session, scene: Scene, now: datetime
) -> None:
    asked: dict[str, Any] = {"channel": "call", "topic": "KPT", "minutes": 15, "occurred_on": DAY, "now": now}
    lead = factories.principal(scene.lead, "technical_lead", "unit", scene.unit.id + 1)
    row = contacts.register(session, entity_id=scene.entity.id, by=lead, **asked)
    assert contacts.annul(session, row.id, reason="Repetido", by=lead, now=now).annulled_by == scene.lead.id
    assert contacts.entities_to_contact(session, lead, DAY) == {scene.entity.id}
    assert not contacts.may_register(session, lead, scene.other_entity.id)
    with pytest.raises(NotAllowed):
        contacts.register(session, entity_id=scene.other_entity.id, by=lead, **asked)


def test_a_contact_is_read_where_one_may_read(session: Session, scene: Scene, now: datetime) -> None:
    row = contact(session, scene, now)
    assert contacts.get(session, row.id, by=scene.monitoring) is row
    stranger = factories.principal(scene.monitor, "territorial_advisor", "region", scene.region.id + 9)
    with pytest.raises(NotAllowed):
        contacts.get(session, row.id, by=stranger)


def test_the_time_line_shows_advisories_and_contacts(session: Session, scene: Scene, now: datetime) -> None:
    register(session, scene, now)
    contact(session, scene, now)
    kinds = {event.kind for event in entity_view.timeline(session, scene.advising, scene.entity.id).items}
    assert kinds == {"plan", "advisory", "contact"}


def test_a_contact_of_another_age_is_a_slip(session: Session, scene: Scene, now: datetime) -> None:
    with pytest.raises(InvalidData) as caught:
        contact(session, scene, now, occurred_on=date(1, 1, 1))
    assert caught.value.errors == {"occurred_on": [evidence.LONG_AGO]}
    with pytest.raises(InvalidData):
        evidence.check_past(date(1999, 12, 31), "date", now=now)


def test_the_day_of_an_advisory_is_that_of_the_milestones_it_reached(
    session: Session, scene: Scene, now: datetime
) -> None:
    row = complete(session, scene, now)
    milestone = factories.milestone(session, scene.plan)
    day = DAY - timedelta(days=3)
    advisories.rectify(session, row.id, {"occurred_on": day}, reason="Era otro día", by=scene.advising, now=now)
    assert (milestone.achieved_on, milestone.status) == (day, "reported")


def test_annulling_takes_its_progress_back(session: Session, scene: Scene, now: datetime) -> None:
    row = complete(session, scene, now, effect="advanced")
    milestone = factories.milestone(session, scene.plan)
    assert milestone.status == "in_progress"
    advisories.annul(session, row.id, reason="Duplicada", by=scene.advising, now=now)
    assert milestone.status == "pending"


def test_an_advisory_is_not_older_than_its_plan(session: Session, scene: Scene, now: datetime) -> None:
    with pytest.raises(InvalidData) as caught:
        register(session, scene, now, occurred_on=date(2020, 3, 1))
    assert "anterior al plan" in caught.value.errors["occurred_on"][0]


def test_what_is_registered_already_is_to_be_confirmed(session: Session, scene: Scene, now: datetime) -> None:
    first = register(session, scene, now)
    later, words = now + timedelta(minutes=9), "  revisión del  BANCO "
    with pytest.raises(InvalidData, match="corregir") as caught:
        register(session, scene, later, summary=words, confirmed=False)
    assert caught.value.errors["confirmed"][0] == f"Ya registró una asesoría igual hace 9 minutos (n.º {first.id})"
    assert session.query(Advisory).count() == 1
    assert register(session, scene, later, summary=words).id != first.id


@pytest.mark.parametrize(
    "changes", [{"modality": "remote"}, {"summary": "Otra cosa"}, {"occurred_on": date(2026, 11, 24)}]
)
def test_what_differs_is_another_advisory(
    session: Session, scene: Scene, now: datetime, changes: dict[str, Any]
) -> None:
    register(session, scene, now, occurred_on=date(2026, 11, 24) if "occurred_on" not in changes else DAY)
    asked = {"occurred_on": date(2026, 11, 24), "confirmed": False} | changes
    assert register(session, scene, now, **asked).id


def test_an_annulled_advisory_is_no_reason_to_ask(session: Session, scene: Scene, now: datetime) -> None:
    today = now.date()
    row = register(session, scene, now, occurred_on=today, confirmed=False)
    advisories.annul(session, row.id, reason="Se registró por error.", by=scene.advising, now=now)
    assert register(session, scene, now, occurred_on=today, confirmed=False).id


def test_a_day_before_the_plan_was_opened_is_to_be_confirmed(session: Session, scene: Scene, now: datetime) -> None:
    with pytest.raises(InvalidData) as caught:
        register(session, scene, now, confirmed=False)
    (told,) = caught.value.errors["confirmed"]
    assert told.startswith("El 17 de noviembre de 2026 (hace 7 días) es anterior al día en que el plan de trabajo se")
    assert scene.entity.name in told


def test_a_contact_that_is_there_already_is_to_be_confirmed(session: Session, scene: Scene, now: datetime) -> None:
    asked: dict[str, Any] = {"entity_id": scene.entity.id, "channel": "call", "topic": "Plazos", "minutes": 9,
                             "occurred_on": now.date(), "by": scene.advising}  # fmt: skip
    contacts.register(session, **asked, now=now)
    with pytest.raises(InvalidData) as caught:
        contacts.register(session, **asked, now=now + timedelta(hours=2))
    assert caught.value.errors == {"confirmed": ["Ya registró una interacción igual hace 2 horas"]}
    contacts.register(session, **asked, now=now, confirmed=True)
    contacts.register(session, **{**asked, "minutes": 10}, now=now)


def test_the_day_of_a_contact_of_long_ago_is_to_be_confirmed(session: Session, scene: Scene, now: datetime) -> None:
    asked: dict[str, Any] = {"entity_id": scene.entity.id, "channel": "call", "topic": "Plazos", "minutes": 9,
                             "occurred_on": date(now.year - 1, 11, 24), "by": scene.advising}  # fmt: skip
    with pytest.raises(InvalidData) as caught:
        contacts.register(session, **asked, now=now)
    assert caught.value.errors == {"confirmed": ["El 24 de noviembre de 2025 fue hace más de 60 días"]}
    assert contacts.register(session, **asked, now=now, confirmed=True).id


def test_another_text_reaches_what_was_not_verified_yet(session: Session, scene: Scene, now: datetime) -> None:
    row = complete(session, scene, now)
    key = factories.milestone(session, scene.plan).id
    advisories.rectify(session, row.id, {"summary": "Taller"}, reason="Se copió mal.", by=scene.advising, now=now)
    assert milestones.records_of(session, key)[-1].note == "Taller"
    milestones.verify(session, key, by=scene.monitoring, now=now)
    advisories.rectify(session, row.id, {"summary": "Otro"}, reason="Se copió mal.", by=scene.advising, now=now)
    assert milestones.records_of(session, key)[-1].act == "verified"


def test_a_plan_that_goes_takes_what_was_moved_in_it(session: Session, scene: Scene, now: datetime) -> None:
    other = factories.plan(session, scene.product, scene.other_entity.id, now, advisor=scene.advisor)
    row = complete(session, scene, now)
    by = scene.advising
    advisories.rectify(session, row.id, {}, plans=[scene.plan.id, other.id], reason="Faltaba.", by=by, now=now)
    assert row.mass_event
    advisories.rectify(session, row.id, {}, plans=[other.id], reason="Sobraba.", by=by, now=now)
    assert [one.plan_id for one in row.entities] == [other.id]
    assert factories.milestone(session, scene.plan).status == "pending"
    assert advisory_parts.moves_of(session, row.id) == []
    with pytest.raises(InvalidData) as caught:
        advisories.rectify(session, row.id, {}, plans=[], reason="Nada.", by=by, now=now)
    assert list(caught.value.errors) == ["plans"]
