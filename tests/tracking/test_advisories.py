"""Advisories and quick contacts."""

from datetime import date
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from db import files
from db.errors import Conflict
from db.errors import InvalidData
from db.errors import NotAllowed
from tests.tracking import factories
from tests.tracking.conftest import Scene
from tracking import advisories
from tracking import advisory_parts
from tracking import contacts
from tracking import entity_view
from tracking import milestones
from tracking import workload
from tracking.advisories import NewAdvisory
from tracking.advisory_parts import Attendee
from tracking.advisory_parts import Move
from tracking.models import Advisory

DAY = date(2026, 11, 17)


def pdf(session: Session, now: datetime, name: str) -> str:
    return files.save(session, name, b"%PDF-1 " + name.encode(), by=factories.BY, now=now).token


def register(session: Session, scene: Scene, now: datetime, **changes: Any) -> Advisory:
    asked: dict[str, Any] = {
        "occurred_on": DAY, "modality": "advisory", "summary": "Revisión del banco", "entities": [scene.entity.id],
        "product_id": scene.product.id, "people": [Attendee("Carlos Mena", "Secretario")],
    } | changes  # fmt: skip
    return advisories.register(session, NewAdvisory(**asked), by=scene.advising, now=now)


def complete(session: Session, scene: Scene, now: datetime, effect: str = "achieved") -> Advisory:
    move = Move(factories.milestone(session, scene.plan).id, effect)
    minutes, attendance = pdf(session, now, "acta.pdf"), pdf(session, now, "lista.pdf")
    return register(session, scene, now, minutes_file=minutes, attendance_file=attendance, milestones=[move])


def test_the_lag_is_from_the_day_to_its_registration(session: Session, scene: Scene, now: datetime) -> None:
    assert register(session, scene, now).lag_days == 7


def test_several_entities_are_a_mass_event(session: Session, scene: Scene, now: datetime) -> None:
    both = [scene.entity.id, scene.other_entity.id]
    assert register(session, scene, now, entities=both).mass_event


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
        ({"milestones": [Move(0, "achieved")]}, "milestones/0/milestone_id"),
    ],
)
def test_wrong_data_say_where(
    session: Session, scene: Scene, now: datetime, changes: dict[str, Any], path: str
) -> None:
    with pytest.raises(InvalidData) as caught:
        register(session, scene, now, **changes)
    assert list(caught.value.errors) == [path]


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
        advisories.rectify(session, row.id, {"minutes_file": ""}, reason="X", by=scene.advising, now=now)


def test_advisories_elsewhere_are_not_registered(session: Session, scene: Scene, now: datetime) -> None:
    factories.department(session, "05", "Antioquia")
    far = factories.entity(session, "Andes", "05034", "05")
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
    [({"channel": "paloma"}, "channel"), ({"topic": ""}, "topic"), ({"minutes": 0}, "minutes")],
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


def test_workload_by_advisor_and_month(session: Session, scene: Scene, now: datetime) -> None:
    register(session, scene, now)
    contact(session, scene, now)
    annulled = contact(session, scene, now, minutes=60)
    contacts.annul(session, annulled.id, reason="Repetido", by=scene.advising, now=now)
    lines = workload.by_advisor_and_month(session, scene.monitoring, date(2026, 11, 1), date(2026, 11, 30))
    assert lines == [workload.Workload(scene.advisor.id, 2026, 11, 1, workload.Decimal(7), 1, 15)]


def test_annulled_contacts_are_not_listed(session: Session, scene: Scene, now: datetime) -> None:
    row = contact(session, scene, now)
    contacts.annul(session, row.id, reason="Repetido", by=scene.advising, now=now)
    assert contacts.listing(session, scene.monitoring, contacts.Filters()).items == []


def test_the_time_line_shows_advisories_and_contacts(session: Session, scene: Scene, now: datetime) -> None:
    register(session, scene, now)
    contact(session, scene, now)
    kinds = {event.kind for event in entity_view.timeline(session, scene.advising, scene.entity.id)}
    assert kinds == {"plan", "advisory", "contact"}
