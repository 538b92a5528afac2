"""The description of the API: complete, valid, and true to what is served."""

from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies
from schemathesis.specs.openapi.checks import positive_data_acceptance

from api import openapi
from api import register
from tests.api.conftest import Api

METHODS = openapi.METHODS


@pytest.fixture
def description(api: Api) -> dict[str, Any]:
    return api("")("GET", "/openapi.json").json


def operations(description: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, operation)
        for path, item in description["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    ]


def test_every_served_path_is_described(app: Flask, description: dict[str, Any]) -> None:
    served = {
        (openapi.FlaskPlugin.flaskpath2openapi(rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/") and not rule.rule.endswith("openapi.json")
        for method in rule.methods or ()
    }
    described = {(path, method) for path, method, _ in operations(description)}
    assert {pair for pair in served if pair[1] in METHODS} == described


def test_it_is_written_when_somebody_asks_and_only_once() -> None:
    served = register(Flask("att"))
    assert not served.spec.to_dict()["paths"]
    assert served.described()["paths"]
    assert served.described() == served.described()


def test_every_operation_says_what_it_does(description: dict[str, Any]) -> None:
    assert [path for path, _, operation in operations(description) if not operation.get("summary")] == []


def test_every_parameter_says_what_it_is(description: dict[str, Any]) -> None:
    missing = [
        (path, parameter["name"])
        for path, item in description["paths"].items()
        for holder in [item, *(item[method] for method in METHODS & item.keys())]
        for parameter in holder.get("parameters", [])
        if not parameter.get("description")
    ]
    assert missing == []


def test_public_operations_need_no_token(description: dict[str, Any]) -> None:
    open_ones = {
        (path, method) for path, method, operation in operations(description) if operation.get("security") == []
    }
    assert open_ones == {
        ("/api/v1/tokens", "post"), ("/api/v1/portfolio", "get"), ("/api/v1/portfolio/{code}", "get"),
    }  # fmt: skip


def test_a_file_is_described_as_of_any_kind(description: dict[str, Any]) -> None:
    answer = description["paths"]["/api/v1/files/{token}"]["get"]["responses"]["200"]
    assert list(answer["content"]) == ["*/*"]


def test_a_token_that_does_not_count_is_refused_where_none_is_needed(api: Api, description: dict[str, Any]) -> None:
    api("")("GET", "/portfolio", headers={"Authorization": "Bearer nadie"}, _expected_status=401)
    assert [path for path, _, operation in operations(description) if "401" not in operation["responses"]] == []


def test_exact_numbers_are_described_as_the_texts_that_they_are(description: dict[str, Any]) -> None:
    weight = description["components"]["schemas"]["Milestone"]["properties"]["weight"]
    assert (weight["type"], weight["format"]) == ("string", "decimal")
    latitude = description["components"]["schemas"]["EntityDetail"]["properties"]["latitude"]
    assert latitude["type"] == ["string", "null"]


def test_completing_documents_its_preconditions(description: dict[str, Any]) -> None:
    responses = description["paths"]["/api/v1/tasks/{task_id}/complete"]["post"]["responses"]
    assert {"401", "403", "404", "409", "412", "422", "428", "503"} <= responses.keys()


def test_the_page_needs_no_inline_script(app: Flask) -> None:
    client = app.test_client()
    page = client.get("/api/docs")
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert "<script>" not in page.get_data(as_text=True)


@pytest.mark.parametrize("name", ["swagger-ui.css", "swagger-ui-bundle.js", "start.js"])
def test_the_files_of_the_page_are_served(app: Flask, name: str) -> None:
    with app.test_client().get(f"/api/docs/{name}") as response:
        assert response.status_code == 200


@pytest.mark.hypothesis
def test_what_is_read_answers_as_described(app: Flask, api: Api, instance_id: int) -> None:
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app).include(method="GET")
    headers = {"Authorization": f"Bearer {api('ana').token}", "Accept-Encoding": "identity"}
    cases = strategies.one_of(*(result.ok().as_strategy() for result in schema.get_all_operations()))

    @settings(max_examples=2 * settings().max_examples, suppress_health_check=list(HealthCheck))
    @given(case=cases)
    def answers(case: schemathesis.Case) -> None:
        # A cursor is only good as it was given, which a schema cannot say.
        case.call_and_validate(headers=headers, excluded_checks=[positive_data_acceptance])

    answers()
