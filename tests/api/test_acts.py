"""Acts that turn a case: what the process does by itself after them is done before the answer."""

from typing import Any

from att import jobs
from tests.api.callers import Caller
from tests.api.office import Office

WITHDRAWAL = {
    "name": "Marta Ríos",
    "post": "Alcaldesa municipal",
    "date": "2026-11-20",
    "reason": "Cambio de administración.",
}


def test_a_new_product_waits_for_its_name(office: Office, product: dict[str, Any]) -> None:
    assert "Activity_NombrarProducto" in office.waiting(product["instance_id"])


def test_a_product_is_led_by_whom_may_lead_it(office: Office) -> None:
    """Whoever else would find nothing in their inbox, and the product would wait for nobody."""
    new = {"name": "De nadie", "unit_id": office.unit_id, "lead_id": office.id_of("monitoreo")}
    refused = office.callers["lider"]("POST", "/products", json=new, _expected_status=422)
    assert [error["path"] for error in refused.json["errors"]] == ["lead_id"]
    assert office.callers["lider"]("GET", "/products").json["items"] == []


def test_tasks_stand_under_the_present_name_of_their_product(office: Office, product: dict[str, Any]) -> None:
    office.do(product["instance_id"], "Activity_NombrarProducto", name="100 % de bancos_al día")
    lead = office.callers["lider"]
    assert lead("GET", "/tasks", query_string={"q": "bancos_al"}).json["items"]
    assert {row["instance_title"] for row in lead("GET", "/tasks").json["items"]} == {"100 % de bancos_al día"}


def test_who_led_to_an_operation_finds_it(office: Office, plan: dict[str, Any]) -> None:
    (mine,) = office.callers["lider"]("GET", "/operations").json["items"]
    assert office.callers["lider"]("GET", f"/operations/{mine['id']}").json["status"] == "done"
    assert office.callers["asesora"]("GET", "/operations").json["items"] == []


def test_what_must_wait_for_plans_is_a_conflict(office: Office, product: dict[str, Any], plan: Any) -> None:
    waiting = office.task(product["instance_id"], "Activity_DesarrollarAsistencia")
    problem = office.complete(waiting, {}, _expected_status=409).json
    assert problem["type"] == "urn:att:problem:not-yet"


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


def test_who_withdrew_is_followed_up_since_it_consents_again(office: Office, plan: dict[str, Any]) -> None:
    office.push(plan["instance_id"], until="Activity_MonitorearAsistencia")
    path, advisor = f"/work-plans/{plan['id']}/consents", office.callers["asesora"]
    sent = {**WITHDRAWAL, "evidence_files": [office.upload("asesora")]}
    advisor("POST", f"{path}/withdraw", json=sent, _expected_status=201)
    del sent["reason"]
    late = {**sent, "date": "2026-11-19"}
    wrong = advisor("POST", f"{path}/give", json=late, _expected_status=422).json["errors"]
    assert [one["path"] for one in wrong] == ["date"]
    office.callers["der"]("POST", f"{path}/give", json=sent, _expected_status=403)
    given = advisor("POST", f"{path}/give", json=sent, _expected_status=201).json
    assert (given["decision"], given["person_position"], given["reason"]) == ("given", "Alcaldesa municipal", "")
    assert office.waiting(plan["instance_id"]) == ["Activity_EjecutarAsistencia", "Activity_MonitorearAsistencia"]
    assert office.reader("GET", f"/work-plans/{plan['id']}").json["consent"] == "given"
    problem = advisor("POST", f"{path}/give", json=sent, _expected_status=409).json
    assert problem["type"] == "urn:att:problem:consent_given"


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


def test_an_action_has_its_new_day_as_soon_as_it_is_formulated(office: Office, plan: dict[str, Any]) -> None:
    office.push(plan["instance_id"], until="Activity_MonitorearAsistencia")
    opened = {
        "kind": "corrective", "finding": "No hubo quórum.", "action": "Citar de nuevo.",
        "responsible": "Secretaría de Planeación", "due": "2026-11-11",
    }  # fmt: skip
    office.do(plan["instance_id"], "Activity_MonitorearAsistencia", corrective_actions=[opened])
    path = f"/work-plans/{plan['id']}/corrective-actions"
    action = office.reader("GET", path).json["items"][0]
    office.do(action["instance_id"], "Activity_FormularAccion", due_date="2026-12-10")
    assert office.reader("GET", path).json["items"][0]["due_on"] == "2026-12-10"


def test_a_cancelled_plan_waits_for_nobody(office: Office, plan: dict[str, Any]) -> None:
    sent = {"reason": "Se abrió por error."}
    done = office.callers["director"]("POST", f"/work-plans/{plan['id']}/cancel", json=sent).json
    assert done["status"] == "cancelled"
    assert office.waiting(plan["instance_id"]) == []
    assert office.reader("GET", f"/instances/{plan['instance_id']}").json["status"] == "cancelled"


