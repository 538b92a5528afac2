"""Versions of processes over HTTP: proposed by one program's person, decided on by another's."""

from typing import Any

import pytest

from tests.api.callers import Caller
from tests.api.conftest import Api
from tests.engine import diagrams
from tests.engine.conftest import REVIEWED

NEW = diagrams.drawn(
    diagrams.diagram("tramite", REVIEWED.replace("working_days:3", "working_days:5"), variables="again:yes_no")
)
SENT = {"process": "tramite", "files": {"tramite.bpmn": NEW}, "reason": "El plazo era corto."}


@pytest.fixture
def proposal(api: Api, process: str) -> dict[str, Any]:
    """What the administrator proposes."""
    return dict(api("root")("POST", "/processes", json=SENT, _expected_status=201).json)


def decide(who: Caller, proposal: dict[str, Any], how: str, status: int = 200) -> dict[str, Any]:
    path = f"/processes/proposals/{proposal['id']}/{how}"
    return dict(who("POST", path, json={"reason": "La revisé."}, _expected_status=status).json)


def test_a_version_is_proposed_and_published_by_somebody_else(api: Api, proposal: dict[str, Any]) -> None:
    assert (proposal["status"], proposal["process"]) == ("waiting", "tramite")
    assert decide(api("elena"), proposal, "publish")["version"] == 2
    shown = api("ana")("GET", f"/processes/proposals/{proposal['id']}").json
    assert (shown["status"], shown["decided_by"]) == ("published", api("elena").person_id)
    assert api("ana")("GET", "/processes/tramite").json["version"] == 2


def test_the_same_person_does_not_do_both(api: Api, proposal: dict[str, Any]) -> None:
    for how in ("publish", "reject"):
        assert "Quien propone" in decide(api("root"), proposal, how, 403)["detail"]
    assert api("ana")("GET", "/processes/tramite").json["version"] == 1


def test_what_is_no_diagram_is_told_in_spanish_at_its_place(api: Api, process: str) -> None:
    wrong = {**SENT, "files": {"tramite.bpmn": 7, "": NEW}}
    errors = api("root")("POST", "/processes", json=wrong, _expected_status=422).json["errors"]
    told = {one["path"]: one["message"] for one in errors}
    assert told == {
        "files/tramite.bpmn/value": "Escriba un texto.", "files/key": "Escriba entre 1 y 100 caracteres.",
    }  # fmt: skip


@pytest.mark.parametrize("who", ["ana", "rosa", "luz", "mesa", "elena"])
def test_proposing_is_a_permission_of_its_own(api: Api, process: str, who: str) -> None:
    api(who)("POST", "/processes", json=SENT, _expected_status=403)


@pytest.mark.parametrize("who", ["ana", "rosa", "luz", "mesa"])
def test_so_is_deciding(api: Api, proposal: dict[str, Any], who: str) -> None:
    for how in ("publish", "reject"):
        decide(api(who), proposal, how, 403)


def test_a_rejection_stays_with_its_reason(api: Api, proposal: dict[str, Any]) -> None:
    assert decide(api("elena"), proposal, "reject")["status"] == "rejected"
    assert "ya la rechazó" in decide(api("elena"), proposal, "publish", 409)["detail"]
    (row,) = api("ana")("GET", "/processes/proposals", query_string={"status": "rejected", "q": "plazo"}).json["items"]
    assert row["decision_reason"] == "La revisé."


def test_the_difference_is_told_before_and_after(api: Api, proposal: dict[str, Any]) -> None:
    told = "Plazo: pasa de «working_days:3» a «working_days:5»"
    shown = api("ana")("GET", f"/processes/proposals/{proposal['id']}").json["changes"]
    assert [told] in [one["details"] for one in shown]
    decide(api("elena"), proposal, "publish")
    items = api("ana")("GET", "/processes/tramite/versions/2/changes").json["items"]
    assert {one["element"]: one["state"] for one in items} == {"Activity_Revisar": "changed"}
    assert {one["state"] for one in api("ana")("GET", "/processes/tramite/versions/1/changes").json["items"]} == {
        "added"
    }
    api("ana")("GET", "/processes/tramite/versions/9/changes", _expected_status=404)


def test_the_proposed_diagram_can_be_read(api: Api, proposal: dict[str, Any]) -> None:
    path = f"/processes/proposals/{proposal['id']}/bpmn"
    assert api("ana")("GET", path).get_data(as_text=True) == NEW
    api("ana")("GET", path, query_string={"diagram": "otro"}, _expected_status=404)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"files": {"tramite.bpmn": "<a"}}, "xml"),
        ({"files": {"tramite.bpmn": NEW.replace('value="technical_lead"', 'value="king"')}}, "role"),
        ({"files": {"tramite.bpmn": NEW, "../otro.bpmn": NEW.replace('"tramite"', '"otro"')}}, "file-name"),
    ],
)
def test_what_the_gate_refuses_is_not_kept(api: Api, process: str, changed: dict[str, Any], code: str) -> None:
    refused = api("root")("POST", "/processes", json={**SENT, **changed}, _expected_status=422).json
    assert refused["type"] == f"urn:att:problem:{code}"
    assert api("root")("GET", "/processes/proposals").json["items"] == []


def test_an_unknown_process_is_not_found(api: Api, process: str) -> None:
    api("root")("POST", "/processes", json={**SENT, "process": "otro"}, _expected_status=404)


def test_a_proposal_repeated_with_its_key_is_made_once(api: Api, process: str) -> None:
    headers = {"Idempotency-Key": "una"}
    first, again = (
        api("root")("POST", "/processes", json=SENT, headers=headers, _expected_status=201).json for _ in range(2)
    )
    assert first == again
    api("root")("POST", "/processes", json=SENT, _expected_status=409)
