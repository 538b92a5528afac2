"""The support of thematic experts that is asked for in work plans.

Revision: 0020
After: 0019
"""

import sqlalchemy as sa
from alembic import op

from db import types

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NAME = "support_request"
NAMED = (("plan_id", "work_plan"), ("asker_id", "person"), ("expert_id", "person"), ("suggested_id", "person"),
         ("instance_id", "instance"))  # fmt: skip


def upgrade() -> None:
    op.create_table(
        NAME,
        sa.Column("id", BIG, nullable=False),
        sa.Column("plan_id", BIG, nullable=False),
        sa.Column("asker_id", BIG, nullable=False),
        sa.Column("expert_id", BIG, nullable=True),
        sa.Column("theme", sa.String(), nullable=False),
        sa.Column("other_theme", sa.String(), nullable=False),
        sa.Column("need", sa.String(), nullable=False),
        sa.Column("modality", sa.String(), nullable=False),
        sa.Column("wanted_on", sa.Date(), nullable=True),
        sa.Column("agreed_on", sa.Date(), nullable=True),
        sa.Column("decline_reason", sa.String(), nullable=False),
        sa.Column("suggested_id", BIG, nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=True),
        sa.Column("files", types.Json(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("since", types.UtcDateTime(), nullable=False),
        sa.Column("instance_id", BIG, nullable=True),
        sa.Column("opened_at", types.UtcDateTime(), nullable=False),
        sa.Column("opened_by", BIG, nullable=True),
        sa.Column("closed_at", types.UtcDateTime(), nullable=True),
        sa.Column("closing_reason", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{NAME}"),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=f"fk_{NAME}_{column}_{table}")
            for column, table in NAMED
        ),
    )
    for column in ("plan_id", "asker_id", "expert_id", "instance_id"):
        op.create_index(f"ix_{NAME}_{column}", NAME, [column])
    op.create_index(f"ix_{NAME}_status_id", NAME, ["status", "id"])
    op.create_table(
        "support_advisory",
        sa.Column("request_id", BIG, nullable=False),
        sa.Column("advisory_id", BIG, nullable=False),
        sa.PrimaryKeyConstraint("request_id", "advisory_id", name="pk_support_advisory"),
        sa.ForeignKeyConstraint(
            ["request_id"], ["support_request.id"], name="fk_support_advisory_request_id_support_request"
        ),
        sa.ForeignKeyConstraint(["advisory_id"], ["advisory.id"], name="fk_support_advisory_advisory_id_advisory"),
    )
    op.create_index("ix_support_advisory_advisory_id", "support_advisory", ["advisory_id"])


def downgrade() -> None:
    op.drop_table("support_advisory")
    op.drop_table(NAME)
