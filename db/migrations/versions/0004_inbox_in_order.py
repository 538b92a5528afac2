"""Indexes along which the inbox is read: one for each way by which an open task is in sight.

Revision: 0004
After: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

OPEN = "status = 'open'"
FREE = "status = 'open' AND assignee_id IS NULL"
ADDED = (
    ("ix_task_held", "assignee_id IS NOT NULL", ("assignee_id", "status")),
    ("ix_task_open", OPEN, ()),
    ("ix_task_open_unit", f"{OPEN} AND unit_id IS NOT NULL", ("unit_id",)),
    ("ix_task_open_region", f"{OPEN} AND region_id IS NOT NULL", ("region_id",)),
    ("ix_task_open_entity", f"{OPEN} AND entity_id IS NOT NULL", ("entity_id",)),
    ("ix_task_free", FREE, ("role",)),
    ("ix_task_free_unit", FREE, ("role", "unit_id")),
    ("ix_task_free_region", FREE, ("role", "region_id")),
    ("ix_task_free_entity", FREE, ("role", "entity_id")),
)
REMOVED = (
    ("ix_task_status_assignee_id_due_sort_id", ("status", "assignee_id", "due_sort", "id")),
    ("ix_task_status_role_unit_id_due_sort_id", ("status", "role", "unit_id", "due_sort", "id")),
    ("ix_task_status_role_region_id_due_sort_id", ("status", "role", "region_id", "due_sort", "id")),
)


def upgrade() -> None:
    for name, rows, columns in ADDED:
        kept = sa.text(rows)
        op.create_index(name, "task", [*columns, "due_sort", "id"], sqlite_where=kept, postgresql_where=kept)
    for name, _ in REMOVED:
        op.drop_index(name, "task")


def downgrade() -> None:
    for name, columns in REMOVED:
        op.create_index(name, "task", list(columns))
    for name, _, _ in ADDED:
        op.drop_index(name, "task")
