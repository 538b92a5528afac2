"""How far each entity is: which milestones are reported, so that the mean is the one asked for."""

from collections.abc import Mapping
from collections.abc import Sequence
from decimal import Decimal
from random import Random

from tracking.models import TemplateMilestone

EARLY = (1, 2, 22, 5, 15, 3, 6, 7, 8, 19, 4, 17, 9, 10, 12, 16, 20, 18, 11, 13, 21, 14)
"""The order in which the milestones of the second phase tend to be reached: the calendar of the budget comes first."""

SPREAD = 9
"""Points by which entities of one region differ from its mean, up or down."""

CHANGED = 0.3
"""How often two neighbours change places in the order of an entity."""


def targets(bases: Mapping[str, float], mean: float) -> dict[str, float]:
    """Progress by code of entity: around `bases` (code → mean of its region), moved so that all give `mean`."""
    raw = {code: base + Random(f"avance {code}").uniform(-SPREAD, SPREAD) for code, base in bases.items()}
    moved = mean - sum(raw.values()) / len(raw) if raw else 0
    return {code: min(max(value + moved, 3), 97) for code, value in raw.items()}


def choose(
    milestones: Sequence[TemplateMilestone], wanted: Sequence[float], seed: str, order: Sequence[int] = ()
) -> list[list[int]]:
    """For each progress `wanted`, the numbers of the milestones reported, in the order in which they were.

    They follow `order` (that of the template when not given), and in each group one after the other. What one entity
    falls short of is carried to the next, so that the mean is kept although weights are coarse.
    """
    weights = {milestone.number: milestone.total_weight for milestone in milestones}
    before = _before(milestones)
    usual = list(order) or list(weights)
    carried, chosen = Decimal(0), []
    for index, progress in enumerate(wanted):
        target = Decimal(str(round(progress, 4))) + carried
        numbers = _fill(_shuffled(usual, Random(f"{seed} {index}")), before, weights, target)
        carried = target - sum((weights[number] for number in numbers), Decimal(0))
        chosen.append(numbers)
    return chosen


def _before(milestones: Sequence[TemplateMilestone]) -> dict[int, int | None]:
    """The milestone that comes before each one in its group."""
    last: dict[int, int] = {}
    found: dict[int, int | None] = {}
    for milestone in sorted(milestones, key=lambda row: row.position):
        found[milestone.number] = last.get(milestone.group_position)
        last[milestone.group_position] = milestone.number
    return found


def _shuffled(usual: Sequence[int], random: Random) -> list[int]:
    """The usual order with some neighbours changed over: no two entities work alike."""
    order = list(usual)
    for place in range(len(order) - 1):
        if random.random() < CHANGED:
            order[place], order[place + 1] = order[place + 1], order[place]
    return order


def _fill(
    order: Sequence[int], before: Mapping[int, int | None], weights: Mapping[int, Decimal], target: Decimal
) -> list[int]:
    """Milestones in `order`, none before the one that precedes it, as long as they stay under `target`."""
    taken, total = [], Decimal(0)
    for _ in order:
        for number in order:
            ready = number not in taken and (before[number] is None or before[number] in taken)
            if ready and total + weights[number] <= target:
                taken.append(number)
                total += weights[number]
                break
    return taken
