"""The obligations of a contract over HTTP: one's own, or anybody's for whoever runs the system."""

from typing import Any

from tests.api.conftest import Api

CLAUSES: list[dict[str, Any]] = [
    {"number": 1, "text": "Acompañar entidades", "activities": ["advisory", "contact"], "since": "2026-01-01"},
    {"number": 2, "text": "Lo demás", "until": "2026-12-31"},
]


def path(api: Api, name: str = "ana") -> str:
    return f"/people/{api(name).person_id}/contract"


def test_without_any_it_is_the_list_that_the_system_proposes(api: Api) -> None:
    found = api("ana")("GET", path(api)).json
    assert (found["own"], len(found["clauses"])) == (False, 7)


def test_they_are_replaced_and_taken_back(api: Api) -> None:
    ana = api("ana")
    written = ana("PUT", path(api), json={"clauses": CLAUSES}).json
    assert written == ana("GET", path(api)).json
    assert written["own"] is True
    assert [row["text"] for row in written["clauses"]] == ["Acompañar entidades", "Lo demás"]
    assert written["clauses"][0]["activities"] == ["advisory", "contact"]
    assert written["clauses"][1]["until"] == "2026-12-31"
    assert ana("PUT", path(api), json={"clauses": []}).json["own"] is False


def test_what_is_wrong_is_told_at_its_place(api: Api) -> None:
    twice = [{**CLAUSES[0]}, {**CLAUSES[1], "number": 1, "since": "2027-01-01"}]
    errors = api("ana")("PUT", path(api), json={"clauses": twice}, _expected_status=422).json["errors"]
    assert {one["path"] for one in errors} == {"clauses/1/number", "clauses/1/until"}
    unknown = [{**CLAUSES[0], "activities": ["viajar"]}]
    errors = api("ana")("PUT", path(api), json={"clauses": unknown}, _expected_status=422).json["errors"]
    assert errors[0]["path"] == "clauses/0/activities/0"
    assert api("ana")("GET", path(api)).json["own"] is False


def test_whose_they_may_be(api: Api) -> None:
    api("rosa")("GET", path(api), _expected_status=403)
    api("luz")("PUT", path(api), json={"clauses": CLAUSES}, _expected_status=403)
    api("root")("PUT", path(api), json={"clauses": CLAUSES})
    assert api("ana")("GET", path(api)).json["own"] is True
    api("root")("GET", "/people/999999/contract", _expected_status=404)
