"""From which page a draft was saved: the same person in another window is told, instead of overwriting in silence.

Revision: 0010
After: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("draft", sa.Column("page", sa.String(), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("draft", "page")
