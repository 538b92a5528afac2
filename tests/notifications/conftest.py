"""Fixtures of this room: places with their own calendars."""

from tests.directory.conftest import AddEntity
from tests.directory.conftest import AddPerson
from tests.directory.conftest import add_person
from tests.directory.conftest import place
from tests.directory.conftest import scheme

__all__ = ["AddEntity", "AddPerson", "add_person", "place", "scheme"]
