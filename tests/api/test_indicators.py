"""Indicators over the API."""

from typing import Any

from db import transaction
from notifications import periods
from tests.api.office import Office
from tracking.models import Product


def published(office: Office, product: dict[str, Any]) -> str:
    """The product in the portfolio, with an indicator."""
    with transaction() as session:
        row = session.get_one(Product, product["id"])
        row.published_at = office.now
        row.protocol = {
            "indicators": [{"name": "Bancos", "measure": "Número", "frequency": "monthly", "accumulation": "sum"}],
            "targets": [{"indicator": "Bancos", "year": office.now.year, "target": "40"}],
        }
    return f"/products/{product['code']}/indicators"


def test_a_capture_is_made_read_corrected_and_taken_back(office: Office, product: dict[str, Any]) -> None:
    path, lider, today = published(office, product), office.callers["lider"], office.now.date()
    sent = {"indicator": "Bancos", "period": periods.of(periods.MONTHLY, today).key, "value": "10",
            "captured_on": today.isoformat(), "source": "Bancos"}  # fmt: skip
    early = lider("POST", f"{path}/captures", json=sent, _expected_status=422).json
    assert [one["path"] for one in early["errors"]] == ["confirmed"]
    sent |= {"confirmed": True}
    keyed = {"Idempotency-Key": "c-1"}
    made = lider("POST", f"{path}/captures", json=sent, headers=keyed, _expected_status=201).json
    assert lider("POST", f"{path}/captures", json=sent, headers=keyed, _expected_status=201).json == made
    refused = lider("POST", f"{path}/captures", json=sent, _expected_status=422).json
    assert [one["path"] for one in refused["errors"]] == ["period"]
    (one,) = office.reader("GET", path).json["items"]
    assert (one["name"], one["years"]) == (
        "Bancos", [{"year": today.year, "achieved": "10", "target": "40", "percent": "25.0"}],
    )  # fmt: skip
    place = f"/indicator-captures/{made['id']}"
    match = {"If-Match": office.reader("GET", place).headers["ETag"]}
    change = {"value": "20", "reason": "Faltaba Istmina"}
    assert lider("PATCH", place, json=change, headers=match).json["value"] == "20"
    lider("PATCH", place, json=change, headers=match, _expected_status=412)
    office.callers["monitoreo"]("POST", f"{place}/annul", json={"reason": "No es"}, _expected_status=403)
    assert lider("POST", f"{place}/annul", json={"reason": "Era de otro"}).json["annulment_reason"] == "Era de otro"
    assert office.reader("GET", path).json["items"][0]["captures"] == []
