"""What a sender is given, and what it answers."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Outcome(StrEnum):
    """What came of an attempt."""

    SENT = "sent"
    PASSING = "passing"  # may go well later
    PERMANENT = "permanent"  # will never go well
    BOUNCED = "bounced"  # was taken, and came back
    DELAYED = "delayed"  # was taken, and waits at another server


@dataclass(frozen=True, slots=True)
class Parcel:
    """A frozen message on its way: `content` are the bytes that go on the wire, the same at every attempt."""

    message_id: int
    channel: str
    address: str
    internet_id: str
    content: bytes
    secret: str = ""  # key of a webhook's signature


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other side said. `bad_address`: nobody is there; `silent`: no message at all can be handed over now."""

    outcome: Outcome
    code: str = ""
    detail: str = ""
    bad_address: bool = False
    silent: bool = False


class Sender(Protocol):
    """A way out. Entered once for a run of messages; it never raises for what the other side does."""

    def __enter__(self) -> "Sender": ...

    def __exit__(self, *_error: object) -> None: ...

    def send(self, parcel: Parcel) -> Answer:
        """Try to hand `parcel` over once."""
