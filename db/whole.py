"""Whole rows that every step reads, by statements that are given to the driver as they are (`db.ready`).

The session knows them as if it had read them itself: what is set on them is written, and what was left out is read when
it is asked for. Preparing to read costs the library several times what the database needs.
"""

from collections.abc import Callable
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select
from sqlalchemy import inspect
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from db.base import Base
from db.ready import read

Narrow = Callable[[Select[Any]], Select[Any]]


class Whole:
    """A statement of whole rows of `models`, side by side: made once, for a module to keep.

    `narrow` says of which rows; `also` are the attributes read besides those that the models always read. What the
    session knew of a row stays as it is, unless `anew`.
    """

    def __init__(self, *models: type[Base], narrow: Narrow, also: Collection[Any] = (), anew: bool = False) -> None:
        self._anew = anew
        besides = {(one.class_, one.key) for one in also}
        self._parts = [(model, _names(model, besides)) for model in models]
        columns = [getattr(model, name) for model, names in self._parts for name in names]
        self._statement = narrow(select(*columns))

    def first(self, session: Session, given: Mapping[str, Any]) -> list[Any] | None:
        """The rows of the first answer, one per model; None when there is none."""
        rows = read(session, self._statement, given)
        if not rows:
            return None
        told = iter(rows[0])
        values = [dict(zip(names, told, strict=False)) for _, names in self._parts]
        return [self._placed(session, model, each) for (model, _), each in zip(self._parts, values, strict=True)]

    def _placed(self, session: Session, model: type[Base], values: dict[str, Any]) -> Any:
        """The row of `model` that holds `values`, as `session` knows it from now on."""
        key = inspect(model).identity_key_from_primary_key((values["id"],))
        known = session.identity_map.get(key)
        if known is None:
            return _known(session, model, key, values)
        for name in values if self._anew else ():
            set_committed_value(known, name, values[name])
        return known


def _names(model: type[Base], besides: set[tuple[type[Base], str]]) -> tuple[str, ...]:
    read_always: Iterable[Any] = inspect(model).column_attrs
    return tuple(one.key for one in read_always if not one.deferred or (model, one.key) in besides)


def _known(session: Session, model: type[Base], key: Any, values: dict[str, Any]) -> Any:
    """A row of `model` made known to `session` as the library does with one that it read."""
    row = inspect(model).class_manager.new_instance()
    state: Any = inspect(row)
    state.dict.update(values)
    state.key, state.session_id = key, session.hash_key
    session.identity_map.add(state)
    return row
