"""The ground every room stands on: tables, transactions, time, errors, history and files."""

from db.actor import SYSTEM
from db.actor import Actor
from db.base import Base
from db.session import connect
from db.session import database_kind
from db.session import reading
from db.session import transaction

__all__ = ["SYSTEM", "Actor", "Base", "connect", "database_kind", "reading", "transaction"]
