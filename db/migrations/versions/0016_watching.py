"""What came of all the runs of each job, and what the invariants found.

Revision: 0016
After: 0015
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from db import types

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

SUMS: tuple[tuple[str, Any], ...] = (("every", sa.Integer()), ("runs", BIG), ("broken_runs", BIG), ("rows_done", BIG), ("rows_failed", BIG),
        ("seconds", sa.Double()))  # fmt: skip


def upgrade() -> None:
    for name, kind in SUMS:
        op.add_column("job_run", sa.Column(name, kind, server_default="0", nullable=False))
    op.create_table(
        "invariant_state",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("looked_at", types.UtcDateTime(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.Column("since", types.UtcDateTime(), nullable=True),
        sa.Column("error", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_invariant_state"),
    )
    op.create_table(
        "invariant_finding",
        sa.Column("id", BIG, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject_id", BIG, nullable=False),
        sa.Column("instance_id", BIG, nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("first_at", types.UtcDateTime(), nullable=False),
        sa.Column("last_at", types.UtcDateTime(), nullable=False),
        sa.Column("cleared_at", types.UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_invariant_finding"),
        sa.UniqueConstraint("key", "kind", "subject_id", name="uq_invariant_finding_key_kind_subject_id"),
    )
    op.create_index("ix_invariant_finding_key_cleared_at_id", "invariant_finding", ["key", "cleared_at", "id"])


def downgrade() -> None:
    op.drop_table("invariant_finding")
    op.drop_table("invariant_state")
    for name, _ in reversed(SUMS):
        op.drop_column("job_run", name)
