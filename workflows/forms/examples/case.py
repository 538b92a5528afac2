"""What the examples take from their surroundings: which entities, which files, which year."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Case:
    """Surroundings of an example: ids of entities, tokens of stored files, the year of the work plans."""

    entities: Sequence[int]
    files: Sequence[str]
    year: int
    unit: str = ""  # value of a unit in the catalogue `units`; empty leaves the unit out

    def day(self, month: int, day: int, years: int = 0) -> str:
        """A day of the year of the case, or of a later one, as a form takes it."""
        return f"{self.year + years}-{month:02}-{day:02}"
