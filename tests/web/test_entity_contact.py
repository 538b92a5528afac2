"""What the contact of an entity sees: its own part, whole, and no door that is closed to it."""

import re
from datetime import timedelta

import pytest

from db import SYSTEM
from db import clock
from db import reading
from db import transaction
from db.files import StoredFile
from directory import accounts
from directory import grants
from directory import people
from directory.models import Entity
from tests.web.conftest import Browse
from tests.web.conftest import Browser
from tests.web.sheets import downloaded
from tests.web.sheets import rows
from tests.web.test_advising import complete
from tests.web.test_advising import corrected
from tests.web.test_advising import milestone_of
from tests.web.test_advising import papers
from tests.web.test_advising import said
from tests.web.test_advising import second
from tests.web.world import LONG_AGO
from tests.web.world import PASSWORD
from tests.web.world import World

__all__ = ["second"]


@pytest.fixture
def contact(browse: Browse, world: World) -> Browser:
    """The contact of the first entity, signed in."""
    now = clock.now()
    with transaction() as session:
        person = people.add(session, "Contacto de la alcaldía", by=SYSTEM, now=now)
        accounts.create(session, person.id, "contacto", PASSWORD, by=SYSTEM, now=now)
        grants.add(
            session, person.id, "beneficiary_contact", "entity", world.entities[0], since=LONG_AGO, by=SYSTEM, now=now
        )
    return browse("contacto")


def test_a_joint_advisory_shows_its_part_alone(
    plan: int, browse: Browse, contact: Browser, second: int, world: World
) -> None:
    advisor = browse("asesor")
    advisor.get(f"/asesorias/nueva?plan={plan}")
    joint = complete(advisor, plan, second, moved=milestone_of(second))
    page = contact.get(joint)
    assert f"/planes/{plan}" in page
    for hidden in (f"/planes/{second}", f"/hitos/{milestone_of(second)}", "/archivos/", "minutes_file.pdf"):
        assert hidden not in page
    (token,) = {*re.findall(r"/archivos/([^\"]+)\">minutes_file", advisor.get(joint))}
    contact.get(f"/archivos/{token}", 404)
    own = complete(advisor, plan)
    for path in re.findall(r'href="(/archivos/[^"]+)"', contact.get(own)):
        assert contact.client.get(path).status_code == 200
    assert "/archivos/" in contact.get(own)


def test_what_was_joint_stays_so_when_only_one_entity_is_left(
    plan: int, browse: Browse, contact: Browser, second: int, world: World
) -> None:
    advisor = browse("asesor")
    advisor.get(f"/asesorias/nueva?plan={plan}")
    both = said(plan, plans=[str(plan), str(second)], people_name="Carlos Mena", people_position="", people_email="")
    joint = advisor.post("/asesorias/nueva", {**both, **papers("minutes_file", "attendance_file")}).location
    tokens = set(re.findall(r"/archivos/([^\"]+)\"", advisor.get(joint)))
    advisor.post(f"{joint}/rectificacion", corrected(plan))
    assert f"/planes/{second}" not in advisor.get(joint)
    with reading() as session:
        other = session.get_one(Entity, world.entities[1]).name
    page = contact.get(joint)
    assert "Los asistentes son de varias entidades y no se muestran aquí" in page
    assert not any(hidden in page for hidden in ("Carlos Mena", "/archivos/", other, "salió"))
    for token in tokens:
        contact.get(f"/archivos/{token}", 404)
    assert "Carlos Mena" in advisor.get(joint)


@pytest.mark.parametrize("act", ["avance", "cumplido", "rectificacion"])
def test_no_file_is_kept_of_who_may_not_report(plan: int, contact: Browser, act: str) -> None:
    data = {"occurred_on": clock.local_date(clock.now()).isoformat(), "note": "x", "files": papers("acta")["acta"]}
    contact.get(f"/planes/{plan}")
    contact.post(f"/hitos/{milestone_of(plan)}/{act}", data, 403)
    with reading() as session:
        assert session.query(StoredFile).filter_by(name="acta.pdf").count() == 0


def test_no_door_of_its_plan_is_closed(plan: int, browse: Browse, contact: Browser) -> None:
    advisor = browse("asesor")
    advisor.get(f"/asesorias/nueva?plan={plan}")
    complete(advisor, plan, moved=milestone_of(plan))
    for part in ("hitos", "asesorias", "procedimiento", "consentimiento", "historia"):
        page = contact.get(f"/planes/{plan}?parte={part}")
        inside = page[page.index("<main") :]
        for path in set(re.findall(r'href="(/[^"#]+)"', inside)):
            assert contact.client.get(path.replace("&amp;", "&")).status_code < 400, (part, path)


def test_another_entity_says_that_its_plans_are_not_shown(contact: Browser, world: World) -> None:
    assert "Sus planes no se muestran aquí" in contact.get(f"/entidades/{world.entities[1]}")
    assert "Sin planes de trabajo" in contact.get(f"/entidades/{world.entities[0]}")


