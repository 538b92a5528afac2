"""Every arrow of every diagram, every loop zero, one and two times, plainly and stored at each step."""

import pytest

from tests.processes.walk import KEYS
from tests.processes.walk import Act
from tests.processes.walk import Walker
from tests.processes.walk import specs_of
from tests.processes.walk import taken

MOST = 3  # once, and two rounds more
ALONE = [key for key in KEYS if key != "ciclo_de_vida"]  # the whole life has too many interleavings: see test_life


def explored(key: str) -> list[tuple[list[Act], Walker]]:
    """Every configuration that can be reached, once, with the acts that lead there; stored at each step."""
    first = Walker.start(specs_of(key))
    found: list[tuple[list[Act], Walker]] = []
    seen = set()
    queue = [([], first)]
    while queue:
        path, walker = queue.pop()
        configuration = (
            tuple(walker.waiting()),
            tuple(sorted(walker.rounds.items())),
            repr(sorted(walker.variables.items())),
        )
        if configuration in seen:
            continue
        seen.add(configuration)
        found.append((path, walker))
        for act in walker.acts(MOST):
            fresh = walker.copy()
            fresh.do(act)
            queue.append(([*path, act], fresh))
    return found


@pytest.fixture(scope="module", params=ALONE)
def exploration(request) -> list[tuple[list[Act], Walker]]:
    return explored(request.param)


def test_every_arrow_is_taken(exploration) -> None:
    walkers = [walker for _, walker in exploration]
    bundle = walkers[0].run.specs.bundle
    every = {f"{key}/{flow.id}" for key, flows in bundle.flows.items() for flow in flows}
    assert every - taken(bundle, walkers) == set()


def test_nothing_gets_stuck(exploration) -> None:
    for path, walker in exploration:
        assert walker.run.end or walker.waiting(), path


def test_no_task_waits_twice(exploration) -> None:
    for path, walker in exploration:
        assert len(set(walker.waiting())) == len(walker.waiting()), path


def test_nothing_waits_after_the_end(exploration) -> None:
    for path, walker in exploration:
        if walker.run.end:
            assert (walker.waiting(), walker.run.messages()) == ([], frozenset()), path


def test_storing_at_each_step_changes_nothing(exploration) -> None:
    ended = [(path, walker) for path, walker in exploration if walker.run.end]
    for path, walker in ended[:: max(1, len(ended) // 40)]:
        plain = Walker.start(walker.run.specs)
        for act in path:
            plain.do(act)
        assert (plain.run.end, plain.run.passed) == (walker.run.end, walker.run.passed)


def test_the_state_stays_slim(exploration) -> None:
    assert max(len(walker.run.dump()) for _, walker in exploration) < 16_000
