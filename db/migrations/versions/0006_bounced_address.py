"""Which address refused a message: it serves again when the person has another one.

Revision: 0006
After: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "notification_preference", sa.Column("bounced_address", sa.String(), server_default="", nullable=False)
    )


def downgrade() -> None:
    op.drop_column("notification_preference", "bounced_address")
