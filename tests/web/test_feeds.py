"""Private calendar feeds: opened, read by a calendar program, revoked; and the month with what falls due."""

import re
from datetime import timedelta

import pytest
from icalendar import Calendar
from sqlalchemy import update

from db import clock
from db import transaction
from notifications.models import Obligation
from notifications.models import ObligationStatus
from notifications.models import Policy
from tests.web.conftest import Browse
from tests.web.conftest import Browser
from tests.web.world import World


@pytest.fixture
def owed(browse: Browse, world: World) -> int:
    """Something that the lead owes in three days; returns its id."""
    now = clock.now()
    with transaction() as session:
        policy = Policy(key="prueba", enabled=True, version=1)
        session.add(policy)
        session.flush()
        today = clock.local_date(now)
        row = Obligation(
            policy_id=policy.id, policy_version=1, subject_kind="person", subject_id=world.people["lider"],
            period=f"{today:%Y-%m}", period_start=today, period_end=today, title="Informe; mensual, de prueba",
            subject_label="Ana Ruiz", debtor_id=world.people["lider"], due_on=today + timedelta(days=3),
            due_at=now + timedelta(days=3), limit_at=now + timedelta(days=3), explanation="Porque sí",
            calendar_version=0, status=ObligationStatus.PENDING, created_at=now, changed_at=now,
        )  # fmt: skip
        session.add(row)
        session.flush()
        return row.id


def opened(person: Browser, **sent: str) -> str:
    person.get("/calendario/suscripciones")
    answer = person.post("/calendario/suscripciones", {"name": "Teléfono", **sent}, 200)
    assert answer.headers["Cache-Control"] == "no-store"  # it shows the address, once
    found = re.search(r"/calendario/agenda/[^.\"]+\.ics", answer.get_data(as_text=True))
    assert found
    return found.group()


def events(visitor: Browser, path: str) -> list[dict[str, str]]:
    calendar = Calendar.from_ical(visitor.client.get(path).get_data())
    return [{name: str(event.get(name)) for name in ("uid", "summary", "url")} for event in calendar.walk("VEVENT")]


def test_a_feed_says_what_its_owner_owes_and_links_to_it(browse: Browse, owed: int) -> None:
    path = opened(browse("lider"))
    assert browse("").client.get(path).mimetype == "text/calendar"
    (event,) = events(browse(""), path)
    assert event["summary"] == "Informe; mensual, de prueba: Ana Ruiz"
    assert event["url"].endswith(f"/plazos/{owed}")


def test_a_feed_has_alarms_and_the_zone_of_colombia(browse: Browse, owed: int) -> None:
    calendar = Calendar.from_ical(browse("").client.get(opened(browse("lider"))).get_data())
    assert [str(zone["tzid"]) for zone in calendar.walk("VTIMEZONE")] == ["America/Bogota"]
    assert len(calendar.walk("VALARM")) == 2


def test_what_is_over_leaves_the_feed(browse: Browse, owed: int) -> None:
    path = opened(browse("lider"))
    with transaction() as session:
        session.execute(update(Obligation).values(status=ObligationStatus.MET))
    assert events(browse(""), path) == []


def test_each_feed_is_of_its_owner_and_that_of_a_team_of_who_may_see_it(browse: Browse, owed: int) -> None:
    assert events(browse(""), opened(browse("asesor"), team="si")) == []
    assert len(events(browse(""), opened(browse("monitoreo"), team="si"))) == 1
    assert events(browse(""), opened(browse("monitoreo"))) == []


def test_the_month_shows_what_falls_due(browse: Browse, owed: int) -> None:
    month = f"{clock.local_date(clock.now() + timedelta(days=3)):%Y-%m}"
    assert f'href="/plazos/{owed}"' in browse("lider").get(f"/calendario?mes={month}")
    assert f'href="/plazos/{owed}"' not in browse("asesor").get(f"/calendario?mes={month}")
    assert f'href="/plazos/{owed}"' in browse("monitoreo").get(f"/calendario?mes={month}&de=equipo")


def test_a_revoked_feed_answers_no_more(browse: Browse) -> None:
    person = browse("lider")
    path = opened(person)
    person.post("/calendario/suscripciones/1/revocacion")
    assert browse("").client.get(path).status_code == 404
    assert "Revocada el" in person.get("/calendario/suscripciones")


def test_nobody_revokes_the_feed_of_another(browse: Browse) -> None:
    opened(browse("lider"))
    other = browse("asesor")
    other.get("/calendario/suscripciones")
    other.post("/calendario/suscripciones/1/revocacion", status=404)


def test_a_guessed_address_is_not_found(browse: Browse) -> None:
    assert browse("").client.get("/calendario/agenda/adivinada.ics").status_code == 404


def test_a_feed_without_a_name_is_refused(browse: Browse) -> None:
    person = browse("lider")
    person.get("/calendario/suscripciones")
    assert "#name" in person.post("/calendario/suscripciones", {"name": " "}, 422).get_data(as_text=True)
