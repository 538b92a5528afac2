"""Whoever reads personal data of others leaves a record: who, when, whose, through which page and what for."""

import re

import pytest
from sqlalchemy import select
from sqlalchemy import text

from db import clock
from db import files
from db import reading
from db import transaction
from db.errors import Unavailable
from db.history import Subject
from directory import attachments
from directory import readings
from directory.models import Person
from directory.models import PersonalReading
from directory.principal import load
from notifications import outbox
from tests.questions import asked
from tests.web.conftest import Browse
from tests.web.sheets import downloaded
from tests.web.world import World
from tracking import advisories
from tracking.advisories import NewAdvisory
from tracking.advisory_parts import Attendee
from tracking.models import WorkPlan


@pytest.fixture(autouse=True)
def mailed(world: World) -> None:
    """Everybody has an address."""
    with transaction() as session:
        for name, person_id in world.people.items():
            session.get_one(Person, person_id).email = f"{name}@dnp.gov.co"


def kept() -> list[PersonalReading]:
    with reading() as session:
        return list(session.scalars(select(PersonalReading).order_by(PersonalReading.id)))


def told() -> list[tuple[str, str]]:
    return [(row.kind, row.route) for row in kept()]


def test_the_page_of_a_person_says_who_read_it(browse: Browse, world: World) -> None:
    browse("control").get(f"/personas/{world.people['lider']}")
    (row,) = kept()
    assert (row.reader_id, row.person_id, row.kind) == (world.people["control"], world.people["lider"], "person")
    assert (row.route, row.count) == ("GET /personas/<id:person_id>", 1)


def test_ones_own_page_is_nothing(browse: Browse, world: World) -> None:
    browse("lider").get(f"/personas/{world.people['lider']}")
    browse("lider").get("/mi-cuenta")
    assert kept() == []


def test_a_list_is_one_row_that_names_whom_it_showed_and_how_they_were_found(browse: Browse, world: World) -> None:
    browse("control").get("/personas?buscar=a")
    (row,) = kept()
    assert (row.kind, row.person_id, row.asked) == ("people", None, "a")
    assert row.count == len(readings.ids_of(row)) > 1
    assert world.people["control"] not in readings.ids_of(row)


def test_a_page_that_is_not_there_or_not_open_tells_nothing(browse: Browse, world: World) -> None:
    browse("control").get("/personas/999999", 404)
    browse("asesor").get("/mensajes", 403)
    assert kept() == []


def test_a_head_request_tells_nothing(browse: Browse, world: World) -> None:
    assert browse("control").client.head(f"/personas/{world.people['lider']}").status_code == 200
    assert kept() == []


