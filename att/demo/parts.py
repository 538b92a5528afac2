"""The parts of the demonstration in the order in which they are loaded, each whole or not at all."""

from collections.abc import Callable
from dataclasses import dataclass

from att.demo.scene import Scene

MARK = "demo."


@dataclass(frozen=True, slots=True)
class Part:
    """A part: `key` marks it as loaded, `title` says in Spanish what it is, `run` makes it and says what it made."""

    key: str
    title: str
    run: Callable[[Scene], str]

    @property
    def mark(self) -> str:
        """The setting that says that the part is loaded."""
        return MARK + self.key
