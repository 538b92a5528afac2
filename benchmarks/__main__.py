"""`python -m benchmarks`: measure, print, keep, and exit 1 when something is over its budget."""

import argparse
import json
import os
import platform
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import select

from att import schema
from att.settings import Settings
from att.tables import metadata
from benchmarks import baseline
from benchmarks import measures
from benchmarks import over_http
from benchmarks import telling
from benchmarks import toy
from benchmarks.measures import Measure
from db import SYSTEM
from db import clock
from db import connect
from db import files
from db import reading
from db import transaction
from directory import tokens
from directory.principal import Principal
from engine import seal
from engine.models import Task
from tests import databases
from tests.run import server_answers

RESULTS = Path(__file__).parent / "results"
TASKS = 1080  # completed through HTTP: some by one program, some by twenty, the rest by twenty before gunicorn
CROWD = 400


def main() -> int:
    """Run on SQLite, and on PostgreSQL where a server answers."""
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--full", action="store_true", help="inbox of 1,000,000 tasks")
    parser.add_argument("--inbox", type=int, default=100_000, help="tasks in the inbox")
    parser.add_argument("--no-http", action="store_true", help="leave out what needs a server")
    chosen = parser.parse_args()
    size = 1_000_000 if chosen.full else chosen.inbox
    found: list[Measure] = []
    with TemporaryDirectory() as folder:
        settings = Settings.from_env({"ATT_VAR": folder})
        found += _shown(_measured("sqlite", settings, baseline.sqlite(settings.var), size, not chosen.no_http))
    if server_answers():
        with TemporaryDirectory() as folder, databases.postgresql_database(f"att_bench_{os.getpid()}") as url:
            settings = Settings.from_env({"ATT_VAR": folder, "ATT_DATABASE_URL": url})
            found += _shown(_measured("postgresql", settings, baseline.postgresql(url), size, not chosen.no_http))
    else:
        print("PostgreSQL: left out, no server answers.")
    _keep(found)
    return 0 if all(measure.kept for measure in found) else 1


def _measured(kind: str, settings: Settings, step: baseline.Step, size: int, http: bool) -> Iterator[Measure]:
    engine = connect(settings.database_url)
    metadata().create_all(engine)
    schema.mark_newest(engine)
    files.keep_under(settings.files)
    seal.use(settings.secret_key)
    now = clock.now()
    with transaction() as session:
        by = toy.deploy(session, now=now)
    yield from measures.stepping(kind, step, by, now=now)
    yield from telling.telling(kind, now=now)
    yield from measures.many(kind, by, now=now, inbox_size=size)
    if http:
        yield from _served(kind, settings, step, by)
    engine.dispose()


def _served(kind: str, settings: Settings, step: baseline.Step, by: Principal) -> Iterator[Measure]:
    now = clock.now()
    with transaction() as session:
        secret = tokens.issue(session, by.person_id, "medición", by=SYSTEM, now=now, lasts=timedelta(days=1)).secret
    with reading() as session:
        task_ids = list(session.scalars(select(Task.id).where(Task.status == "open").order_by(Task.id).limit(TASKS)))
    some, rest = task_ids[:-CROWD], task_ids[-CROWD:]
    with over_http.served(settings) as (port, cold):
        over_http.await_sweep(now)
        yield from over_http.measure(kind, port, cold, some, secret, toy.answers(), step)
        with over_http.served(settings, over_http.GUNICORN) as (other, _):
            yield from over_http.measure_several(kind, other, rest, secret, toy.answers())


def _shown(found: Iterator[Measure]) -> list[Measure]:
    kept = []
    for measure in found:
        limit = f"  (≤ {measure.budget:g})" if measure.budget is not None else ""
        mark = "    " if measure.kept else "OVER"
        print(f"{mark} {measure.name:58} {measure.value:10.2f} {measure.unit}{limit}", flush=True)
        kept.append(measure)
    return kept


def _keep(found: list[Measure]) -> None:
    RESULTS.mkdir(exist_ok=True)
    at = clock.now()
    rows = [{"name": m.name, "value": round(m.value, 3), "unit": m.unit, "budget": m.budget} for m in found]
    content = {"at": at.isoformat(timespec="seconds"), "python": platform.python_version(), "cpus": os.cpu_count(),
               "machine": platform.machine(), "measures": rows}  # fmt: skip
    (RESULTS / f"{at:%Y%m%d-%H%M%S}.json").write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    sys.exit(main())