def test_what_fails_after_it_was_read_is_not_told(
    browse: Browse, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise Unavailable

    monkeypatch.setattr("web.person_page.page", broken)
    browse("control").get(f"/personas/{world.people['lider']}", 503)
    assert kept() == []


def test_what_cannot_be_written_down_is_not_told(browse: Browse, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise Unavailable

    control = browse("control")
    monkeypatch.setattr("directory.readings.keep", refused)
    page = control.get(f"/personas/{world.people['lider']}", 503)
    assert "Correo" not in page


def test_it_costs_one_statement_whoever_is_listed(browse: Browse, world: World) -> None:
    control = browse("control")
    control.get("/personas")
    with asked() as seen:
        control.get("/personas")
    assert sum("personal_reading" in one for one in seen) == 1


def test_the_consent_of_an_entity_names_who_answered(browse: Browse, plan: int) -> None:
    browse("control").get(f"/planes/{plan}?parte=consentimiento")
    assert told() == [("consent", "GET /planes/<id:plan_id>")]
    assert readings.ids_of(kept()[0]) == [plan]


def test_a_person_finds_lists_and_pages_that_told_theirs(browse: Browse, world: World) -> None:
    control = browse("control")
    control.get(f"/personas/{world.people['lider']}")
    control.get("/personas")
    control.get(f"/personas/{world.people['asesor']}")
    with reading() as session:
        mine = readings.of_person(session, world.people["lider"]).items
        theirs = readings.of_person(session, world.people["control"]).items
    assert [row.kind for row in mine] == ["people", "person"]
    assert theirs == []


def test_an_id_is_not_found_in_a_longer_one(browse: Browse, world: World) -> None:
    with transaction() as session:
        some = [readings.Read(readings.PEOPLE, (12, 131))]
        readings.keep(session, some, reader_id=None, reader_name="ana", route="orden", now=clock.now())
    with reading() as session:
        assert readings.of_person(session, 13).items == []
        assert readings.of_person(session, 31).items == []
        assert len(readings.of_person(session, 131).items) == 1


def test_of_more_than_stand_in_a_row_the_number_is_kept(world: World) -> None:
    with transaction() as session:
        many = [readings.Read(readings.PEOPLE, tuple(range(1, 302)))]
        readings.keep(session, many, reader_id=1, reader_name="ana", route="orden", now=clock.now())
    (row,) = kept()
    assert (row.among, row.count) == ("", 300)


def test_the_reads_are_not_part_of_the_history(browse: Browse, world: World) -> None:
    with reading() as session:
        before = session.scalar(text("SELECT count(*) FROM history"))
    browse("control").get(f"/personas/{world.people['lider']}")
    with reading() as session:
        assert session.scalar(text("SELECT count(*) FROM history")) == before


def test_control_finds_who_read_whose_data(browse: Browse, world: World) -> None:
    browse("admin").get(f"/personas/{world.people['lider']}")
    browse("admin").get(f"/personas/{world.people['asesor']}")
    control = browse("control")
    whole = control.get("/lecturas")
    assert whole.count("Los datos de una persona:") == 2
    assert whole.count("En la página /personas/…") == 2
    only = control.get(f"/lecturas?persona={world.people['lider']}")
    assert only.count("Los datos de una persona:") == 1
    assert "Sólo lecturas de los datos de" in only
    assert "Ninguna lectura coincide" in control.get("/lecturas?buscar=nadieasi")
    assert "Ninguna lectura coincide" in control.get("/lecturas?hasta=x&al=01/01/2020")
    browse("lider").get("/lecturas", 403)


def test_the_list_is_empty_in_words_and_leads_on_page_by_page(browse: Browse, world: World) -> None:
    control = browse("control")
    assert "Todavía no hay lecturas" in control.get("/lecturas")
    with transaction() as session:
        for number in range(30):
            read = [readings.Read(readings.PERSON, (world.people["lider"],), purpose=f"consulta número {number}")]
            readings.keep(session, read, reader_id=None, reader_name="ana", route="x", now=clock.now())
    first = control.get("/lecturas")
    assert first.count("Para qué: consulta número") == 25
    link = re.search(r'href="([^"]+)" rel="next"', first)
    assert link
    assert control.get(link.group(1)).count("Para qué: consulta número") == 5


def test_everybody_sees_who_read_theirs(browse: Browse, world: World) -> None:
    lead = browse("lider")
    assert "Nadie ha consultado sus datos" in lead.get("/mi-cuenta/lecturas")
    browse("control").get(f"/personas/{world.people['lider']}")
    assert "Los datos de una persona" in lead.get("/mi-cuenta/lecturas")


def test_ones_own_data_are_told_whole_and_taken_along(browse: Browse, world: World) -> None:
    lead = browse("lider")
    assert "lider@dnp.gov.co" in lead.get("/mi-cuenta/datos")
    answer = lead.client.get("/mi-cuenta/datos?formato=json")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "attachment" in answer.headers["Content-Disposition"]
    told = answer.get_json()
    assert told["person_id"] == world.people["lider"]
    assert told["parts"][0]["rows"][0]["Correo"] == "lider@dnp.gov.co"
    assert kept() == []


def test_whoever_answers_a_request_says_what_for(browse: Browse, world: World) -> None:
    path = f"/personas/{world.people['lider']}/datos-personales"
    admin = browse("admin")
    admin.get(path)
    assert kept() == []
    assert "Diga para qué necesita" in admin.post(path, {"purpose": " . "}, 422).get_data(as_text=True)
    assert kept() == []
    assert "lider@dnp.gov.co" in admin.post(path, {"purpose": "Consulta 2026-12"}, 200).get_data(as_text=True)
    (row,) = kept()
    assert (row.kind, row.person_id, row.purpose) == ("person_file", world.people["lider"], "Consulta 2026-12")
    browse("control").get(path, 403)


def test_a_list_of_addresses_leaves_with_a_purpose_alone(browse: Browse, world: World) -> None:
    control = browse("control")
    assert "Diga para qué necesita" in control.get("/personas?formato=xlsx", 422)
    asked = "/personas?formato=xlsx&purpose=Convocatoria+al+comité"
    assert "lider@dnp.gov.co" in [cell for line in downloaded(control, asked) for cell in line]
    row = kept()[-1]
    assert (row.kind, row.purpose, row.count) == ("people", "Convocatoria al comité", len(world.people) - 1)
    browse("asesor").get(asked, 403)


@pytest.fixture
def token(world: World, plan: int) -> str:
    """A file of the advisor that the plan uses."""
    now = clock.now()
    with transaction() as session:
        by = load(session, world.people["asesor"], now=now).actor()
        made = files.save(session, "lista.pdf", b"%PDF-1.7\n%%EOF\n", by=by, now=now).token
        attachments.use(session, [made], Subject("work_plan", plan), now=now)
    return made


def test_a_file_of_somebody_else_is_written_down_and_ones_own_is_not(browse: Browse, token: str) -> None:
    browse("asesor").get(f"/archivos/{token}")
    assert kept() == []
    browse("control").client.get(f"/archivos/{token}")
    assert told() == [("file", "GET /archivos/<token>")]


@pytest.fixture
def message_id(world: World) -> int:
    """A message that went to the lead."""
    now = clock.now()
    with transaction() as session:
        context = {"subject": "Su informe volvió", "paragraphs": ["Faltan los soportes."], "link": "/informes/1"}
        row = outbox.enqueue(session, "uno", "event", "email", world.people["lider"], context, stale_at=None, now=now)
        session.flush()
        outbox.claim(session, [row.id], now=now)
        return row.id


def test_what_was_sent_to_somebody_is_written_down(browse: Browse, world: World, message_id: int) -> None:
    control = browse("control")
    control.get("/mensajes")
    control.get(f"/mensajes/{message_id}")
    control.client.get(f"/mensajes/{message_id}/archivo")
    rows = kept()
    assert [row.kind for row in rows] == ["people", "message", "message"]
    assert {row.person_id for row in rows} == {world.people["lider"]}
    assert rows[1].asked == f"Mensaje {message_id}"


def test_who_attended_is_written_down_with_how_many(browse: Browse, world: World, plan: int) -> None:
    now = clock.now()
    with transaction() as session:
        by = load(session, world.people["asesor"], now=now)
        asked_for = NewAdvisory(
            occurred_on=clock.local_date(now), modality="advisory", summary="Revisión", entities=[world.entities[0]],
            product_id=session.get_one(WorkPlan, plan).product_id, confirmed=True,
            people=[Attendee("Carlos Mena"), Attendee("Rosa Palacios")],
        )  # fmt: skip
        advisory_id = advisories.register(session, asked_for, by=by, now=now).id
    browse("control").get(f"/asesorias/{advisory_id}")
    (row,) = kept()
    assert (row.kind, readings.ids_of(row), row.asked) == ("attendees", [advisory_id], "2 asistentes")
    assert f'href="/asesorias/{advisory_id}"' in browse("control").get("/lecturas")