def test_the_case_of_a_plan_is_not_cancelled_behind_its_back(office: Office, plan: dict[str, Any]) -> None:
    path = f"/instances/{plan['instance_id']}/cancel"
    office.callers["director"]("POST", path, json={"reason": "Se abrió por error."}, _expected_status=409)


def successor(office: Office) -> Caller:
    """Somebody who may carry what the advisor does."""
    place = office.reader("GET", f"/entities/{office.entities[0]['id']}").json
    return office.enrol("relevo", "territorial_advisor", "region", place["region_id"])


def test_a_handover_gives_plans_and_tasks_to_another(office: Office, plan: dict[str, Any]) -> None:
    heir = successor(office)
    sent = {"from_id": office.id_of("asesora"), "to_id": heir.person_id, "since": "2026-11-24", "reason": "Traslado."}
    done = office.callers["articulador"]("POST", "/handovers", json=sent, _expected_status=201).json
    assert done["result"]["plans"] == 2
    assert office.task(plan["instance_id"], "Activity_IdentificarNecesidad")["assignee_id"] == heir.person_id


def test_a_handover_of_a_later_day_waits_and_may_be_cancelled(office: Office) -> None:
    heir = successor(office)
    sent = {"from_id": office.id_of("asesora"), "to_id": heir.person_id, "since": "2026-12-01", "reason": "Traslado."}
    coordinator = office.callers["articulador"]
    asked = coordinator("POST", "/handovers", json=sent, _expected_status=201).json
    assert [row["id"] for row in coordinator("GET", "/handovers").json["items"]] == [asked["id"]]
    coordinator("POST", f"/handovers/{asked['id']}/cancel", json={"reason": " "}, _expected_status=422)
    ended = coordinator("POST", f"/handovers/{asked['id']}/cancel", json={"reason": "Se queda"})
    assert ended.json["cancelled_at"]
    assert coordinator("GET", "/handovers").json["items"] == []


WORKED = {"occurred_on": "2026-11-20", "note": "Se empezó."}
REMOTE = {
    "occurred_on": "2026-11-20", "modality": "remote", "summary": "Se resolvieron dudas.", "confirmed": True,
}  # fmt: skip


def test_an_advisory_is_closed_once_its_papers_are_there(office: Office, plan: dict[str, Any]) -> None:
    advisor = office.callers["asesora"]
    office.push(plan["instance_id"], until="Activity_EjecutarAsistencia")
    sent = {**REMOTE, "plans": [plan["id"]]}
    doubted = advisor("POST", "/advisories", json={**sent, "confirmed": False}, _expected_status=422).json["errors"]
    assert [error["path"] for error in doubted] == ["confirmed"]
    made = advisor("POST", "/advisories", json=sent, _expected_status=201).json
    assert made["entities"] == [{"entity_id": plan["entity_id"], "plan_id": plan["id"]}]
    path = f"/advisories/{made['id']}"
    missing = advisor("POST", f"{path}/close", _expected_status=422).json["errors"]
    assert [error["path"] for error in missing] == ["minutes_file", "attendance_file"]
    papers = {name: office.upload("asesora") for name in ("minutes_file", "attendance_file")}
    advisor("PATCH", path, json={**papers, "reason": "Faltaban los soportes."})
    closed = advisor("POST", f"{path}/close").json
    assert (closed["status"], closed["summary"]) == ("closed", "Se resolvieron dudas.")
    assert advisor("GET", "/advisories").json["items"][0]["entities"] == made["entities"]


def test_assistance_is_registered_while_its_step_is_open(office: Office, plan: dict[str, Any]) -> None:
    advisor = office.callers["asesora"]
    milestone = office.reader("GET", f"/work-plans/{plan['id']}/milestones").json["items"][0]
    advised = ("/advisories", {**REMOTE, "plans": [plan["id"]]})
    advanced = (f"/milestones/{milestone['id']}/progress", {**WORKED, "confirmed": True})
    for path, sent in (advised, advanced):
        problem = advisor("POST", path, json=sent, _expected_status=409).json
        assert problem["type"] == "urn:att:problem:execution_closed"
        assert "todavía no llega a ese paso" in problem["detail"]
    office.push(plan["instance_id"], until="Activity_EjecutarAsistencia")
    for path, sent in (advised, advanced):
        advisor("POST", path, json=sent, _expected_status=201)
    office.do(plan["instance_id"], "Activity_EjecutarAsistencia")
    for path, sent in (advised, advanced):
        problem = advisor("POST", path, json=sent, _expected_status=409).json
        assert "lo terminó el 24 de noviembre de 2026" in problem["detail"]


