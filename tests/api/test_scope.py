"""Nobody reads or moves what is another's, and a role does what its line of the table says and no more."""

from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.api.conftest import Api
from tests.api.office import PASSWORD
from tests.api.office import Office

HIDDEN = (403, 404)


@pytest.fixture
def stranger(office: Office) -> str:
    """An advisor of a municipality at the other end of the country."""
    sent = {"person_id": office.enrol("ajena").person_id, "since": "2026-11-24"}
    office.callers["admin"]("POST", f"/entities/{_far_entity(office)}/coverage", json=sent, _expected_status=201)
    return "ajena"


def _far_entity(office: Office) -> int:
    found = office.reader("GET", "/entities?kind=municipality&department=91&limit=1").json["items"]
    return int(found[0]["id"])


def refused(office: Office, name: str, method: str, path: str, **options: Any) -> TestResponse:
    """`name` is refused, and learns nothing but that."""
    client, token = office.callers[name].client, office.callers[name].token
    headers = {"Authorization": f"Bearer {token}"}
    response = client.open(f"/api/v1{path}", method=method, headers=headers, **options)
    assert response.status_code in HIDDEN, response.text
    assert response.content_type == "application/problem+json"
    return response


def test_a_stranger_reads_nothing_of_a_product(office: Office, product: dict[str, Any], stranger: str) -> None:
    case = product["instance_id"]
    task = office.open_tasks(case)[0]
    sections = office.callers["lider"]("GET", f"/tasks/{task['id']}").json["form"]["sections"]
    typed = next(one["name"] for part in sections for one in part["fields"] if one["kind"] in ("text", "long_text"))
    office.callers["lider"]("PUT", f"/tasks/{task['id']}/draft", json={"data": {typed: "Secreto"}})
    for method, path in (
        ("GET", f"/tasks/{task['id']}"),
        ("GET", f"/instances/{case}"),
        ("GET", f"/instances/{case}/history"),
        ("GET", f"/instances/{case}/submissions"),
        ("POST", f"/tasks/{task['id']}/claim"),
        ("DELETE", f"/tasks/{task['id']}/draft"),
    ):
        assert "Secreto" not in refused(office, stranger, method, path).text
    overwritten = {"json": {"data": {typed: "Otro"}}}
    refused(office, stranger, "PUT", f"/tasks/{task['id']}/draft", **overwritten)
    assert office.callers["lider"]("GET", f"/tasks/{task['id']}").json["draft"]["data"] == {typed: "Secreto"}


def test_a_stranger_reads_nothing_of_a_plan(office: Office, plan: dict[str, Any], stranger: str) -> None:
    milestone = office.reader("GET", f"/work-plans/{plan['id']}/milestones").json["items"][0]
    for path in (
        f"/work-plans/{plan['id']}",
        f"/work-plans/{plan['id']}/milestones",
        f"/work-plans/{plan['id']}/consents",
        f"/work-plans/{plan['id']}/corrective-actions",
        f"/milestones/{milestone['id']}/records",
    ):
        refused(office, stranger, "GET", path)
    assert office.callers[stranger]("GET", "/work-plans").json["items"] == []


def test_lists_are_narrowed_to_what_one_may_see(office: Office, stranger: str) -> None:
    office.start_product()
    assert office.callers[stranger]("GET", "/instances").json["items"] == []
    assert office.callers[stranger]("GET", "/tasks?mine=false").json["items"] == []
    assert len(office.reader("GET", "/instances").json["items"]) == 1


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("mesa", "/products"),
        ("ana", "/people"),
        ("ana", "/handovers"),
        ("root", "/products"),
        ("luz", "/tasks/complete-batch"),
    ],
)
def test_a_role_that_may_not_is_refused(api: Api, name: str, path: str) -> None:
    assert "permiso" in api(name)("POST", path, json={}, _expected_status=403).json["detail"]


def test_who_oversees_reads_the_handovers_that_wait(office: Office) -> None:
    assert office.reader("GET", "/handovers").json["items"] == []
    assert office.callers["lider"]("GET", "/handovers", _expected_status=403).json["detail"]


def test_the_author_does_not_validate_what_they_wrote(office: Office, product: dict[str, Any]) -> None:
    case = product["instance_id"]
    office.push(case, until="Activity_ValidarProtocolo")
    task = office.task(case, "Activity_ValidarProtocolo")
    sent = {"role": "der_reviewer", "scope_kind": "national", "since": "2026-01-01"}
    path = f"/people/{office.id_of('lider')}/roles"
    office.callers["admin"]("POST", path, json=sent, _expected_status=201)
    shown = office.callers["der"]("GET", f"/tasks/{task['id']}").json
    answers = {"json": {"data": office.answers(office.callers["der"], shown, {})}, "headers": {"If-Match": "*"}}
    problem = office.callers["lider"]("POST", f"/tasks/{task['id']}/complete", **answers, _expected_status=403).json
    assert "escribió" in problem["detail"]


def test_somebody_disabled_is_out_at_once(office: Office) -> None:
    path = f"/people/{office.id_of('der')}"
    for reason in ({}, {"reason": "."}):
        office.callers["admin"]("POST", f"{path}/disable", json=reason, _expected_status=422)
    office.callers["der"]("GET", "/me")
    office.callers["admin"]("POST", f"{path}/disable", json={"reason": "Terminó su contrato"})
    office.callers["der"]("GET", "/me", _expected_status=401)
    sent = {"username": "der", "password": PASSWORD}
    office.callers["der"]("POST", "/tokens", json=sent, _expected_status=401)
    office.callers["admin"]("POST", f"{path}/enable")
    office.sign_in("der")
