"""The values of the indicators of protocols, one per indicator and period.

Revision: 0013
After: 0012
"""

import sqlalchemy as sa
from alembic import op

from db import types

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "indicator_capture",
        sa.Column("id", BIG, nullable=False),
        sa.Column("product_id", BIG, nullable=False),
        sa.Column("indicator", sa.String(), nullable=False),
        sa.Column("subject_id", BIG, nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("value", types.ExactDecimal(), nullable=False),
        sa.Column("captured_on", sa.Date(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("files", types.Json(), nullable=False),
        sa.Column("captured_by", BIG, nullable=False),
        sa.Column("registered_at", types.UtcDateTime(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("annulled_at", types.UtcDateTime(), nullable=True),
        sa.Column("annulment_reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["captured_by"], ["person.id"], name="fk_indicator_capture_captured_by_person"),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name="fk_indicator_capture_product_id_product"),
        sa.PrimaryKeyConstraint("id", name="pk_indicator_capture"),
    )
    op.create_index("ix_indicator_capture_captured_by", "indicator_capture", ["captured_by"])
    op.create_index("ix_indicator_capture_product_id_period_start", "indicator_capture", ["product_id", "period_start"])


def downgrade() -> None:
    op.drop_table("indicator_capture")
