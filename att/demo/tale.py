"""What is particular to each product of the demonstration."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """A milestone of a tale; `days` is its deadline, counted from the arrival in the territory."""

    name: str
    group: str
    weight: str
    group_weight: str
    target: str
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tale:
    """The words of a product. `chain` goes from inputs to impacts; `gap_value` measures `gap`."""

    name: str
    problems: tuple[str, ...]
    gap: str
    gap_value: str
    gap_measure: str
    objective: str
    criteria: tuple[str, ...]
    background: str
    justification: str
    coherence: str
    goal: str
    lines: tuple[str, ...]
    moments: tuple[str, ...]
    contribution: str
    chain: tuple[str, str, str, str, str, str]
    indicator: str
    summary: str
    feedback: str
    answer: str
    steps: tuple[Step, ...] = ()
    capacity: str = "Formular y seguir la planeación local"
    deliverable: str = "Un instrumento adoptado por la entidad"
    modalities: tuple[str, ...] = ("advisory", "remote")
    mission: str = "Fortalecer las capacidades de planeación y gestión de las entidades territoriales"
