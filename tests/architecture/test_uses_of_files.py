"""The revision that keeps what uses each file finds the uses of files that were attached before it."""

from collections.abc import Iterator
from datetime import UTC
from datetime import datetime
from importlib import import_module

import pytest
import sqlalchemy as sa

from db import types

revision = import_module("db.migrations.versions.0003_uses_of_files")
AT = datetime(2026, 1, 2, tzinfo=UTC)
ANSWERS, DRAFT, EVIDENCE, CONSENT, MINUTES, FOLLOWED, UNUSED = (f"{n:032x}" for n in range(7))

METADATA = sa.MetaData()
STORED = sa.Table("stored_file", METADATA, sa.Column("id", sa.Integer, primary_key=True), sa.Column("token", sa.String),
                  sa.Column("uploaded_at", types.UtcDateTime()))  # fmt: skip
USES = sa.Table("file_use", METADATA, *(sa.Column(name, kind) for name, kind in (
    ("file_id", sa.Integer), ("subject_kind", sa.String), ("subject_id", sa.Integer), ("used_at", types.UtcDateTime())
)))  # fmt: skip
HELD = {
    name: sa.Table(name, METADATA, *(sa.Column(one, kind) for one, kind in {key: sa.Integer(), **columns}.items()))
    for name, columns, _kind, key in revision.HELD
}
FOLLOW_UP = sa.Table("corrective_follow_up", METADATA, sa.Column("action_id", sa.Integer),
                     sa.Column("files", types.Json()))  # fmt: skip
ACTION = sa.Table("corrective_action", METADATA, sa.Column("id", sa.Integer), sa.Column("plan_id", sa.Integer))


@pytest.fixture
def connection() -> Iterator[sa.Connection]:
    """What stood in the tables that the revision reads, those columns alone."""
    engine = sa.create_engine("sqlite://")
    with engine.begin() as found:
        METADATA.create_all(found)
        tokens = (ANSWERS, DRAFT, EVIDENCE, CONSENT, MINUTES, FOLLOWED, UNUSED)
        found.execute(STORED.insert(), [{"id": n, "token": token, "uploaded_at": AT} for n, token in enumerate(tokens)])
        answers = {"rows": [{"proof": [ANSWERS]}], "text": "sin archivo", "again": [ANSWERS], "gone": ["f" * 32]}
        found.execute(HELD["submission"].insert(), {"instance_id": 11, "data": answers})
        found.execute(HELD["draft"].insert(), {"task_id": 12, "data": {"proof": [DRAFT]}})
        found.execute(HELD["milestone_record"].insert(), {"plan_id": 13, "files": [EVIDENCE, MINUTES]})
        found.execute(HELD["consent"].insert(), {"plan_id": 14, "files": [CONSENT]})
        found.execute(HELD["advisory"].insert(), {"id": 15, "minutes_file": MINUTES, "attendance_file": ""})
        found.execute(ACTION.insert(), {"id": 1, "plan_id": 16})
        found.execute(FOLLOW_UP.insert(), {"action_id": 1, "files": [FOLLOWED]})
        yield found
    engine.dispose()


def test_every_use_is_found_once(connection: sa.Connection) -> None:
    revision._fill(connection, USES)
    joined = sa.select(STORED.c.token, USES.c.subject_kind, USES.c.subject_id).join(USES, USES.c.file_id == STORED.c.id)
    assert sorted(tuple(row) for row in connection.execute(joined)) == [
        (ANSWERS, "instance", 11), (DRAFT, "task", 12), (EVIDENCE, "work_plan", 13), (CONSENT, "work_plan", 14),
        (MINUTES, "advisory", 15), (MINUTES, "work_plan", 13), (FOLLOWED, "work_plan", 16),
    ]  # fmt: skip


def test_a_use_counts_from_when_its_file_was_uploaded(connection: sa.Connection) -> None:
    revision._fill(connection, USES)
    assert set(connection.scalars(sa.select(USES.c.used_at))) == {AT}
