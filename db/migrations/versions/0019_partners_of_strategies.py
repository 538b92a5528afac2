"""The partners of strategies, and what they report.

Revision: 0019
After: 0018
"""

import sqlalchemy as sa
from alembic import op

from db import types

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "strategy_partner",
        sa.Column("id", BIG, nullable=False),
        sa.Column("strategy_id", BIG, nullable=False),
        sa.Column("unit_id", BIG, nullable=False),
        sa.Column("contribution", sa.String(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("registered_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["strategy_id"], ["strategy.id"], name="fk_strategy_partner_strategy_id_strategy"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_strategy_partner_unit_id_unit"),
        sa.PrimaryKeyConstraint("id", name="pk_strategy_partner"),
    )
    op.create_index("ix_strategy_partner_strategy_id_since_id", "strategy_partner", ["strategy_id", "since", "id"])
    op.create_index("ix_strategy_partner_unit_id", "strategy_partner", ["unit_id"])
    op.create_table(
        "partner_advance",
        sa.Column("id", BIG, nullable=False),
        sa.Column("partner_id", BIG, nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("files", types.Json(), nullable=False),
        sa.Column("author_id", BIG, nullable=False),
        sa.Column("registered_at", types.UtcDateTime(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("annulled_at", types.UtcDateTime(), nullable=True),
        sa.Column("annulment_reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["strategy_partner.id"], name="fk_partner_advance_partner_id_strategy_partner"
        ),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name="fk_partner_advance_author_id_person"),
        sa.PrimaryKeyConstraint("id", name="pk_partner_advance"),
    )
    op.create_index(
        "ix_partner_advance_partner_id_occurred_on_id", "partner_advance", ["partner_id", "occurred_on", "id"]
    )
    op.create_index("ix_partner_advance_author_id", "partner_advance", ["author_id"])
    op.create_table(
        "partner_advance_entity",
        sa.Column("advance_id", BIG, nullable=False),
        sa.Column("entity_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["advance_id"], ["partner_advance.id"], name="fk_partner_advance_entity_advance_id_partner_advance"
        ),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name="fk_partner_advance_entity_entity_id_entity"),
        sa.PrimaryKeyConstraint("advance_id", "entity_id", name="pk_partner_advance_entity"),
    )
    op.create_index("ix_partner_advance_entity_entity_id", "partner_advance_entity", ["entity_id"])


def downgrade() -> None:
    op.drop_table("partner_advance_entity")
    op.drop_table("partner_advance")
    op.drop_table("strategy_partner")
