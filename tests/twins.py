"""More of everything that people make: each row has twins, with rows of their own below them.

Twins are written by the database itself, so that nothing of ours says how many questions they cost.
"""

from collections.abc import Collection

from sqlalchemy import Column
from sqlalchemy import Connection
from sqlalchemy import MetaData
from sqlalchemy import String
from sqlalchemy import Table
from sqlalchemy import UniqueConstraint
from sqlalchemy import text

# Twins have the ids of their elders, and this as many times as there are twins before them.
APART = 1_000_000

# What stays as it is: what is configured, what the country is, what tells of other rows, and accounts.
ALONE = frozenset({
    "account", "api_token", "calendar_version", "cut", "definition", "definition_form", "department", "entity",
    "entity_alias", "file_use", "form_text", "history", "history_head", "idempotency_key", "invariant_state",
    "job_run", "login_attempt", "login_session", "non_working_day", "notification_preference", "product_number",
    "region", "region_department", "region_scheme", "second_factor", "setting", "stored_file", "territory_import",
    "unit", "webhook",
})  # fmt: skip

# Who people are, and what they hold: with them, a twin is about somebody else; without, it is one more for the same.
PEOPLE = frozenset({"person", "role_grant", "coverage"})


def add(connection: Connection, metadata: MetaData) -> None:
    """Give every row two twins: one for the same people, and one for twins of those people."""
    _unchecked(connection)
    tables = [table for table in metadata.sorted_tables if table.name not in ALONE]
    of_them = frozenset(table.name for table in tables)
    for number, copied in enumerate((of_them - PEOPLE, of_them), start=1):
        for table in tables:
            if table.name in copied:
                connection.execute(text(_copy(table, copied, number)))


def _unchecked(connection: Connection) -> None:
    """Rows refer to rows that come later: no key is checked."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL session_replication_role = replica"))
    else:
        connection.execute(text("PRAGMA defer_foreign_keys = ON"))


def _copy(table: Table, copied: Collection[str], number: int) -> str:
    moved = {column.name for column in table.c if _moves(column, copied)}
    assert moved, f"twins of {table.name} would be the same rows"
    named = _told_apart(table, moved)
    values = [
        f'"{column.name}" + {APART * number}' if column.name in moved
        else f"\"{column.name}\" || '~{number}'" if column.name in named
        else f'"{column.name}"'
        for column in table.c
    ]  # fmt: skip
    columns = ", ".join(f'"{column.name}"' for column in table.c)
    elders = f'"{min(moved & {column.name for column in table.primary_key})}" < {APART}'
    return f'INSERT INTO "{table.name}" ({columns}) SELECT {", ".join(values)} FROM "{table.name}" WHERE {elders}'


def _moves(column: Column[object], copied: Collection[str]) -> bool:
    """Whether a column names a row that has a twin, or the row itself."""
    if column.foreign_keys:
        return any(key.column.table.name in copied for key in column.foreign_keys)
    return column.name == "id" or (column.name == "subject_id" and column.table.name == "report")


def _told_apart(table: Table, moved: Collection[str]) -> set[str]:
    """Texts that must not be twice: one of each unique key in which nothing else moves."""
    keys = [list(found.columns) for found in table.constraints if isinstance(found, UniqueConstraint)]
    keys += [list(found.columns) for found in table.indexes if found.unique]
    return {
        next(column.name for column in key if isinstance(column.type, String) and not column.foreign_keys)
        for key in keys
        if not any(column.name in moved for column in key)
    }
