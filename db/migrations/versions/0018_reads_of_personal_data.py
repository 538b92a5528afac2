"""Who read personal data of others, and when contact data was removed.

Revision: 0018
After: 0017
"""

import sqlalchemy as sa
from alembic import op

from db import types

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "personal_reading",
        sa.Column("id", BIG, nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("reader_id", BIG, nullable=True),
        sa.Column("reader_name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("person_id", BIG, nullable=True),
        sa.Column("among", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("asked", sa.String(), nullable=False),
        sa.Column("route", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_personal_reading"),
        sa.ForeignKeyConstraint(["reader_id"], ["person.id"], name="fk_personal_reading_reader_id_person"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_personal_reading_person_id_person"),
    )
    for column in ("person_id", "reader_id", "kind"):
        op.create_index(f"ix_personal_reading_{column}_id", "personal_reading", [column, "id"])
    op.add_column("person", sa.Column("forgotten_at", types.UtcDateTime(), nullable=True))
    op.add_column("advisory_person", sa.Column("forgotten_at", types.UtcDateTime(), nullable=True))


def downgrade() -> None:
    op.drop_column("advisory_person", "forgotten_at")
    op.drop_column("person", "forgotten_at")
    op.drop_table("personal_reading")
