"""How Alembic reaches the database: on the connection, and with the tables, that the caller hands over."""

from typing import Any
from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy.types import TypeDecorator

from db import types


def _render(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Write our column types by name; those of the rooms above, which db does not know, as what they store."""
    if kind == "type" and isinstance(item, TypeDecorator):
        if type(item).__module__ != types.__name__:
            return _render(kind, item.impl_instance, autogen) or f"sa.{item.impl_instance!r}"
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
