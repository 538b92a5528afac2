"""What the program needs of PostgreSQL to work, and nothing more: the history and what was sent are only added to.

The tables belong to another role, which upgrades them (`att init`); whoever works with this one can read and write as
the pages do, and can neither change nor delete an act.
"""

import re
from collections.abc import Iterable

from sqlalchemy import Connection
from sqlalchemy import text

from att.tables import metadata
from db.errors import InvalidData
from db.errors import NotNow

READ = "SELECT"
ADD = "SELECT, INSERT"
GO_ON = "SELECT, INSERT, UPDATE"
ALL = "SELECT, INSERT, UPDATE, DELETE"
LIMITED = {
    "history": ADD, "history_head": GO_ON, "submission": ADD, "rectification": ADD, "delivery_attempt": GO_ON,
    "form_text": ADD, "definition": GO_ON, "definition_form": ADD, "statement": GO_ON, "fact": GO_ON, "due_move": ADD,
    "policy_version": ADD, "calendar_version": GO_ON, "stored_file": GO_ON, "cut": GO_ON, "milestone_record": GO_ON,
    "proposal": GO_ON, "personal_reading": ADD,
}  # fmt: skip
"""Table → what the program does with it, where this is less than everything."""
REVISION = "alembic_version"

_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")


def statements(role: str, database: str) -> list[str]:
    """The SQL that makes `role` what the program works with in `database`; may be repeated. Raises InvalidData."""
    if not _NAME.fullmatch(role):
        raise InvalidData({"role": ["Use letras minúsculas sin tilde, cifras y guion bajo, como att_app."]})
    name = database.replace('"', '""')
    return [
        f"DO $$ BEGIN CREATE ROLE {role} LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$",
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}",
        f'GRANT CONNECT ON DATABASE "{name}" TO {role}',
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        f"GRANT USAGE ON SCHEMA public TO {role}",
        *(f'GRANT {what} ON "{table}" TO {role}' for table, what in _tables()),
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
    ]


def apply(connection: Connection, role: str) -> None:
    """Give `role` these rights on the connected database. Raises InvalidData, NotNow for one that has more anyway."""
    for statement in statements(role, connection.scalar(text("SELECT current_database()"))):
        connection.execute(text(statement))
    mighty = text(
        "SELECT rolsuper OR EXISTS (SELECT 1 FROM pg_tables WHERE schemaname = 'public'"
        " AND pg_has_role(:role, tableowner, 'USAGE')) FROM pg_roles WHERE rolname = :role"
    )
    if connection.scalar(mighty, {"role": role}):
        raise NotNow(
            f"El rol {role} posee las tablas o es superusuario: use otro, que no pueda cambiarlas.", code="owner"
        )


def _tables() -> Iterable[tuple[str, str]]:
    yield from ((name, LIMITED.get(name, ALL)) for name in sorted(metadata().tables))
    yield REVISION, READ
