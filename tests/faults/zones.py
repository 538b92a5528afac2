"""An office at work late in the evening of Colombia, as a process in whatever zone its machine has, and what it kept.

`python -m tests.faults.zones URL FOLDER` on an empty database writes the rows that people and deadlines go by, as JSON.
"""

import json
import sys
import time
from datetime import UTC
from datetime import datetime
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from sqlalchemy import select

from att import jobs
from att import setup
from att.tables import metadata
from db import clock
from db import reading
from directory import accounts
from tests.faults.conftest import opened

NOW = datetime(2026, 11, 24, 3, 30, tzinfo=UTC)  # the 23rd in Bogotá, the 24th in London, its evening on Kiritimati
KEPT = {
    "history": ("subject_kind", "subject_id", "sequence", "at", "actor_name", "action", "element", "summary"),
    "task": ("instance_id", "element", "status", "round", "created_at", "ended_at", "due_at", "due_reason", "term"),
    "submission": ("task_id", "receipt", "at", "round"),
    "obligation": ("subject_label", "period", "due_on", "due_at", "limit_at", "status", "explanation"),
    "work_plan": ("product_id", "entity_id", "status"),
    "product": ("code", "stage", "created_at"),
}


def work(url: str, folder: Path) -> None:
    """Take a product to its operation, and run every job once."""
    clock.now = lambda: NOW
    with opened(url, folder) as office:
        setup.install_policies()
        product = office.start_product()
        office.push(product["instance_id"], until="Activity_DesarrollarAsistencia")
        for name in jobs.JOBS:
            jobs.run(name, NOW)
        kept = {name: rows(name, columns) for name, columns in KEPT.items()}
    print(json.dumps({"zone": time.tzname[0], "kept": kept}, ensure_ascii=False))  # noqa: T201 - its answer


def rows(name: str, columns: tuple[str, ...]) -> list[list[Any]]:
    """What a table holds in these columns, as text."""
    table = metadata().tables[name]
    with reading() as session:
        found = session.execute(select(*(table.c[column] for column in columns)).order_by(table.c.id)).all()
    return [[str(value) for value in row] for row in found]


if __name__ == "__main__":
    accounts.hash_with(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    work(sys.argv[1], Path(sys.argv[2]))
