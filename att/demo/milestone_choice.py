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


def targets(bases: Mapping[str, float], mean: float) -> dict[str, float]:
    """Progress by code of entity: around `bases` (code → mean of its region), moved so that all give `mean`."""
    raw = {code: base + Random(f"avance {code}").uniform(-SPREAD, SPREAD) for code, base in bases.items()}
    moved = mean - sum(raw.values()) / len(raw) if raw else 0
    return {code: min(max(value + moved, 3), 97) for code, value in raw.items()}


def choose(milestones: Sequence[TemplateMilestone], wanted: Sequence[float], seed: str) -> list[list[int]]:
    """For each progress `wanted`, the numbers of the milestones reported, in the order in which they were.

    What one entity falls short of is carried to the next, so that the mean is kept although weights are coarse.
    """
    weights = {milestone.number: milestone.total_weight for milestone in milestones}
    carried, chosen = Decimal(0), []
    for index, progress in enumerate(wanted):
        target = Decimal(str(round(progress, 4))) + carried
        numbers = _fill(_shuffled(weights, Random(f"{seed} {index}")), weights, target)
        carried = target - sum((weights[number] for number in numbers), Decimal(0))
        chosen.append(numbers)
    return chosen


def _shuffled(weights: Mapping[int, Decimal], random: Random) -> list[int]:
    """The usual order with some neighbours changed over: no two entities work alike."""
    order = [number for number in EARLY if number in weights] + sorted(set(weights) - set(EARLY))
    for place in range(len(order) - 1):
        if random.random() < 0.3:
            order[place], order[place + 1] = order[place + 1], order[place]
    return order


def _fill(order: Sequence[int], weights: Mapping[int, Decimal], target: Decimal) -> list[int]:
    taken, total = [], Decimal(0)
    for number in order:
        if total + weights[number] <= target:
            taken.append(number)
            total += weights[number]
    return taken
