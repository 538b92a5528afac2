"""Since when a plan is with somebody to whom it was given on purpose: then it does not follow its entity.

Revision: 0011
After: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("work_plan", sa.Column("given_on", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("work_plan", "given_on")
