"""People, what they are entrusted with and whom they cover, changed over HTTP."""

from typing import Any

import pytest

from db import history
from db import reading
from tests.api.callers import Caller
from tests.api.conftest import Api
from tests.api.office import Office

HELD = {"role": "der_reviewer", "scope_kind": "national", "since": "2026-01-01"}
CHARGE = {**HELD, "role": "der_monitoring", "since": "2026-11-01", "until": "2026-12-31", "act": "Resolución 1"}


@pytest.fixture
def person_id(api: Api) -> int:
    """Somebody without a role."""
    sent = {"name": "Inés Mora", "email": "ines@dnp.gov.co"}
    return int(api("root")("POST", "/people", json=sent, _expected_status=201).json["id"])


def test_what_is_not_sent_stays_as_it_was(api: Api, person_id: int) -> None:
    api("root")("PATCH", f"/people/{person_id}", json={"position": "Asesora"})
    shown = api("root")("GET", f"/people/{person_id}").json
    assert (shown["name"], shown["email"], shown["position"]) == ("Inés Mora", "ines@dnp.gov.co", "Asesora")


def test_an_address_in_use_is_refused_where_it_is(api: Api, person_id: int) -> None:
    sent = {"name": "Otra", "email": "INES@dnp.gov.co"}
    problem = api("root")("POST", "/people", json=sent, _expected_status=422).json
    assert [error["path"] for error in problem["errors"]] == ["email"]


def test_a_weak_password_opens_no_account(api: Api, person_id: int) -> None:
    sent = {"username": "ines", "password": "corta"}
    problem = api("root")("POST", f"/people/{person_id}/account", json=sent, _expected_status=422).json
    assert [error["path"] for error in problem["errors"]] == ["password"]


def test_an_account_never_shows_its_password(api: Api, person_id: int) -> None:
    sent = {"username": "ines", "password": "una clave bastante larga"}
    shown = api("root")("POST", f"/people/{person_id}/account", json=sent, _expected_status=201).json
    assert shown == {"person_id": person_id, "username": "ines"}


@pytest.mark.parametrize(("kind", "sent"), [("roles", HELD), ("encargos", CHARGE)])
def test_what_is_entrusted_is_listed_and_taken_back(api: Api, person_id: int, kind: str, sent: dict[str, str]) -> None:
    path = f"/people/{person_id}/{kind}"
    row = api("root")("POST", path, json=sent, _expected_status=201).json
    for missing in ("", "?reason=", "?reason=%20"):
        problem = api("root")("DELETE", f"{path}/{row['id']}{missing}", _expected_status=422).json
        assert [error["path"] for error in problem["errors"]] == ["reason"]
    ended = api("root")("DELETE", f"{path}/{row['id']}?reason=Cambio de cargo").json
    assert ended == {"freed": 0, "stays": None}  # nothing was theirs
    with reading() as session:
        assert history.of(session, history.Subject("person", person_id))[-1].reason == "Cambio de cargo"
    listed = api("root")("GET", path).json["items"]
    assert [(one["id"], bool(one["revoked_at"])) for one in listed] == [(row["id"], True)]


@pytest.mark.parametrize(("kind", "sent"), [("roles", HELD), ("encargos", CHARGE)])
def test_what_is_of_somebody_else_is_not_found(api: Api, person_id: int, kind: str, sent: dict[str, str]) -> None:
    row = api("root")("POST", f"/people/{person_id}/{kind}", json=sent, _expected_status=201).json
    other = api("ana").person_id
    api("root")("DELETE", f"/people/{other}/{kind}/{row['id']}?reason=Error", _expected_status=404)


def test_the_end_of_the_last_role_answers_what_nobody_attends(office: Office, product: dict[str, Any]) -> None:
    lead, root = product["lead_id"], office.callers["admin"]
    held = [one for one in root("GET", f"/people/{lead}/roles").json["items"] if not one["revoked_at"]]
    answers = [root("DELETE", f"/people/{lead}/roles/{one['id']}?reason=Cambio de cargo").json for one in held]
    assert [answer["stays"] for answer in answers[:-1]] == [None] * (len(held) - 1)
    assert answers[-1]["stays"]["products"] == 1
    assert set(answers[-1]["stays"]) == {
        "entities", "scheduled", "plans", "products", "strategies", "tasks", "obligations", "kept",
    }  # fmt: skip


def test_a_role_counts_from_the_next_request_on(api: Api) -> None:
    path = f"/people/{api('mesa').person_id}/roles"
    api("mesa")("GET", "/incidents", _expected_status=403)
    api("root")("POST", path, json={**HELD, "role": "der_monitoring"}, _expected_status=201)
    api("mesa")("GET", "/incidents")


def test_a_role_over_the_wrong_kind_of_place_is_refused(api: Api, person_id: int) -> None:
    sent = {**HELD, "role": "technical_lead"}
    problem = api("root")("POST", f"/people/{person_id}/roles", json=sent, _expected_status=422).json
    assert [error["path"] for error in problem["errors"]] == ["scope_kind"]


