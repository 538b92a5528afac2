"""Obligations, statements, policies and cuts over the API."""

from datetime import datetime
from datetime import timedelta
from typing import Any

import pytest

from db import SYSTEM
from db import clock
from db import transaction
from directory.models import Region
from directory.models import RegionScheme
from directory.models import RoleGrant
from notifications import ledger
from notifications import periods
from notifications import policies
from notifications.places import Places
from notifications.policies import Shipped
from tests.api.conftest import Api
from tests.notifications import desk
from tests.web.sheets import opened
from tests.web.sheets import rows
from tracking.policies import SHIPPED


@pytest.fixture
def owing(api: Api) -> Api:
    """Ana owes a monthly report since last month; Mesa coordinates the region, Rosa monitors."""
    now = clock.now()
    month = periods.of("monthly", clock.local_date(now))
    before = periods.of("monthly", month.start - timedelta(days=1))
    ana, mesa, rosa = (api(name).person_id for name in ("ana", "mesa", "rosa"))
    with transaction() as session:
        scheme = RegionScheme(key="uno", name="Uno", region_count=1, current=True)
        session.add(scheme)
        session.flush()
        region = Region(scheme_id=scheme.id, name="Caribe")
        session.add(region)
        session.flush()
        grants = ((mesa, "regional_coordinator", "region", region.id), (rosa, "der_monitoring", "national", None))
        for person, role, kind, place in grants:
            session.add(RoleGrant(person_id=person, role=role, scope_kind=kind, scope_id=place, since=before.start))
        spec = desk.spec(met_by=("statement",), since=before.start)
        policies.install(session, [Shipped("informe", spec)], since=before.start, by=SYSTEM, now=now)
        subject = desk.subject(ana, region_id=region.id, since=before.start)
        ledger.open_batch(session, policies.get(session, "informe"), [subject], Places(session), now=now)
    return api


def first(api: Api) -> dict[str, Any]:
    found: list[dict[str, Any]] = api("ana")("GET", "/obligations/mine").get_json()["items"]
    return found[0]


def test_what_one_owes_and_what_one_may_see(owing: Api) -> None:
    assert len(owing("ana")("GET", "/obligations/mine?open_only=true").get_json()["items"]) == 2
    assert owing("mesa")("GET", "/obligations/mine").get_json()["items"] == []
    assert len(owing("mesa")("GET", "/obligations?policy=informe").get_json()["items"]) == 2
    assert owing("rosa")("GET", "/obligations?status=met").get_json()["items"] == []
    row = first(owing)
    assert row["explanation"].startswith("Día 9 del mes siguiente")
    full = owing("mesa")("GET", f"/obligations/{row['id']}").get_json()
    assert (full["moves"], full["statements"]) == ([], [])
    owing("root")("GET", "/obligations", _expected_status=403)


def test_a_statement_is_presented_returned_and_accepted(owing: Api) -> None:
    ana, mesa, row = owing("ana"), owing("mesa"), first(owing)
    path, said = f"/obligations/{row['id']}/statements", {"text": "Lo envié", "happened_on": row["period_start"]}
    ana("POST", path, json=said, _expected_status=422)
    said["evidence_link"] = "https://example.org/informe"
    early = ana("POST", path, json=said, _expected_status=422).get_json()
    assert [one["path"] for one in early["errors"]] == ["confirmed"]
    said["confirmed"] = True
    one = ana("POST", path, json=said, _expected_status=201).get_json()
    ana("POST", path, json=said, _expected_status=409)
    ana("POST", f"/statements/{one['id']}/accept", json={}, _expected_status=403)
    mesa("POST", f"/statements/{one['id']}/return", json={"remark": ""}, _expected_status=422)
    mesa("POST", f"/statements/{one['id']}/return", json={"remark": "Falta el anexo"})
    two = ana("POST", path, json=said, _expected_status=201).get_json()
    mesa("POST", f"/statements/{two['id']}/accept", json={}, _expected_status=422)
    accepted = mesa("POST", f"/statements/{two['id']}/accept", json={"confirmed": True}).get_json()
    assert accepted["status"] == "accepted"
    assert owing("ana")("GET", f"/obligations/{row['id']}").get_json()["status"] == "met"
    (rate,) = mesa("GET", "/obligations/rates").get_json()
    assert (rate["key"], rate["met"], rate["on_time"]) == (ana.person_id, 1, "100.0")


