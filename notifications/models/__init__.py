"""Tables of what is due and who is told."""

from notifications.models.calendar import CalendarVersion
from notifications.models.calendar import NonWorkingDay
from notifications.models.ledger import OPEN
from notifications.models.ledger import Cut
from notifications.models.ledger import DueMove
from notifications.models.ledger import Fact
from notifications.models.ledger import Obligation
from notifications.models.ledger import ObligationStatus
from notifications.models.ledger import Statement
from notifications.models.ledger import StatementStatus
from notifications.models.messages import CalendarFeed
from notifications.models.messages import DeliveryAttempt
from notifications.models.messages import Message
from notifications.models.messages import MessageStatus
from notifications.models.messages import Preference
from notifications.models.messages import Reminder
from notifications.models.messages import ReminderStatus
from notifications.models.messages import Webhook
from notifications.models.policies import Policy
from notifications.models.policies import PolicyVersion

__all__ = [
    "OPEN",
    "CalendarFeed",
    "CalendarVersion",
    "Cut",
    "DeliveryAttempt",
    "DueMove",
    "Fact",
    "Message",
    "MessageStatus",
    "NonWorkingDay",
    "Obligation",
    "ObligationStatus",
    "Policy",
    "PolicyVersion",
    "Preference",
    "Reminder",
    "ReminderStatus",
    "Statement",
    "StatementStatus",
    "Webhook",
]
