"""What uses each attached file, so that who may read one of its uses may read the file.

Revision: 0003
After: 0002
"""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from db import types

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BATCH = 500

# Where tokens stand: table, the columns that hold them, the kind of what uses them, the column with its id.
HELD = (
    ("submission", {"data": types.CompressedJson()}, "instance", "instance_id"),
    ("draft", {"data": types.CompressedJson()}, "task", "task_id"),
    ("milestone_record", {"files": types.Json()}, "work_plan", "plan_id"),
    ("consent", {"files": types.Json()}, "work_plan", "plan_id"),
    ("advisory", {"minutes_file": sa.String(), "attendance_file": sa.String()}, "advisory", "id"),
)


def upgrade() -> None:
    table = op.create_table(
        "file_use",
        sa.Column("file_id", BIG, nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("subject_id", BIG, nullable=False),
        sa.Column("used_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_file_use_file_id_stored_file")),
        sa.PrimaryKeyConstraint("file_id", "subject_kind", "subject_id", name=op.f("pk_file_use")),
    )
    op.create_index("ix_file_use_subject_kind_subject_id", "file_use", ["subject_kind", "subject_id"])
    _fill(op.get_bind(), table)


def downgrade() -> None:
    op.drop_index("ix_file_use_subject_kind_subject_id", table_name="file_use")
    op.drop_table("file_use")


def _fill(connection: sa.Connection, table: sa.Table) -> None:
    """The uses of the files that were attached before uses were kept."""
    stored = sa.table("stored_file", sa.column("id"), sa.column("token"), sa.column("uploaded_at", types.UtcDateTime()))
    known = {row.token: row for row in connection.execute(sa.select(stored))}
    if not known:
        return
    uses: dict[tuple[int, str, int], Any] = {}
    for kind, subject_id, held in _holding(connection):
        for token in _texts(held):
            if token in known:
                uses[known[token].id, kind, subject_id] = known[token].uploaded_at
    rows = [
        {"file_id": file_id, "subject_kind": kind, "subject_id": subject_id, "used_at": at}
        for (file_id, kind, subject_id), at in uses.items()
    ]
    for first in range(0, len(rows), BATCH):
        connection.execute(table.insert(), rows[first : first + BATCH])


def _holding(connection: sa.Connection) -> Iterator[tuple[str, int, list[Any]]]:
    """Kind and id of whatever may use files, with what holds their tokens."""
    for name, columns, kind, key in HELD:
        source = sa.table(name, sa.column(key), *(sa.column(column, held) for column, held in columns.items()))
        statement = sa.select(source.c[key], *(source.c[column] for column in columns))
        for row in connection.execute(statement.execution_options(yield_per=BATCH)):
            yield kind, row[0], list(row[1:])
    followed = sa.table("corrective_follow_up", sa.column("action_id"), sa.column("files", types.Json()))
    action = sa.table("corrective_action", sa.column("id"), sa.column("plan_id"))
    joined = sa.join(followed, action, action.c.id == followed.c.action_id)
    for plan_id, tokens in connection.execute(sa.select(action.c.plan_id, followed.c.files).select_from(joined)):
        yield "work_plan", plan_id, tokens


def _texts(data: Any) -> Iterator[str]:
    """Every text in `data`, however deep."""
    if isinstance(data, str):
        yield data
    inner = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    for value in inner:
        yield from _texts(value)