def test_an_advisory_says_which_entity_has_no_plan(office: Office, plan: dict[str, Any]) -> None:
    sent = {**REMOTE, "entities": [plan["entity_id"]]}
    errors = office.callers["asesora"]("POST", "/advisories", json=sent, _expected_status=422).json["errors"]
    name = office.reader("GET", f"/entities/{plan['entity_id']}").json["name"]
    assert [error["path"] for error in errors] == ["entities"]
    assert name in errors[0]["message"]


def test_a_contact_is_annulled_with_its_reason(office: Office, plan: dict[str, Any]) -> None:
    lead = office.callers["lider"]
    sent = {"entity_id": plan["entity_id"], "channel": "call", "topic": "Fecha", "minutes": 5,
            "occurred_on": "2026-11-20"}  # fmt: skip
    path = f"/contacts/{lead('POST', '/contacts', json=sent, _expected_status=201).json['id']}"
    lead("POST", f"{path}/annul", json={"reason": ""}, _expected_status=422)
    lead("POST", f"{path}/annul", json={"reason": "Se repitió."})
    assert lead("GET", path).json["annulment_reason"] == "Se repitió."
    assert lead("GET", "/contacts").json["items"] == []
    assert len(lead("GET", "/contacts?status=annulled").json["items"]) == 1


def test_a_plan_goes_to_another_advisor(office: Office, plan: dict[str, Any]) -> None:
    heir = successor(office)
    path, sent = f"/work-plans/{plan['id']}/transfer", {"advisor_id": heir.person_id, "reason": "Reparto de cargas."}
    office.callers["asesora"]("POST", path, json=sent, _expected_status=403)
    assert office.callers["articulador"]("POST", path, json=sent).json["advisor_id"] == heir.person_id
    assert office.task(plan["instance_id"], "Activity_IdentificarNecesidad")["assignee_id"] == heir.person_id


def test_a_plan_of_an_entity_that_is_focalised_has_nothing_to_be_kept(office: Office, plan: dict[str, Any]) -> None:
    path = f"/work-plans/{plan['id']}/keep"
    office.callers["director"]("POST", path, json={"reason": "Sigue."}, _expected_status=409)
    assert office.reader("GET", "/work-plans?unfocalised=true").json["items"] == []


def test_a_handover_to_who_lacks_the_role_says_which(office: Office, plan: dict[str, Any]) -> None:
    stranger = office.enrol("extrana")
    sent = {"from_id": office.id_of("lider"), "to_id": stranger.person_id, "since": "2026-11-24", "reason": "Traslado."}
    answer = office.callers["director"]("POST", "/handovers", json=sent, _expected_status=422).json
    assert "Líder técnico" in str(answer["errors"])


def test_a_change_written_for_what_is_no_more_is_not_made(office: Office) -> None:
    root, path = office.callers["admin"], f"/people/{office.id_of('lider')}"
    read = {"If-Match": root("GET", path).headers["ETag"]}
    root("PATCH", path, json={"email": "uno@dnp.gov.co"}, headers=read)
    root("PATCH", path, json={"email": "dos@dnp.gov.co"}, headers=read, _expected_status=412)
    assert root("GET", path).json["email"] == "uno@dnp.gov.co"
    root("PATCH", path, json={"email": "tres@dnp.gov.co"})


def test_what_an_activation_brings_about_is_told_before(office: Office, product: dict[str, Any]) -> None:
    case, element = product["instance_id"], "Activity_ActivarLlegada"
    office.push(case, until=element)
    task = office.task(case, element)
    shown = office.who(task)("GET", f"/tasks/{task['id']}").json["consequences"]
    told = {one["kind"]: one for one in shown}
    assert told["plans"]["count"] == 2
    assert [one["entity_ids"] for one in told["advisors"]["named"]] == [[row["id"] for row in office.entities]]
    assert "without_advisor" not in told
    receipt = office.do(case, element)
    (operation,) = receipt["operations"]
    assert office.callers["lider"]("GET", f"/operations/{operation}").json["total"] == 2


def test_a_step_that_begins_no_long_work_names_none(office: Office, product: dict[str, Any]) -> None:
    assert office.do(product["instance_id"], "Activity_NombrarProducto")["operations"] == []


def test_a_task_that_comes_back_says_why(office: Office, product: dict[str, Any]) -> None:
    case, why = product["instance_id"], [{"number": 1, "reason": "No dice qué evidencia lo da por cumplido"}]
    office.push(case, until="Activity_ParametrizarHitos")
    office.do(case, "Activity_ParametrizarHitos", trackable=False, untrackable=why)
    path = f"/tasks/{office.task(case, 'Activity_ValidarProtocolo')['id']}"
    (said,) = office.callers["der"]("GET", path).json["heard"]
    assert (said["element"], said["data"]["untrackable"]) == ("Activity_ParametrizarHitos", why)
