"""Units over HTTP."""

from typing import Any

import pytest

from db import history
from db import reading
from directory import units
from tests.api.callers import Caller
from tests.api.conftest import Api

SENT = {"code": "ESAP", "name": "Escuela Superior"}
WHY = {"reason": "Decreto 1893 de 2021"}


@pytest.fixture
def root(api: Api) -> Caller:
    """Whoever runs the system."""
    return api("root")


@pytest.fixture
def here(root: Caller) -> str:
    """Where a new unit is read."""
    answer = root("POST", "/units", json=SENT, _expected_status=201)
    assert answer.headers["Location"] == f"/api/v1/units/{answer.json['id']}"
    return f"/units/{answer.json['id']}"


def paths(problem: dict[str, Any]) -> list[str]:
    return [error["path"] for error in problem["errors"]]


def test_a_unit_is_read_and_found_by_whoever_has_an_account(api: Api, here: str) -> None:
    ana = api("ana")
    assert ana("GET", here).json["code"] == "ESAP"
    found = [row["code"] for row in ana("GET", "/units?q=ESCUELA superiór").json["items"]]
    assert found == ["ESAP"]
    assert ana("GET", "/units?q=nada").json["items"] == []
    for method, path in (("POST", "/units"), ("PATCH", here), ("POST", f"{here}/retire"), ("GET", f"{here}/ties")):
        ana(method, path, json=None if method == "GET" else {**SENT, **WHY}, _expected_status=403)


def test_one_called_as_another_is_made_when_it_is_confirmed(root: Caller, here: str) -> None:
    twin = {"code": "ESC", "name": "Escuela superior"}
    assert paths(root("POST", "/units", json=twin, _expected_status=422).json) == ["confirmed"]
    root("POST", "/units", json={**twin, "confirmed": True}, _expected_status=201)


@pytest.mark.parametrize(
    ("changed", "path"),
    [
        ({"code": " "}, "code"), ({"code": "A" * 21}, "code"), ({"name": "u" * 201}, "name"),
        ({"parent_id": 99}, "parent_id"),
    ],
)  # fmt: skip
def test_what_no_unit_is_called_is_refused_where_it_is(
    root: Caller, here: str, changed: dict[str, Any], path: str
) -> None:
    new = {"code": "OTRA", "name": "Otra", **changed}
    assert paths(root("POST", "/units", json=new, _expected_status=422).json) == [path]
    assert paths(root("PATCH", here, json={**changed, **WHY}, _expected_status=422).json) == [path]


def test_a_correction_asks_for_a_reason_and_for_what_was_read(root: Caller, here: str) -> None:
    read = root("GET", here).headers["ETag"]
    assert paths(root("PATCH", here, json={"code": "ESP"}, _expected_status=422).json) == ["reason"]
    assert root("PATCH", here, json={"code": "ESP", **WHY}, headers={"If-Match": read}).json["code"] == "ESP"
    root("PATCH", here, json={"code": "EP", **WHY}, headers={"If-Match": read}, _expected_status=412)
    with reading() as session:
        last = history.of(session, units.subject(int(here.rpartition("/")[2])))[-1]
    assert last.summary == "Corrigió la dependencia «Escuela Superior»: la sigla, de «ESAP» a «ESP»."


def test_a_unit_hangs_under_another_and_not_under_itself(root: Caller, here: str) -> None:
    top = root("POST", "/units", json={"code": "T", "name": "Techo"}, _expected_status=201).json["id"]
    below = root("PATCH", here, json={"parent_id": top, **WHY}).json
    assert below["parent_id"] == top
    problem = root("PATCH", f"/units/{top}", json={"parent_id": below["id"], **WHY}, _expected_status=422).json
    assert paths(problem) == ["parent_id"]


def test_a_unit_is_retired_when_nothing_hangs_on_it_and_brought_back(root: Caller, here: str) -> None:
    unit_id = root("GET", here).json["id"]
    person = root("POST", "/people", json={"name": "Inés", "unit_id": unit_id}, _expected_status=201).json["id"]
    assert root("GET", f"{here}/ties").json["people"] == 1
    problem = root("POST", f"{here}/retire", json=WHY, _expected_status=409).json
    assert problem["type"] == "urn:att:problem:in_use"
    assert "1 persona con acceso" in problem["detail"]
    root("PATCH", f"/people/{person}", json={"unit_id": None})
    assert root("POST", f"{here}/retire", json=WHY).json["disabled_at"]
    assert root("GET", "/units").json["items"] == []
    assert [row["id"] for row in root("GET", "/units?retired=true").json["items"]] == [unit_id]
    root("PATCH", f"/people/{person}", json={"unit_id": unit_id}, _expected_status=422)
    assert root("POST", f"{here}/restore").json["disabled_at"] is None


def test_what_is_not_there_is_not_found(root: Caller) -> None:
    root("GET", "/units/99", _expected_status=404)
    root("GET", "/units/99/ties", _expected_status=404)
    root("PATCH", "/units/99", json={"name": "X", **WHY}, _expected_status=404)
    root("POST", "/units/99/retire", json=WHY, _expected_status=404)
    root("POST", "/units/99/restore", _expected_status=404)
