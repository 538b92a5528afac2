"""The whole life of a product, walked at random: nothing stuck, nothing lost, nothing twice."""

import random
from functools import cache

from hypothesis import given
from hypothesis import strategies as st

from tests.processes.walk import Act
from tests.processes.walk import Walker
from tests.processes.walk import specs_of
from tests.processes.walk import taken

SPECS = specs_of("ciclo_de_vida")
LONGEST = 400


def walked(seed: int, *, stored: bool, withdrawals: bool = True) -> Walker:
    """A life in which chance decides everything, until it ends; answers that go on are the likelier ones."""
    chance = random.Random(seed)
    walker = Walker.start(SPECS, {"milestones_changed": seed % 2 == 1})
    for _ in range(LONGEST):
        if walker.run.end:
            return walker
        acts = [act for act in walker.acts(most=60) if withdrawals or act.message != "retiro_solicitado"]
        acts = [act for act in acts if act.message != "retiro_solicitado" or chance.random() < 0.05] or acts
        assert acts, walker.waiting()
        walker.do(_chosen(chance, acts))
        walker = walker.restored() if stored else walker
        _check(walker)
    return walker


recorded = cache(walked)  # the walks with seeds of our own, which several tests look at


def _chosen(chance: random.Random, acts: list[Act]) -> Act:
    element = chance.choice(sorted({act.element or act.message for act in acts}))
    return chance.choice([act for act in acts if (act.element or act.message) == element])


def _check(walker: Walker) -> None:
    waiting = walker.waiting()
    assert len(set(waiting)) == len(waiting)
    assert bool(waiting) != bool(walker.run.end)
    assert len(walker.run.dump()) < 16_000


@given(st.integers(0, 10**9))
def test_no_walk_finds_a_stuck_lost_or_doubled_task(seed: int) -> None:
    walked(seed, stored=True)


@given(st.integers(0, 10**9))
def test_storing_changes_no_walk(seed: int) -> None:
    plain, stored = walked(seed, stored=False), walked(seed, stored=True)
    assert (plain.run.end, plain.waiting(), plain.run.passed) == (stored.run.end, stored.waiting(), stored.run.passed)


def test_the_walks_take_every_arrow_of_the_life() -> None:
    missing = {f"ciclo_de_vida/{flow.id}" for flow in SPECS.bundle.flows["ciclo_de_vida"]}
    for seed in range(60):
        missing -= taken(SPECS.bundle, [recorded(seed, stored=True, withdrawals=seed % 3 == 0)])
        if not missing:
            return
    assert missing == set()


def test_a_life_can_be_modified_again_and_again() -> None:
    lives = (recorded(seed, stored=True, withdrawals=False) for seed in range(30))
    assert any(walker.rounds.get("modificacion_solicitada", 0) >= 3 for walker in lives)


def test_lives_end_both_ways() -> None:
    missing = {"Event_ProductoTerminado", "Event_ProductoRetirado"}
    for seed in range(40):
        missing -= {recorded(seed, stored=True, withdrawals=seed % 2 == 0).run.end}
        if not missing:
            return
    assert missing == set()
