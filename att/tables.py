"""Every table of the application, in one place for migrations and tests."""

from importlib import import_module

from sqlalchemy import MetaData

from db import Base

MODULES = (
    "db.history",
    "db.files",
    "db.settings",
    "db.jobs",
    "db.invariants",
    "directory.models",
    "notifications.models",
    "engine.models",
    "tracking.models",
    "edge.models",
)


def metadata() -> MetaData:
    """The metadata of all rooms."""
    for name in MODULES:
        import_module(name)
    return Base.metadata
