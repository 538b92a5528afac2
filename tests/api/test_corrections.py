"""Correcting and annulling what was registered of an entity, by programs: who may, and what says nothing new."""

from typing import Any

import pytest

from tests.api.callers import Caller
from tests.api.office import Office
from tests.api.test_acts import REMOTE

REASON = {"reason": "Porque sí"}


@pytest.fixture
def expert(office: Office) -> Caller:
    return office.enrol("experta", "thematic_expert", "national")


def advised(office: Office, caller: Caller, plan: dict[str, Any]) -> str:
    if "Activity_EjecutarAsistencia" not in office.waiting(plan["instance_id"]):
        office.push(plan["instance_id"], until="Activity_EjecutarAsistencia")
    sent = {**REMOTE, "plans": [plan["id"]], "people": [{"name": "Rosa Díaz", "position": "Alcaldesa"}]}
    return f"/advisories/{caller('POST', '/advisories', json=sent, _expected_status=201).json['id']}"


def contacted(caller: Caller, plan: dict[str, Any]) -> str:
    sent = {"entity_id": plan["entity_id"], "channel": "call", "topic": "Fecha", "minutes": 5,
            "occurred_on": "2026-11-20"}  # fmt: skip
    return f"/contacts/{caller('POST', '/contacts', json=sent, _expected_status=201).json['id']}"


def test_an_expert_corrects_nothing_of_others(office: Office, plan: dict[str, Any], expert: Caller) -> None:
    advisor = office.callers["asesora"]
    path, contact = advised(office, advisor, plan), contacted(advisor, plan)
    expert("PATCH", path, json={"summary": "Otra cosa", **REASON}, _expected_status=403)
    expert("POST", f"{path}/close", _expected_status=403)
    expert("POST", f"{path}/annul", json=REASON, _expected_status=403)
    expert("POST", f"{contact}/annul", json=REASON, _expected_status=403)
    assert advisor("GET", path).json["status"] == "open"
    assert advisor("GET", contact).json["annulled_at"] is None


def test_an_expert_corrects_what_they_registered(office: Office, plan: dict[str, Any], expert: Caller) -> None:
    path, contact = advised(office, expert, plan), contacted(expert, plan)
    expert("PATCH", path, json={"summary": "Otra cosa", **REASON})
    assert expert("POST", f"{path}/annul", json=REASON).json["status"] == "annulled"
    expert("POST", f"{contact}/annul", json=REASON)


@pytest.mark.parametrize("username", ["asesora", "articulador", "lider"])
def test_who_answers_for_the_place_corrects_it(
    office: Office, plan: dict[str, Any], expert: Caller, username: str
) -> None:
    path = advised(office, expert, plan)
    office.callers[username]("PATCH", path, json={"summary": "Otra cosa", **REASON})
    assert office.callers[username]("POST", f"{path}/annul", json=REASON).json["status"] == "annulled"


def test_a_correction_that_changes_nothing_is_refused(office: Office, plan: dict[str, Any]) -> None:
    advisor = office.callers["asesora"]
    path = advised(office, advisor, plan)
    before = advisor("GET", path).json
    people = [{"name": "Rosa Díaz", "position": "Alcaldesa"}]
    for sent in ({}, {"summary": before["summary"]}, {"people": people}, {"plans": [plan["id"]]}):
        (error,) = advisor("PATCH", path, json={**sent, **REASON}, _expected_status=422).json["errors"]
        assert error["message"].startswith("No cambió nada")
    assert advisor("GET", path).json == before
    advisor("PATCH", path, json={"people": [*people, {"name": "Luis Paz"}], **REASON})
