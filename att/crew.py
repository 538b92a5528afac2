"""The workers of the queue: Celery on RabbitMQ or Redis, for installations beyond one machine (ADR 11).

Only batches travel, as a name and a list of ids; what is due stands in the database, as everywhere.
"""

from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from itertools import islice
from typing import Any

from celery import Celery
from celery.exceptions import TimeoutError as TookTooLong
from celery.signals import worker_process_init
from kombu.exceptions import OperationalError
from sqlalchemy.engine import make_url

from att import fanout
from att.settings import Settings
from att.settings import wrong
from db.errors import Unavailable
from db.jobs import Outcome

QUEUE = "att"
PATIENCE = 600.0  # seconds in which one batch comes back, waiting included
AT_ONCE = 64  # batches that are out at the same time: the sweep that names them goes on reading

TASK = "att.batch"


class Crew:
    """Hands batches to the queue and waits for what came of each."""

    def __init__(self, settings: Settings) -> None:
        self._app = app(settings)

    def close(self) -> None:
        """Hang up."""
        self._app.backend.result_consumer.stop()
        self._app.pool.force_close_all()
        self._app.close()

    def each(self, name: str, ids: Iterable[Sequence[int]], now: datetime) -> Iterator[Outcome]:
        """What came of each batch, in order. Raises Unavailable when the queue or its workers do not answer."""
        waiting = iter(ids)
        while group := list(islice(waiting, AT_ONCE)):
            yield from self._together(name, group, now)

    def _together(self, name: str, group: list[Sequence[int]], now: datetime) -> Iterator[Outcome]:
        try:
            sent = [self._app.send_task(TASK, [name, list(ids), now.isoformat()], queue=QUEUE) for ids in group]
            for result in sent:
                yield Outcome(**result.get(timeout=PATIENCE))
        except (OperationalError, TookTooLong, OSError) as error:
            raise Unavailable("La cola de trabajos no responde.") from error


def app(settings: Settings) -> Celery:
    """The queue of an installation. Raises InvalidData when the database cannot be shared by several machines."""
    if make_url(settings.database_url).get_backend_name() == "sqlite":
        raise wrong("ATT_BROKER_URL", "una cola sólo sirve con PostgreSQL, que varias máquinas pueden compartir.")
    redis = settings.broker_url.startswith("redis")
    found = Celery("att", broker=settings.broker_url, backend=settings.broker_url if redis else "rpc://")
    found.conf.update(
        task_serializer="json", result_serializer="json", accept_content=["json"], task_default_queue=QUEUE,
        task_acks_late=True, task_reject_on_worker_lost=True, worker_prefetch_multiplier=1, result_expires=3600,
        broker_connection_retry_on_startup=True, timezone="UTC", enable_utc=True, worker_hijack_root_logger=False,
    )  # fmt: skip
    found.task(name=TASK)(_do)
    return found


def serve(settings: Settings, *, hands: int) -> None:
    """Do batches with `hands` processes until asked to end."""
    worker_process_init.connect(lambda **_: _prepare(settings), weak=False)
    app(settings).worker_main(
        ["worker", "--loglevel=WARNING", f"--concurrency={hands}", f"--queues={QUEUE}", "--without-gossip",
         "--without-mingle"]
    )  # fmt: skip


def _prepare(settings: Settings) -> None:
    # A forked process must not share its parent's connections.
    from att.setup import prepare

    prepare(settings)


def _do(name: str, ids: list[int], now: str) -> dict[str, Any]:
    from att import jobs  # noqa: F401 - registers the batches

    return asdict(fanout.BATCHES[name](ids, datetime.fromisoformat(now)))
