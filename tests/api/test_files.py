"""A file is read by whoever attached it and by whoever may read what uses it; by nobody else."""

from typing import Any

from tests.api.callers import Caller
from tests.api.office import PDF
from tests.api.office import Office


def reads(caller: Caller, token: str) -> int:
    headers = {"Authorization": f"Bearer {caller.token}"} if caller.token else {}
    return caller.client.get(f"/api/v1/files/{token}", headers=headers).status_code


def attached(office: Office, plan: dict[str, Any]) -> str:
    """A file that the advisor attached to the first milestone of a plan."""
    office.push(plan["instance_id"], until="Activity_EjecutarAsistencia")
    office.do(plan["instance_id"], "Activity_MonitorearAsistencia")
    token = office.upload("asesora")
    first = office.reader("GET", f"/work-plans/{plan['id']}/milestones").json["items"][0]
    sent = {"occurred_on": office.now.date().isoformat(), "files": [token]}
    office.callers["asesora"]("POST", f"/milestones/{first['id']}/report", json=sent, _expected_status=201)
    return token


def test_who_attached_a_file_reads_it_before_anything_uses_it(office: Office) -> None:
    token = office.upload("asesora")
    assert office.callers["asesora"]("GET", f"/files/{token}").data == PDF
    others = [name for name in office.callers if name != "asesora"]
    came = {name: reads(office.callers[name], token) for name in others}
    assert came == {**dict.fromkeys(others, 404), "admin": 403}


def test_nobody_reads_a_file_without_signing_in(office: Office) -> None:
    assert reads(Caller(office.app.test_client()), office.upload("asesora")) == 401


def test_a_file_that_does_not_exist_is_not_found(office: Office) -> None:
    assert reads(office.callers["asesora"], "f" * 32) == 404


def test_the_evidence_of_a_plan_is_read_where_the_plan_is(office: Office, plan: dict[str, Any]) -> None:
    token = attached(office, plan)
    office.enrol("vecino", "regional_coordinator", "region", other_region(office))
    office.enrol("colega", "technical_lead", "unit", other_unit(office))
    expected = {"asesora": 200, "articulador": 200, "monitoreo": 200, "lider": 200, "vecino": 404, "colega": 404}
    assert {name: reads(office.callers[name], token) for name in expected} == expected


def test_what_was_sent_is_read_by_whoever_sees_the_case(office: Office, product: dict[str, Any]) -> None:
    case = product["instance_id"]
    office.push(case, until="Activity_RetroalimentarFicha")
    token = office.files[office.id_of("lider")]
    office.enrol("colega", "technical_lead", "unit", other_unit(office))
    expected = {"lider": 200, "director": 200, "der": 200, "colega": 404, "asesora": 404}
    assert {name: reads(office.callers[name], token) for name in expected} == expected


def test_whoever_takes_a_task_over_reads_what_its_draft_holds(office: Office, plan: dict[str, Any]) -> None:
    task = office.task(plan["instance_id"], "Activity_IdentificarNecesidad")
    token = office.upload("asesora")
    draft = {"data": {"agreement_matrix": [token]}}
    office.callers["asesora"]("PUT", f"/tasks/{task['id']}/draft", json=draft)
    office.enrol("relevo", "territorial_advisor", "region", region(office))
    relief = office.callers["relevo"]
    assert reads(relief, token) == 404
    given = {"person_id": relief.person_id}
    office.callers["articulador"]("POST", f"/tasks/{task['id']}/assign", json=given, headers={"If-Match": "*"})
    assert reads(relief, token) == 200


def test_a_token_that_was_told_cannot_be_sent(office: Office, plan: dict[str, Any]) -> None:
    """Attaching a file of others would open it to whoever attached it."""
    secret = office.upload("lider")
    task = office.task(plan["instance_id"], "Activity_IdentificarNecesidad")
    refused = office.complete(task, {"agreement_matrix": [secret]}, _expected_status=422)
    assert "agreement_matrix" in str(refused.json)
    assert reads(office.callers["asesora"], secret) == 404


def test_a_draft_opens_no_file_of_others(office: Office, plan: dict[str, Any]) -> None:
    secret = office.upload("lider")
    task = office.task(plan["instance_id"], "Activity_IdentificarNecesidad")
    draft = {"data": {"agreement_matrix": [secret]}}
    office.callers["asesora"]("PUT", f"/tasks/{task['id']}/draft", json=draft)
    assert reads(office.callers["asesora"], secret) == 404


def test_evidence_of_others_proves_nothing(office: Office, plan: dict[str, Any]) -> None:
    attached(office, plan)
    second = office.reader("GET", f"/work-plans/{plan['id']}/milestones").json["items"][1]
    sent = {"occurred_on": office.now.date().isoformat(), "files": [office.upload("director")]}
    refused = office.callers["asesora"]("POST", f"/milestones/{second['id']}/report", json=sent, _expected_status=422)
    assert "files" in str(refused.json)


def region(office: Office) -> int:
    return int(office.reader("GET", f"/entities/{office.entities[0]['id']}").json["region_id"])


def other_region(office: Office) -> int:
    rows = office.reader("GET", "/regions").json["items"]
    return int(next(row["id"] for row in rows if row["id"] != region(office)))


def other_unit(office: Office) -> int:
    """A unit that holds nothing of the office's: no other hangs on it."""
    rows = office.reader("GET", "/units?limit=200").json["items"]
    holding = {row["parent_id"] for row in rows} | {office.unit_id}
    return int(next(row["id"] for row in rows if row["id"] not in holding))
