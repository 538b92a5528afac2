"""Whatever a program sends, the answer is one of those that are described: of each operation, by everybody."""

import sys
from collections.abc import Callable
from random import Random

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck
from hypothesis import Phase
from hypothesis import given
from hypothesis import seed
from hypothesis import settings
from hypothesis import strategies
from schemathesis.generation import GenerationMode

from tests import databases
from tests.api.fuzzing import requests
from tests.api.fuzzing import wire
from tests.api.fuzzing.judge import Judge
from tests.api.fuzzing.judge import Operation
from tests.api.fuzzing.world import World

pytestmark = pytest.mark.xdist_group("fuzzing")  # they share a world that takes a while to build

HOW = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
CLOSES = ("/tokens/current", "/disable", "/account", "/roles", "/people/{person_id}")
"""What may close the door to who calls: the world is put back after it was done."""

SOAK = 100_000
ON_POSTGRESQL = 20_000
QUICK = 500
TURNS = 8
"""How often a case is sent in the long run, each time otherwise."""


def wanted() -> int:
    """How many requests this run sends at least."""
    if settings().max_examples < settings.get_profile("soak").max_examples:
        return QUICK
    return SOAK if databases.kind() == "sqlite" else ON_POSTGRESQL


def cases(operation: Operation, count: int, number: int) -> list[requests.Made]:
    """`count` cases of an operation, of what it allows and of what it does not; a single one is of either."""
    modes = HOW if count > 1 else HOW[number % 2 :][:1]
    found: list[requests.Made] = []

    @seed(number)
    @settings(max_examples=count, suppress_health_check=list(HealthCheck), database=None, phases=[Phase.generate])
    @given(strategies.one_of(*(operation.as_strategy(generation_mode=mode) for mode in modes)))
    def keep(case: schemathesis.Case) -> None:
        found.append(requests.plain(case))

    keep()
    return found


@pytest.mark.hypothesis
def test_every_operation_answers_as_described(
    app: Flask,
    operations: list[Operation],
    world: World,
    put_back: Callable[[], None],
    pytestconfig: pytest.Config,
    capsys: pytest.CaptureFixture[str],
) -> None:
    least = wanted()
    turns = TURNS if least > QUICK else 3
    each = -(-least // (len(operations) * turns))
    began = int(pytestconfig.getoption("--hypothesis-seed") or (1 if least == QUICK else Random().getrandbits(30)))
    chance, judge = Random(began), Judge(world.secrets)
    for number, operation in enumerate(operations):
        for made in cases(operation, each, began + number):
            for who, turned in requests.turns(made, world, chance, turns):
                answer = judge.hear(operation, sent := turned.request(world.tokens[who]), wire.send(app, sent), who)
                if answer.status < 300:
                    requests.learn(world, who, turned)
                    if operation.full_path.endswith(CLOSES):
                        put_back()
        put_back()
    judge.demand_nothing_wrong(f"with --hypothesis-seed={began}")
    assert judge.sent >= least
    assert judge.answers.keys() == {operation.label for operation in operations}
    assert len(judge.succeeded()) > len(operations) // 4, "hardly anything was reached"
    with capsys.disabled():
        sys.stdout.write(f"\n{judge.summary(began)}\n" if least > QUICK else "")
