"""How Alembic reaches the database: on the connection, and with the tables, that the caller hands over."""

from typing import Any

from alembic import context
from alembic.autogenerate.api import AutogenContext

from db import types


def _render(kind: str, item: Any, autogen: AutogenContext) -> str | bool:
    """Write our column types by name, so that revisions say what the models say."""
    if kind == "type" and type(item).__module__ == types.__name__:
        autogen.imports.add("from db import types")
        return f"types.{type(item).__name__}()"
    return False


def run() -> None:
    """Run the revisions in one transaction."""
    attributes = context.config.attributes
    context.configure(
        connection=attributes["connection"],
        target_metadata=attributes["target_metadata"],
        render_as_batch=attributes["connection"].dialect.name == "sqlite" or attributes.get("writing", False),
        render_item=_render,
        compare_type=True,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
