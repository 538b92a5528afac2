"""A clock that a test moves: the processes that follow it read how far it is off from a file, at every look.

Only the day and hour are moved. What measures how long something takes (`time.monotonic`) goes on, as on a machine
whose clock is set.
"""

import datetime as machine
from datetime import datetime
from datetime import timedelta
from pathlib import Path
from typing import Any

FILE = "clock"


def move(folder: Path, by: timedelta) -> None:
    """Set the clock of the processes that follow `folder` so far ahead, or back."""
    fresh = folder / f"{FILE}.new"
    fresh.write_text(str(by.total_seconds()))
    fresh.rename(folder / FILE)


def follow(folder: Path) -> None:
    """Let everything here that asks for the day and hour be told by the clock of `folder`: ours and the scheduler's."""
    if not (folder / FILE).exists():
        return
    import apscheduler.executors.base
    import apscheduler.schedulers.base
    import apscheduler.triggers.interval

    from db import clock

    class Moved(machine.datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return machine.datetime.now(tz) + timedelta(seconds=float((folder / FILE).read_text()))

    for module in (clock, apscheduler.schedulers.base, apscheduler.executors.base, apscheduler.triggers.interval):
        module.datetime = Moved
