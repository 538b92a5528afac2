"""What is no request at all, or hardly one: refused in words, never by an accident."""

from dataclasses import replace
from itertools import cycle
from itertools import islice

import pytest
from flask import Flask
from hypothesis import settings

from tests.api.fuzzing import values
from tests.api.fuzzing import wire
from tests.api.fuzzing.judge import INSIDE
from tests.api.fuzzing.judge import Judge
from tests.api.fuzzing.judge import Operation
from tests.api.fuzzing.requests import Made
from tests.api.fuzzing.wire import JSON
from tests.api.fuzzing.wire import Request
from tests.api.fuzzing.world import World

pytestmark = pytest.mark.xdist_group("fuzzing")  # they share a world that takes a while to build

LARGE = 10 * 1024 * 1024
SENT = ("admin", "lider", "asesora", "monitoreo", "director", "articulador", "der")
"""Between them they may do everything that a body says."""

CHOSEN = ("GET /api/v1/tasks", "POST /api/v1/tasks/{task_id}/complete")

ADDRESSES = (
    "/api/v1/%00", "/api/v1/tasks/%00", "/api/v1/tasks/%FF", "/api/v1/tasks/%ED%A0%80", "/api/v1//tasks",
    "/api/v1/tasks/",
    "/api/v1/tasks/1%2F..%2F2", "/api/v1/tasks/..%2f..%2fetc%2fpasswd", "/api/v1/tasks/-1", "/api/v1/tasks/1.0",
    "/api/v1/tasks/%D9%A3", "/api/v1/tasks/0", "/api/v1/tasks/" + "9" * 5000, "/api/v1/tasks/1e3",
    "/api/v1/tasks/%2B1",
    "/api/v1/forms/" + "%C3%B1" * 3000, "/api/v1/forms/%E2%80%AE", "/api/v1/files/%00",
    "/api/v1/products/%F0%9F%A6%99",
    "/api/%2e%2e/%2e%2e/secret_key", "/api/v2/tasks", "/api", "/api/", "/api/docs/..%2f..%2fsecret_key",
    "/%00", "/%FF", "/tareas/%00", "/tareas/" + "9" * 400, "/static/%2e%2e/%2e%2e/%2e%2e/etc/passwd", "/static/%00",
    "//example.org", "/%5cexample.org", "/verificar/%ED%A0%80", "/portafolio/%E2%80%AE",
    "/productos/%0d%0aX-Injected:%20si",
    "/ingreso?siguiente=%0d%0aX-Injected:%20si", "/ingreso?siguiente=//example.org", "/buscar?q=%00",
    "/buscar?q=%ED%A0%80",
    "/buscar?q=%FF&q=%&&&=&;", "/tareas?cursor=" + "A" * 9000, "/productos?formato=xlsx%00", "/?" + "a=1&" * 3000,
)  # fmt: skip


def taking(operations: list[Operation]) -> list[Operation]:
    """The operations that read JSON."""
    return [one for one in operations if JSON in one.definition.raw.get("requestBody", {}).get("content", {})]


def share(count: int) -> int:
    """How many of `count` each operation gets: one, the next one another, and in the long run all."""
    return count if settings().max_examples >= settings.get_profile("soak").max_examples else 1


def addressed(operation: Operation, world: World) -> Made:
    """An operation about things that exist."""
    names = [parameter.name for parameter in operation.path_parameters]
    return Made(operation, {name: (world.known.get(name) or [1])[0] for name in names}, {}, {"If-Match": "*"}, {})


@pytest.mark.hypothesis
def test_a_body_that_nobody_can_read_or_keep_is_refused(app: Flask, operations: list[Operation], world: World) -> None:
    judge, bodies, who = Judge(world.secrets), cycle(values.BODIES), cycle(SENT)
    for operation in taking(operations):
        for body in islice(bodies, share(len(values.BODIES))):
            name = next(who)
            made = addressed(operation, world).request(world.tokens[name])
            sent = replace(made, body=body)
            answer = judge.hear(operation, sent, wire.send(app, sent), name)
            assert answer.status < 300 or answer.status in (400, 401, 403, 404, 409, 412, 422), sent
    judge.demand_nothing_wrong()


@pytest.mark.hypothesis
def test_a_body_of_another_kind_is_not_guessed_at(app: Flask, operations: list[Operation], world: World) -> None:
    judge, kinds, who = Judge(world.secrets), cycle(values.TYPES), cycle(SENT)
    for operation in operations:
        if operation.method == "get":
            continue
        for kind in islice(kinds, share(len(values.TYPES))):
            made = addressed(operation, world)
            sent = Made(operation, made.path, {}, {"If-Match": "*", "Content-Type": kind}, b'{"reason": "x"}')
            request = sent.request(world.tokens[name := next(who)])
            judge.hear(operation, request, wire.send(app, request), name)
    judge.demand_nothing_wrong()


def test_no_header_brings_anything_to_fall(app: Flask, operations: list[Operation], world: World) -> None:
    judge = Judge(world.secrets)
    token = world.tokens["asesora"]
    every = [(name, said) for name, tried in values.HEADERS.items() for said in tried]
    for operation in (one for one in operations if one.label in CHOSEN):
        for name, said in every:
            made = addressed(operation, world)
            request = Made(operation, made.path, {}, {"If-Match": "*", name: said}, made.body).request(token)
            judge.hear(operation, request, wire.send(app, request), "asesora")
    judge.demand_nothing_wrong()


@pytest.mark.parametrize("address", ADDRESSES, ids=lambda address: address[:40])
def test_an_address_that_is_none_is_not_found(app: Flask, address: str) -> None:
    path, _, query = address.partition("?")
    for method in ("GET", "POST", "DELETE", "BREW"):
        answer = wire.send(app, Request(method, path, query))
        assert answer.status < 500, answer.text[:500]
        assert "x-injected" not in answer.headers
        assert not any(word in answer.text for word in INSIDE), answer.text[:500]
        assert not answer.headers.get("location", "").startswith(("//", "/\\", "http://example"))


@pytest.mark.parametrize("text", ["x" * LARGE, "ñ" * (LARGE // 2), "\\u0000" * (LARGE // 6)], ids=["x", "ñ", "NUL"])
def test_ten_megabytes_are_refused_at_their_place(app: Flask, world: World, text: str) -> None:
    body = (
        f'{{"entity_id": 1, "channel": "call", "minutes": 1, "occurred_on": "2026-11-20", "topic": "{text}"}}'.encode()
    )
    headers = {"Authorization": f"Bearer {world.tokens['asesora']}", "Content-Type": JSON}
    answer = wire.send(app, Request("POST", "/api/v1/contacts", headers=headers, body=body))
    assert (answer.status, [one["path"] for one in answer.json["errors"]]) == (422, ["topic"])
    assert len(answer.body) < 1000, "it was sent back"


def test_more_than_is_taken_is_refused_before_it_is_read(app: Flask, world: World) -> None:
    headers = {"Authorization": f"Bearer {world.tokens['asesora']}", "Content-Type": JSON}
    answer = wire.send(app, Request("POST", "/api/v1/contacts", headers=headers, body=b" " * (26 * 1024 * 1024)))
    assert answer.status == 413
