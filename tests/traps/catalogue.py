"""The traps: what goes wrong, the lines that guard against it, and the tests that turn red without them."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
DATABASES = ("sqlite", "postgresql")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trap:
    """One thing that goes wrong.

    `guard` stands once in `file`; put in its place, `without` switches it off and leaves the rest of the program whole.
    `tests` are ids as pytest has them; they are run on `database`.
    """

    key: str
    wrong: str
    file: str
    guard: str
    without: str
    tests: Sequence[str]
    database: str = "sqlite"

    def opened(self, text: str) -> str:
        """The text of the guard's file without the guard. Raises ValueError unless the guard stands in it once."""
        if text.count(self.guard) != 1:
            raise ValueError(f"{self.key}: its guard stands {text.count(self.guard)} times in {self.file}")
        return text.replace(self.guard, self.without)


def load() -> list[Trap]:
    """Every trap, in the order of the files and within them."""
    found = []
    for file in sorted(Path(__file__).parent.glob("*.toml")):
        found += [Trap(**row) for row in tomllib.loads(file.read_text())["trap"]]
    return found
