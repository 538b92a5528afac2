"""Ways out of the house. Each takes a frozen message and says what came of it."""

from notifications.senders.base import Answer
from notifications.senders.base import Outcome
from notifications.senders.base import Parcel
from notifications.senders.base import Sender

__all__ = ["Answer", "Outcome", "Parcel", "Sender"]
