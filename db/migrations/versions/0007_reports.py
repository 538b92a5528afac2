"""Reports that people present for a period, and the obligations of their contracts.

Revision: 0007
After: 0006
"""

import sqlalchemy as sa
from alembic import op

from db import types

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "contract_obligation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("activities", types.Json(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_contract_obligation_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_obligation")),
    )
    op.create_index(op.f("ix_contract_obligation_person_id"), "contract_obligation", ["person_id"])
    op.create_table(
        "report",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("region_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("instance_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("content", types.Json(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("presented_at", types.UtcDateTime(), nullable=True),
        sa.Column("presented_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("receipt", sa.String(), nullable=False),
        sa.Column("decided_at", types.UtcDateTime(), nullable=True),
        sa.Column("decided_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("remarks", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_report_person_id_person")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_report_unit_id_unit")),
        sa.ForeignKeyConstraint(["region_id"], ["region.id"], name=op.f("fk_report_region_id_region")),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"], name=op.f("fk_report_instance_id_instance")),
        sa.ForeignKeyConstraint(["presented_by"], ["person.id"], name=op.f("fk_report_presented_by_person")),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_report_decided_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint("kind", "subject_id", "period", name=op.f("uq_report_kind_subject_id_period")),
    )
    for name, columns in _INDEXES.items():
        op.create_index(name, "report", columns)


_INDEXES = {
    "ix_report_person_id_id": ["person_id", "id"],
    "ix_report_region_id_status_id": ["region_id", "status", "id"],
    "ix_report_unit_id": ["unit_id"],
    "ix_report_instance_id": ["instance_id"],
    "ix_report_presented_by": ["presented_by"],
    "ix_report_decided_by": ["decided_by"],
}


def downgrade() -> None:
    op.drop_table("report")
    op.drop_table("contract_obligation")
