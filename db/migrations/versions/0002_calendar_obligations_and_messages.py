"""Calendar, policies, ledger of obligations, reminders and messages.

Revision: 0002
After: 0001
"""

import sqlalchemy as sa
from alembic import op

from db import types

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "policy",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy")),
        sa.UniqueConstraint("key", name=op.f("uq_policy_key")),
    )
    op.create_table(
        "calendar_feed",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("owner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("team", sa.Boolean(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("read_at", types.UtcDateTime(), nullable=True),
        sa.Column("revoked_at", types.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_calendar_feed_owner_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feed_token_hash")),
    )
    with op.batch_alter_table("calendar_feed", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_calendar_feed_owner_id"), ["owner_id"], unique=False)

    op.create_table(
        "calendar_version",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("changed_at", types.UtcDateTime(), nullable=False),
        sa.Column("changed_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("cut_off", sa.Time(), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["changed_by"], ["person.id"], name=op.f("fk_calendar_version_changed_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_version")),
        sa.UniqueConstraint("number", name=op.f("uq_calendar_version_number")),
    )
    op.create_table(
        "cut",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("taken_at", types.UtcDateTime(), nullable=False),
        sa.Column("taken_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("figures", types.Json(), nullable=False),
        sa.ForeignKeyConstraint(["taken_by"], ["person.id"], name=op.f("fk_cut_taken_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cut")),
        sa.UniqueConstraint("kind", "period", name=op.f("uq_cut_kind_period")),
    )
    op.create_table(
        "fact",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("link", sa.String(), nullable=False),
        sa.Column("author_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("voided_at", types.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_fact_author_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fact")),
        sa.UniqueConstraint(
            "kind",
            "reference",
            "subject_kind",
            "subject_id",
            name=op.f("uq_fact_kind_reference_subject_kind_subject_id"),
        ),
    )
    with op.batch_alter_table("fact", schema=None) as batch_op:
        batch_op.create_index(
            "ix_fact_subject_kind_subject_id_kind_on", ["subject_kind", "subject_id", "kind", "on"], unique=False
        )

    op.create_table(
        "non_working_day",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("scope_kind", sa.String(), nullable=False),
        sa.Column("scope_code", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("removed_at", types.UtcDateTime(), nullable=True),
        sa.Column("removed_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_non_working_day_created_by_person")),
        sa.ForeignKeyConstraint(["removed_by"], ["person.id"], name=op.f("fk_non_working_day_removed_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_non_working_day")),
    )
    with op.batch_alter_table("non_working_day", schema=None) as batch_op:
        batch_op.create_index("ix_non_working_day_day", ["day"], unique=False)

    op.create_table(
        "notification_preference",
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("digest_hour", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("bounced_at", types.UtcDateTime(), nullable=True),
        sa.Column("changed_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_notification_preference_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_notification_preference")),
    )
    op.create_table(
        "policy_version",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("policy_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("spec", types.Json(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_policy_version_created_by_person")),
        sa.ForeignKeyConstraint(["policy_id"], ["policy.id"], name=op.f("fk_policy_version_policy_id_policy")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_version")),
        sa.UniqueConstraint("policy_id", "number", name=op.f("uq_policy_version_policy_id_number")),
    )
    with op.batch_alter_table("policy_version", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_policy_version_policy_id"), ["policy_id"], unique=False)

    op.create_table(
        "webhook",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("owner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("disabled_at", types.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_webhook_owner_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook")),
    )
    with op.batch_alter_table("webhook", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_webhook_owner_id"), ["owner_id"], unique=False)

    op.create_table(
        "message",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("recipient_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("webhook_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("context", types.Json(), nullable=False),
        sa.Column("internet_id", sa.String(), nullable=False),
        sa.Column("dated_at", types.UtcDateTime(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column(
            "status", sa.Enum("QUEUED", "SENDING", "SENT", "FAILED", "CANCELLED", name="messagestatus"), nullable=False
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", types.UtcDateTime(), nullable=False),
        sa.Column("stale_at", types.UtcDateTime(), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("sent_at", types.UtcDateTime(), nullable=True),
        sa.Column("error", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["recipient_id"], ["person.id"], name=op.f("fk_message_recipient_id_person")),
        sa.ForeignKeyConstraint(["webhook_id"], ["webhook.id"], name=op.f("fk_message_webhook_id_webhook")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("key", name=op.f("uq_message_key")),
    )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index("ix_message_recipient_id_id", ["recipient_id", "id"], unique=False)
        batch_op.create_index("ix_message_status_next_at_id", ["status", "next_at", "id"], unique=False)

    op.create_table(
        "obligation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("policy_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("policy_version", sa.Integer(), nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("subject_label", sa.String(), nullable=False),
        sa.Column("debtor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("region_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("entity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("product_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("plan_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("due_at", types.UtcDateTime(), nullable=False),
        sa.Column("limit_at", types.UtcDateTime(), nullable=False),
        sa.Column("explanation", sa.String(), nullable=False),
        sa.Column("calendar_version", sa.Integer(), nullable=False),
        sa.Column(
            "status", sa.Enum("PENDING", "OVERDUE", "MET", "LATE", "WAIVED", name="obligationstatus"), nullable=False
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("met_at", types.UtcDateTime(), nullable=True),
        sa.Column("met_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("changed_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["debtor_id"], ["person.id"], name=op.f("fk_obligation_debtor_id_person")),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name=op.f("fk_obligation_entity_id_entity")),
        sa.ForeignKeyConstraint(["met_by"], ["fact.id"], name=op.f("fk_obligation_met_by_fact")),
        sa.ForeignKeyConstraint(["policy_id"], ["policy.id"], name=op.f("fk_obligation_policy_id_policy")),
        sa.ForeignKeyConstraint(["region_id"], ["region.id"], name=op.f("fk_obligation_region_id_region")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_obligation_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_obligation")),
        sa.UniqueConstraint(
            "policy_id",
            "subject_kind",
            "subject_id",
            "period",
            name=op.f("uq_obligation_policy_id_subject_kind_subject_id_period"),
        ),
    )
    with op.batch_alter_table("obligation", schema=None) as batch_op:
        batch_op.create_index(
            "ix_obligation_debtor_id_status_due_at_id", ["debtor_id", "status", "due_at", "id"], unique=False
        )
        batch_op.create_index("ix_obligation_due_at_id", ["due_at", "id"], unique=False)
        batch_op.create_index(
            "ix_obligation_region_id_status_due_at_id", ["region_id", "status", "due_at", "id"], unique=False
        )
        batch_op.create_index("ix_obligation_status_due_at_id", ["status", "due_at", "id"], unique=False)
        batch_op.create_index("ix_obligation_status_limit_at_id", ["status", "limit_at", "id"], unique=False)
        batch_op.create_index("ix_obligation_subject_kind_subject_id", ["subject_kind", "subject_id"], unique=False)

    op.create_table(
        "delivery_attempt",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("message_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_delivery_attempt_message_id_message")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_attempt")),
    )
    with op.batch_alter_table("delivery_attempt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_delivery_attempt_message_id"), ["message_id"], unique=False)

    op.create_table(
        "due_move",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("obligation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("moved_at", types.UtcDateTime(), nullable=False),
        sa.Column("old_due_at", types.UtcDateTime(), nullable=False),
        sa.Column("new_due_at", types.UtcDateTime(), nullable=False),
        sa.Column("calendar_version", sa.Integer(), nullable=False),
        sa.Column("policy_version", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["obligation_id"], ["obligation.id"], name=op.f("fk_due_move_obligation_id_obligation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_due_move")),
    )
    with op.batch_alter_table("due_move", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_due_move_obligation_id"), ["obligation_id"], unique=False)

    op.create_table(
        "reminder",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("source_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("rung", sa.String(), nullable=False),
        sa.Column("recipient_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("on_behalf_of", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("status", sa.Enum("QUEUED", "TOLD", "DROPPED", name="reminderstatus"), nullable=False),
        sa.Column("message_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_reminder_message_id_message")),
        sa.ForeignKeyConstraint(["on_behalf_of"], ["person.id"], name=op.f("fk_reminder_on_behalf_of_person")),
        sa.ForeignKeyConstraint(["recipient_id"], ["person.id"], name=op.f("fk_reminder_recipient_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder")),
        sa.UniqueConstraint(
            "source",
            "source_id",
            "version",
            "rung",
            "recipient_id",
            name=op.f("uq_reminder_source_source_id_version_rung_recipient_id"),
        ),
    )
    with op.batch_alter_table("reminder", schema=None) as batch_op:
        batch_op.create_index("ix_reminder_message_id", ["message_id"], unique=False)

    op.create_table(
        "statement",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("obligation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("evidence_file", sa.String(), nullable=False),
        sa.Column("evidence_link", sa.String(), nullable=False),
        sa.Column("presented_at", types.UtcDateTime(), nullable=False),
        sa.Column("presented_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("status", sa.Enum("PRESENTED", "ACCEPTED", "RETURNED", name="statementstatus"), nullable=False),
        sa.Column("decided_at", types.UtcDateTime(), nullable=True),
        sa.Column("decided_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("remark", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_statement_decided_by_person")),
        sa.ForeignKeyConstraint(
            ["obligation_id"], ["obligation.id"], name=op.f("fk_statement_obligation_id_obligation")
        ),
        sa.ForeignKeyConstraint(["presented_by"], ["person.id"], name=op.f("fk_statement_presented_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement")),
    )
    with op.batch_alter_table("statement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_statement_obligation_id"), ["obligation_id"], unique=False)
        batch_op.create_index("ix_statement_status_id", ["status", "id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("statement", schema=None) as batch_op:
        batch_op.drop_index("ix_statement_status_id")
        batch_op.drop_index(batch_op.f("ix_statement_obligation_id"))

    op.drop_table("statement")
    with op.batch_alter_table("reminder", schema=None) as batch_op:
        batch_op.drop_index("ix_reminder_message_id")

    op.drop_table("reminder")
    with op.batch_alter_table("due_move", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_due_move_obligation_id"))

    op.drop_table("due_move")
    with op.batch_alter_table("delivery_attempt", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_delivery_attempt_message_id"))

    op.drop_table("delivery_attempt")
    with op.batch_alter_table("obligation", schema=None) as batch_op:
        batch_op.drop_index("ix_obligation_subject_kind_subject_id")
        batch_op.drop_index("ix_obligation_status_limit_at_id")
        batch_op.drop_index("ix_obligation_status_due_at_id")
        batch_op.drop_index("ix_obligation_region_id_status_due_at_id")
        batch_op.drop_index("ix_obligation_due_at_id")
        batch_op.drop_index("ix_obligation_debtor_id_status_due_at_id")

    op.drop_table("obligation")
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_index("ix_message_status_next_at_id")
        batch_op.drop_index("ix_message_recipient_id_id")

    op.drop_table("message")
    with op.batch_alter_table("webhook", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_webhook_owner_id"))

    op.drop_table("webhook")
    with op.batch_alter_table("policy_version", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_policy_version_policy_id"))

    op.drop_table("policy_version")
    op.drop_table("notification_preference")
    with op.batch_alter_table("non_working_day", schema=None) as batch_op:
        batch_op.drop_index("ix_non_working_day_day")

    op.drop_table("non_working_day")
    with op.batch_alter_table("fact", schema=None) as batch_op:
        batch_op.drop_index("ix_fact_subject_kind_subject_id_kind_on")

    op.drop_table("fact")
    op.drop_table("cut")
    op.drop_table("calendar_version")
    with op.batch_alter_table("calendar_feed", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_calendar_feed_owner_id"))

    op.drop_table("calendar_feed")
    op.drop_table("policy")
