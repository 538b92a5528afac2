"""Acts that turn a case: what the process does by itself after them is done before the answer."""

from typing import Any

from att import jobs
from tests.api.office import Office

WITHDRAWAL = {
    "name": "Marta Ríos",
    "post": "Alcaldesa municipal",
    "date": "2026-11-20",
    "reason": "Cambio de administración.",
}


def test_a_new_product_waits_for_its_name(office: Office, product: dict[str, Any]) -> None:
    assert "Activity_NombrarProducto" in office.waiting(product["instance_id"])


def test_a_new_strategy_waits_for_its_definition(office: Office) -> None:
    sent = {"name": "Gobierno", "objective": "Fortalecer.", "unit_id": office.unit_id, "lead_id": office.id_of("lider")}
    office.callers["lider"]("POST", "/strategies", json=sent, _expected_status=201)
    found = office.reader("GET", "/tasks?mine=false&element=Activity_DefinirEstrategia").json["items"]
    assert [task["assignee_id"] for task in found] == [office.id_of("lider")]


def test_a_withdrawn_product_takes_its_plans_along(office: Office, product: dict[str, Any], plan: Any) -> None:
    path = f"/products/{product['code']}/withdraw"
    office.callers["lider"]("POST", path, json={"reason": "Se fusiona con otro."})
    jobs.run_operations(office.now)
    assert office.reader("GET", f"/products/{product['code']}").json["status"] == "withdrawn"
    assert {row["status"] for row in office.plans(product)} == {"cancelled"}


def test_a_modification_is_asked_for_and_waits_for_its_lead(office: Office, product: dict[str, Any], plan: Any) -> None:
    path = f"/products/{product['code']}/modify"
    office.callers["lider"]("POST", path, json={"reason": "Cambian las metas."})
    assert "Activity_SolicitarModificacion" in office.waiting(product["instance_id"])


def test_a_protocol_that_is_not_validated_is_not_modified(office: Office, product: dict[str, Any]) -> None:
    path = f"/products/{product['code']}/modify"
    sent = {"reason": "Antes de tiempo."}
    problem = office.callers["lider"]("POST", path, json=sent, _expected_status=409).json
    assert problem["type"] == "urn:att:problem:not-modifiable"


def test_a_withdrawn_consent_ends_monitoring(office: Office, plan: dict[str, Any]) -> None:
    office.push(plan["instance_id"], until="Activity_MonitorearAsistencia")
    path, sent = f"/work-plans/{plan['id']}/consents", {**WITHDRAWAL, "evidence_files": [office.upload("asesora")]}
    office.callers["asesora"]("POST", f"{path}/withdraw", json=sent, _expected_status=201)
    assert office.waiting(plan["instance_id"]) == ["Activity_EjecutarAsistencia"]
    decisions = [row["decision"] for row in office.reader("GET", path).json["items"]]
    assert decisions == ["given", "withdrawn"]


def test_a_consent_nobody_gave_is_not_withdrawn(office: Office, plan: dict[str, Any]) -> None:
    path = f"/work-plans/{plan['id']}/consents/withdraw"
    office.callers["asesora"]("POST", path, json=WITHDRAWAL, _expected_status=409)


def test_an_action_that_monitoring_opens_is_followed_to_its_end(office: Office, plan: dict[str, Any]) -> None:
    office.push(plan["instance_id"], until="Activity_MonitorearAsistencia")
    opened = {
        "kind": "corrective",
        "finding": "No hubo quórum.",
        "action": "Citar de nuevo.",
        "responsible": "Secretaría de Planeación",
        "due": "2026-12-15",
    }
    office.do(plan["instance_id"], "Activity_MonitorearAsistencia", corrective_actions=[opened])
    action = office.reader("GET", f"/work-plans/{plan['id']}/corrective-actions").json["items"][0]
    assert (action["finding"], action["status"]) == ("No hubo quórum.", "open")
    office.push(action["instance_id"])
    assert office.reader("GET", f"/corrective-actions/{action['id']}").json["status"] == "closed"
    assert office.reader("GET", f"/corrective-actions/{action['id']}/follow-ups").json["items"]


def test_a_cancelled_plan_waits_for_nobody(office: Office, plan: dict[str, Any]) -> None:
    sent = {"reason": "Se abrió por error."}
    done = office.callers["director"]("POST", f"/work-plans/{plan['id']}/cancel", json=sent).json
    assert done["status"] == "cancelled"
    assert office.waiting(plan["instance_id"]) == []
    assert office.reader("GET", f"/instances/{plan['instance_id']}").json["status"] == "cancelled"


def test_the_case_of_a_plan_is_not_cancelled_behind_its_back(office: Office, plan: dict[str, Any]) -> None:
    path = f"/instances/{plan['instance_id']}/cancel"
    office.callers["director"]("POST", path, json={"reason": "Se abrió por error."}, _expected_status=409)


def test_a_handover_gives_plans_and_tasks_to_another(office: Office, plan: dict[str, Any]) -> None:
    heir = office.enrol("relevo")
    sent = {"from_id": office.id_of("asesora"), "to_id": heir.person_id, "since": "2026-11-24", "reason": "Traslado."}
    done = office.callers["articulador"]("POST", "/handovers", json=sent, _expected_status=201).json
    assert done["result"]["plans"] == 2
    assert office.task(plan["instance_id"], "Activity_IdentificarNecesidad")["assignee_id"] == heir.person_id


def test_a_handover_of_a_later_day_waits_and_may_be_cancelled(office: Office) -> None:
    heir = office.enrol("relevo")
    sent = {"from_id": office.id_of("asesora"), "to_id": heir.person_id, "since": "2026-12-01", "reason": "Traslado."}
    coordinator = office.callers["articulador"]
    asked = coordinator("POST", "/handovers", json=sent, _expected_status=201).json
    assert [row["id"] for row in coordinator("GET", "/handovers").json["items"]] == [asked["id"]]
    assert coordinator("POST", f"/handovers/{asked['id']}/cancel").json["cancelled_at"]
    assert coordinator("GET", "/handovers").json["items"] == []


def test_an_advisory_is_closed_once_its_papers_are_there(office: Office) -> None:
    advisor = office.callers["asesora"]
    sent = {
        "occurred_on": "2026-11-20",
        "modality": "remote",
        "summary": "Se resolvieron dudas.",
        "entities": [office.entities[0]["id"]],
    }
    path = f"/advisories/{advisor('POST', '/advisories', json=sent, _expected_status=201).json['id']}"
    missing = advisor("POST", f"{path}/close", _expected_status=422).json["errors"]
    assert [error["path"] for error in missing] == ["minutes_file", "attendance_file"]
    papers = {name: office.upload("asesora") for name in ("minutes_file", "attendance_file")}
    advisor("PATCH", path, json={**papers, "reason": "Faltaban los soportes."})
    closed = advisor("POST", f"{path}/close").json
    assert (closed["status"], closed["summary"]) == ("closed", "Se resolvieron dudas.")
