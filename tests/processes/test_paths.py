"""Every arrow of every diagram, every loop zero, one and two times, plainly and stored at each step."""

import pytest

from tests.processes.walk import KEYS
from tests.processes.walk import STARTS
from tests.processes.walk import Act
from tests.processes.walk import Walker
from tests.processes.walk import specs_of
from tests.processes.walk import taken

Explored = list[tuple[list[Act], Walker]]

MOST = 3  # once, and two rounds more
ALONE = [key for key in KEYS if key != "ciclo_de_vida"]  # the whole life has too many interleavings: see test_life


def explored(key: str) -> Explored:
    """Every configuration that can be reached, once per set of decisions taken, with the acts that lead there.

    Stored at each step.
    """
    specs = specs_of(key)
    found: Explored = []
    seen = set[object]()
    queue: Explored = [([], Walker.start(specs, decided)) for decided in STARTS.get(key, ({},))]
    while queue:
        path, walker = queue.pop()
        configuration = (
            tuple(walker.waiting()),
            tuple(sorted(walker.rounds.items())),
            repr(sorted(walker.variables.items())),
            frozenset(walker.run.chosen),
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
def exploration(request: pytest.FixtureRequest) -> Explored:
    return explored(request.param)


def test_every_arrow_is_taken(exploration: Explored) -> None:
    walkers = [walker for _, walker in exploration]
    bundle = walkers[0].run.specs.bundle
    every = {f"{key}/{flow.id}" for key, flows in bundle.flows.items() for flow in flows}
    assert every - taken(bundle, walkers) == set()


def test_nothing_gets_stuck(exploration: Explored) -> None:
    for path, walker in exploration:
        assert walker.run.end or walker.waiting(), path


def test_no_task_waits_twice(exploration: Explored) -> None:
    for path, walker in exploration:
        assert len(set(walker.waiting())) == len(walker.waiting()), path


def test_nothing_waits_after_the_end(exploration: Explored) -> None:
    for path, walker in exploration:
        if walker.run.end:
            assert (walker.waiting(), walker.run.messages()) == ([], frozenset()), path


def test_storing_at_each_step_changes_nothing(exploration: Explored) -> None:
    ended = [(path, walker) for path, walker in exploration if walker.run.end]
    for path, walker in ended[:: max(1, len(ended) // 40)]:
        plain = Walker.start(walker.run.specs, walker.decided)
        for act in path:
            plain.do(act)
        assert (plain.run.end, plain.run.passed) == (walker.run.end, walker.run.passed)


def test_the_state_stays_slim(exploration: Explored) -> None:
    assert max(len(walker.run.dump()) for _, walker in exploration) < 16_000
