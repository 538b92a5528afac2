"""Where each chain of the history ends.

Revision: 0009
After: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "history_head",
        sa.Column("id", big, autoincrement=True, nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("subject_id", big, nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_history_head")),
        sa.UniqueConstraint("subject_kind", "subject_id", name=op.f("uq_history_head_subject_kind_subject_id")),
    )
    op.execute(
        "INSERT INTO history_head (subject_kind, subject_id, sequence, hash) "
        "SELECT history.subject_kind, history.subject_id, history.sequence, history.hash FROM history "
        "JOIN (SELECT subject_kind, subject_id, MAX(sequence) AS last FROM history GROUP BY subject_kind, subject_id) "
        "AS ends ON ends.subject_kind = history.subject_kind AND ends.subject_id = history.subject_id "
        "AND ends.last = history.sequence"
    )


def downgrade() -> None:
    op.drop_table("history_head")
