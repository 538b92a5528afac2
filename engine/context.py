"""What handlers, prefills, hints and checks may know of the instance they serve."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from db import history
from engine import rectified
from engine import submissions
from engine.models import Instance
from engine.models import Submission


@dataclass(frozen=True, slots=True)
class Context:
    """An instance, seen from a service, prefill, hint or check."""

    session: Session
    instance: Instance
    element: str = ""
    cause: int | None = None  # of a service: the task whose sending brought it about

    @property
    def variables(self) -> Mapping[str, Any]:
        """The instance's variables."""
        return self.instance.variables

    @property
    def people(self) -> Mapping[str, int]:
        """Participants: their part → person."""
        return self.instance.people

    def ref(self, name: str) -> int:
        """The id that the instance is about under `name` (`product_id`). Raises KeyError."""
        return self.instance.refs[name]

    def reason(self, message: str) -> str:
        """The reason that was given with the last `message`; empty when none was sent."""
        subject = history.Subject("instance", self.instance.id)
        row = history.last_by_person(self.session, subject, action="message.sent", element=message)
        return row.reason if row else ""

    def submission(self, element: str) -> Submission | None:
        """What was last sent at `element`, or None."""
        return submissions.latest(self.session, self.instance.id, element)

    def answers(self, element: str) -> dict[str, Any]:
        """The answers last sent at `element`, as they were corrected since; empty when nothing was sent."""
        found = self.submission(element)
        return rectified.answers(self.session, found) if found is not None else {}
