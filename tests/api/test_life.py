"""A product lives from its ficha to the closed procedure of a municipality, through HTTP alone."""

from typing import Any

from tests.api.callers import Caller
from tests.api.office import Office

C1 = "Activity_RetroalimentarFicha"
C2 = "Activity_ValidarProtocolo"
C3 = "Activity_ParametrizarHitos"
EIGHT_STEPS = {
    "Activity_IdentificarNecesidad", "Activity_ProgramarAsistencia", "Activity_SocializarPlan",
    "Activity_EjecutarAsistencia", "Activity_MonitorearAsistencia", "Activity_EvaluarAsistencia",
    "Activity_GestionarConocimiento", "Activity_SistematizarResultados",
}  # fmt: skip
UNTRACKABLE = [{"number": 1, "reason": "No tiene medio de verificación."}]


def test_a_product_lives_through_http_alone(office: Office) -> None:
    product = office.start_product()
    case = product["instance_id"]
    _second_round_at_c1(office, case)
    _returned_at_c2(office, case)
    _returned_at_c3(office, case)
    plan = office.activate(product)[0]
    _is_in_the_portfolio(office, product)
    office.push(plan["instance_id"], until="Activity_MonitorearAsistencia")
    _consents(office, plan)
    _assisted_and_verified(office, product, plan)
    office.push(plan["instance_id"])
    closed = office.reader("GET", f"/work-plans/{plan['id']}").json
    assert (closed["status"], closed["consent"]) == ("closed", "given")
    assert float(closed["verified_progress"]) > 0
    ended = office.reader("GET", f"/instances/{plan['instance_id']}").json
    assert ended["status"] == "completed"
    sent = office.reader("GET", f"/instances/{plan['instance_id']}/submissions?limit=200").json["items"]
    assert {row["element"] for row in sent} >= EIGHT_STEPS
    for instance_id in (case, plan["instance_id"]):
        _history_reads(office.reader, instance_id)


def _second_round_at_c1(office: Office, case: int) -> None:
    office.push(case, until=C1)
    office.do(case, C1, suggests_round=True)
    office.do(case, "Activity_ResponderRetroalimentacion", another_round=True)
    assert office.task(case, "Activity_ElaborarFicha")["round"] == 2
    office.do(case, "Activity_ElaborarFicha")
    assert office.task(case, C1)["round"] == 2


def _returned_at_c2(office: Office, case: int) -> None:
    office.push(case, until=C2)
    review = office.task(case, C2)
    remark = {"path": "milestones/0/name", "text": "Precise el hito."}
    path = f"/tasks/{review['id']}/observations"
    made = office.callers["der"]("POST", path, json=remark, _expected_status=201).json
    office.do(case, C2, verdict="returned", remarks="Precise las metas.")
    again = office.task(case, "Activity_DiligenciarProtocolo")
    shown = office.callers["lider"]("GET", f"/tasks/{again['id']}").json
    assert [row["id"] for row in shown["observations"]] == [made["id"]]
    answer = {"text": "El hito quedó preciso."}
    answered = office.callers["lider"]("POST", f"/observations/{made['id']}/answer", json=answer).json
    assert answered["status"] == "answered"
    office.do(case, "Activity_DiligenciarProtocolo")
    office.do(case, C2, verdict="validated")


def _returned_at_c3(office: Office, case: int) -> None:
    office.do(case, C3, trackable=False, untrackable=UNTRACKABLE)
    assert C2 in office.waiting(case)
    office.do(case, C2, verdict="validated")
    office.do(case, C3)


def _is_in_the_portfolio(office: Office, product: dict[str, Any]) -> None:
    anybody = Caller(office.app.test_client())
    assert [row["code"] for row in anybody("GET", "/portfolio").json["items"]] == [product["code"]]
    assert anybody("GET", f"/portfolio/{product['code']}").json["entities"]


def _consents(office: Office, plan: dict[str, Any]) -> None:
    decided = office.reader("GET", f"/work-plans/{plan['id']}/consents").json["items"]
    assert [(row["decision"], row["files"]) for row in decided] == [("given", [office.files[office.id_of("asesora")]])]


def _assisted_and_verified(office: Office, product: dict[str, Any], plan: dict[str, Any]) -> None:
    advisor, checker = office.callers["asesora"], office.callers["monitoreo"]
    first, second = office.reader("GET", f"/work-plans/{plan['id']}/milestones").json["items"][:2]
    sent = {
        "occurred_on": office.now.date().isoformat(),
        "modality": "on_site",
        "summary": "Se revisó el plan indicativo con el equipo de planeación.",
        "entities": [plan["entity_id"]],
        "product_id": product["id"],
        "people": [{"name": "Secretaria de Planeación", "position": "Secretaria"}],
        "minutes_file": office.upload("asesora", "acta.pdf"),
        "attendance_file": office.upload("asesora", "asistencia.pdf"),
        "milestones": [{"milestone_id": first["id"], "effect": "achieved"}],
    }
    assert advisor("POST", "/advisories", json=sent, _expected_status=201).json["status"] == "closed"
    report = {"occurred_on": sent["occurred_on"], "files": [office.files[office.id_of("asesora")]]}
    advisor("POST", f"/milestones/{second['id']}/report", json=report, _expected_status=201)
    advisor("POST", f"/milestones/{second['id']}/verify", json={}, _expected_status=403)
    for milestone in (first, second):
        checker("POST", f"/milestones/{milestone['id']}/verify", json={}, _expected_status=201)
        assert office.reader("GET", f"/milestones/{milestone['id']}").json["status"] == "verified"


def _history_reads(reader: Caller, instance_id: int) -> None:
    """Every act says who and what, and each is chained to the one before."""
    rows = reader("GET", f"/instances/{instance_id}/history?limit=200").json["items"]
    assert [row["sequence"] for row in rows] == list(range(1, len(rows) + 1))
    assert [row["previous_hash"] for row in rows] == ["", *(row["hash"] for row in rows[:-1])]
    assert all(row["summary"] and row["actor_name"] for row in rows)
