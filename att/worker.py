"""The worker: rings the automatic jobs as an alarm clock would, in exactly one elected process."""

import os
import signal
import threading
import time
from typing import TYPE_CHECKING

import structlog

from att import beside
from att import election
from att import jobs
from att.settings import Settings
from db import clock

if TYPE_CHECKING:
    from apscheduler.schedulers.background import BackgroundScheduler

# Seconds between two attempts to be elected, and between two checks that we still are.
PAUSE = 5.0

# Seconds that a clock may lose between two looks, as one does that is put right little by little.
SLACK = 1.0

log = structlog.get_logger("att.worker")


class Worker:
    """Waits to be elected, runs the jobs while it is, and steps back when it no longer is."""

    def __init__(self, settings: Settings, *, pause: float = PAUSE) -> None:
        self._settings = settings
        self._pause = pause
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self.working = threading.Event()

    def run(self) -> None:
        """Work until `stop` is called."""
        while not self._stop.is_set():
            with election.elected(self._settings.database_url, self._settings.var) as lease:
                if lease is not None:
                    self._work(lease)
            self._stop.wait(self._pause)

    def start(self) -> None:
        """Work in a thread of this process."""
        self._thread = threading.Thread(target=self.run, name="worker", daemon=True)
        self._thread.start()

    def ask_to_stop(self) -> None:
        """Start no other job; safe to call from a signal handler."""
        self._stop.set()

    def stop(self) -> None:
        """Finish the jobs that are running, start no other, and give the election up."""
        self.ask_to_stop()
        if self._thread is not None:
            self._thread.join()

    def _work(self, lease: election.Lease) -> None:
        scheduler = _scheduler(self._settings)
        scheduler.start()
        self.working.set()
        log.info("elected")
        try:
            watch = _Watch()
            while lease.holds() and not watch.set_back() and not self._stop.wait(self._pause):
                continue
        finally:
            self.working.clear()
            scheduler.shutdown(wait=True)
            log.info("stepped back")


class _Watch:
    """Notices when the clock of the machine is set back: the scheduler would ring nothing until it was that late again.

    A clock that is set forward rings everything once.
    """

    def __init__(self) -> None:
        self._ahead = self._told()

    def set_back(self) -> bool:
        """Whether the clock lost time since the last look."""
        before, self._ahead = self._ahead, self._told()
        lost = before - self._ahead
        if lost > SLACK:
            log.warning("clock set back")
        return lost > SLACK

    def _told(self) -> float:
        """How far the clock is ahead of one that nobody can set."""
        return clock.now().timestamp() - time.monotonic()


def run_until_signalled(settings: Settings) -> None:
    """Work in this thread until the process is asked to end."""
    worker = Worker(settings)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: worker.ask_to_stop())
    worker.run()


def run_beside(settings: Settings) -> None:
    """Work until the server beside which this process was started has ended, or the process is asked to end.

    Jobs that take long are cut off then: nobody would be left to end a process that waits for something.
    """
    worker = Worker(settings)
    signal.signal(signal.SIGTERM, lambda *_: worker.ask_to_stop())
    threading.Thread(target=_leave_with_server, args=[worker], name="leave", daemon=True).start()
    worker.run()


def _leave_with_server(worker: Worker) -> None:
    beside.outlived()
    worker.ask_to_stop()
    time.sleep(beside.GRACE)
    log.warning("jobs cut off")
    os._exit(1)


def _scheduler(settings: Settings) -> "BackgroundScheduler":
    from apscheduler.executors.pool import ThreadPoolExecutor
    from apscheduler.schedulers.background import BackgroundScheduler

    # Nothing is kept in it: what is due stands in the database, and a late or skipped ring loses nothing.
    scheduler = BackgroundScheduler(
        timezone=settings.timezone,
        executors={"default": ThreadPoolExecutor(len(jobs.JOBS))},
        job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
    )
    for name, (_, seconds) in jobs.JOBS.items():
        scheduler.add_job(_ring, "interval", seconds=seconds, id=name, args=[name], next_run_time=clock.now())
    return scheduler


def _ring(name: str) -> None:
    jobs.run(name, clock.now())
