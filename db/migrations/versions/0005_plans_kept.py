"""When a plan was kept although its entity was taken out of the focalisation.

Revision: 0005
After: 0004
"""

import sqlalchemy as sa
from alembic import op

from db import types

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("work_plan", sa.Column("kept_at", types.UtcDateTime(), nullable=True))


def downgrade() -> None:
    op.drop_column("work_plan", "kept_at")
