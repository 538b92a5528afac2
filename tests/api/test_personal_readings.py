"""Programs leave the same record as pages, and read it under the same rules."""

from dataclasses import replace

import pytest

from db import transaction
from directory.models import Person
from edge import personal_reads
from tests.api.conftest import Api
from tests.engine.conftest import NOTE
from workflows.forms import FORMS

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture(autouse=True)
def mailed(api: Api) -> None:
    """Ana and Rosa have addresses."""
    ids = {name: api(name).person_id for name in ("ana", "rosa")}
    with transaction() as session:
        for name, person_id in ids.items():
            session.get_one(Person, person_id).email = f"{name}@dnp.gov.co"


def test_a_program_that_reads_a_person_is_written_down(api: Api) -> None:
    ana, luz = api("ana"), api("luz")
    luz("GET", f"/people/{ana.person_id}")
    luz("GET", "/people?q=an")
    found = api("root")("GET", "/personal-readings").json["items"]
    assert [(one["kind"], one["reader_id"], one["route"]) for one in found] == [
        ("people", luz.person_id, "GET /api/v1/people"),
        ("person", luz.person_id, "GET /api/v1/people/<id:person_id>"),
    ]
    assert (found[1]["person_id"], found[1]["ids"], found[0]["asked"]) == (ana.person_id, [ana.person_id], "an")
    assert api("luz")("GET", f"/personal-readings?person_id={ana.person_id}&kind=person").json["items"] == [found[1]]
    assert ana("GET", "/me/personal-readings").json["items"][0]["reader_id"] == luz.person_id
    ana("GET", "/personal-readings", _expected_status=403)


def test_a_request_is_answered_with_what_for(api: Api) -> None:
    ana, root = api("ana"), api("root")
    path = f"/people/{ana.person_id}/personal-data"
    assert root("POST", path, _expected_status=422, json={"purpose": ". ."}).json["errors"][0]["path"] == "purpose"
    told = root("POST", path, _expected_status=200, json={"purpose": "Consulta 2026-12"}).json
    assert told == {**ana("GET", "/me/personal-data").json, "parts": told["parts"]}
    (read,) = ana("GET", "/me/personal-readings").json["items"]
    assert (read["kind"], read["purpose"]) == ("person_file", "Consulta 2026-12")
    api("luz")("POST", path, _expected_status=403, json={"purpose": "Consulta 2026-12"})


def test_a_workbook_of_people_asks_for_a_purpose(api: Api) -> None:
    luz, accept = api("luz"), {"Accept": XLSX}
    assert luz("GET", "/people", _expected_status=422, headers=accept).json["errors"][0]["path"] == "purpose"
    answer = luz("GET", "/people?purpose=Convocatoria", _expected_status=200, headers=accept)
    assert answer.content_type == XLSX
    assert luz("GET", "/personal-readings").json["items"][0]["purpose"] == "Convocatoria"
    api("ana")("GET", "/people?purpose=Convocatoria", _expected_status=403, headers=accept)


@pytest.fixture
def asked_of_people(monkeypatch: pytest.MonkeyPatch) -> None:
    """The small process asks for the name of somebody."""
    (section,) = NOTE.sections
    fields = tuple(replace(field, personal=field.name == "text") for field in section.fields)
    monkeypatch.setattr("tests.api.conftest.NOTE", replace(NOTE, sections=(replace(section, fields=fields),)))


def test_answers_about_people_are_written_down_for_others_than_their_author(
    api: Api, asked_of_people: None, review_id: int, instance_id: int
) -> None:
    (sent,) = api("ana")("GET", f"/instances/{instance_id}/submissions").json["items"]
    path = f"/instances/{instance_id}/submissions/{sent['id']}"
    api("ana")("GET", path)
    assert api("root")("GET", "/personal-readings").json["items"] == []
    api("rosa")("GET", path)
    (read,) = api("root")("GET", "/personal-readings").json["items"]
    assert (read["kind"], read["reader_id"], read["ids"]) == ("answers", api("rosa").person_id, [sent["id"]])


def test_answers_that_name_nobody_are_not(api: Api, review_id: int, instance_id: int) -> None:
    (sent,) = api("ana")("GET", f"/instances/{instance_id}/submissions").json["items"]
    api("rosa")("GET", f"/instances/{instance_id}/submissions/{sent['id']}")
    assert api("root")("GET", "/personal-readings").json["items"] == []


def test_a_table_of_people_counts_as_answers_about_them() -> None:
    form = FORMS["socializacion_plan"]
    assert personal_reads.holds_people(form, {"interested_parties": [{"person": "Carlos Mena", "post": "Alcalde"}]})
    assert not personal_reads.holds_people(form, {"interested_parties": [], "adjust": False})
    assert not personal_reads.holds_people(form, {})
