"""The named places where a test has a process killed, and what must be true of the act that was under way there.

Nothing of the product knows of them: `tests.faults.launcher` marks them in the process that it starts.
"""

from dataclasses import dataclass
from enum import StrEnum


class Fate(StrEnum):
    """What came of the act during which a process was killed: whole or not at all, or one of the two."""

    DONE = "done"
    UNDONE = "undone"
    EITHER = "either"


class Part(StrEnum):
    """Which process is killed there."""

    SERVER = "server"
    WORKER = "worker"


@dataclass(frozen=True, slots=True)
class Point:
    """A place: `at` is a function by its dotted name and the kill comes `before` or `after` it, or a moment of its own.

    `fate` is of the step that was being sent (server), or of the row that was being dealt with (worker).
    """

    key: str
    part: Part
    at: str
    fate: Fate
    when: str = "before"


# Moments that are no boundary of a function: the launcher knows how to find them.
REQUEST, ANSWER, ANSWERED = "request", "answer", "answered"
COMMIT, COMMITTING, COMMITTED = "commit", "committing", "committed"

SERVER: tuple[Point, ...] = (
    Point("request arrived", Part.SERVER, REQUEST, Fate.UNDONE),
    Point("before the lock", Part.SERVER, "engine.state.lock_task", Fate.UNDONE),
    Point("under the lock", Part.SERVER, "engine.state.lock_task", Fate.UNDONE, "after"),
    Point("key written, step not begun", Part.SERVER, "edge.idempotency._reserve", Fate.UNDONE, "after"),
    Point("step taken, nothing written", Part.SERVER, "engine.tasks.write_together", Fate.UNDONE),
    Point("written, not told", Part.SERVER, "engine.tasks.write_together", Fate.UNDONE, "after"),
    Point("before the commit", Part.SERVER, COMMIT, Fate.UNDONE),
    Point("during the commit", Part.SERVER, COMMITTING, Fate.EITHER),
    Point("after the commit", Part.SERVER, COMMITTED, Fate.DONE),
    Point("before the service", Part.SERVER, "edge.steps._run_next", Fate.DONE),
    Point("service done, not committed", Part.SERVER, "engine.services.run_next", Fate.DONE, "after"),
    Point("after the service", Part.SERVER, "edge.steps._run_next", Fate.DONE, "after"),
    Point("before the answer", Part.SERVER, ANSWER, Fate.DONE),
    Point("after the answer", Part.SERVER, ANSWERED, Fate.DONE),
)

ELECTED = Point("just elected", Part.WORKER, "att.worker._scheduler", Fate.EITHER)
WORKER: tuple[Point, ...] = (
    ELECTED,
    Point("job noted, not begun", Part.WORKER, "db.jobs.started", Fate.EITHER, "after"),
    Point("before the claim", Part.WORKER, "notifications.outbox.claim", Fate.UNDONE),
    Point("claimed, not committed", Part.WORKER, "notifications.outbox.claim", Fate.UNDONE, "after"),
    Point("claimed, not sent", Part.WORKER, "notifications.senders.smtp.SmtpSender.send", Fate.UNDONE),
    Point("sent, not recorded", Part.WORKER, "notifications.senders.smtp.SmtpSender.send", Fate.DONE, "after"),
    Point("recorded, not committed", Part.WORKER, "notifications.outbox.record", Fate.DONE, "after"),
    Point("recorded", Part.WORKER, "att.post._Run._count", Fate.DONE),
    Point("batch of long work done, not committed", Part.WORKER, "engine.operations.advance", Fate.UNDONE, "after"),
    Point("between two batches", Part.WORKER, "engine.operations.advance", Fate.EITHER),
    Point("service of a dead server", Part.WORKER, "engine.services.run_next", Fate.UNDONE, "after"),
)