def test_a_statement_is_withdrawn_by_who_presented_it_and_has_a_limit(owing: Api) -> None:
    ana, mesa, row = owing("ana"), owing("mesa"), first(owing)
    path = f"/obligations/{row['id']}/statements"
    said = {"text": "x" * 4001, "happened_on": row["period_start"], "evidence_link": "https://e.org/1",
            "confirmed": True}  # fmt: skip
    wrong = ana("POST", path, json=said, _expected_status=422).get_json()
    assert [one["path"] for one in wrong["errors"]] == ["text"]
    one = ana("POST", path, json={**said, "text": "Lo envié"}, _expected_status=201).get_json()
    mesa("POST", f"/statements/{one['id']}/withdraw", _expected_status=403)
    withdrawn = ana("POST", f"/statements/{one['id']}/withdraw").get_json()
    assert (withdrawn["status"], withdrawn["withdrawn"]) == ("returned", True)
    ana("POST", f"/statements/{one['id']}/withdraw", _expected_status=409)


def test_only_what_follows_a_step_is_returned_with_it(owing: Api) -> None:
    ana, mesa, row = owing("ana"), owing("mesa"), first(owing)
    said = {"text": "Lo envié", "happened_on": row["period_start"], "evidence_link": "https://e.org/1",
            "confirmed": True}  # fmt: skip
    one = ana("POST", f"/obligations/{row['id']}/statements", json=said, _expected_status=201).get_json()
    path, why = f"/statements/{one['id']}/return", {"remark": "No abre", "with_before": True}
    wrong = mesa("POST", path, json=why, _expected_status=422).get_json()
    assert [problem["path"] for problem in wrong["errors"]] == ["with_before"]


def test_a_statement_waits_in_the_list_of_reviews_until_it_is_decided(owing: Api) -> None:
    ana, mesa, row = owing("ana"), owing("mesa"), first(owing)
    said = {"text": "Lo envié", "happened_on": row["period_start"], "evidence_link": "https://example.org/informe",
            "confirmed": True}  # fmt: skip
    one = ana("POST", f"/obligations/{row['id']}/statements", json=said, _expected_status=201).get_json()
    (waiting,) = mesa("GET", "/reviews?kind=statements").get_json()["items"]
    assert (waiting["id"], waiting["link"]) == (one["id"], f"/plazos/{row['id']}")
    assert waiting["author_id"] == ana.person_id
    assert len(owing("rosa")("GET", "/reviews?q=informe").get_json()["items"]) == 1
    assert owing("rosa")("GET", "/reviews?q=otra").get_json()["items"] == []
    mesa("GET", "/reviews?kind=nada", _expected_status=422)
    ana("GET", "/reviews", _expected_status=403)
    mesa("POST", f"/statements/{one['id']}/accept", json={"confirmed": True})
    assert mesa("GET", "/reviews").get_json()["items"] == []


def test_a_step_names_the_one_that_it_waits_for(owing: Api) -> None:
    """Ana owes the load of a unit and Mesa its presentation; once the load is presented nothing is waited for."""
    now, since = clock.now(), clock.local_date(clock.now()).replace(day=1)
    shipped = {one.key: one for one in SHIPPED}
    people = {"sisgestion_carga": owing("ana").person_id, "sisgestion_presentacion": owing("mesa").person_id}
    with transaction() as session:
        policies.install(session, [shipped[key] for key in people], since=since, by=SYSTEM, now=now)
        for key, person in people.items():
            subject = desk.subject(person, kind="unit", id=1, since=since)
            ledger.open_batch(session, policies.get(session, key), [subject], Places(session), now=now)
    load, presentation = (
        owing("rosa")("GET", f"/obligations?policy={key}").get_json()["items"][0] for key in people
    )  # fmt: skip
    assert load["waits_for"] is None
    before = {"id": load["id"], "title": load["title"], "debtor_id": people["sisgestion_carga"]}
    assert {key: presentation["waits_for"][key] for key in before} == before
    mine = owing("mesa")("GET", "/obligations/mine?waiting=true").get_json()["items"]
    assert [(one["id"], one["status"]) for one in mine] == [(presentation["id"], "pending")]
    said = {"text": "Cargado", "happened_on": str(clock.local_date(now)), "evidence_link": "https://example.org/1",
            "confirmed": True}  # fmt: skip
    owing("ana")("POST", f"/obligations/{load['id']}/statements", json=said, _expected_status=201)
    full = owing("mesa")("GET", f"/obligations/{presentation['id']}").get_json()
    assert (full["waits_for"], full["moves"]) == (None, [])
    waived = owing("rosa")("POST", f"/obligations/{load['id']}/waive", json={"reason": "No se reporta este mes"})
    assert waived.get_json()["waits_for"] is None


