"""A remark of a reviewer as it stands beside its question."""

from dataclasses import dataclass

STATES = {"answered": " (respondida)", "closed": " (atendida)"}


@dataclass(slots=True)
class Remark:
    """A remark of a reviewer on a question, and what its author answered."""

    number: int
    text: str
    author: str
    when: str = ""
    answer: str = ""
    answered_by: str = ""
    status: str = "open"

    @property
    def open(self) -> bool:
        """Whether it waits for an answer."""
        return self.status == "open"

    @property
    def state(self) -> str:
        """What became of it, in words; empty while it is open."""
        return STATES.get(self.status, "")
