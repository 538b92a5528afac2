"""Whatever a program sends, the answer is one of those that are described: never «ocurrió un error inesperado»."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck
from hypothesis import given
from hypothesis import seed
from hypothesis import settings
from hypothesis import strategies
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import content_type_conformance
from schemathesis.specs.openapi.checks import status_code_conformance

from tests.api.office import Office

# These would close the door to who calls, and the rest of the run would only be refused.
LEFT_OUT = "/(tokens/current|people/{person_id}/(disable|account|roles.*)|people/{person_id})$"
WHO = ("lider", "asesora", "articulador", "monitoreo", "der", "admin")
HOW = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)


def cases(app: Flask) -> Iterator[strategies.SearchStrategy[schemathesis.Case]]:
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app).exclude(path_regex=LEFT_OUT)
    for result in schema.get_all_operations():
        for mode in HOW:
            yield result.ok().as_strategy(generation_mode=mode)


def aimed(case: schemathesis.Case, known: dict[str, str], turn: int) -> None:
    """Let most addresses name something that exists, for any revision: the rest is hardly ever reached otherwise."""
    for name in case.path_parameters if turn else ():
        if name.endswith("_id") or name in known:
            case.path_parameters[name] = known.get(name, turn)
    if turn and "If-Match" in case.headers:
        case.headers["If-Match"] = "*"


@pytest.mark.hypothesis
def test_nothing_that_is_sent_breaks_the_server(app: Flask, office: Office, plan: dict[str, Any]) -> None:
    office.push(plan["instance_id"], until="Activity_EjecutarAsistencia")
    task = office.task(plan["instance_id"], "Activity_EjecutarAsistencia")
    product = office.reader("GET", "/products").json["items"][0]
    known = {"code": product["code"], "key": "ciclo_de_vida", "task_id": task["id"]}

    @seed(1)
    @settings(max_examples=8 * settings().max_examples, suppress_health_check=list(HealthCheck), database=None)
    @given(strategies.one_of(*cases(app)), strategies.sampled_from(WHO), strategies.integers(0, 9))
    def answered(case: schemathesis.Case, who: str, turn: int) -> None:
        aimed(case, known, turn)
        case.call_and_validate(
            headers={"Authorization": f"Bearer {office.callers[who].token}", "Accept-Encoding": "identity"},
            checks=[not_a_server_error, status_code_conformance, content_type_conformance],
        )

    answered()