def test_waiving_and_reopening(owing: Api) -> None:
    mesa, row = owing("mesa"), first(owing)
    owing("ana")("POST", f"/obligations/{row['id']}/waive", json={"reason": "x"}, _expected_status=403)
    assert mesa("POST", f"/obligations/{row['id']}/waive", json={"reason": "Licencia"}).get_json()["status"] == "waived"
    mesa("POST", f"/obligations/{row['id']}/reopen", json={"reason": "Volvió"})
    outcome = mesa("POST", "/obligations/waive", json={"ids": [row["id"], 99999], "reason": "Cierre"}).get_json()
    assert outcome == {"done": 1, "left_out": 1}
    again = {"ids": [row["id"], 99999], "reason": "Se corrige"}
    owing("ana")("POST", "/obligations/reopen", json=again, _expected_status=403)
    assert mesa("POST", "/obligations/reopen", json=again).get_json() == {"done": 1, "left_out": 1}


def test_a_policy_is_tried_and_changed(owing: Api) -> None:
    rosa = owing("rosa")
    held = rosa("GET", "/policies/informe").get_json()
    assert [one["key"] for one in rosa("GET", "/policies").get_json()["items"]] == ["informe"]
    spec = {**held["spec"], "due": {"rule": "period_end"}}
    asked = {"spec": spec, "enabled": True}
    seen = rosa("POST", "/policies/informe/preview", json={**asked, "applies_from": "2026-09-01"}).get_json()
    assert (seen["opened"]["count"], seen["moved"]["count"], seen["waived"]["count"]) == (0, 2, 0)
    later = rosa("POST", "/policies/informe/preview", json=asked).get_json()
    assert (later["moved"]["count"], later["since"], later["label"]) == (0, "2026-12-01", "diciembre de 2026")
    wrong = {"spec": {**spec, "grace": -1}, "enabled": True, "reason": "Acuerdo", "version": 1}
    problem = rosa("PUT", "/policies/informe", json=wrong, _expected_status=422).get_json()
    assert "grace" in str(problem)
    right = {**wrong, "spec": spec}
    done = rosa("PUT", "/policies/informe", json=right).get_json()
    assert (done["version"], done["applies_from"], done["spec"]["due"]) == (2, "2026-12-01", {"rule": "period_end"})
    assert [(one["version"], one["until"], one["spec"]["due"]) for one in done["earlier"]] == [
        (1, "2026-12-01", held["spec"]["due"])
    ]
    rosa("PUT", "/policies/informe", json=right, _expected_status=409)
    owing("root")("PUT", "/policies/informe", json=right, _expected_status=403)
    owing("root")("GET", "/policies/informe")
    rosa("GET", "/policies/nada", _expected_status=404)


def test_a_policy_is_created_and_switched(owing: Api) -> None:
    rosa = owing("rosa")
    spec = {**rosa("GET", "/policies/informe").get_json()["spec"], "title": "Informe propio"}
    assert rosa("POST", "/policies/preview", json={"spec": spec}).get_json()["opened"]["count"] >= 0
    new = {"key": "informe_propio", "spec": spec, "reason": "Lo pidió la DER"}
    rosa("POST", "/policies", json={**new, "key": "Mal"}, _expected_status=422)
    owing("root")("POST", "/policies", json=new, _expected_status=403)
    assert rosa("POST", "/policies", json=new, _expected_status=201).get_json()["version"] == 1
    rosa("POST", "/policies", json=new, _expected_status=409)
    off = {"enabled": False, "reason": "Se suspendió", "version": 1}
    assert rosa("POST", "/policies/informe_propio/switch", json=off).get_json()["enabled"] is False
    rosa("POST", "/policies/informe_propio/switch", json=off, _expected_status=409)
    owing("root")("POST", "/policies/informe_propio/switch", json={**off, "version": 2}, _expected_status=403)


