"""Two transactions at the same moment: the second one runs into what the first one has not kept yet."""

import threading
from collections.abc import Callable

from sqlalchemy import text
from sqlalchemy.orm import Session

from db import reading
from db import transaction
from tests import databases

Act = Callable[[Session], object]

WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
TRIES = 20_000  # questions to the server until somebody waits: some seconds, when nobody ever does


def during(first: Act, second: Act, *, then: Act = lambda _: None) -> None:
    """Let `second` run into `first` before that is kept; on SQLite it begins when that is done.

    `second` must come to wait for something that `first` holds, which goes on with `then` meanwhile. What it raises
    fails the test.
    """
    failed: list[BaseException] = []

    def run() -> None:
        try:
            with transaction() as session:
                second(session)
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=run)
    with transaction() as session:
        first(session)
        session.flush()
        thread.start()
        _somebody_waits(thread)
        then(session)
    thread.join()
    if failed:
        raise failed[0]


def _somebody_waits(thread: threading.Thread) -> None:
    if databases.kind() == "sqlite":
        return
    for _ in range(TRIES):
        with reading() as session:
            if session.scalar(text(WAITING)) or not thread.is_alive():
                return
