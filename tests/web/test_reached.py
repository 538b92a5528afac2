"""How the contact of an entity reaches who accompanies it, and these the contact; and that it is written down."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from db import SYSTEM
from db import clock
from db import reading
from db import transaction
from directory import absences
from directory import accounts
from directory import coverage
from directory import grants
from directory import people
from directory.models import Delegation
from directory.models import Entity
from directory.models import Person
from directory.models import PersonalReading
from tests.web.conftest import Browse
from tests.web.conftest import Browser
from tests.web.world import LONG_AGO
from tests.web.world import PASSWORD
from tests.web.world import World

ASK, ANSWER = "A quién preguntar", "Contactos de la entidad"
ADVISOR = "Julio Peña"


@pytest.fixture
def mayor(world: World) -> int:
    """Who answers for the first entity; everybody has an address and a post."""
    now = clock.now()
    with transaction() as session:
        for name, key in world.people.items():
            person = session.get_one(Person, key)
            person.email, person.position = f"{name}@dnp.gov.co", f"Cargo de {name}"
        person = people.add(
            session, "Clara Ossa", email="clara+dnp@andes.gov.co", position="Secretaria", by=SYSTEM, now=now
        )
        accounts.create(session, person.id, "contacto", PASSWORD, by=SYSTEM, now=now)
        place = world.entities[0]
        grants.add(session, person.id, "beneficiary_contact", "entity", place, since=LONG_AGO, by=SYSTEM, now=now)
        return person.id


@pytest.fixture
def contact(browse: Browse, mayor: int) -> Browser:
    return browse("contacto")


def left_alone(world: World) -> None:
    """Nobody accompanies the first entity from today on."""
    now = clock.now()
    with transaction() as session:
        coverage.vacate(session, world.entities[0], clock.local_date(now), by=SYSTEM, now=now)


def supported(world: World) -> None:
    """Somebody supports the whole country."""
    now = clock.now()
    with transaction() as session:
        person = people.add(session, "Rita Apoyo", email="rita@dnp.gov.co", by=SYSTEM, now=now)
        grants.add(session, person.id, "support_liaison", "national", None, since=LONG_AGO, by=SYSTEM, now=now)


def lent(world: World, giver: str, receiver: str) -> None:
    """One acts for another today."""
    today = clock.local_date(clock.now())
    with transaction() as session:
        session.add(Delegation(from_id=world.people[giver], to_id=world.people[receiver], since=today, until=today))


def read_by(person_id: int) -> list[tuple[str, int | None, str]]:
    with reading() as session:
        statement = select(PersonalReading).where(PersonalReading.reader_id == person_id)
        return [(row.kind, row.person_id, row.asked) for row in session.scalars(statement)]


@pytest.mark.parametrize("page", ["/entidades/{entity}", "/planes/{plan}", "/planes/{plan}?parte=historia"])
def test_the_contact_reaches_who_accompanies_the_entity(contact: Browser, plan: int, world: World, page: str) -> None:
    said = contact.get(page.format(entity=world.entities[0], plan=plan))
    assert ASK in said
    assert 'href="mailto:asesor@dnp.gov.co"' in said
    assert "Cargo de asesor" in said
    assert ANSWER not in said


def test_that_it_was_read_is_written_down(contact: Browser, plan: int, world: World, mayor: int) -> None:
    contact.get(f"/planes/{plan}")
    with reading() as session:
        place = session.get_one(Entity, world.entities[0]).name
    assert [(kind, person) for kind, person, _ in read_by(mayor)] == [("people", world.people["asesor"])]
    assert place in read_by(mayor)[0][2]


def test_without_advisor_the_region_is_asked(contact: Browser, world: World) -> None:
    left_alone(world)
    said = contact.get(f"/entidades/{world.entities[0]}")
    assert "mailto:articulador@dnp.gov.co" in said
    assert "Articulación regional" in said
    assert "asesor@" not in said


def test_an_advisor_who_left_is_not_asked(contact: Browser, world: World) -> None:
    with transaction() as session:
        session.get_one(Person, world.people["asesor"]).disabled_at = clock.now()
    said = contact.get(f"/entidades/{world.entities[0]}")
    assert "mailto:articulador@dnp.gov.co" in said
    assert "mailto:asesor@dnp.gov.co" not in said
    assert f"{ADVISOR}, que ya no tiene acceso" in said


def test_the_page_of_a_plan_says_that_its_advisor_left(contact: Browser, plan: int, world: World) -> None:
    assert "que ya no tiene acceso" not in contact.get(f"/planes/{plan}")
    with transaction() as session:
        session.get_one(Person, world.people["asesor"]).disabled_at = clock.now()
    assert f"{ADVISOR}, que ya no tiene acceso" in contact.get(f"/planes/{plan}")


def away(person_id: int) -> None:
    """Somebody is away today."""
    now = clock.now()
    today = clock.local_date(now)
    with transaction() as session:
        absences.add(session, person_id, "incapacidad", today, today, by=SYSTEM, now=now)


@pytest.mark.parametrize("page", ["/entidades/{entity}", "/planes/{plan}"])
def test_for_an_advisor_who_is_away_the_region_is_asked(contact: Browser, plan: int, world: World, page: str) -> None:
    away(world.people["asesor"])
    said = contact.get(page.format(entity=world.entities[0], plan=plan))
    assert f"{ADVISOR}, que acompaña a la entidad, está ausente hoy y nadie actúa en su nombre." in said
    assert "mailto:articulador@dnp.gov.co" in said
    assert "mailto:asesor@dnp.gov.co" not in said
    assert "incapacidad" not in said.lower(), "why is not told"


def test_who_acts_for_an_advisor_who_is_away_is_asked(contact: Browser, world: World) -> None:
    away(world.people["asesor"])
    lent(world, "asesor", "der")
    said = contact.get(f"/entidades/{world.entities[0]}")
    assert f"{ADVISOR}, que acompaña a la entidad, está ausente hoy; actúa en su nombre:" in said
    assert "mailto:der@dnp.gov.co" in said
    assert "mailto:articulador@dnp.gov.co" not in said


def test_who_acts_for_them_and_is_away_too_is_not_asked(contact: Browser, world: World) -> None:
    away(world.people["asesor"])
    away(world.people["der"])
    lent(world, "asesor", "der")
    assert "mailto:articulador@dnp.gov.co" in contact.get(f"/entidades/{world.entities[0]}")


def test_an_advisor_who_is_away_is_asked_where_there_is_nobody_else(contact: Browser, world: World) -> None:
    away(world.people["asesor"])
    with transaction() as session:
        session.get_one(Person, world.people["articulador"]).disabled_at = clock.now()
    said = contact.get(f"/entidades/{world.entities[0]}")
    assert "está ausente hoy y nadie actúa en su nombre.</p>" in said
    assert "mailto:asesor@dnp.gov.co" in said


def test_without_a_region_that_answers_those_who_support_are_asked(contact: Browser, world: World) -> None:
    left_alone(world)
    with transaction() as session:
        session.get_one(Person, world.people["articulador"]).disabled_at = clock.now()
    assert "Todavía nadie acompaña" in contact.get(f"/entidades/{world.entities[0]}")
    supported(world)
    assert "mailto:rita@dnp.gov.co" in contact.get(f"/entidades/{world.entities[0]}")


def test_of_another_entity_the_contact_is_told_no_address(contact: Browser, mayor: int, world: World) -> None:
    said = contact.get(f"/entidades/{world.entities[1]}")
    assert ASK not in said
    assert "mailto:" not in said
    assert read_by(mayor) == []


@pytest.mark.parametrize("who", ["asesor", "articulador"])
def test_who_attends_the_entity_reaches_its_contact(browse: Browse, mayor: int, world: World, who: str) -> None:
    said = browse(who).get(f"/entidades/{world.entities[0]}")
    assert "Clara Ossa" in said
    assert "Secretaria" in said
    assert 'href="mailto:clara%2Bdnp@andes.gov.co"' in said
    assert ASK not in said
    assert [(kind, person) for kind, person, _ in read_by(world.people[who])] == [("people", mayor)]


def test_who_does_not_attend_it_is_not_told_who_answers(browse: Browse, mayor: int, world: World) -> None:
    said = browse("control").get(f"/entidades/{world.entities[0]}")
    assert ANSWER not in said
    assert "mailto:" not in said
    assert read_by(world.people["control"]) == []


def test_a_contact_no_longer_is_not_shown(browse: Browse, mayor: int, world: World) -> None:
    with transaction() as session:
        row = grants.of(session, mayor)[0]
        row.until = clock.local_date(clock.now()) - timedelta(days=1)
    said = browse("asesor").get(f"/entidades/{world.entities[0]}")
    assert "Clara Ossa" not in said
    assert "Nadie de la entidad tiene ingreso" in said


def test_one_without_address_is_named_and_nothing_is_written_down(browse: Browse, mayor: int, world: World) -> None:
    with transaction() as session:
        session.get_one(Person, mayor).email = ""
    assert "Sin correo registrado" in browse("asesor").get(f"/entidades/{world.entities[0]}")
    assert read_by(world.people["asesor"]) == []
