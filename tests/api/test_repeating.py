"""A request whose answer was lost is sent again, and makes nothing more."""

import io
from typing import Any

import pytest
from flask import Flask

from tests.api.conftest import Api
from tests.api.office import PDF
from tests.api.office import Office
from tests.api.test_description import operations

KEY = {"Idempotency-Key": "una-clave"}

# What gives a secret away, whose answer is not kept; and what answers the report that was begun, key or no key.
WITHOUT = {"/api/v1/tokens", "/api/v1/people/{person_id}/account", "/api/v1/reports"}


def new(office: Office, name: str = "Bancos de proyectos") -> dict[str, Any]:
    return {"name": name, "unit_id": office.unit_id, "lead_id": office.id_of("lider")}


def test_a_product_is_created_once(office: Office) -> None:
    create = {"json": new(office), "headers": KEY, "_expected_status": 201}
    first, second = (office.callers["lider"]("POST", "/products", **create) for _ in range(2))
    assert first.json == second.json
    assert first.headers["Location"] == f"/api/v1/products/{first.json['code']}"
    assert office.callers["lider"]("GET", "/products").json["items"] == [first.json]
    assert office.waiting(first.json["instance_id"])


def test_the_same_key_does_not_ask_for_something_else(office: Office) -> None:
    office.callers["lider"]("POST", "/products", json=new(office), headers=KEY, _expected_status=201)
    other = {"json": new(office, "Otro"), "headers": KEY, "_expected_status": 422}
    assert office.callers["lider"]("POST", "/products", **other).json["errors"][0]["path"] == "Idempotency-Key"


def test_what_was_refused_may_be_put_right_under_its_key(office: Office) -> None:
    wrong = {"json": new(office, " "), "headers": KEY, "_expected_status": 422}
    office.callers["lider"]("POST", "/products", **wrong)
    office.callers["lider"]("POST", "/products", json=new(office), headers=KEY, _expected_status=201)


def test_a_file_is_kept_once(api: Api) -> None:
    def upload(content: bytes, status: int) -> Any:
        sent = {"file": (io.BytesIO(content), "acta.pdf")}
        return api("ana")("POST", "/files", data=sent, headers=KEY, _expected_status=status).json

    assert upload(PDF, 201) == upload(PDF, 201)
    upload(PDF + b"otro", 422)


def test_everything_that_creates_takes_a_key(app: Flask, api: Api) -> None:
    described = operations(api("")("GET", "/openapi.json").json)
    creating = {path: what for path, method, what in described if method == "post" and "201" in what["responses"]}
    without = {
        path for path, what in creating.items()
        if "Idempotency-Key" not in {parameter["name"] for parameter in what.get("parameters", [])}
    }  # fmt: skip
    assert without == WITHOUT


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("/entities?kind=municipality&limit=1", "/entities?kind=council&limit=1"),
        ("/entities?kind=municipality&limit=1", "/units?limit=1"),
        ("/entities?limit=1", "/entities?limit=1&department=27"),
        ("/units?limit=1", "/entities?limit=1"),
    ],
)
def test_a_cursor_belongs_to_its_list_and_filters(office: Office, first: str, then: str) -> None:
    cursor = office.reader("GET", first).json["next_cursor"]
    problem = office.reader("GET", f"{then}&cursor={cursor}", _expected_status=422).json
    assert [error["path"] for error in problem["errors"]] == ["cursor"]


def test_a_cursor_goes_on_with_pages_of_another_length(office: Office) -> None:
    whole = office.reader("GET", "/entities?kind=municipality&limit=3").json["items"]
    cursor = office.reader("GET", "/entities?kind=municipality&limit=1").json["next_cursor"]
    rest = office.reader("GET", f"/entities?limit=2&kind=municipality&cursor={cursor}").json["items"]
    assert rest == whole[1:]


@pytest.mark.parametrize("path", ["/work-plans?product=ATT-2026-008", "/entities?query=Manaure&foo=1"])
def test_a_filter_that_nobody_knows_is_refused(office: Office, path: str) -> None:
    problem = office.reader("GET", path, _expected_status=422).json
    assert {error["message"] for error in problem["errors"]} == {"Este dato no se espera."}
