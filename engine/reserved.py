"""Cases about one person's matter, such as what they report of their work: to work in the place does not open them.

They are read, in lists and one by one, by whoever may read what the case is about (`Process.reserved`), and their
tasks by whoever may do them too.
"""

from dataclasses import replace
from typing import Any

from sqlalchemy import Select
from sqlalchemy import or_
from sqlalchemy import select

from directory import access
from directory.access import Subject
from directory.access import Way
from directory.principal import Principal
from directory.rules import Reach
from engine import registry
from engine.models import Definition
from engine.models import Instance
from engine.models import Task

READ = "task.read"
DO = "task.complete"


def closed(by: Principal, process: str, subject: Subject) -> str:
    """The action without which `by` does not read a case of `process`, or its task; empty when nothing is missing."""
    needed = registry.reserved().get(process, "")
    open_to = not needed or any(access.allowed(by, action, subject) is not None for action in (needed, DO))
    return "" if open_to else needed


def ways(by: Principal) -> list[Way]:
    """The ways by which `by` reads tasks; those of a place pass over what is reserved to others."""
    opened = {key: access.ways(by, action) for key, action in registry.reserved().items()}
    return [
        replace(way, without=tuple(key for key, known in opened.items() if way not in known))
        if way.reach in (Reach.SCOPE, Reach.ANYWHERE)
        else way
        for way in access.ways(by, READ)
    ]


def tasks(statement: Select[Any], by: Principal, columns: access.ScopeColumns) -> Select[Any]:
    """`statement` over tasks, narrowed to those that `by` may read."""
    seen = access.visible(statement, by, READ, columns)
    for process, action in registry.reserved().items():
        may = (access.visible(select(Task.id), by, one, columns) for one in (action, DO))
        seen = seen.where(or_(Task.process_key != process, *(Task.id.in_(ids) for ids in may)))
    return seen


def cases(statement: Select[Any], by: Principal, columns: access.ScopeColumns) -> Select[Any]:
    """`statement` over instances joined with their definitions, without those that are reserved to others."""
    for process, action in registry.reserved().items():
        ids = access.visible(select(Instance.id), by, action, columns)
        statement = statement.where(or_(Definition.key != process, Instance.id.in_(ids)))
    return statement
