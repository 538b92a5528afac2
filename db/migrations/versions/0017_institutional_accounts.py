"""Institutional accounts by which people enter, and the roles that their groups give.

Revision: 0017
After: 0016
"""

import sqlalchemy as sa
from alembic import op

from db import types

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "external_identity",
        sa.Column("id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("linked_at", types.UtcDateTime(), nullable=False),
        sa.Column("last_in_at", types.UtcDateTime(), nullable=False),
        sa.Column("withheld", types.Json(), nullable=False),
        sa.Column("removed_at", types.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_external_identity_person_id_person"),
        sa.PrimaryKeyConstraint("id", name="pk_external_identity"),
        sa.UniqueConstraint("issuer", "subject", name="uq_external_identity_issuer_subject"),
    )
    op.create_index("ix_external_identity_person_id", "external_identity", ["person_id"])
    op.create_table(
        "group_role",
        sa.Column("id", BIG, nullable=False),
        sa.Column("group_name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("scope_kind", sa.String(), nullable=False),
        sa.Column("scope_id", BIG, nullable=True),
        sa.Column("added_at", types.UtcDateTime(), nullable=False),
        sa.Column("removed_at", types.UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_group_role"),
    )
    with op.batch_alter_table("role_grant", schema=None) as batch_op:
        batch_op.add_column(sa.Column("source", sa.String(), server_default="hand", nullable=False))
    with op.batch_alter_table("login_session", schema=None) as batch_op:
        batch_op.add_column(sa.Column("identity_id", BIG, nullable=True))
        batch_op.create_foreign_key(
            "fk_login_session_identity_id_external_identity", "external_identity", ["identity_id"], ["id"]
        )
        batch_op.create_index("ix_login_session_identity_id", ["identity_id"])


def downgrade() -> None:
    with op.batch_alter_table("login_session", schema=None) as batch_op:
        batch_op.drop_index("ix_login_session_identity_id")
        batch_op.drop_constraint("fk_login_session_identity_id_external_identity", type_="foreignkey")
        batch_op.drop_column("identity_id")
    with op.batch_alter_table("role_grant", schema=None) as batch_op:
        batch_op.drop_column("source")
    op.drop_table("group_role")
    op.drop_index("ix_external_identity_person_id", "external_identity")
    op.drop_table("external_identity")