@pytest.mark.parametrize(("kind", "more"), [("roles", {}), ("encargos", {"until": "2026-12-31", "act": "Res. 1"})])
def test_the_advisor_of_an_entity_is_given_by_coverage_alone(office: Office, kind: str, more: dict[str, str]) -> None:
    heir, root = office.enrol("relevo"), office.callers["admin"]
    sent = {"role": "territorial_advisor", "scope_kind": "entity", "scope_id": office.entities[0]["id"], **more}
    sent["since"] = "2026-11-24"
    problem = root("POST", f"/people/{heir.person_id}/{kind}", json=sent, _expected_status=422).json
    assert [error["path"] for error in problem["errors"]] == ["scope_kind"]
    assert "Cobertura" in str(problem["errors"])


def test_a_coverage_ends_and_another_begins(office: Office) -> None:
    entity, root = office.entities[0]["id"], office.callers["admin"]
    ended = root("DELETE", f"/entities/{entity}/coverage/{office.id_of('asesora')}?until=2026-11-24").json
    assert ended["until"] == "2026-11-24"
    heir = office.enrol("relevo")
    sent = {"person_id": heir.person_id, "since": "2026-11-25"}
    root("POST", f"/entities/{entity}/coverage", json=sent, _expected_status=201)
    listed = root("GET", f"/entities/{entity}/coverage").json["items"]
    assert [row["person_id"] for row in listed] == [office.id_of("asesora"), heir.person_id]


@pytest.mark.parametrize("role", ["", "internal_control", "communications"])
def test_an_entity_makes_nobody_an_advisor_who_may_not_be_one(office: Office, role: str) -> None:
    entity, heir = office.entities[0]["id"], office.enrol("relevo", role, "national" if role else "")
    sent = {"person_id": heir.person_id, "since": "2026-11-24"}
    coordinator = office.callers["articulador"]
    for path in ("coverage/hand-over", "coverage"):
        problem = coordinator("POST", f"/entities/{entity}/{path}", json=sent, _expected_status=422).json
        assert [error["path"] for error in problem["errors"]] == ["person_id"]
    assert coordinator("GET", f"/entities/{entity}").json["advisor_id"] == office.id_of("asesora")


@pytest.mark.parametrize("since", ["1066-10-14", "9999-12-31", "2020-01-01"])
def test_a_day_out_of_measure_or_gone_by_is_refused(office: Office, since: str) -> None:
    entity, heir = office.entities[0]["id"], _advisor(office)
    sent = {"person_id": heir.person_id, "since": since}
    address = f"/entities/{entity}/coverage/hand-over"
    problem = office.callers["articulador"]("POST", address, json=sent, _expected_status=422).json
    assert [error["path"] for error in problem["errors"]] == ["since"]
    status = 201 if since == "2020-01-01" else 422
    office.callers["articulador"]("POST", address, json={**sent, "confirmed": True}, _expected_status=status)
    listed = office.callers["admin"]("GET", f"/entities/{entity}/coverage").json["items"]
    assert office.id_of("asesora") in [row["person_id"] for row in listed]
    assert any(row["revoked_at"] for row in listed) == (status == 201)


def _advisor(office: Office) -> Caller:
    region = office.callers["admin"]("GET", f"/entities/{office.entities[0]['id']}").json["region_id"]
    return office.enrol("relevo", "territorial_advisor", "region", region)


def test_an_entity_is_handed_over_in_one_act(office: Office) -> None:
    entity, heir = office.entities[0]["id"], _advisor(office)
    sent = {"person_id": heir.person_id, "since": "2026-11-24"}
    office.callers["articulador"]("POST", f"/entities/{entity}/coverage/hand-over", json=sent, _expected_status=201)
    assert office.callers["admin"]("GET", f"/entities/{entity}").json["advisor_id"] == heir.person_id


def test_a_coordinator_manages_only_their_region(office: Office) -> None:
    far = office.reader("GET", "/entities?kind=municipality&department=91&limit=1").json["items"][0]["id"]
    sent = {"person_id": office.id_of("asesora"), "since": "2026-11-24"}
    office.callers["articulador"]("POST", f"/entities/{far}/coverage", json=sent, _expected_status=403)


def test_a_list_is_narrowed_by_number(office: Office, product: dict[str, Any]) -> None:
    listed = office.reader("GET", f"/products?unit_id={office.unit_id}&lead_id={office.id_of('lider')}").json["items"]
    assert [row["code"] for row in listed] == [product["code"]]
    assert office.reader("GET", f"/products?lead_id={office.id_of('der')}").json["items"] == []


def test_an_absence_is_registered_for_who_cannot(office: Office) -> None:
    path = f"/people/{office.id_of('asesora')}/absences"
    sent = {"kind": "incapacidad", "since": "2026-11-24", "until": "2026-12-04"}
    head = office.callers["articulador"]
    problem = head("POST", path, json=sent, _expected_status=422).json
    assert [error["path"] for error in problem["errors"]] == ["reason"]
    row = head("POST", path, json={**sent, "reason": "Está hospitalizada"}, _expected_status=201).json
    assert (row["person_id"], row["note"]) == (office.id_of("asesora"), "Está hospitalizada")
    assert [one["id"] for one in head("GET", path).json["items"]] == [row["id"]]
    head("POST", f"/people/{office.id_of('admin')}/absences", json={**sent, "reason": "Otra"}, _expected_status=403)
    head("GET", f"/people/{office.id_of('admin')}/absences", _expected_status=403)
    head("DELETE", f"{path}/{row['id'] + 1}", _expected_status=404)
    head("DELETE", f"{path}/{row['id']}", _expected_status=204)
    assert head("GET", path).json["items"][0]["revoked_at"] is not None
