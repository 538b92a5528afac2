"""People, what they are entrusted with and whom they cover, changed over HTTP."""

from typing import Any

import pytest

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
    api("root")("DELETE", f"{path}/{row['id']}", _expected_status=204)
    listed = api("root")("GET", path).json["items"]
    assert [(one["id"], bool(one["revoked_at"])) for one in listed] == [(row["id"], True)]


@pytest.mark.parametrize(("kind", "sent"), [("roles", HELD), ("encargos", CHARGE)])
def test_what_is_of_somebody_else_is_not_found(api: Api, person_id: int, kind: str, sent: dict[str, str]) -> None:
    row = api("root")("POST", f"/people/{person_id}/{kind}", json=sent, _expected_status=201).json
    other = api("ana").person_id
    api("root")("DELETE", f"/people/{other}/{kind}/{row['id']}", _expected_status=404)


def test_a_role_counts_from_the_next_request_on(api: Api) -> None:
    path = f"/people/{api('mesa').person_id}/roles"
    api("mesa")("GET", "/incidents", _expected_status=403)
    api("root")("POST", path, json={**HELD, "role": "der_monitoring"}, _expected_status=201)
    api("mesa")("GET", "/incidents")


def test_a_role_over_the_wrong_kind_of_place_is_refused(api: Api, person_id: int) -> None:
    sent = {**HELD, "role": "technical_lead"}
    problem = api("root")("POST", f"/people/{person_id}/roles", json=sent, _expected_status=422).json
    assert [error["path"] for error in problem["errors"]] == ["scope_kind"]


def test_a_coverage_ends_and_another_begins(office: Office) -> None:
    entity, root = office.entities[0]["id"], office.callers["admin"]
    ended = root("DELETE", f"/entities/{entity}/coverage/{office.id_of('asesora')}?until=2026-11-24").json
    assert ended["until"] == "2026-11-24"
    heir = office.enrol("relevo")
    sent = {"person_id": heir.person_id, "since": "2026-11-25"}
    root("POST", f"/entities/{entity}/coverage", json=sent, _expected_status=201)
    listed = root("GET", f"/entities/{entity}/coverage").json["items"]
    assert [row["person_id"] for row in listed] == [office.id_of("asesora"), heir.person_id]


def test_an_entity_is_handed_over_in_one_act(office: Office) -> None:
    entity, heir = office.entities[0]["id"], office.enrol("relevo")
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