def counts_of_cuts(rosa: Any, taken_at: str) -> list[int]:
    """How many cuts there are of some kinds and periods, and as of the instant before and that of the first."""
    at = datetime.fromisoformat(taken_at)
    queries: tuple[dict[str, str], ...] = (
        {"kind": "follow_up"}, {"kind": "obligations"},
        {"as_of": (at - timedelta(seconds=1)).isoformat()}, {"as_of": (at + timedelta(seconds=1)).isoformat()},
    )  # fmt: skip
    return [len(rosa("GET", "/cuts", query_string=query).get_json()["items"]) for query in queries]


def test_a_cut_is_taken_once_and_meets_what_is_owed(owing: Api) -> None:
    rosa, now = owing("rosa"), clock.now()
    quarter = periods.of("quarterly", periods.of("quarterly", clock.local_date(now)).start - timedelta(days=1))
    with transaction() as session:
        corte = [one for one in SHIPPED if one.key == "corte_trimestral"]
        policies.install(session, corte, since=quarter.start, by=SYSTEM, now=now)
        office = desk.subject(rosa.person_id, kind="office", id=1, since=quarter.start, label="Monitoreo")
        ledger.open_batch(session, policies.get(session, "corte_trimestral"), [office], Places(session), now=now)
    cut = rosa("POST", "/cuts", json={"kind": "follow_up", "period": quarter.key}, _expected_status=201).get_json()
    assert rosa("GET", f"/cuts/{cut['id']}").get_json()["figures"]["advisories"] == 0
    rosa("POST", "/cuts", json={"kind": "follow_up", "period": quarter.key}, _expected_status=409)
    rosa("POST", "/cuts", json={"kind": "x", "period": "y"}, _expected_status=422)
    assert len(rosa("GET", "/cuts").get_json()["items"]) == 1
    assert counts_of_cuts(rosa, cut["taken_at"]) == [1, 0, 0, 1]
    rosa("GET", "/cuts?as_of=2026-11-24T09:00:00", _expected_status=422)
    rosa("GET", "/cuts?as_of=0001-01-01T00:00:00%2B05:00", _expected_status=422)
    rows = rosa("GET", "/obligations?policy=corte_trimestral").get_json()["items"]
    (owed,) = [one for one in rows if one["period"] == quarter.key]
    assert owed["status"] in ("met", "late")
    owing("ana")("POST", "/cuts", json={"kind": "follow_up", "period": quarter.key}, _expected_status=403)


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.mark.parametrize("path", ["/obligations", "/obligations/mine", "/work-plans", "/products", "/reports",
                                  "/advisories", "/contacts", "/corrective-actions"])  # fmt: skip
def test_a_list_is_a_workbook_for_whoever_accepts_one(owing: Api, path: str) -> None:
    asked = {"headers": {"Accept": XLSX}, "buffered": True}
    answer = owing("ana")("GET", path, **asked)
    assert answer.content_type == XLSX
    count = len(owing("ana")("GET", f"{path}?limit=200").get_json()["items"])
    assert len(rows(opened(answer.data))) == count
    owing("")("GET", path, _expected_status=401, **asked)


@pytest.mark.parametrize("accept", ["*/*", "application/json", f"{XLSX};q=0.1, application/json"])
def test_whoever_does_not_prefer_a_workbook_gets_json(owing: Api, accept: str) -> None:
    assert "items" in owing("ana")("GET", "/obligations", headers={"Accept": accept}).get_json()


def test_the_filters_and_the_limit_hold_for_the_workbook_too(owing: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = {"headers": {"Accept": XLSX}, "buffered": True}
    assert rows(opened(owing("ana")("GET", "/obligations?status=waived", **asked).data)) == []
    monkeypatch.setattr("edge.exports.answering.MOST_ROWS", 0)
    problem = owing("ana")("GET", "/obligations", _expected_status=422, **asked).get_json()
    assert "Acótela con los filtros" in problem["detail"]
