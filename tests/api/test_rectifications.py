"""Correcting what was sent, over the API."""

from typing import Any

import pytest

from tests.api.office import Office

CHANGE = [{"path": "responsibilities/0/party", "value": "Alcaldía de Quibdó"}]


@pytest.fixture
def path(office: Office, plan: dict[str, Any]) -> str:
    """Where what an advisor sent with step 3 of the procedure is."""
    case = plan["instance_id"]
    office.push(case, until="Activity_EjecutarAsistencia")
    rows = office.reader("GET", f"/instances/{case}/submissions?limit=200").json["items"]
    row = next(row for row in rows if row["element"] == "Activity_SocializarPlan")
    return f"/instances/{case}/submissions/{row['id']}"


def correct(office: Office, path: str, changes: list[dict[str, Any]], *, match: str = "*", key: str = "", **expected):
    headers = {"If-Match": match, **({"Idempotency-Key": key} if key else {})}
    sent = {"changes": changes, "reason": "Se escribió mal", "confirmed": True}
    expected = {"_expected_status": 201, **expected}
    return office.callers["asesora"]("POST", f"{path}/rectifications", json=sent, headers=headers, **expected)


def test_what_was_sent_stands_beside_its_correction(office: Office, path: str) -> None:
    before = office.reader("GET", path).json
    made = correct(office, path, CHANGE, key="r-1").json
    assert correct(office, path, CHANGE, key="r-1").json == made  # repeated, it is one
    after = office.reader("GET", path).json
    assert after["data"] == before["data"] == before["in_force"]
    assert after["in_force"]["responsibilities"][0]["party"] == "Alcaldía de Quibdó"
    row = after["rectifications"][0]
    assert (len(after["rectifications"]), row["path"], row["reason"]) == (1, CHANGE[0]["path"], "Se escribió mal")
    assert row["author_id"] == office.id_of("asesora")
    assert row["before"] == before["data"]["responsibilities"][0]["party"]


def test_it_says_what_may_be_corrected(office: Office, path: str) -> None:
    told = office.callers["asesora"]("GET", f"{path}/rectifiable").json
    known = {item["path"]: item for item in told["items"]}
    assert told["refusal"] == ""
    assert known["meeting_date"]["refusal"] == ""
    assert "tomó su camino" in known["adjust"]["refusal"]
    refused = correct(office, path, [{"path": "adjust", "value": True}], _expected_status=422).json
    assert [one["path"] for one in refused["errors"]] == ["adjust"]


def test_a_stale_revision_is_a_failed_precondition(office: Office, path: str) -> None:
    seen = office.reader("GET", path).headers["ETag"]
    correct(office, path, CHANGE, match=seen)
    correct(office, path, [{"path": CHANGE[0]["path"], "value": "Otra"}], match=seen, _expected_status=412)
    correct(office, path, CHANGE, match="", _expected_status=428)


def test_the_same_answer_twice_is_refused(office: Office, path: str) -> None:
    correct(office, path, CHANGE * 2, _expected_status=422)


def test_only_whom_it_belongs_to(office: Office, path: str) -> None:
    sent = {"changes": CHANGE, "reason": "Se escribió mal"}
    for name in ("monitoreo", "articulador", "admin"):
        office.callers[name](
            "POST", f"{path}/rectifications", json=sent, headers={"If-Match": "*"}, _expected_status=403
        )
