"""Who has processes killed while programs work: each point in turn, as many times as asked for."""

import itertools
import threading
from collections.abc import Callable
from collections.abc import Sequence
from dataclasses import dataclass

from tests.faults.house import PATIENCE
from tests.faults.house import House
from tests.faults.house import comes
from tests.faults.house import wait_until
from tests.faults.points import Point

TRIES = 3


@dataclass
class Reaper:
    """Has `rounds` of `points` killed, and then those again until nobody needs it (`needed`).

    A kill waits until `due` says that enough was done for so many; `provide` then makes sure that the point will be
    reached.
    """

    house: House
    points: Sequence[Point]
    rounds: int
    due: Callable[[int], bool]
    needed: Callable[[], bool] = lambda: False
    provide: Callable[[Point], None] = lambda point: None
    killed: int = 0
    error: BaseException | None = None

    def __post_init__(self) -> None:
        self.thread = threading.Thread(target=self._reap, daemon=True)

    @property
    def wanted(self) -> int:
        """How many kills it is to do at least."""
        return self.rounds * len(self.points)

    @property
    def done(self) -> bool:
        """Whether it did all its kills, or failed."""
        return self.killed >= self.wanted or self.error is not None

    def _reap(self) -> None:
        try:
            for point in itertools.cycle(self.points):
                if self.killed >= self.wanted and not self.needed():
                    return
                wait_until(lambda: self.due(self.killed), f"{self.killed} kills are due", 3600)
                self.kill(point)
        except BaseException as error:
            self.error = error

    def kill(self, point: Point) -> None:
        """Have somebody killed at `point`, and wait until that happened."""
        before = self._count(point)
        self.house.order(point.part, point.key)
        for _ in range(TRIES):
            self.provide(point)  # what it gave before may have been done just before the order
            if comes(lambda: self._count(point) > before, PATIENCE / TRIES):
                self.killed += 1
                return
        raise AssertionError(f"nobody came to «{point.key}»")

    def _count(self, point: Point) -> int:
        return sum(kill.point == point.key for kill in self.house.kills())
