"""A program asks for a thematic expert and follows the request."""

from typing import Any

from tests.api.office import Office

ANSWERS = {"desist": False, "theme": "other", "other_theme": "Catastro", "need": "Revisar el convenio",
           "wanted_on": "2026-12-11", "modality": "remote"}  # fmt: skip


def test_a_program_asks_lists_and_follows(office: Office, plan: dict[str, Any]) -> None:
    advisor, place = office.callers["asesora"], f"/work-plans/{plan['id']}/support-requests"
    assert advisor("GET", place).json["items"] == []
    made = advisor("POST", place, _expected_status=201)
    row = made.json
    assert made.headers["Location"].endswith(f"/support-requests/{row['id']}")
    assert (row["status"], row["asker_id"], row["expert_id"]) == ("preparing", office.id_of("asesora"), None)
    assert (row["advisories"], row["files"], row["asked_by_id"]) == ([], [], None)
    assert advisor("POST", place, _expected_status=201).json["id"] == row["id"]
    task = office.task(row["instance_id"], "Activity_PedirApoyo")
    office.complete(task, ANSWERS)
    shown = advisor("GET", f"/support-requests/{row['id']}").json
    assert (shown["status"], shown["theme"], shown["other_theme"]) == ("waiting", "other", "Catastro")
    assert (shown["asked_by_id"], shown["given_by_id"], shown["given_for_id"]) == (row["asker_id"], None, None)
    assert advisor("GET", place).json["items"] == [shown]
    expert = office.enrol("experta", "thematic_expert", "national")
    (found,) = expert("GET", "/support-requests", query_string={"q": "convenio", "open": "true"}).json["items"]
    assert found["id"] == row["id"]
    assert expert("GET", "/support-requests", query_string={"theme": "digital"}).json["items"] == []
    waiting = expert("GET", "/tasks", query_string={"element": "Activity_ResponderSolicitud"}).json["items"]
    assert [one["instance_id"] for one in waiting] == [row["instance_id"]]


def test_who_asked_withdraws_what_waits_for_the_expert(office: Office, plan: dict[str, Any]) -> None:
    advisor, place = office.callers["asesora"], f"/work-plans/{plan['id']}/support-requests"
    row = advisor("POST", place, _expected_status=201).json
    act = f"/support-requests/{row['id']}/withdraw"
    assert advisor("POST", act, json={"reason": "Sobra"}, _expected_status=409).json["type"].endswith("unasked")
    office.complete(office.task(row["instance_id"], "Activity_PedirApoyo"), ANSWERS)
    expert = office.enrol("experta", "thematic_expert", "national")
    expert("POST", act, json={"reason": "Sobra"}, _expected_status=403)
    advisor("POST", act, json={"reason": " "}, _expected_status=422)
    assert advisor("POST", act, json={"reason": "Sobra"}).json["ended"] is True
    shown = advisor("GET", f"/support-requests/{row['id']}").json
    assert (shown["status"], shown["closing_reason"]) == ("withdrawn", "Sobra")
    assert shown["withdrawn_by_id"] == office.id_of("asesora")
    contact = office.enrol("contacto", "beneficiary_contact", "entity", plan["entity_id"])
    hidden = contact("GET", f"/support-requests/{row['id']}").json
    assert (hidden["status"], hidden["closing_reason"]) == ("withdrawn", "")
    assert [one["closing_reason"] for one in contact("GET", place).json["items"]] == [""]


def test_whoever_may_not_see_a_plan_is_not_told_that_it_ended(
    office: Office, product: dict[str, Any], plan: dict[str, Any]
) -> None:
    place = f"/work-plans/{plan['id']}"
    milestone = office.reader("GET", f"{place}/milestones").json["items"][0]["id"]
    office.callers["director"]("POST", f"{place}/cancel", json={"reason": "La entidad se retiró"})
    far = office.enrol("lejana", "regional_coordinator", "region", _other_region(office, plan))
    far("GET", place, _expected_status=404)
    reason = {"reason": "Cambio de contrato"}
    for path, sent in (
        (f"{place}/support-requests", None),
        (f"{place}/transfer", {"advisor_id": office.id_of("asesora"), **reason}),
        (f"/milestones/{milestone}/reject", reason),
    ):
        far("POST", path, json=sent, _expected_status=404)


def _other_region(office: Office, plan: dict[str, Any]) -> int:
    """A region where the entity of a plan does not lie."""
    entities = office.reader("GET", "/entities?kind=municipality&department=91&limit=1").json["items"]
    own, other = (office.reader("GET", f"/entities/{key}").json for key in (plan["entity_id"], entities[0]["id"]))
    assert other["region_id"] != own["region_id"]
    return int(other["region_id"])


def test_another_theme_is_named(office: Office, plan: dict[str, Any]) -> None:
    advisor, place = office.callers["asesora"], f"/work-plans/{plan['id']}/support-requests"
    row = advisor("POST", place, _expected_status=201).json
    task = office.task(row["instance_id"], "Activity_PedirApoyo")
    refused = office.complete(task, {**ANSWERS, "other_theme": ""}, _expected_status=422).json
    assert [error["path"] for error in refused["errors"]] == ["other_theme"]


def test_an_expert_does_not_call_themselves(office: Office, plan: dict[str, Any]) -> None:
    expert = office.enrol("experta", "thematic_expert", "national")
    expert("POST", f"/work-plans/{plan['id']}/support-requests", _expected_status=403)


def test_the_contact_of_the_entity_is_not_told_why_an_expert_could_not(office: Office, plan: dict[str, Any]) -> None:
    advisor, place = office.callers["asesora"], f"/work-plans/{plan['id']}/support-requests"
    row = advisor("POST", place, _expected_status=201).json
    expert = office.enrol("experta", "thematic_expert", "national")
    asking = office.task(row["instance_id"], "Activity_PedirApoyo")
    office.complete(asking, {**ANSWERS, "expert": expert.person_id})
    answering = office.task(row["instance_id"], "Activity_ResponderSolicitud")
    sent = {"data": {"accepted": False, "decline_reason": "Sin tiempo"}}
    headers = {"If-Match": "*", "Idempotency-Key": "respuesta"}
    expert("POST", f"/tasks/{answering['id']}/complete", json=sent, headers=headers)
    contact = office.enrol("contacto", "beneficiary_contact", "entity", plan["entity_id"])
    one = f"/support-requests/{row['id']}"
    for who, told in ((advisor, "Sin tiempo"), (contact, "")):
        assert who("GET", one).json["decline_reason"] == told
        for many in (place, "/support-requests"):
            assert [found["decline_reason"] for found in who("GET", many).json["items"]] == [told]
