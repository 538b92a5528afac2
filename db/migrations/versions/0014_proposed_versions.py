"""Versions of processes that somebody proposes and somebody else publishes or rejects.

Revision: 0014
After: 0013
"""

import sqlalchemy as sa
from alembic import op

from db import types

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "proposal",
        sa.Column("id", BIG, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("files", types.CompressedJson(), nullable=False),
        sa.Column("base_id", BIG, nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("proposed_at", types.UtcDateTime(), nullable=False),
        sa.Column("proposed_by", BIG, nullable=False),
        sa.Column("proposed_for", BIG, nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("decided_at", types.UtcDateTime(), nullable=True),
        sa.Column("decided_by", BIG, nullable=True),
        sa.Column("decision_reason", sa.String(), nullable=False),
        sa.Column("definition_id", BIG, nullable=True),
        sa.ForeignKeyConstraint(["base_id"], ["definition.id"], name="fk_proposal_base_id_definition"),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name="fk_proposal_decided_by_person"),
        sa.ForeignKeyConstraint(["definition_id"], ["definition.id"], name="fk_proposal_definition_id_definition"),
        sa.ForeignKeyConstraint(["proposed_by"], ["person.id"], name="fk_proposal_proposed_by_person"),
        sa.ForeignKeyConstraint(["proposed_for"], ["person.id"], name="fk_proposal_proposed_for_person"),
        sa.PrimaryKeyConstraint("id", name="pk_proposal"),
    )
    op.create_index("ix_proposal_base_id", "proposal", ["base_id"])
    op.create_index("ix_proposal_definition_id", "proposal", ["definition_id"])
    op.create_index("ix_proposal_hash_status", "proposal", ["hash", "status"])


def downgrade() -> None:
    op.drop_table("proposal")
