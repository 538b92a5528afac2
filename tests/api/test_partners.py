"""Partners of strategies over the API."""

from db import SYSTEM
from db import transaction
from directory import units
from tests.api.office import Office

MADE = {"_expected_status": 201}


def test_a_partner_is_added_reports_and_is_ended(office: Office) -> None:
    lead = office.callers["lider"]
    sent = {"name": "Gobierno", "objective": "Fortalecer.", "unit_id": office.unit_id, "lead_id": office.id_of("lider")}
    strategy = lead("POST", "/strategies", json=sent, **MADE).json["id"]
    with transaction() as session:
        unit = units.add(session, "ESAP", "Escuela", by=SYSTEM, now=office.now).id
    office.enrol("socia", "partner_entity", "unit", unit)
    partner = office.callers["socia"]
    assert partner("GET", "/strategies").json["items"] == []
    partner("GET", f"/strategies/{strategy}", _expected_status=404)
    joined = {"unit_id": unit, "contribution": "Formación", "since": office.now.date().isoformat()}
    row = lead("POST", f"/strategies/{strategy}/partners", json=joined, **MADE).json
    assert [one["id"] for one in partner("GET", "/strategies").json["items"]] == [strategy]
    assert partner("GET", f"/strategies/{strategy}").json["lead"]["id"] == office.id_of("lider")
    assert partner("GET", f"/strategies/{strategy}/board").json["items"] == []
    place, keyed = f"/strategy-partners/{row['id']}", {"Idempotency-Key": "a-1"}
    match = {"If-Match": lead("GET", place).headers["ETag"]}
    change = {"contribution": "Instructores", "reason": "Cambió el convenio"}
    assert lead("PATCH", place, json=change, headers=match).json["contribution"] == "Instructores"
    lead("PATCH", place, json=change, headers=match, _expected_status=412)
    match = {"If-Match": lead("GET", place).headers["ETag"]}
    change = {"until": joined["since"], "reason": "Tiene fin"}
    assert lead("PATCH", place, json=change, headers=match).json["until"] == joined["since"]
    match = {"If-Match": lead("GET", place).headers["ETag"]}
    assert lead("PATCH", place, json={"until": None, "reason": "No lo tiene"}, headers=match).json["until"] is None
    done = {"occurred_on": joined["since"], "text": "Un curso", "entities": [office.entities[0]["id"]]}
    made = partner("POST", f"{place}/advances", json=done, headers=keyed, **MADE).json
    assert partner("POST", f"{place}/advances", json=done, headers=keyed, **MADE).json == made
    listed = office.reader("GET", f"/strategies/{strategy}/advances?q=cursos").json["items"]
    assert [(one["id"], one["entities"]) for one in listed] == [(made["id"], done["entities"])]
    one = f"/partner-advances/{made['id']}"
    match = {"If-Match": partner("GET", one).headers["ETag"]}
    change = {"text": "Dos cursos", "reason": "Faltaba uno"}
    assert partner("PATCH", one, json=change, headers=match).json["text"] == "Dos cursos"
    partner("PATCH", one, json=change, headers=match, _expected_status=412)
    lead("POST", f"{one}/annul", json={"reason": "No"}, _expected_status=403)
    assert partner("POST", f"{one}/annul", json={"reason": "Se repitió"}).json["annulment_reason"] == "Se repitió"
    ended = lead("POST", f"{place}/end", json={"from_day": joined["since"], "reason": "Fue un error"}).json
    assert ended["until"] < ended["since"]
    partner("GET", one, _expected_status=404)
