"""Answers of a completed step that were corrected afterwards: each correction is a row beside what was sent.

Revision: 0012
After: 0011
"""

import sqlalchemy as sa
from alembic import op

from db import types

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "rectification",
        sa.Column("id", BIG, nullable=False),
        sa.Column("submission_id", BIG, nullable=False),
        sa.Column("instance_id", BIG, nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("before", types.Json(), nullable=True),
        sa.Column("after", types.Json(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("author_id", BIG, nullable=False),
        sa.Column("on_behalf_of", BIG, nullable=True),
        sa.Column("capacity", sa.String(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name="fk_rectification_author_id_person"),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"], name="fk_rectification_instance_id_instance"),
        sa.ForeignKeyConstraint(["on_behalf_of"], ["person.id"], name="fk_rectification_on_behalf_of_person"),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"], name="fk_rectification_submission_id_submission"),
        sa.PrimaryKeyConstraint("id", name="pk_rectification"),
    )
    op.create_index("ix_rectification_instance_id", "rectification", ["instance_id"])
    op.create_index("ix_rectification_submission_id", "rectification", ["submission_id"])


def downgrade() -> None:
    op.drop_table("rectification")
