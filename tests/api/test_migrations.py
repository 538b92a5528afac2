"""Cases are taken to a later version over HTTP."""

from dataclasses import replace
from typing import Any

import pytest

from att import jobs
from db import SYSTEM
from db import clock
from db import transaction
from engine import definitions
from engine import registry
from tests.api.conftest import Api
from tests.engine import diagrams
from tests.engine.conftest import REVIEWED

LONGER = REVIEWED.replace("working_days:3", "working_days:9")
REASON = {"reason": "Rige otro plazo."}


def publish(body: str) -> int:
    """Deploy the small process anew; returns its version."""
    text = diagrams.diagram("tramite", body, variables="again:yes_no")
    toy = replace(registry.process("tramite"), files={"tramite.bpmn": text})
    with transaction() as session:
        return definitions.deploy(session, toy, by=SYSTEM, now=clock.now()).version


@pytest.fixture
def later(instance_id: int) -> int:
    """A version that came after the case began."""
    return publish(LONGER)


def test_one_case_is_taken_after_asking_whether_it_can(api: Api, instance_id: int, task_id: int, later: int) -> None:
    root = api("root")
    foreseen = root("GET", f"/instances/{instance_id}/migration", query_string={"version": later}).json
    assert (foreseen["can"], foreseen["version"], foreseen["obstacles"]) == (True, 1, [])
    sent = {**REASON, "version": later}
    assert root("POST", f"/instances/{instance_id}/migrate", json=sent).json["version"] == 2
    done = api("ana")("POST", f"/tasks/{task_id}/complete", json={"data": {"text": "Hola"}}, headers={"If-Match": "*"})
    assert done.json["receipt"]
    root("POST", f"/instances/{instance_id}/migrate", json=sent, _expected_status=409)


def test_what_stands_in_the_way_is_said(api: Api, instance_id: int, task_id: int) -> None:
    version = publish(REVIEWED.replace("Activity_Escribir", "Activity_Redactar"))
    sent = {**REASON, "version": version}
    refused = api("root")("POST", f"/instances/{instance_id}/migrate", json=sent, _expected_status=409)
    assert "«Activity_Escribir», donde está, no está en la versión nueva" in refused.json["detail"]
    assert refused.json["type"] == "urn:att:problem:not-migrated"


def test_in_bulk_it_is_an_operation_rehearsed_first(api: Api, instance_id: int, later: int) -> None:
    root, path = api("root"), f"/processes/tramite/versions/{later}"
    (row,) = root("GET", f"{path}/candidates", query_string={"q": "uno"}).json["items"]
    assert (row["instance_id"], row["can"]) == (instance_id, True)
    for rehearsal, version in ((True, 1), (False, 2)):
        sent: dict[str, Any] = {**REASON, "rehearsal": rehearsal}
        begun = root("POST", f"{path}/migrations", json=sent, _expected_status=201).json
        jobs.run("operations", clock.now())
        assert root("GET", f"/operations/{begun['id']}").json["status"] == "done"
        assert api("luz")("GET", f"/instances/{instance_id}").json["version"] == version
    assert root("GET", f"{path}/candidates").json["items"] == []
    root("POST", f"{path}/migrations", json=REASON, _expected_status=422)


@pytest.mark.parametrize("who", ["ana", "rosa", "luz", "elena"])
def test_only_whoever_runs_the_system_takes_cases(api: Api, instance_id: int, later: int, who: str) -> None:
    path = f"/processes/tramite/versions/{later}"
    api(who)("GET", f"{path}/candidates", _expected_status=403)
    api(who)("POST", f"{path}/migrations", json=REASON, _expected_status=403)
    api(who)("POST", f"/instances/{instance_id}/migrate", json={**REASON, "version": later}, _expected_status=403)