def test_of_a_joint_advisory_nothing_of_the_others_leaves_anywhere(
    plan: int, browse: Browse, contact: Browser, second: int, world: World
) -> None:
    advisor = browse("asesor")
    advisor.get(f"/asesorias/nueva?plan={plan}")
    joint = complete(advisor, plan, second, moved=milestone_of(plan))
    with reading() as session:
        mine, other = (session.get_one(Entity, key) for key in world.entities[:2])
    (row,) = rows(downloaded(contact, "/asesorias?formato=xlsx"))
    assert mine.name in row["Entidades"]
    assert row["Códigos de las entidades"] == mine.code
    assert f"{mine.name}, " in contact.get("/asesorias")
    assert "con otras entidades" in contact.get("/asesorias")
    for page in (contact.get("/asesorias"), contact.get(joint), *row.values()):
        assert other.name not in str(page)
    assert "No hay asesorías" in contact.get(f"/asesorias?buscar={other.name}")
    assert joint in contact.get(f"/asesorias?buscar={mine.name}")
    (told,) = contact.client.get("/api/v1/advisories").json["items"]
    for one in (told, contact.client.get(f"/api/v1{joint.replace('asesorias', 'advisories')}").json):
        assert one["entities"] == [{"entity_id": mine.id, "plan_id": plan}]
        assert one["minutes_file"] == one["attendance_file"] == ""
    assert len(advisor.client.get("/api/v1/advisories").json["items"][0]["entities"]) == 2


def test_the_papers_of_a_joint_advisory_stay_closed_as_evidence_too(
    plan: int, browse: Browse, contact: Browser, second: int
) -> None:
    advisor, milestone = browse("asesor"), milestone_of(plan)
    advisor.get(f"/asesorias/nueva?plan={plan}")
    complete(advisor, plan, second, moved=milestone)
    tokens = re.findall(r'href="(/archivos/[^"]+)"', advisor.get(f"/hitos/{milestone}"))
    assert tokens
    assert "/archivos/" not in contact.get(f"/hitos/{milestone}")
    for path in tokens:
        contact.get(path, 404)
        advisor.client.get(path).close()
        assert advisor.client.get(path).status_code == 200


def test_the_lists_do_not_name_the_staff_of_the_country(plan: int, contact: Browser, browse: Browse) -> None:
    for path in ("/asesorias", "/interacciones"):
        assert 'name="persona"' not in contact.get(path)
        assert 'name="persona"' in browse("asesor").get(path)


def test_of_another_entity_not_even_who_accompanied_it(contact: Browser, browse: Browse, world: World) -> None:
    for key, shown in ((world.entities[0], True), (world.entities[1], False)):
        staff = browse("asesor").client.get(f"/api/v1/entities/{key}/timeline").json["items"]
        assert [one["kind"] for one in staff] == ["coverage"]
        told = contact.client.get(f"/api/v1/entities/{key}/timeline")
        assert told.status_code == (200 if shown else 403)
        assert bool(told.json.get("items")) is shown
        advisor = browse("asesor").client.get(f"/api/v1/entities/{key}").json["advisor_id"]
        assert advisor
        assert contact.client.get(f"/api/v1/entities/{key}").json["advisor_id"] == (advisor if shown else None)
        for told_so in ("Acompaña hoy", "Quiénes la han acompañado", "Todas sus asesorías", "Lo que se ha hecho"):
            assert (told_so in contact.get(f"/entidades/{key}")) is shown


def test_the_line_of_an_entity_says_when_each_thing_happened_and_when_it_was_written_down(
    browse: Browse, plan: int, world: World
) -> None:
    advisor = browse("asesor")
    advisor.get("/interacciones/nueva")
    day = clock.local_date(clock.now()) - timedelta(days=3)
    data = {"entity_id": str(world.entities[0]), "channel": "call", "topic": "Plazos del plan", "minutes": "5"}
    advisor.post("/interacciones/nueva", {**data, "occurred_on": day.isoformat()})
    advisor.get("/interacciones/nueva")
    advisor.post("/interacciones/nueva", {**data, "topic": "Otra cosa"})
    shown = advisor.get(f"/entidades/{world.entities[0]}")
    assert re.search(rf"Ocurrió el {day.day}\b[^;<]*; se registró el", shown)
    assert "Ocurrió el" not in shown[shown.index("Otra cosa") :].partition("</li>")[0]


def test_the_list_of_the_contact_is_of_their_entities_alone(contact: Browser, browse: Browse, world: World) -> None:
    with reading() as session:
        mine, other = (session.get_one(Entity, key) for key in world.entities[:2])
    for address in ("/entidades", f"/entidades?buscar={other.name}"):
        shown = contact.get(address)
        inside = shown[shown.index("<main") :]
        assert f'href="/entidades/{mine.id}"' in inside
        assert f'href="/entidades/{other.id}"' not in inside
        assert 'name="departamento"' not in inside
        (row,) = rows(downloaded(contact, f"{address}{'&' if '?' in address else '?'}formato=xlsx"))
        assert row["Código DANE"] == mine.code
    assert 'name="departamento"' in browse("asesor").get("/entidades")


def test_the_account_of_the_contact_tells_of_no_digest_and_no_absence(contact: Browser, browse: Browse) -> None:
    for told in ("Cada día hábil le llega un resumen", "Registrar una ausencia"):
        assert told not in contact.get("/mi-cuenta")
        assert told in browse("asesor").get("/mi-cuenta")


def test_the_contact_is_not_offered_a_subscription_that_would_answer_nothing(contact: Browser) -> None:
    contact.get("/calendario/suscripciones", 403)
    contact.post("/calendario/suscripciones", {"name": "Teléfono"}, 403)
