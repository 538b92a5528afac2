"""Reports over HTTP: begun, read with what the program composes, and SETA presented; the rest goes through /tasks."""

from datetime import date

import workflows
from att.setup import deploy_built_in
from db import clock
from db import transaction
from directory.models import Person
from directory.models import RoleGrant
from notifications import periods
from tests.api.conftest import Api
from tests.tracking import factories
from tracking.models import WorkPlan


def _advises(api: Api) -> int:
    """Ana attends an entity with a plan this year. Returns the plan."""
    now = clock.now()
    ana = api("ana").person_id
    with transaction() as session:
        unit = factories.unit(session, "SUB")
        factories.department(session)
        entity = factories.entity(session, "Quibdó", "27001")
        lead = factories.person(session, "Lina Líder", now, unit.id)
        session.add(RoleGrant(person_id=ana, role="territorial_advisor", scope_kind="national", since=date(2020, 1, 1)))
        product = factories.product(session, lead, unit.id, now)
        advisor = session.get_one(Person, ana)
        return factories.plan(session, product, entity.id, now, advisor=advisor, consented=False, executing=False).id


def test_a_seta_report_is_begun_kept_and_presented(api: Api) -> None:
    plan_id = _advises(api)
    ana, month = api("ana"), periods.of(periods.MONTHLY, clock.local_date(clock.now())).key
    begun = ana("POST", "/reports", json={"kind": "seta", "period": month}, _expected_status=201).json
    assert ana("POST", "/reports", json={"kind": "seta", "period": month}, _expected_status=201).json == begun
    path = f"/reports/{begun['id']}"
    (line,) = ana("GET", path).json["content"]["rows"]
    assert line["plan_id"] == plan_id
    refused = ana("POST", f"{path}/seta/present", _expected_status=422).json
    assert refused["errors"][0]["path"] == f"remark-{plan_id}"
    draft = {"revision": begun["revision"], "rows": [{"plan_id": plan_id, "remark": "Se reunió el equipo"}]}
    ana("PUT", f"{path}/seta", json=draft)
    ana("PUT", f"{path}/seta", json=draft, _expected_status=409)
    doubted = ana("POST", f"{path}/seta/present", _expected_status=422).json
    assert doubted["errors"][0]["path"] == "confirmed"
    presented = ana("POST", f"{path}/seta/present", json={"confirmed": True}).json
    assert presented["status"] == "presented"
    assert ana("GET", path).json["first_presented_at"] == presented["presented_at"]
    listed = api("rosa")("GET", f"/reports?kind=seta&period={month}").json["items"]
    assert [row["id"] for row in listed] == [begun["id"]]


def test_a_report_of_a_month_in_course_is_sent_by_who_confirms_it(api: Api) -> None:
    workflows.register()
    deploy_built_in()
    _advises(api)
    ana, month = api("ana"), periods.of(periods.MONTHLY, clock.local_date(clock.now()))
    begun = ana("POST", "/reports", json={"kind": "activities", "period": month.key}, _expected_status=201).json
    (task,) = [one for one in ana("GET", "/tasks").json["items"] if one["instance_id"] == begun["instance_id"]]
    initial = ana("GET", f"/tasks/{task['id']}").json["initial"]
    sent = {"data": {**initial, "achievements": "Se aprobó el plan.", "difficulties": "Ninguna."}}
    complete, match = f"/tasks/{task['id']}/complete", {"If-Match": f'"{task["revision"]}"'}
    refused = ana("POST", complete, json=sent, headers=match, _expected_status=422).json
    (error,) = refused["errors"]
    assert error["path"] == "confirmed"
    assert f"{month.label} no ha terminado" in str(error)
    assert ana("GET", f"/reports/{begun['id']}").json["status"] == "draft"
    assert ana("POST", complete, json={**sent, "confirmed": True}, headers=match).json["receipt"]
    assert ana("GET", f"/reports/{begun['id']}").json["status"] == "presented"


def test_who_may_not(api: Api) -> None:
    _advises(api)
    month = periods.of(periods.MONTHLY, clock.local_date(clock.now())).key
    begun = api("ana")("POST", "/reports", json={"kind": "seta", "period": month}, _expected_status=201).json
    api("mesa")("GET", f"/reports/{begun['id']}", _expected_status=403)
    api("root")("POST", "/reports", json={"kind": "seta", "period": month}, _expected_status=403)
    api("luz")("GET", f"/reports/{begun['id']}")
    wrong = {"kind": "seta", "period": "2026"}
    api("ana")("POST", "/reports", json=wrong, _expected_status=422)
    api("ana")("POST", "/reports", json={"kind": "balance", "period": "2026-Q1"}, _expected_status=422)


def test_activities_are_put_under_another_obligation(api: Api) -> None:
    workflows.register()
    deploy_built_in()
    plan_id = _advises(api)
    ana, today = api("ana"), clock.local_date(clock.now())
    with transaction() as session:
        entity_id = session.get_one(WorkPlan, plan_id).entity_id
    contact = {"entity_id": entity_id, "occurred_on": today.isoformat(), "channel": "call", "topic": "Banco",
               "minutes": 20}  # fmt: skip
    ana("POST", "/contacts", json=contact, _expected_status=201)
    month = periods.of(periods.MONTHLY, today).key
    begun = ana("POST", "/reports", json={"kind": "activities", "period": month}, _expected_status=201).json
    path = f"/reports/{begun['id']}"
    key = f"contacts:{month}"
    sent = {"revision": begun["revision"], "moves": [{"activity": key, "obligation": 5}]}
    moved = ana("PUT", f"{path}/activities", json=sent).json
    told = {one["number"]: [item["key"] for item in one["activities"]]
            for one in ana("GET", path).json["content"]["obligations"]}  # fmt: skip
    assert told[5] == [key]
    ana("PUT", f"{path}/activities", json=sent, _expected_status=409)
    wrong = {"revision": moved["revision"], "moves": [{"activity": key, "obligation": 99}]}
    assert ana("PUT", f"{path}/activities", json=wrong, _expected_status=422).json["errors"][0]["path"] == key
    api("mesa")("PUT", f"{path}/activities", json=sent, _expected_status=403)
